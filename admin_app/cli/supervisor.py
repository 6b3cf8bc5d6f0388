"""A worker beside the server: `manage.py run` starts it, restarts it when it dies, and stops it at the end."""

from __future__ import annotations

import os
import signal
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from typing import NoReturn

import click
from flask import Flask

from admin_app.cli.digests import send_at_hour
from admin_app.db.troubles import trouble_of
from admin_app.extensions import db
from admin_app.jobs.worker import PATIENCE, work
from admin_app.web.priority import POLITENESS

# Seconds between two looks at the worker.
LOOK = 0.5
# A worker that lived for fewer seconds could not begin its work. The next one starts after a pause that grows to a
# minute.
SOON, LONGEST = 10.0, 60.0


def start_supervisor(app: Flask, *, threads: int, close: Callable[[], object]) -> int:
    """Start the supervisor and return its process id. It calls `close`: the worker must not hold the server's socket."""
    parent = os.getpid()
    return _fork(lambda: _keep(app, threads, parent, close))


def stop_supervisor(pid: int) -> None:
    """Stop the supervisor and its worker. The server may have noticed the end already."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
    end = time.monotonic() + PATIENCE + 2
    while time.monotonic() < end and _is_running(pid):
        time.sleep(0.05)
    with suppress(ProcessLookupError, PermissionError):
        os.kill(pid, signal.SIGKILL)


def _keep(app: Flask, threads: int, server: int, close: Callable[[], object]) -> None:
    """Keep one worker running as long as the server lives."""
    close()
    is_stopping = False

    def stop(*_: object) -> None:
        nonlocal is_stopping
        is_stopping = True

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    supervisor, worker, pause, begun = os.getpid(), 0, 0.0, 0.0
    while not is_stopping and os.getppid() == server:
        if not worker and time.monotonic() >= begun + pause:
            worker, begun = _fork(lambda: _work(app, threads, supervisor)), time.monotonic()
        time.sleep(LOOK)
        if worker and os.waitpid(worker, os.WNOHANG)[0]:
            worker, pause = 0, next_pause(pause, lived=time.monotonic() - begun)
    if worker:
        with suppress(ProcessLookupError):
            os.kill(worker, signal.SIGTERM)
        os.waitpid(worker, 0)


def next_pause(before: float, *, lived: float) -> float:
    """Return the seconds between two starts of the worker, from how long the last one lived and the pause before it."""
    return min(max(before * 2, 2 * LOOK), LONGEST) if lived < SOON else 0.0


def _work(app: Flask, threads: int, supervisor: int) -> None:
    # A person waits for a page; nobody waits in front of a job.
    os.nice(POLITENESS)
    with app.app_context():
        # Connections opened before the fork belong to the parent.
        db.engine.dispose(close=False)
    work(app, threads=threads, parent=supervisor, at_hours=send_at_hour)


def _fork(act: Callable[[], None]) -> int:
    pid = os.fork()
    return pid or _run(act)


def _run(act: Callable[[], None]) -> NoReturn:
    """Run it in the new process, without the exit handlers of the old one."""
    code = 1
    try:
        act()
        code = 0
    except BaseException as error:  # noqa: BLE001 -- it must not get back into the parent's code
        _tell(error)
    finally:
        os._exit(code)


def _tell(error: BaseException) -> None:
    if trouble := trouble_of(error):
        click.echo(f"The worker ended: {trouble}", err=True)
    else:
        traceback.print_exc()


def _is_running(pid: int) -> bool:
    """Whether a child is still running; collect it if it has ended."""
    try:
        return os.waitpid(pid, os.WNOHANG)[0] == 0
    except ChildProcessError:
        return False
