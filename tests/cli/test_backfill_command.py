"""Rows that a migration leaves to be filled: piece by piece, on from where somebody was killed, and before they are needed."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event
from typing import Any

import flask_migrate
import pytest
from flask import Flask
from sqlalchemy import text

from admin_app.db.backfill import Backfill
from admin_app.errors import ClashError
from admin_app.extensions import db
from admin_app.jobs import backfills
from admin_app.models.backfill_state import BackfillState
from tests.newer import HEAD, write
from tests.page import Page

ROOT = Path(__file__).resolve().parents[2]
STARS = {
    "title": "Stars of posts",
    "up": "op.add_column('post', sa.Column('stars', sa.Integer()))",
    "down": "op.drop_column('post', 'stars')",
}
NEEDS = {"title": "Every post has stars", "up": "op.require_filled('post', 'stars IS NULL')", "down": "pass"}
FILL = {"table": "post", "set": "stars = 0", "where": "stars IS NULL"}
# It fills two pieces, and is killed before the third one is committed.
KILLED = """
import os, signal, sys
from alembic.script import ScriptDirectory
from sqlalchemy import event
from sqlalchemy.orm import Session
from admin_app import create_app
from admin_app.db.backfill import applied
from admin_app.extensions import db
from admin_app.jobs import backfills

backfills.ROWS, commits = 3, iter(range(3))
with create_app({"DATABASE_URL": sys.argv[1]}, instance_path=sys.argv[2]).app_context():
    with db.engine.connect() as connection:
        [one] = applied(connection, ScriptDirectory(sys.argv[3]))
    event.listen(Session, "before_commit", lambda _: next(commits, None) is None and os.kill(os.getpid(), signal.SIGKILL))
    backfills.fill(one)
"""


class Rests(Event):
    """A worker's time: whenever it finds nothing to do, the next of these happens, and after the last one it is stopped."""

    def __init__(self, *acts: Callable[[], object]) -> None:
        super().__init__()
        self.acts, self.looks = iter(acts), 50

    def wait(self, timeout: float | None = None) -> bool:
        self.looks -= timeout == backfills.LOOK
        if timeout == backfills.REST:
            next(self.acts, self.set)()
        return self.is_set() or not self.looks


@pytest.fixture
def folder(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Be a newer program, whose first migration leaves rows to be filled, and whose second one needs them."""
    folder = tmp_path / "migrations"
    write(folder, STARS, NEEDS, backfills={9001: FILL})
    monkeypatch.setattr(app.extensions["migrate"], "directory", str(folder))
    for name, value in (("ROWS", 3), ("BREATH", 0), ("LOOK", 0)):
        monkeypatch.setattr(backfills, name, value)
    yield folder
    with app.app_context():
        flask_migrate.downgrade(directory=str(folder), revision=HEAD)


def sent(app: Flask, statement: str) -> Any:
    with app.app_context(), db.engine.begin() as connection:
        found = connection.execute(text(statement))
        return found.scalar() if found.returns_rows else None


def state(app: Flask) -> tuple[int, int, bool]:
    with app.app_context():
        found = db.session.get_one(BackfillState, "9001")
        return found.done, found.total, found.finished_at is not None


def test_rows_are_filled_on_from_where_somebody_was_killed_and_needed_only_then(
    app: Flask, folder: Path, manage: Any, make_post: Callable[..., Any], tmp_path: Path
) -> None:
    posts = [make_post().id for _ in range(10)]
    plan = manage("upgrade", "--plan").output
    first = manage("upgrade")
    address = app.config["SQLALCHEMY_DATABASE_URI"]
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, address, tmp_path, folder], check=False, cwd=ROOT, capture_output=True
    )
    filled, kept = sent(app, "SELECT count(stars) FROM post"), state(app)
    checked = manage("check").output
    # A server of the version before saves a row that was filled.
    sent(app, f"UPDATE post SET stars = NULL WHERE id = {posts[0]}")

    # After all are filled, it saves two more.
    late = f"UPDATE post SET stars = NULL WHERE id IN ({posts[1]}, {posts[2]})"
    backfills.run_backfills(app, Rests(lambda: sent(app, late)))
    done = manage("upgrade")

    assert "  Afterwards workers fill post piece by piece: stars = 0, where stars IS NULL.\n" in plan
    refused = (
        "Error: 10 rows of post must be filled first (stars IS NULL), and the tables stay as they are. "
        "Let a worker of the version before go on, or run: manage.py backfill\n"
    )
    assert (first.exit_code, first.stderr) == (1, refused)
    assert (killed.returncode, filled, kept) == (-signal.SIGKILL, 6, (6, 10, False)), killed.stderr
    assert "Migration 9001 leaves 4 rows of post to be filled." in checked
    assert (sent(app, "SELECT count(*) FROM post WHERE stars = 0"), state(app)) == (10, (2, 2, True))
    assert (done.exit_code, manage("backfill").output) == (0, "9001  Stars of posts: 0 rows filled.\n")


@pytest.mark.parametrize("wrong", [{"set": "nowhere = 0"}, {"where": "nowhere IS NULL"}], ids=["set", "where"])
def test_a_worker_that_waits_for_the_upgrade_stops_at_what_the_database_refuses_and_says_so(
    wrong: dict[str, str], app: Flask, tmp_path: Path, *, manage: Any, make_post: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "wrong", STARS, backfills={9001: FILL | wrong})
    monkeypatch.setattr(app.extensions["migrate"], "directory", str(tmp_path / "wrong"))
    monkeypatch.setattr(backfills, "LOOK", 0)
    make_post()

    backfills.run_backfills(app, Rests(lambda: manage("upgrade")))
    told, by_hand = manage("check").output, manage("backfill")
    with app.app_context():
        flask_migrate.downgrade(directory=str(tmp_path / "wrong"), revision=HEAD)

    assert by_hand.exit_code == 1
    assert by_hand.stderr.startswith("Error: The database refuses the backfill of migration 9001: ")
    assert by_hand.stderr.endswith(". Correct the migration.\n")
    assert "The backfill of migration 9001 has stopped: The database refused: " in told
    assert told.endswith(". Run: manage.py backfill\n")
    assert "A worker does it" not in told


@pytest.mark.usefixtures("folder")
def test_a_backfill_that_fills_nothing_stops_and_says_so(
    app: Flask, manage: Any, make_post: Callable[..., Any], as_owner: Any
) -> None:
    make_post()
    never = Backfill("9003", "Never", "post", "content = content", "id > 0")

    with app.app_context(), pytest.raises(ClashError) as stopped:
        backfills.fill(never)

    words = "1 row of post met this condition also after being filled: id > 0"
    assert str(stopped.value) == words
    assert Page(as_owner.get("/admin/jobs/")).texts("p", class_="note") == [
        f"Upgrade “Never”: 0 of 1 rows are filled. It stopped: {words}"
    ]
    assert manage("backfill").exit_code == 0
