"""Copying a database and putting a copy back: SQLite by its own online copy, PostgreSQL by pg_dump and pg_restore."""

from __future__ import annotations

import os
import secrets
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Protocol

from psycopg.conninfo import make_conninfo
from sqlalchemy import URL, Connection, Engine, create_engine, func, inspect, select, text

from admin_app.backup.archive import Facts
from admin_app.db.pooler import is_pooled
from admin_app.db.schema_version import current_revisions
from admin_app.errors import BackupError
from admin_app.extensions import db
from admin_app.models.change_set import ChangeSet


class Store(Protocol):
    """A database that can be copied."""

    name: str

    def copy(self, file: Path) -> Facts:
        """Write the database into a file, as it is at one moment, while others write; return what it holds."""

    def is_empty(self) -> bool:
        """Whether there is nothing that a restore would take away."""

    def load(self, file: Path) -> None:
        """Replace the database with the copy."""

    def tried(self, file: Path) -> Facts:
        """Restore the copy beside, and return what it holds."""


def store_of(engine: Engine) -> Store:
    """Return how to copy this database."""
    return SqliteStore(engine) if engine.dialect.name == "sqlite" else PostgresStore(engine)


def facts_of(connection: Connection) -> Facts:
    """Count what a database holds."""
    there = set(inspect(connection).get_table_names())
    tables = [table for table in db.metadata.sorted_tables if table.name in there]
    rows = {table.name: connection.scalar(select(func.count()).select_from(table)) or 0 for table in tables}
    newest = connection.scalar(select(func.max(ChangeSet.id))) if ChangeSet.__tablename__ in there else None
    return Facts(sorted(current_revisions(connection)), rows, newest or 0)


class SqliteStore:
    """An SQLite file."""

    name = "sqlite"

    def __init__(self, engine: Engine) -> None:
        """Keep where it is."""
        self._path = Path(str(engine.url.database))

    def copy(self, file: Path) -> Facts:
        """Copy it at once: others go on writing into its log meanwhile."""
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
        """Put the copy in its place by SQLite itself, which knows the log beside it; a new file is its owner's alone."""
        self._path.touch(mode=0o600)
        _copied(file, self._path)

    def tried(self, file: Path) -> Facts:
        """Look through the whole copy."""
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
        # Its log goes into the file with the last connection.
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
            _run("pg_dump", self._url, "--format=custom", f"--snapshot={snapshot}", f"--file={file}", "--dbname")
            return facts

    def is_empty(self) -> bool:
        """Whether no table is there."""
        with self._engine.connect() as connection:
            return not inspect(connection).get_table_names()

    def load(self, file: Path) -> None:
        """Empty the schema and let pg_restore fill it: what a newer version added must not stay."""
        with self._engine.begin() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
        _restored(file, self._url)

    def tried(self, file: Path) -> Facts:
        """Restore into a database of its own, which goes again."""
        with self._beside() as url:
            _restored(file, url)
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


def _restored(file: Path, url: URL) -> None:
    _run("pg_restore", url, "--no-owner", "--exit-on-error", str(file), "--dbname")


def _parameters(url: URL) -> dict[str, str]:
    """Return the parts of an address without the password; after the “?”, hosts may be named several times."""
    named = {"host": url.host, "port": url.port, "user": url.username, "dbname": url.database}
    asked = {name: value if isinstance(value, str) else ",".join(value) for name, value in url.query.items()}
    return {name: str(value) for name, value in named.items() if value is not None} | asked


def _run(program: str, url: URL, *arguments: str) -> None:
    """Run one of PostgreSQL's programs on a database; the password is passed in the environment, which no process list shows."""
    found = shutil.which(program)
    if found is None:
        message = f"{program} is not on this machine. Install PostgreSQL's client, of the server's version."
        raise BackupError(message)
    where = make_conninfo("", **_parameters(url))
    password = {"PGPASSWORD": str(url.password)} if url.password is not None else {}
    done = subprocess.run(  # noqa: S603 -- the program that was found, with arguments of ours
        [found, *arguments, where],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, **password},
    )
    if done.returncode:
        message = f"{program} stopped: {' '.join(done.stderr.split())[:500]}"
        raise BackupError(message)
