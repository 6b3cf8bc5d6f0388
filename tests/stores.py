"""The stores, SQLite and PostgreSQL, and the application on each of them; a plugin of conftest.py."""

from __future__ import annotations

import functools
import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
from flask import Flask
from sqlalchemy import Dialect, Table, event, exists, select, text
from sqlalchemy.engine import make_url

from admin_app import create_app
from admin_app.db.versions import READ_ONLY
from admin_app.domain.permissions import roles
from admin_app.extensions import db
from admin_app.models.role import Role
from tests.client import Client
from tests.postgres import kept_folder, start_postgres, start_replica

ROOT = Path(__file__).resolve().parents[1]


# ---- the stores

BOTH = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
# For tests of pages, which run on SQLite alone: what the store answers for is asked of both. That is which rows are found and
# in what order, what no column holds, who waits for whom, and how many statements a page takes.
both_stores = pytest.mark.parametrize("store", BOTH, indirect=True)

# For a module whose statements others ask of both, so that only its words are left.
one_store = pytest.mark.parametrize("store", ["sqlite"], indirect=True)


@pytest.fixture(params=BOTH)
def store(request: pytest.FixtureRequest) -> str:
    """Run the test on both stores; on one: @pytest.mark.parametrize("store", ["sqlite"], indirect=True)."""
    return str(request.param)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """Start a PostgreSQL of our own; it ends with this process, however that ends."""
    with kept_folder("admin-pg-") as folder:
        try:
            yield start_postgres(folder)
        except (OSError, subprocess.SubprocessError) as error:
            _skip_unless("REQUIRE_POSTGRES", f"PostgreSQL does not start: {error}")


@pytest.fixture(scope="session")
def replica_url(postgres_url: str) -> Iterator[str]:
    """Start a replica that streams from the tests' PostgreSQL, and return its address."""
    with kept_folder("admin-replica-") as folder:
        yield start_replica(Path(str(make_url(postgres_url).query["host"])), folder)


def _skip_unless(required: str, reason: str) -> None:
    """Skip here, but fail where the thing must be there (in CI)."""
    if os.environ.get(required) == "1":
        pytest.fail(f"{reason} ({required}=1)")
    pytest.skip(reason)


# ---- the application


@pytest.fixture(scope="session")
def app_on(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Flask]]:
    """Make the application once for each store that is asked for, its tables made by the migrations."""

    # A cache, not a parametrised fixture: pytest would tear one store down each time a test wants the other.
    @functools.cache
    def make(store: str) -> Flask:
        folder = tmp_path_factory.mktemp(store)
        url = request.getfixturevalue("postgres_url") if store == "postgres" else f"sqlite:///{folder / 'admin.db'}"
        app = create_app({"DATABASE_URL": url}, instance_path=str(folder))
        app.config["TESTING"] = True
        app.test_client_class = Client
        with app.app_context():
            flask_migrate.upgrade(directory=str(ROOT / "migrations"))
        apps.append(app)
        return app

    apps: list[Flask] = []
    yield make
    for app in apps:
        app.extensions["jobs"].close()
        with app.app_context():
            db.engine.dispose()


@pytest.fixture
def app(app_on: Callable[[str], Flask], store: str) -> Flask:
    """Return the application with every table empty and every key counted from 1."""
    return emptied(app_on(store))


def emptied(app: Flask) -> Flask:
    """Leave nothing in the tables but the roles that are given."""
    with app.app_context(), db.engine.begin() as connection:
        deleted = _deletions(connection.dialect)
        if connection.dialect.name == "sqlite":
            driver: Any = connection.connection.driver_connection
            # Past SQLAlchemy, which takes longer for two dozen statements than SQLite.
            for statement in (*deleted, "DELETE FROM sqlite_sequence"):
                driver.execute(statement)
            # How many rows there were when another test looked at its tables, a list would take for an estimate.
            if driver.execute("SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_stat1'").fetchone():
                driver.execute("DELETE FROM sqlite_stat1")
        else:
            # A test before may have had the server end it, of which only the next use would tell.
            app.extensions["jobs"].close()
            # A forgotten open transaction would make us wait for ever.
            connection.execute(text("SET LOCAL lock_timeout = '10s'"))
            # Most tables are empty, and asking them all takes a fifth of deleting from them all. TRUNCATE would make new files
            # for two dozen tables and their indexes, six times as slow as a few rows deleted.
            is_filled = connection.exec_driver_sql(_questions(connection.dialect)).one()
            filled = [statement for statement, is_so in zip(deleted, is_filled, strict=True) if is_so]
            counters = ", ".join(f"'{table.name}_id_seq'" for table in db.metadata.sorted_tables)
            counted = "SELECT setval(quote_ident(sequencename)::regclass, 1, false) FROM pg_sequences"
            # At once: waiting for each answer would take longer than the work.
            connection.exec_driver_sql("; ".join([*filled, f"{counted} WHERE sequencename IN ({counters})"]))
        connection.execute(Role.__table__.insert(), _given_roles())
    return app


@functools.cache
def _deletions(dialect: Dialect) -> list[str]:
    return [str(table.delete().compile(dialect=dialect)) for table in _own_tables()]


@functools.cache
def _questions(dialect: Dialect) -> str:
    """Ask of each of these tables whether it has rows."""
    return str(select(*(exists().select_from(table) for table in _own_tables())).compile(dialect=dialect))


def _own_tables() -> list[Table]:
    """Return the tables that may be written, those that point at others first."""
    return [one for one in reversed(db.metadata.sorted_tables) if not one.info.get(READ_ONLY)]


@functools.cache
def _given_roles() -> list[dict[str, Any]]:
    return [
        {
            name: getattr(one, name)
            for name in ("name", "key", "permissions", "rows", "fields")
            if getattr(one, name) is not None
        }
        for one in roles.given()
    ]


@pytest.fixture
def context(app: Flask) -> Iterator[Flask]:
    """Stay in an application context: for what runs below the web, so without requests."""
    with app.app_context():
        yield app


@pytest.fixture
def statements(app: Flask) -> Callable[[], AbstractContextManager[list[str]]]:
    """Collect the SQL sent: `with statements() as sent: ...`, then `len(sent)`."""
    with app.app_context():
        engine = db.engine

    @contextmanager
    def collect() -> Iterator[list[str]]:
        sent: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            # Only SQLite is told to begin by a statement, and only PostgreSQL that all rows of an export are wanted;
            # counts are to be the same on both.
            if not statement.startswith(("BEGIN", "SET LOCAL cursor_tuple_fraction")):
                sent.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        try:
            yield sent
        finally:
            event.remove(engine, "before_cursor_execute", note)

    return collect
