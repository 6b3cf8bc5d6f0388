"""`manage.py upgrade`: what it would do is said before, locks are not waited for long, and older servers go on where they can."""

from __future__ import annotations

import importlib
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
from alembic.autogenerate.api import render_python_code
from alembic.operations.ops import (
    AddColumnOp,
    CreateIndexOp,
    CreateTableOp,
    DowngradeOps,
    DropColumnOp,
    DropTableOp,
    MigrationScript,
    ModifyTableOps,
    UpgradeOps,
)
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import Column, Engine, Index, Integer, inspect, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.schema import conv

from admin_app.cli.upgrade_plan import NO_CHANGES, NO_WRITES, _lock, losses_of, statements_of
from admin_app.db import schema_version
from admin_app.db.data_loss import warn_of_losses
from admin_app.db.index_builds import concurrently_if_alone, invalid_indexes
from admin_app.db.schema_version import is_kept_by_newer, require_served
from admin_app.db.startup_lock import startup_lock
from admin_app.db.unique_text import CreateUniqueText
from admin_app.errors import ConfigurationError
from admin_app.extensions import db
from admin_app.selection.search import indexes as search_indexes
from admin_app.selection.search.migrations import CreateSearchIndex
from admin_app.selection.sorting import text_indexes
from admin_app.selection.sorting.migrations import CreateSortIndex
from admin_app.selection.sorting.text_indexes import SortIndex
from admin_app.web.probes import _readiness
from tests.newer import HEAD, MIGRATIONS, write

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
INDEXES = {
    "title": "Indexes of posts",
    "up": """op.create_index_concurrently('ix_post_user_id_version', 'post', ['user_id', 'version'])
    op.create_index_concurrently('ix_post_' + 'long_' * 12 + 'name', 'post', ['version'], where="content <> 'at 10:30, 5 %'")
    op.create_search_index('job', ['title'], concurrently=True)
    op.create_sort_index('job', 'title', concurrently=True)""",
    "down": """op.drop_sort_index('job', 'title')
    op.drop_search_index('job', ['title'])
    op.drop_index(op.f('ix_post_' + 'long_' * 12 + 'name'), 'post')
    op.drop_index('ix_post_user_id_version', 'post')""",
}
# As a model names it: SQLAlchemy shortens it where it is too long for the store.
LONG = Index(conv("ix_post_" + "long_" * 12 + "name"), Column("version"))
# Who has the upgrade's lock, or waits for it.
AT_THE_LOCK = text(
    "SELECT count(*) FROM pg_stat_activity WHERE state <> 'idle' AND pid <> pg_backend_pid() AND datname = current_database() "
    "AND (query LIKE '%advisory_xact_lock%' OR query LIKE '%idle_in_transaction_session_timeout%')"
)
LEFT_OUT = (
    # The numbers of rows are large enough, and times have zones; a serial key is an identity to Alembic.
    *("prefer-bigint-over-int", "prefer-text-field", "prefer-timestamptz", "prefer-identity"),
    # Alembic's transaction is around each migration, and a build beside people may take its time.
    *("prefer-robust-stmts", "require-statement-timeout"),
)
# What migrations of before do that none may do any more, as everybody has run them; those of the last month at the latest.
OF_BEFORE = {
    # The second migration of a database: its tables are empty.
    "0002": {"require-concurrent-index-creation"},
    # Sessions and what people have set, small tables, get another shape at once.
    "0008": {"adding-not-nullable-field", "ban-drop-default"},
    "0009": {"require-concurrent-index-deletion", "ban-drop-table"},
    "0011": {"require-concurrent-index-deletion", "ban-drop-column"},
    "0022": {"constraint-missing-not-valid", "adding-foreign-key-constraint", "require-concurrent-index-creation"},
    # People read the history, or plans, and wait with saving while they get an index.
    "0010": {"require-concurrent-index-creation"},
    "0014": {"require-concurrent-index-creation", "require-concurrent-index-deletion"},
    "0019": {"ban-drop-not-null", "require-concurrent-index-creation"},
    # The history's keys become texts: nobody works meanwhile.
    "0026": {"changing-column-type"},
}
# They ask the database before, whether texts are unique say: what they send is known when they run.
ASK = {"0013", "0017"}


@pytest.fixture
def newer(app: Flask, tmp_path: Path) -> Iterator[str]:
    """Return the migrations of a newer program: one that leaves the older one what it needs, and one that does not."""
    folder = tmp_path / "migrations"
    write(folder, ADDS, BREAKS)
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
        ["is the one writer meanwhile"] * 2
        if store == "sqlite"
        else ["nobody reads or writes it meanwhile", "people read it, and wait with saving"]
    )


