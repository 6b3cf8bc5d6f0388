"""Migrations that rebuild a table of SQLite's leave other tables, views and triggers as they are."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import flask_migrate
import pytest
from alembic.autogenerate.api import render_python_code
from alembic.operations.ops import AddColumnOp, DowngradeOps, MigrationScript, ModifyTableOps, UpgradeOps
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Column, Integer, String, inspect, text

from admin_app.db.filled_columns import PRESENT_TIME, fill_columns
from admin_app.db.rebuilds import rebuilding, require_whole
from admin_app.db.types import UtcDateTime
from admin_app.errors import ClashError
from admin_app.extensions import db
from tests.newer import HEAD, write

MADE = {
    "title": "Halls",
    "up": """for one in (
        "CREATE TABLE hall (id INTEGER PRIMARY KEY, name TEXT, above_id INTEGER REFERENCES hall(id) ON DELETE CASCADE)",
        "CREATE TABLE seat (id INTEGER PRIMARY KEY, hall_id INTEGER REFERENCES hall(id) ON DELETE CASCADE)",
        'CREATE VIEW "hall names" AS SELECT name FROM hall',
        'CREATE VIEW a_view AS SELECT * FROM "hall names"',
        "CREATE TRIGGER seated AFTER INSERT ON seat BEGIN UPDATE hall SET name = 'full' WHERE id = new.hall_id; END",
        "CREATE TABLE renaming (name TEXT)",
        "CREATE TRIGGER renamed AFTER UPDATE OF name ON hall BEGIN INSERT INTO renaming VALUES (old.name); END",
        "INSERT INTO hall VALUES (1, 'Great', NULL), (2, 'Small', 1)",
        "INSERT INTO seat VALUES (7, 1)",
    ):
        op.execute(one)""",
    "down": """for one in ('VIEW a_view', 'VIEW "hall names"', 'TABLE seat', 'TABLE hall', 'TABLE renaming'):
        op.execute(f"DROP {one}")""",
}
REBUILT = {
    "title": "Halls have times",
    "up": """with op.batch_alter_table('hall') as batch:
        batch.alter_column('name', nullable=False)
        batch.add_column(sa.Column('at', sa.DateTime(), server_default=op.present_time(), nullable=False))""",
    "down": """with op.batch_alter_table('hall') as batch:
        batch.drop_column('at')""",
}
BREAKS = {
    "with op.batch_alter_table('hall') as batch:\n        batch.drop_column('name')": (
        "The migration leaves the view “a_view” unreadable: no such column: name. Nothing was changed. "
        "Let the migration drop the view first, or make it anew."
    ),
    "op.execute('DELETE FROM hall WHERE id = 1')": (
        "The migration leaves 1 row of seat that refer to no row of hall. Nothing was changed. "
        "On SQLite, ON DELETE does nothing in a migration: let the migration delete or change those rows itself."
    ),
    "op.execute('DROP TABLE renaming')": (
        "The migration leaves hall with a trigger that breaks every UPDATE: no such table: main.renaming. Nothing was "
        "changed. Let the migration drop the trigger first, or make it anew."
    ),
}

pytestmark = [pytest.mark.parametrize("store", ["sqlite"], indirect=True), pytest.mark.usefixtures("context")]


@pytest.fixture
def upgrade(tmp_path: Path) -> Iterator[Callable[..., None]]:
    folder = tmp_path / "migrations"

    def run(*steps: dict[str, str]) -> None:
        write(folder, *steps)
        flask_migrate.upgrade(directory=str(folder))

    yield run
    flask_migrate.downgrade(directory=str(folder), revision=HEAD)


def rows(statement: str) -> list[tuple[object, ...]]:
    with db.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(statement))]


def test_what_hangs_on_a_rebuilt_table_stays_and_so_do_views_and_triggers(upgrade: Callable[..., None]) -> None:
    upgrade(MADE, REBUILT)

    with db.engine.begin() as connection:
        connection.execute(text("INSERT INTO seat VALUES (8, 2)"))
    assert rows("SELECT * FROM seat") == [(7, 1), (8, 2)]
    assert rows("SELECT id, name, above_id, length(at) FROM hall") == [(1, "full", None, 26), (2, "full", 1, 26)]
    assert rows("SELECT * FROM a_view") == [("full",), ("full",)]
    assert rows("SELECT name FROM renaming") == [("Great",), ("Small",)]
    assert rows("PRAGMA foreign_keys") == [(1,)]


def test_a_migration_answers_for_its_own_rows_alone() -> None:
    with db.engine.connect() as connection, rebuilding(connection):
        ctx = MigrationContext.configure(connection)
        with connection.begin():
            connection.execute(text("CREATE TABLE hall (id INTEGER PRIMARY KEY)"))
            connection.execute(text("CREATE TABLE seat (hall_id INTEGER REFERENCES hall(id))"))
        with closing(sqlite3.connect(str(db.engine.url.database))) as other, other:
            other.execute("INSERT INTO seat VALUES (9)")

        with connection.begin():
            require_whole(ctx=ctx)
            connection.execute(text("INSERT INTO seat VALUES (8)"))
            with pytest.raises(ClashError, match="leaves 1 row of seat"):
                require_whole(ctx=ctx)
            for table in ("seat", "hall"):
                connection.execute(text(f"DROP TABLE {table}"))


@pytest.mark.parametrize("step", BREAKS)
def test_a_migration_that_would_leave_something_broken_changes_nothing(upgrade: Callable[..., None], step: str) -> None:
    with pytest.raises(ClashError) as caught:
        upgrade(MADE, {"title": "It breaks", "up": step, "down": "pass"})

    assert str(caught.value) == BREAKS[step]
    assert rows("SELECT count(*) FROM hall JOIN a_view ON a_view.name = hall.name") == [(2,)]
    assert "name" in {one["name"] for one in inspect(db.engine).get_columns("hall")}


def test_a_generated_migration_fills_the_columns_that_every_record_has() -> None:
    columns = [
        Column("created_at", UtcDateTime, nullable=False),
        Column("version", Integer, nullable=False),
        Column("label", String, nullable=False),
        Column("version", String, nullable=False),
        Column("updated_at", UtcDateTime),
    ]
    added = ModifyTableOps("hall", [AddColumnOp("hall", one) for one in columns])
    script = MigrationScript("9001", UpgradeOps([added]), DowngradeOps([]))

    fill_columns([script])

    filled = [one.column.server_default for one in added.ops if isinstance(one, AddColumnOp)]
    assert [getattr(one, "arg", None) for one in filled] == [PRESENT_TIME, "1", None, None, None]
    assert "sa.Column('version', sa.Integer(), server_default='1', nullable=False)" in render_python_code(
        script.upgrade_ops
    )
    assert [one.server_default for one in columns] == [None] * 5
