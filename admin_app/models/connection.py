"""How a connection to the embedded store behaves, so that SQLite keeps the promises PostgreSQL makes by itself."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, Pool, event, text
from sqlalchemy.exc import OperationalError

from admin_app.current import is_late, is_writing, limit_in_milliseconds, writing
from admin_app.extensions import AnySession
from admin_app.text import folded

# A writer waits this long for another one before it gives up: longer than any act of ours holds the lock.
BUSY_TIMEOUT_MS = 15_000


# SQLite's instructions between two looks at the clock. One of them may search a long text, so they are few; a look
# costs about as much as two.
STEPS_BETWEEN_LOOKS = 1_000

# What PostgreSQL calls a statement that was stopped: by its time limit, since nobody else stops ours.
QUERY_CANCELED = "57014"


@event.listens_for(Engine, "connect")
def _prepare(connection: Any, _record: Any) -> None:
    """Enforce foreign keys, let readers and a writer work side by side, and leave transactions to us."""
    if not isinstance(connection, sqlite3.Connection):
        return
    # Python's driver begins transactions by itself, and only before a write; SQLAlchemy's "begin" event does it here.
    connection.isolation_level = None
    for pragma in (
        "foreign_keys = ON",
        "journal_mode = WAL",
        "synchronous = NORMAL",
        f"busy_timeout = {BUSY_TIMEOUT_MS}",
    ):
        connection.execute(f"PRAGMA {pragma}")
    # SQLite's own knows ASCII only: "CAFÉ" would not find "Café", and É@example.com would not be é@example.com.
    connection.set_progress_handler(is_late, STEPS_BETWEEN_LOOKS)
    connection.create_function("lower", 1, _lower, deterministic=True)


def _lower(value: Any) -> Any:
    return folded(value) if isinstance(value, str) else value


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    """Take the write lock first when the act means to write: upgrading later is refused at once, without waiting."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writing() else "BEGIN")


@event.listens_for(Pool, "checkout")
def _limit_time(connection: Any, record: Any, _proxy: Any) -> None:
    """Tell PostgreSQL how long statements may take, when that differs from what it was told last."""
    wanted = limit_in_milliseconds()
    if isinstance(connection, sqlite3.Connection) or record.info.get("limit", 0) == wanted:
        return
    connection.autocommit = True
    connection.execute(f"SET statement_timeout = {wanted}")
    connection.autocommit = False
    record.info["limit"] = wanted


# Long enough for a row that somebody is just letting go of.
PATIENCE_MS = 50


@contextmanager
def writing_if_free(engine: Engine) -> Iterator[Connection]:
    """Write in a transaction of its own that raises `OperationalError` at once instead of waiting for another writer.

    For what is good to have written and not worth a page that waits.
    """
    with writing(), engine.connect() as connection:
        driver = connection.connection.dbapi_connection
        try:
            if isinstance(driver, sqlite3.Connection):
                driver.execute(f"PRAGMA busy_timeout = {PATIENCE_MS}")
            with connection.begin():
                if not isinstance(driver, sqlite3.Connection):
                    connection.exec_driver_sql(f"SET LOCAL lock_timeout = {PATIENCE_MS}")
                yield connection
        finally:
            if isinstance(driver, sqlite3.Connection):
                driver.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")


def is_timeout(error: OperationalError) -> bool:
    """Whether a statement was stopped because it took too long."""
    return str(error.orig) == "interrupted" or getattr(error.orig, "sqlstate", None) == QUERY_CANCELED


def refresh_statistics(session: AnySession) -> None:
    """Let the store look at its tables anew after much was written: it plans by what it finds, and lists say how much there is."""
    session.execute(text("ANALYZE"))
    session.commit()