@pytest.mark.parametrize("store", ["postgres"], indirect=True)
@pytest.mark.usefixtures("context")
def test_the_plan_reads_names_of_any_letters() -> None:
    statement = 'ALTER TABLE "order ""line""" ADD CONSTRAINT "its order" FOREIGN KEY (id) REFERENCES "user" (id)'

    with db.engine.connect() as connection:
        connection.execute(text('CREATE TABLE "order ""line""" (id integer)'))
        said = _lock(connection, statement)
        connection.rollback()

    assert said == f'order "line" (0 rows, 0 Bytes): {NO_WRITES}'


def test_the_plan_says_which_data_a_migration_removes(tmp_path: Path) -> None:
    # SQLite recreates a table for it, which it cannot while the statements are only printed.
    removes = """with op.batch_alter_table('post') as batch_op:
        batch_op.drop_column('content')
    op.drop_table('saved_view')
    op.execute('DELETE FROM tick WHERE id > 3')
    op.drop_index('ix_post_user_id', 'post')"""
    write(tmp_path / "migrations", {"title": "Less", "up": removes, "down": "pass"})
    script = ScriptDirectory(str(tmp_path / "migrations")).get_revision("9001")

    said = [[*losses_of(script, dialect)] for dialect in ("sqlite", "postgresql")]

    assert (
        said
        == [
            [
                "Removes the column post.content with all its data.",
                "Removes the table saved_view with all its data.",
                "Deletes rows of tick.",
            ]
        ]
        * 2
    )


def test_the_author_of_a_migration_is_told_which_data_it_removes(caplog: pytest.LogCaptureFixture) -> None:
    removing: list[Any] = [
        ModifyTableOps("post", [DropColumnOp("post", "content"), AddColumnOp("post", Column("stars", Integer))]),
        DropTableOp("tick"),
    ]

    warn_of_losses([MigrationScript("1", UpgradeOps(removing), DowngradeOps([]))])

    assert caplog.messages == [
        "It removes the column post.content with all its data.",
        "It removes the table tick with all its data.",
    ]


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


def test_indexes_are_made_beside_people_and_a_build_that_broke_off_is_begun_again(
    app: Flask, manage: Any, make_user: Any, store: str, *, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "migrations", INDEXES)
    monkeypatch.setattr(app.extensions["migrate"], "directory", str(tmp_path / "migrations"))
    for _ in range(2):
        make_user()
    if store == "postgres":
        # What an earlier try left: an index that is whole, and one whose build broke off.
        with app.app_context(), db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("CREATE INDEX ix_job_title_trigrams ON job USING gin (title gin_trgm_ops)"))
            with pytest.raises(IntegrityError):
                connection.execute(text('CREATE UNIQUE INDEX CONCURRENTLY ix_post_user_id_version ON "user" (version)'))

    plan, checked = manage("upgrade", "--plan").output, manage("check").output
    done = manage("upgrade")
    with app.app_context(), db.engine.connect() as connection:
        indexes = {one["name"]: one for one in inspect(connection).get_indexes("post")}
        left, shortened = invalid_indexes(connection), connection.dialect.identifier_preparer.format_index(LONG)
        dialect = connection.dialect.name
        searched = "job" in search_indexes.present(connection)
        is_sorted = SortIndex("job", "title") in text_indexes.present(connection)
    with app.app_context():
        flask_migrate.downgrade(directory=str(tmp_path / "migrations"), revision=HEAD)

    assert (done.exit_code, left, searched, is_sorted) == (0, {}, True, True)
    assert "ix_post_user_id_version" in indexes
    assert "at 10:30, 5 %'" in str(indexes[shortened]["dialect_options"][f"{dialect}_where"])
    if store == "postgres":
        assert (plan.count(NO_CHANGES), plan.count(NO_WRITES), plan.count("COMMIT")) == (4, 0, 0)
        assert "The index ix_post_user_id_version of user is invalid: its build broke off." in checked


