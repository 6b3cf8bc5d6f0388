"""A dashboard that `manage.py run` serves: asked, signed in to, and stopped from outside."""

from __future__ import annotations

import hashlib
import http.client
import secrets
import signal
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import flask_migrate

from admin_app import create_app
from admin_app.context import writing
from admin_app.db.string_set import StringSet
from admin_app.extensions import db
from admin_app.models.post import Post
from admin_app.models.role import VIEWER
from admin_app.models.staff import Staff, StaffSession
from tests.forking import PATIENCE, Forked
from tests.many import many
from tests.processes import descendants

ROOT = Path(__file__).resolve().parents[2]
# Seconds in which a server that is stopped has ended, also there: it gives requests five, and its worker a few more.
QUICKLY = 60


@dataclass
class Served:
    """A dashboard that `manage.py run` serves."""

    process: Forked | subprocess.Popen[str]
    port: int
    printed: list[str] = field(default_factory=list)
    connections: list[http.client.HTTPConnection] = field(default_factory=list)

    def get(self, path: str, **headers: str) -> http.client.HTTPResponse:
        """Ask for a page on a connection that stays open, as a browser's do; the body is not read yet."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        self.connections.append(connection)
        connection.request("GET", path, headers=headers)
        return connection.getresponse()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def upgrade(url: str, folder: Path, revision: str = "head") -> None:
    """Make a database's tables in this process: a process of their own takes ten times as long."""
    file = Path(url.removeprefix("sqlite:///"))
    if url.startswith("sqlite:///") and revision == "head" and not file.exists():
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(tables())
        return
    app = create_app({"DATABASE_URL": url}, instance_path=str(folder))
    with app.app_context():
        flask_migrate.upgrade(directory=str(ROOT / "migrations"), revision=revision)
        db.engine.dispose()


@cache
def tables() -> bytes:
    """Return a file of SQLite with all tables: the migrations take as long as many a test."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app({"DATABASE_URL": f"sqlite:///{folder}/admin.db"}, instance_path=folder)
        with app.app_context():
            flask_migrate.upgrade(directory=str(ROOT / "migrations"))
            db.engine.dispose()
        return Path(folder, "admin.db").read_bytes()


def sign_in(settings: dict[str, str], tmp_path: Path, posts: list[dict[str, Any]]) -> str:
    """Store posts and a session in the database that is served; return the session's cookie."""
    app = create_app(settings, instance_path=str(tmp_path))
    token = secrets.token_urlsafe(32)
    # The server's worker writes too, and a reader that turns writer is refused at once.
    with app.app_context(), writing():
        staff = Staff(name="Vera", email="vera@example.com", roles=StringSet([VIEWER]), password_hash="-")
        db.session.add(staff)
        db.session.flush()
        digest, ends = hashlib.sha256(token.encode()).hexdigest(), datetime.now(UTC) + timedelta(hours=1)
        db.session.add(StaffSession(token_hash=digest, staff_id=staff.id, expires_at=ends))
        db.session.commit()
    many(app, Post, posts)
    with app.app_context():
        db.engine.dispose()
    serializer: Any = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    return f"{app.config['SESSION_COOKIE_NAME']}={serializer.dumps({'_user_id': token, '_fresh': True})}"


def stop(served: Served, number: signal.Signals) -> tuple[int, float, list[int]]:
    """Signal the server; return its exit code, how long it took, and which of its processes are left."""
    pids, begun = descendants(served.process.pid), time.monotonic()
    served.process.send_signal(number)
    served.printed += served.process.communicate(timeout=PATIENCE)[0].splitlines()
    took = time.monotonic() - begun
    # A worker that was left behind, polite as it is, sees on a busy machine only after a while that it is alone.
    while (
        left := [pid for pid in pids if Path(f"/proc/{pid}").exists()]
    ) and time.monotonic() < begun + took + QUICKLY:
        time.sleep(0.05)
    return served.process.returncode, took, left
