"""`manage.py upgrade`: what it would do is said before, locks are not waited for long, and older servers go on where they can."""

from __future__ import annotations

import importlib
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import text

from admin_app.cli.upgrade_plan import statements_of
from admin_app.db import schema_version
from admin_app.db.schema_version import is_kept_by_newer, require_served
from admin_app.errors import ConfigurationError
from admin_app.extensions import db
from admin_app.web.probes import _readiness

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"
HEAD = ScriptDirectory(str(MIGRATIONS)).get_heads()[0]
NEWER = '''"""{title}."""

from alembic import op
import sqlalchemy as sa

revision, down_revision, branch_labels, depends_on = {revision!r}, {before!r}, None, None
is_additive = {is_additive}


def upgrade():
    {up}


def downgrade():
    {down}
'''
ADDS = {
    "title": "Stars of posts",
    "up": "op.add_column('post', sa.Column('stars', sa.Integer()))",
    "down": "op.drop_column('post', 'stars')",
}
BREAKS = {
    "title": "An index of them",
    "up": "op.create_index('ix_post_stars', 'post', ['stars'])",
    "down": "op.drop_index('ix_post_stars', 'post')",
}
LEFT_OUT = (
    # Alembic's transaction is around each migration; a row is a row.
    *("prefer-robust-stmts", "prefer-bigint-over-int", "prefer-text-field", "prefer-timestamptz"),
)


@pytest.fixture
def newer(app: Flask, tmp_path: Path) -> Iterator[str]:
    """Return the migrations of a newer program: one that leaves the older one what it needs, and one that does not."""
    folder = tmp_path / "migrations"
    shutil.copytree(MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    for number, (before, words) in enumerate(((HEAD, ADDS), ("9001", BREAKS)), start=9001):
        text_ = NEWER.format(**words, revision=str(number), before=before, is_additive=words is ADDS)
        (folder / "versions" / f"{number}.py").write_text(text_)
    yield str(folder)
    with app.app_context():
        flask_migrate.downgrade(directory=str(folder), revision=HEAD)


@pytest.fixture
def as_newer(app: Flask, newer: str) -> Callable[[], Any]:
    """Be the newer program for a while."""

    @contextmanager
    def be() -> Iterator[None]:
        migrate = app.extensions["migrate"]
        before, migrate.directory = migrate.directory, newer
        try:
            yield
        finally:
            migrate.directory = before

    return be


def state_of_older(app: Flask) -> tuple[str, bool]:
    """Say whether the older program is ready, and whether it may be started."""
    scripts = ScriptDirectory(str(MIGRATIONS))
    ready = _readiness(app, scripts)
    with app.app_context(), db.engine.connect() as connection:
        try:
            require_served(connection, scripts)
        except ConfigurationError:
            return ready, False
    return ready, True


def test_the_plan_says_which_locks_are_taken(manage: Any, as_newer: Any, store: str) -> None:
    before = manage("upgrade", "--plan")
    with as_newer():
        plan = manage("upgrade", "--plan")

    assert before.output == "No migration is pending.\n"
    lines = plan.output.splitlines()
    locks = [line.partition(": ")[2] or line.strip() for line in lines if line.startswith("    ")]
    assert lines[0] == f"The tables are at migration {HEAD}, and the program at 9002: 2 migrations are pending."
    assert [line for line in lines if line.startswith("900")] == ["9001  Stars of posts.", "9002  An index of them."]
    assert [line for line in lines if line.startswith("  Servers")] == [
        "  Servers of the version before can go on.",
        "  Servers of the version before stop being ready: replace all of them, or begin maintenance.",
    ]
    assert locks == (
        ["takes the one writer's turn"] * 2
        if store == "sqlite"
        else ["nobody reads or writes it meanwhile", "people read it, and wait with saving"]
    )


def test_an_older_server_goes_on_beside_what_leaves_it_what_it_needs(
    app: Flask, manage: Any, as_newer: Any, newer: str
) -> None:
    with app.app_context():
        flask_migrate.upgrade(directory=newer, revision="9001")
    beside = state_of_older(app)
    # It is started again, and leaves the tables alone.
    started = manage("upgrade")
    checked = [line for line in manage("check").stderr.splitlines() if "migration" in line]
    with as_newer():
        done = manage("upgrade")

    assert beside == ("", True)
    assert started.stderr == "The tables are of a newer program, which lets this one go on.\n"
    assert (checked, done.stderr) == ([], "")
    assert state_of_older(app) == ("the tables are not those of this version", False)


@pytest.mark.parametrize("store", ["postgres"], indirect=True)
def test_a_migration_lets_people_at_work_go_first(
    app: Flask, manage: Any, as_newer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = importlib.import_module("admin_app.cli.upgrade")
    for place, name, value in (
        (schema_version, "LOCK_MS", 50),
        (command, "PAUSE", 0),
        (command, "TRIES", 2),
    ):
        monkeypatch.setattr(place, name, value)

    with app.app_context(), db.engine.begin() as somebody, as_newer():
        somebody.execute(text("SELECT count(*) FROM post"))
        refused = manage("upgrade")
        scripts = ScriptDirectory(str(MIGRATIONS))
        with db.engine.connect() as connection:
            is_changed = is_kept_by_newer(connection, scripts)
    with as_newer():
        done = manage("upgrade")

    assert refused.stderr.count("A table is in use. The migration is tried again in 0 seconds.") == 1
    assert (refused.exit_code, is_changed, done.exit_code) == (1, False, 0)


def test_migrations_from_now_on_hold_nobody_up(tmp_path: Path) -> None:
    squawk = shutil.which("squawk") or shutil.which("squawk", path=str(Path(sys.executable).parent))
    if squawk is None:
        pytest.skip("squawk is not installed: see requirements-dev.txt")
    since = "20261201"
    found = [one for one in ScriptDirectory(str(MIGRATIONS)).walk_revisions() if Path(one.path).name >= since]
    files = []
    for one in found:
        files.append(tmp_path / f"{one.revision}.sql")
        files[-1].write_text(";\n".join(statements_of(one, "postgresql")) + ";\n")

    if files:
        done = subprocess.run(
            [squawk, "--exclude", ",".join(LEFT_OUT), *files], check=False, capture_output=True, text=True
        )

        assert (done.returncode, done.stdout) == (0, "")
