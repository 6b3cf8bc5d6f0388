"""`manage.py run`: migrate the database and serve."""

from __future__ import annotations

import gc
import logging
import os
import socket
import sys
import time
from collections.abc import Callable
from typing import TypeVar

import click
from flask import Flask
from flask.cli import with_appcontext
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter

from admin_app import metrics
from admin_app.cli.address import HOST, PORT, listening_address, public_address, remember_address
from admin_app.cli.check import findings
from admin_app.cli.gunicorn_log import JoiningLogger
from admin_app.cli.gunicorn_worker import ARRIVAL, PATIENCE, PatientWorker
from admin_app.cli.size import JOBS, THREADS, WORKERS
from admin_app.cli.streams import announce
from admin_app.cli.supervisor import start_supervisor, stop_supervisor
from admin_app.cli.upgrade import upgrade_tables
from admin_app.db.troubles import OneLine
from admin_app.domain.auth import accounts
from admin_app.domain.permissions import roles
from admin_app.extensions import db, this_application
from admin_app.logs import JSON
from admin_app.pages.auth import set_up_url
from admin_app.web import probes
from admin_app.web.prefix import Prefix

Command = TypeVar("Command", bound=Callable[..., object])

# Default time that a stop waits for current downloads.
GRACE = 5
# Seconds after which a thread that only computes, such as an export, yields to others. With Python's default of 5 ms,
# each statement of a page would wait that long.
SWITCH = 0.001
# Objects between two garbage collections. Nearly all objects are freed by reference counting; at Python's default of
# 700, half of the lists were interrupted by a collection.
GARBAGE = 10_000


class Server(BaseApplication):
    """Gunicorn, configured here and not by a file."""

    def __init__(self, app: Flask, options: dict[str, object], *, arrival: int, drain: int) -> None:
        """Keep the application, the options, the seconds for a request to arrive, and the seconds of draining before a stop."""
        self.app = app
        self.arrival = arrival
        self.drain = drain
        self.options = options
        super().__init__()

    def load_config(self) -> None:
        """Pass the options to gunicorn."""
        for name, value in self.options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Return the application. Connections opened before the fork belong to the parent, so each process opens its own."""
        with self.app.app_context():
            for engine in db.engines.values():
                engine.dispose(close=False)
        sys.setswitchinterval(SWITCH)
        # The loaded modules stay in use: searching them for garbage would cost some pages a tenth of a second.
        gc.collect()
        gc.freeze()
        gc.set_threshold(GARBAGE)
        return self.app

    def run(self) -> None:
        """Serve until a signal stops it."""
        DrainingArbiter(self).run()


class DrainingArbiter(Arbiter):
    """Gunicorn's main process. On SIGTERM it serves for a while longer and reports that it is not ready."""

    def handle_term(self) -> None:
        """Let load balancers notice before the socket is closed."""
        probes.drain()
        time.sleep(self.app.drain)
        super().handle_term()


def _number(name: str, default: int, least: int, most: int, words: str) -> Callable[[Command], Command]:
    """Return an option for a whole number within bounds."""
    return click.option(name, default=default, show_default=True, help=words, type=click.IntRange(least, most))


@click.command()
@click.option("--host", default=HOST, show_default=True, help="The address to listen on.")
@_number("--port", PORT, 0, 65535, "The port; 0 for any free one.")
@_number("--workers", WORKERS, 1, 64, "How many processes.")
@_number("--threads", THREADS, 1, 256, "How many threads a process.")
@_number("--jobs", JOBS, 0, 64, "How many jobs at once; 0 if `worker` runs elsewhere.")
@_number("--patience", PATIENCE, 1, 3600, "Seconds to wait for a client that reads nothing.")
@_number(
    "--arrival",
    ARRIVAL,
    1,
    3600,
    "Seconds for a request to arrive: its head, then its body, which gets more time while it keeps coming.",
)
@_number("--drain", 0, 0, 300, "Seconds to serve on after SIGTERM while /health/ready says no.")
@_number("--grace", GRACE, 1, 3600, "Seconds that requests and downloads have to end before the server stops.")
@with_appcontext
def run(
    *,
    host: str,
    port: int,
    workers: int,
    threads: int,
    jobs: int,
    patience: int,
    arrival: int,
    drain: int,
    grace: int,
) -> None:
    """Migrate the database, then serve the dashboard until Ctrl-C."""
    app = this_application()
    # Before the first connection is counted.
    metrics.share()
    listener = _listen(host, port)
    upgrade_tables(app)
    # A typing error in the setting must not exempt anybody.
    roles.require_known(db.session, app.config["TWO_FACTOR"], "ADMIN_TWO_FACTOR")
    address = listening_address(app, host, listener.getsockname()[1])
    remember_address(address)
    announce(f"The dashboard is at {address}/  (Ctrl-C stops it)")
    if not accounts.is_set_up(db.session):
        with app.test_request_context(base_url=public_address(app, address)):
            announce(f"There are no accounts yet. Create the first one at {set_up_url()}")
    for finding in findings():
        announce(f"Warning: {finding}", err=True)
    db.session.remove()
    supervisor = start_supervisor(app, threads=jobs, close=listener.close) if jobs else 0
    options = {
        **_options(app, supervisor),
        "bind": f"fd://{listener.fileno()}",
        "workers": workers,
        "threads": threads,
        # A worker that sends a long export is alive: its threads report for it.
        "timeout": patience,
        "graceful_timeout": grace,
    }
    # Gunicorn would answer requests without the path prefix, such as probes, with 500.
    # When a file breaks off half-way, Gunicorn would write a traceback although the database is the trouble.
    logging.getLogger("gunicorn.error").addFilter(OneLine())
    app.wsgi_app = Prefix(app.wsgi_app, os.environ.pop("SCRIPT_NAME", ""))  # type: ignore[method-assign]  # Flask documents it
    Server(app, options, arrival=arrival, drain=drain).run()


def _options(app: Flask, supervisor: int) -> dict[str, object]:
    """Return gunicorn's options that no option of the command sets."""
    return {
        "worker_class": PatientWorker,
        # Gunicorn's maximum: the address may contain a pasted list of IDs and other filters.
        "limit_request_line": 8190,
        # ADMIN_PROXIES says which proxies are trusted. Gunicorn would trust everyone on this machine.
        "forwarded_allow_ips": "",
        # Only signals control it. Its control socket would be written to the user's home, which is read-only in a
        # container.
        "control_socket_disable": True,
        "loglevel": "warning",
        **({"logger_class": JoiningLogger} if app.config["LOG"] == JSON else {}),
        "proc_name": "admin",
        "child_exit": lambda _server, worker: metrics.forget_process(worker.pid),
        "on_exit": lambda _server: _end(supervisor),
    }


def _end(supervisor: int) -> None:
    if supervisor:
        stop_supervisor(supervisor)
    metrics.unshare()


def _listen(host: str, port: int) -> socket.socket:
    """Bind the address before printing it; if that fails, print one line and not the server's log."""
    try:
        taken = socket.create_server(
            (host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET, backlog=256
        )
    except OSError as error:
        message = f"Cannot listen on {host}, port {port}: {error.strerror}. Choose another one with --port."
        raise click.ClickException(message) from error
    taken.set_inheritable(True)
    return taken
