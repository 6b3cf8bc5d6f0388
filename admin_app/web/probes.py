"""Answer the probes of load balancers, Kubernetes and Prometheus, without a session and before the host name is checked.

A probe says yes or no. The log has the reason, because anybody may ask.
"""

from __future__ import annotations

import hmac
import logging
import mmap
import time
from collections.abc import Callable, Iterable
from datetime import timedelta
from functools import cached_property
from http import HTTPStatus
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from typing import TYPE_CHECKING

from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy.exc import DBAPIError
from werkzeug.wrappers import Response

from admin_app import metrics
from admin_app.db.schema_version import is_served
from admin_app.db.troubles import is_due, say
from admin_app.db.types import utc_now
from admin_app.extensions import db
from admin_app.jobs import backfills
from admin_app.jobs import store as job_store

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

log = logging.getLogger(__name__)

# Seconds for the database to respond: a load balancer soon asks again, and people would wait longer.
LIMIT = 0.5
# If a job waits longer than this, nobody is taking up jobs.
LONGEST_WAIT = timedelta(minutes=15)
HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}

# Shared by the server's processes: whether they are about to stop.
_draining = mmap.mmap(-1, 1)


def drain() -> None:
    """Report from now on, in all processes of this server, that it is not ready."""
    _draining[0] = 1


def is_draining() -> bool:
    """Whether the server is about to stop."""
    return bool(_draining[0])


class Probes:
    """A WSGI application that answers probes and passes everything else on."""

    def __init__(self, app: Flask, further: Callable[[WSGIEnvironment, StartResponse], Iterable[bytes]]) -> None:
        """Wrap the application."""
        self._further = further
        self._token = app.config["METRICS_TOKEN"]
        scripts = _Scripts(app)
        self._probes: dict[str, Callable[[], str]] = {
            "/health/live": lambda: "",
            "/health/ready": Bounded(lambda: _readiness(app, scripts.directory)),
            "/health/jobs": Bounded(lambda: _jobs(app)),
        }

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a probe with 200 or 503."""
        path = environ.get("PATH_INFO", "")
        if environ["REQUEST_METHOD"] not in {"GET", "HEAD"}:
            return self._further(environ, start_response)
        if path == "/metrics" and self._token:
            return _numbers(environ, self._token)(environ, start_response)
        probe = self._probes.get(path)
        if probe is None:
            return self._further(environ, start_response)
        problem = probe()
        if problem and is_due((path, problem)):
            log.warning("%s: %s", path, problem)
        status = HTTPStatus.SERVICE_UNAVAILABLE if problem else HTTPStatus.OK
        body = '{"status":"unavailable"}\n' if problem else '{"status":"ok"}\n'
        return Response(body, status, HEADERS, mimetype="application/json")(environ, start_response)


def _numbers(environ: WSGIEnvironment, token: str) -> Response:
    """Answer Prometheus if it sends the configured token."""
    shown = environ.get("HTTP_AUTHORIZATION", "")
    if not hmac.compare_digest(shown.encode("utf-8", "replace"), f"Bearer {token}".encode()):
        return Response("", HTTPStatus.UNAUTHORIZED, {**HEADERS, "WWW-Authenticate": "Bearer"})
    return Response(
        metrics.exposition(), HTTPStatus.OK, HEADERS, content_type="text/plain; version=0.0.4; charset=utf-8"
    )


class Bounded:
    """A database check limited to half a second, one at a time: a check that hangs occupies one thread, not all."""

    LATE = "the database did not answer in time"

    def __init__(self, look: Callable[[], str]) -> None:
        """Keep the check; it returns the problem, or nothing."""
        self._look, self._turn = look, Lock()

    def __call__(self) -> str:
        """Run the check and return the problem."""
        end = time.monotonic() + LIMIT
        if not self._turn.acquire(timeout=LIMIT):
            return self.LATE
        found: SimpleQueue[str] = SimpleQueue()
        Thread(target=self._put, args=(found,), daemon=True).start()
        try:
            return found.get(timeout=max(end - time.monotonic(), 0.001))
        except Empty:
            return self.LATE

    def _put(self, found: SimpleQueue[str]) -> None:
        try:
            found.put(self._look())
        except DBAPIError as error:
            say(log, error)
            found.put("the database cannot be used")
        finally:
            self._turn.release()


class _Scripts:
    """The program's migrations, read on first use."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    @cached_property
    def directory(self) -> ScriptDirectory:
        """Return all of them."""
        return ScriptDirectory(self._app.extensions["migrate"].directory)


def _readiness(app: Flask, scripts: ScriptDirectory) -> str:
    if is_draining():
        return "the server is about to stop"
    with app.app_context(), db.engine.connect() as connection:
        return "" if is_served(connection, scripts) else "the tables are not those of this version"


def _jobs(app: Flask) -> str:
    with app.app_context():
        if not job_store.is_anybody_working(db.session):
            return "no worker is running"
        oldest = job_store.oldest_waiting(db.session)
        has_stopped = any(one.error for one in backfills.under_way(db.session))
    if has_stopped:
        return "a backfill has stopped: see manage.py check"
    return "a job waits too long" if oldest is not None and utc_now() - oldest > LONGEST_WAIT else ""


def init_app(app: Flask) -> None:
    """Answer before everything else."""
    app.wsgi_app = Probes(app, app.wsgi_app)  # type: ignore[method-assign]  # Flask documents it