@pytest.mark.postgres
@pytest.mark.parametrize("store", ["postgres"], indirect=True)
def test_an_index_does_not_wait_for_a_server_that_waits_for_the_upgrade(app: Flask, store: str) -> None:
    assert store == "postgres"
    trace: list[str] = []

    def start(engine: Engine) -> None:
        with startup_lock(engine):
            trace.append("let in")

    with app.app_context(), ThreadPoolExecutor(1) as beside:
        with startup_lock(db.engine), db.engine.connect() as plain:
            connection, end = plain.execution_options(isolation_level="AUTOCOMMIT"), time.monotonic() + 20
            started = beside.submit(start, db.engine)
            while connection.scalar(AT_THE_LOCK) != 2:
                assert time.monotonic() < end
            connection.execute(text("SET statement_timeout = '20s'"))
            connection.execute(text("CREATE INDEX CONCURRENTLY ix_beside ON post (version)"))
            connection.execute(text("DROP INDEX ix_beside"))
            connection.execute(text("RESET statement_timeout"))
            trace.append("made")
        started.result(20)

    assert trace == ["made", "let in"]


def test_a_generated_migration_of_indexes_alone_makes_them_beside_people(caplog: pytest.LogCaptureFixture) -> None:
    index = CreateIndexOp("ix_post_stars", "post", ["stars"])
    rows = Column("slug") != "a:b"
    partial = CreateIndexOp("ix_post_slug", "post", ["slug"], unique=True, postgresql_where=rows, sqlite_where=rows)
    alone = [
        ModifyTableOps("post", [index, partial]),
        CreateSearchIndex("post", ["content"]),
        CreateSortIndex(SortIndex("post", "slug")),
    ]
    added = AddColumnOp("post", Column("stars", Integer()))
    unique = CreateUniqueText([("post", "slug")])
    ours = [CreateSearchIndex("post", ["slug"]), CreateSortIndex(SortIndex("post", "slug")), unique]
    mixed = [
        ModifyTableOps("post", [added, index]),
        *ours,
        CreateTableOp("tag", []),
        CreateSearchIndex("tag", ["label"]),
    ]
    half = [CreateIndexOp("ix_post_slug", "post", ["slug"], unique=True, postgresql_where=rows)]
    scripts = [MigrationScript("9001", UpgradeOps(ops), DowngradeOps([])) for ops in (alone, mixed, half, [unique])]

    concurrently_if_alone(None, None, scripts)

    written = [[line.strip() for line in render_python_code(one.upgrade_ops).splitlines()] for one in scripts]
    assert written[0][1:-1] == [
        "op.create_index_concurrently('ix_post_stars', 'post', ['stars'])",
        "op.create_index_concurrently('ix_post_slug', 'post', ['slug'], unique=True, where=\"slug != 'a:b'\")",
        "op.create_search_index('post', ['content'], concurrently=True)",
        "op.create_sort_index('post', 'slug', concurrently=True)",
    ]
    assert "op.create_index('ix_post_stars', 'post', ['stars'], unique=False)" in written[1]
    waited_for = [record.getMessage().partition(". ")[0] for record in caplog.records]
    assert waited_for == [
        f"While {one} is created, saves to post wait"
        for one in ("ix_post_stars", "the search index", "ix_post_slug_sort_key", "uq_post_slug_caseless")
    ]
    assert written[2][1].startswith("op.create_index('ix_post_slug', 'post', ['slug'], unique=True, postgresql_where=")


def test_migrations_hold_nobody_up(tmp_path: Path) -> None:
    squawk = shutil.which("squawk") or shutil.which("squawk", path=str(Path(sys.executable).parent))
    if squawk is None:
        pytest.skip("squawk is not installed: see requirements-dev.txt")
    steps = [one for one in ScriptDirectory(str(MIGRATIONS)).walk_revisions() if one.revision not in ASK]
    for one in steps:
        # Alembic ends the transaction for an index that is built beside people, and begins the next one.
        sent = (
            f"COMMIT;\n{sql};\nBEGIN" if " CONCURRENTLY " in sql else sql for sql in statements_of(one, "postgresql")
        )
        statements = ["BEGIN", "SET lock_timeout = '3s'", *sent, "COMMIT"]
        (tmp_path / f"{one.revision}.sql").write_text(";\n".join(statements) + ";\n")

    done = subprocess.run(
        [
            squawk,
            "--exclude",
            ",".join(LEFT_OUT),
            "--reporter",
            "json",
            *tmp_path.glob("*.sql"),
        ],
        check=False,
        capture_output=True,
        text=True,
    )

    found: dict[str, set[str]] = {}
    for one in json.loads(done.stdout):
        found.setdefault(Path(one["file"]).stem, set()).add(one["rule_name"])
    assert found == OF_BEFORE
