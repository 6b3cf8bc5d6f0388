"""The dashboard as a benchmark serves it: on demo data, with somebody signed in, and one address that fails half-way."""

from __future__ import annotations

import hashlib
import http.client
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import flask_migrate
from flask import Flask
from flask.sessions import SecureCookieSessionInterface

from admin_app import create_app
from admin_app.cli.serve import SWITCH
from admin_app.db.string_set import StringSet
from admin_app.domain.demo import make_demo
from admin_app.extensions import db
from admin_app.models.post import Post
from admin_app.models.role import VIEWER
from admin_app.models.staff import Staff, StaffSession
from admin_app.panel.access.access import access_to
from admin_app.panel.export.export import export_file, file_name, order
from admin_app.panel.registry import resource_of
from admin_app.web.download import download

ROOT = Path(__file__).resolve().parents[2]
HOST = "127.0.0.1"
BROKEN = "/broken"
# All posts as a download of any length: the dashboard's own address leaves long ones to a job.
WHOLE = "/posts.csv"
PYTHON = (sys.executable, "-m")


def application() -> Any:
    """Return what the servers serve: the dashboard, and an address whose answer fails after a megabyte."""
    app = create_app(instance_path=os.environ["BENCHMARK_FOLDER"])
    app.add_url_rule(WHOLE, view_func=_whole)
    sys.setswitchinterval(SWITCH)

    def serve(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        if environ["PATH_INFO"] != BROKEN:
            return app(environ, start_response)
        start_response("200 OK", [("Content-Type", "text/csv")])
        return _broken_off()

    return serve


def _whole() -> Any:
    view = resource_of(Post)
    if view is None:
        message = "posts have no resource"
        raise RuntimeError(message)
    wanted = order(access_to(view), [])
    return download(export_file(wanted), content_type=wanted.format.content_type, name=file_name(wanted))


def _broken_off() -> Iterator[bytes]:
    for _ in range(16):
        yield b"a row of a file\r\n" * 4096
    message = "the database went away"
    raise RuntimeError(message)


class Site:
    """A server under test, with the cookies of somebody who is signed in."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, cookie: str) -> None:
        """Keep what a client needs."""
        self.process, self.port, self.cookie = process, port, cookie

    def open(self, path: str, connection: http.client.HTTPConnection | None = None) -> http.client.HTTPResponse:
        """Send a request and return the response, its head read."""
        # One of its own is used once.
        headers = {"Cookie": self.cookie} | ({} if connection else {"Connection": "close"})
        connection = connection or http.client.HTTPConnection(HOST, self.port, timeout=120)
        connection.request("GET", path, headers=headers)
        return connection.getresponse()

    def remember(self, response: http.client.HTTPResponse) -> None:
        """Keep the cookies that an answer sets, as a browser does."""
        jar = SimpleCookie(self.cookie)
        for header in response.headers.get_all("Set-Cookie") or ():
            jar.load(header)
        self.cookie = "; ".join(f"{name}={one.value}" for name, one in jar.items())

    def memory(self) -> float:
        """Return the resident megabytes of the server and its children; pages that they share count once."""
        kilobytes = 0
        for pid in tree(self.process.pid):
            try:
                rollup = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
            except OSError:
                continue
            kilobytes += sum(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
        return kilobytes / 1024


def tree(pid: int) -> list[int]:
    """Return a process and everything that descends from it."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    except OSError:
        return []
    return [pid, *(below for child in children for below in tree(int(child)))]


def prepare(folder: Path, posts: int, role: str = VIEWER, *, url: str = "") -> str:
    """Make the database and a signed-in session in it; return the session's cookie."""
    app = create_app({"DATABASE_URL": url or f"sqlite:///{folder / 'admin.db'}"}, instance_path=str(folder))
    token = secrets.token_urlsafe(32)
    with app.app_context():
        flask_migrate.upgrade(directory=str(ROOT / "migrations"))
        make_demo(db.session, users=max(posts // 10, 1), posts=posts)
        staff = Staff(name="Vera", email="vera@example.com", roles=StringSet([role]), password_hash="-")  # noqa: S106 -- opens nothing
        db.session.add(staff)
        db.session.flush()
        digest = hashlib.sha256(token.encode()).hexdigest()
        ends = datetime.now(UTC) + timedelta(hours=8)
        db.session.add(StaffSession(token_hash=digest, staff_id=staff.id, expires_at=ends))
        db.session.commit()
        db.engine.dispose()
    app.extensions["jobs"].close()
    return cookie_of(app, token)


def cookie_of(app: Flask, token: str) -> str:
    """Return a session's cookie, its name before it: that carries digits of the secret key."""
    serializer: Any = SecureCookieSessionInterface().get_signing_serializer(app)
    return f"{app.config['SESSION_COOKIE_NAME']}={serializer.dumps({'_user_id': token, '_fresh': True})}"


@contextmanager
def serving(command: str, folder: Path, cookie: str) -> Iterator[tuple[Site, float]]:
    """Start a server of this dashboard, and yield it with the seconds until its first answer."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("ADMIN_")} | {
        "BENCHMARK_FOLDER": str(folder),
        "DATABASE_URL": f"sqlite:///{folder / 'admin.db'}",
        "PYTHONPATH": str(ROOT),
    }
    with started([*PYTHON, *command.split()], environment, folder, cookie=cookie) as found:
        yield found


@contextmanager
def started(
    command: Sequence[str], environment: Mapping[str, str], folder: Path, *, cookie: str = "", ready: str = "/sign-in"
) -> Iterator[tuple[Site, float]]:
    """Start a server, {host} and {port} put into its command; stop it afterwards, whatever happened."""
    with socket.create_server((HOST, 0)) as free:
        port = free.getsockname()[1]
    begun = time.perf_counter()
    with (folder / "server.log").open("ab") as log:
        process = subprocess.Popen(
            [part.format(host=HOST, port=port) for part in command], env=environment, cwd=folder, stdout=log, stderr=log
        )
    site = Site(process, port, cookie)
    try:
        while True:
            try:
                site.open(ready).read()
                break
            except ConnectionError:
                if process.poll() is not None or time.perf_counter() - begun > 120:
                    raise
                time.sleep(0.02)
        yield site, time.perf_counter() - begun
    finally:
        if process.poll() is None:
            for pid in reversed(tree(process.pid)):
                os.kill(pid, signal.SIGKILL)
            process.wait()
