"""One process at a time: dashboards that start together would each bring the tables up to date, and all but one stop."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, text

# Any number that no other program on the database takes for its own.
_KEY = 7_246_110_534_219


@contextmanager
def startup_lock(engine: Engine) -> Iterator[None]:
    """Wait until no other process is in here with the same database, and keep them out. A process that dies lets go."""
    with _alone_on_postgres(engine) if engine.dialect.name == "postgresql" else _alone_on_sqlite(engine):
        yield


@contextmanager
def _alone_on_postgres(engine: Engine) -> Iterator[None]:
    # A connection of its own: each migration's transaction ends before the next one begins. The lock is its
    # transaction's, not its session's, which a pool of connections in between would hand to others.
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL lock_timeout = 0"))
        connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _KEY})
        yield


@contextmanager
def _alone_on_sqlite(engine: Engine) -> Iterator[None]:
    folder = Path(engine.url.database or ":memory:").parent
    if engine.url.database in {None, "", ":memory:"} or not folder.is_dir():
        # Nobody else's, or nowhere: SQLite itself says so.
        yield
        return
    # The folder: to close the database's own file here would let SQLite's locks on it go.
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
