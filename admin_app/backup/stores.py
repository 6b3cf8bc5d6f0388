"""Copy a database and restore a copy: SQLite by its online backup, PostgreSQL by pg_dump and pg_restore."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Protocol

from sqlalchemy import URL, Connection, Engine, create_engine, func, inspect, select, text

from admin_app.backup.archive import Facts
from admin_app.backup.programs import run
from admin_app.backup.replacing import replace
from admin_app.db.pooler import is_pooled
from admin_app.db.schema_version import current_revisions
from admin_app.errors import BackupError
from admin_app.extensions import db
from admin_app.models.change_set import ChangeSet


class Store(Protocol):
    """A database that can be copied."""

    name: str

    def copy(self, file: Path) -> Facts:
        """Write the database as of one moment into a file, while others write; return the facts about it."""

    def is_empty(self) -> bool:
        """Whether the database has nothing that a restore would delete."""

    def load(self, file: Path) -> None:
        """Replace the database with the copy."""

    def tried(self, file: Path) -> Facts:
        """Restore the copy into a temporary database, and return the facts about it."""


def store_of(engine: Engine) -> Store:
    """Return the way to copy this database."""
    return SqliteStore(engine) if engine.dialect.name == "sqlite" else PostgresStore(engine)


def facts_of(connection: Connection) -> Facts:
    """Return the facts about a database."""
    inspector = inspect(connection)
    schemas = {table.schema for table in db.metadata.sorted_tables} & {None, *inspector.get_schema_names()}
    there = {(schema, name) for schema in schemas for name in inspector.get_table_names(schema)}
    tables = [table for table in db.metadata.sorted_tables if (table.schema, table.name) in there]
    rows = {table.fullname: connection.scalar(select(func.count()).select_from(table)) or 0 for table in tables}
    newest = connection.scalar(select(func.max(ChangeSet.id))) if (None, ChangeSet.__tablename__) in there else None
    return Facts(sorted(current_revisions(connection)), rows, newest or 0)


class SqliteStore:
    """An SQLite file."""

    name = "sqlite"

    def __init__(self, engine: Engine) -> None:
        """Keep where it is."""
        self._path = Path(str(engine.url.database))

    def copy(self, file: Path) -> Facts:
        """Copy the database in one step; others can write into its log meanwhile."""
        if not self._path.exists():
            message = f"There is no database at {self._path}."
            raise BackupError(message)
        _copied(self._path, file)
        return _facts_of_file(file)

    def is_empty(self) -> bool:
        """Whether no table is there."""
        if not self._path.exists():
            return True
        with closing(sqlite3.connect(self._path)) as connection:
            return bool(connection.execute("SELECT count(*) = 0 FROM sqlite_master").fetchone()[0])

    def load(self, file: Path) -> None:
        """Let SQLite itself write the copy over the database, because it knows the log beside it. Only the owner can read a new file."""
        self._path.touch(mode=0o600)
        _copied(file, self._path)

    def tried(self, file: Path) -> Facts:
        """Check the whole copy."""
        with closing(sqlite3.connect(file)) as connection:
            found = connection.execute("PRAGMA quick_check").fetchone()[0]
        if found != "ok":
            message = f"The copy of the database is damaged: {found}."
            raise BackupError(message)
        return _facts_of_file(file)


def _copied(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as reading, closing(sqlite3.connect(target, timeout=15)) as writing:
        reading.backup(writing)


def _facts_of_file(file: Path) -> Facts:
    engine = create_engine(f"sqlite:///{file}")
    try:
        with engine.connect() as connection:
            return facts_of(connection)
    finally:
        # Closing the last connection merges the log into the file.
        engine.dispose()


class PostgresStore:
    """A database of a PostgreSQL server, by the server's own programs."""

    name = "postgresql"

    def __init__(self, engine: Engine) -> None:
        """Keep where it is."""
        self._engine, self._url = engine, engine.url

    def copy(self, file: Path) -> Facts:
        """Let pg_dump write what the counting transaction sees."""
        with self._engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
            if is_pooled(connection):
                message = "A backup needs the database server itself: set DATABASE_URL to it, past the pooler."
                raise BackupError(message)
            snapshot = str(connection.scalar(text("SELECT pg_export_snapshot()")))
            facts = facts_of(connection)
            run("pg_dump", self._url, "--format=custom", f"--snapshot={snapshot}", f"--file={file}", "--dbname")
            return facts

    def is_empty(self) -> bool:
        """Whether no table is there."""
        with self._engine.connect() as connection:
            inspector = inspect(connection)
            return not any(inspector.get_table_names(schema) for schema in inspector.get_schema_names())

    def load(self, file: Path) -> None:
        """Replace everything in the schemas of the copy, or nothing: what a newer version added must not stay."""
        with self._engine.connect() as connection:
            replace(file, self._url, connection)

    def tried(self, file: Path) -> Facts:
        """Restore the copy into a temporary database, which is dropped afterwards."""
        with self._beside() as url:
            run("pg_restore", url, "--no-owner", "--exit-on-error", str(file), "--dbname")
            engine = create_engine(url)
            try:
                with engine.connect() as connection:
                    return facts_of(connection)
            finally:
                engine.dispose()

    @contextmanager
    def _beside(self) -> Iterator[URL]:
        name = f"backup_{secrets.token_hex(6)}"
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE template0"))
            try:
                yield self._url.set(database=name)
            finally:
                connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
