"""One process at a time: dashboards that start together would all try to migrate the tables, and all but one would fail."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, text

from admin_app.db.pooler import is_pooled
from admin_app.errors import ConfigurationError

# Any number that no other program uses as a lock in this database.
_KEY = 7_246_110_534_219
# Seconds to wait for a second connection behind a pooler, which would not say for minutes that it has only one.
PATIENCE = 15.0
# Seconds between two tries to get the lock.
_PAUSE = 0.2
ALONE = (
    "The pooler gave no second connection, and it takes two to bring the tables up to date. Let it have more "
    "(default_pool_size of PgBouncer), or run manage.py upgrade with DATABASE_URL set to the server itself."
)


@contextmanager
def startup_lock(engine: Engine) -> Iterator[None]:
    """Hold the lock: one process at a time is in the block with the same database. If a process dies, its lock is released."""
    if engine.dialect.name != "postgresql":
        with _alone_on_sqlite(engine):
            yield
        return
    # Its own connection, because each migration's transaction ends before the next begins. The lock belongs to the
    # transaction and not to the session, which a pooler would hand to others.
    with ThreadPoolExecutor(1) as beside, engine.begin() as connection:
        _lock(connection)
        if is_pooled(connection):
            _require_answer(beside.submit(_ask, engine))
        yield


@contextmanager
def transaction_alone(engine: Engine) -> Iterator[Connection]:
    """Hold the lock for work in one transaction, on its own connection."""
    if engine.dialect.name == "postgresql":
        with engine.begin() as connection:
            _lock(connection)
            yield connection
        return
    with _alone_on_sqlite(engine), engine.begin() as connection:
        yield connection


def _lock(connection: Connection) -> None:
    # A SELECT keeps its snapshot until the next statement, and an index that is built concurrently waits for everyone
    # who has one. So nobody waits inside a SELECT, and a SET follows each.
    while not _is_locked(connection):
        time.sleep(_PAUSE)


def _is_locked(connection: Connection) -> bool:
    is_locked = connection.scalar(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": _KEY})
    connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
    return bool(is_locked)


def _ask(engine: Engine) -> None:
    with engine.connect() as connection:
        connection.exec_driver_sql("SELECT 1")


def _require_answer(asked: Future[None]) -> None:
    try:
        asked.result(PATIENCE)
    except TimeoutError:
        raise ConfigurationError(ALONE) from None


@contextmanager
def _alone_on_sqlite(engine: Engine) -> Iterator[None]:
    folder = Path(engine.url.database or ":memory:").parent
    if engine.url.database in {None, "", ":memory:"} or not folder.is_dir():
        # The file belongs to someone else, or cannot be created: SQLite itself reports that.
        yield
        return
    # This locks the folder: closing the database file here would release SQLite's own locks on it.
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
