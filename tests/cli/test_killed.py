"""The server is killed in the middle of parallel saves: no change without its act, no act without its change."""

from __future__ import annotations

import hashlib
import http.client
import os
import re
import secrets
import signal
import socket
import sqlite3
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from admin_app import create_app
from admin_app.context import writing
from admin_app.db.connection import give_functions
from admin_app.db.string_set import StringSet
from admin_app.extensions import db
from admin_app.models.role import EDITOR
from admin_app.models.staff import Staff, StaffSession
from admin_app.models.user import User
from tests.cli.serving import PATIENCE
from tests.forking import Forked, begin_with

ROOT = Path(__file__).resolve().parents[2]
USERS = 8
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
def port(settings: dict[str, str]) -> Iterator[tuple[int, Forked]]:
    """Serve on a free port, in a group of processes that can be killed at once."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        number = free.getsockname()[1]
    process = begin_with("run", "--port", number, env=settings)
    end = time.monotonic() + PATIENCE
    while True:
        try:
            ask(number, "GET", "/sign-in", {})
            break
        except ConnectionError:
            assert time.monotonic() < end, "the server does not answer"
            time.sleep(0.1)
    yield number, process
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def ask(port: int, method: str, path: str, headers: dict[str, str], body: str = "") -> tuple[int, str, str]:
    """Return the answer's status, its cookie and its text."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request(method, path, body=body, headers=headers)
        response = connection.getresponse()
        cookie = (response.getheader("Set-Cookie") or "").partition(";")[0]
        return response.status, cookie, response.read().decode()
    finally:
        connection.close()


def prepared(settings: dict[str, str], folder: Path) -> str:
    """Store users and a signed-in editor; return the editor's cookie."""
    app = create_app(settings, instance_path=str(folder))
    token = secrets.token_urlsafe(32)
    # The server is starting beside it: who means to write from the beginning waits for the other.
    with app.app_context(), writing():
        staff = Staff(name="Edgar", email="edgar@example.com", roles=StringSet([EDITOR]), password_hash="-")
        db.session.add_all(User(name="0", email=f"{number}@example.com") for number in range(USERS))
        db.session.add(staff)
        db.session.flush()
        digest, ends = hashlib.sha256(token.encode()).hexdigest(), datetime.now(UTC) + timedelta(hours=1)
        db.session.add(StaffSession(token_hash=digest, staff_id=staff.id, expires_at=ends))
        db.session.commit()
        db.engine.dispose()
    serializer: Any = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    return f"{app.config['SESSION_COOKIE_NAME']}={serializer.dumps({'_user_id': token, '_fresh': True})}"


def test_a_killed_server_leaves_each_change_with_its_act(
    port: tuple[int, Forked], settings: dict[str, str], tmp_path: Path
) -> None:
    number, process = port
    cookie = prepared(settings, tmp_path)
    _, fresh, page = ask(number, "GET", "/admin/user/edit/?id=1", {"Cookie": cookie})
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found
    headers = {"Cookie": fresh or cookie, **FORM}
    saved: list[int] = []

    def save(user: int) -> None:
        for name in range(1, 100):
            typed = {"csrf_token": found[1], "name": str(name), "email": f"{user - 1}@example.com"}
            try:
                status, _, _ = ask(number, "POST", f"/admin/user/edit/?id={user}", headers, urlencode(typed))
            except (OSError, http.client.HTTPException):
                return
            saved.append(status)

    threads = [threading.Thread(target=save, args=(user,)) for user in range(1, USERS + 1)]
    for thread in threads:
        thread.start()
    end = time.monotonic() + PATIENCE
    while len(saved) < 100 and time.monotonic() < end:
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGKILL)
    for thread in threads:
        thread.join()

    assert len(saved) >= 100
    assert set(saved) == {303}
    with sqlite3.connect(settings["DATABASE_URL"].removeprefix("sqlite:///")) as connection:
        give_functions(connection)
        rows = connection.execute
        assert rows("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert rows(
            "SELECT count(*) FROM change WHERE change_set_id NOT IN (SELECT id FROM change_set)"
        ).fetchone() == (0,)
        counts = "SELECT s.id FROM change_set s WHERE s.count <> (SELECT count(*) FROM change c WHERE c.change_set_id = s.id)"
        assert rows(counts).fetchall() == []
        last = (
            "SELECT u.id, u.version FROM user u JOIN change c ON c.model = 'user' AND c.record_id = u.id "
            "WHERE c.version = u.version AND json_extract(c.after, '$.name') = u.name"
        )
        assert len(rows(last).fetchall()) == USERS
        changes = rows("SELECT count(*) FROM change WHERE model = 'user' AND act = 'update'").fetchone()[0]
    assert changes >= len(saved)
    connection.close()
