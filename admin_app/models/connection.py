"""How a connection to the embedded store behaves, so that SQLite keeps the promises PostgreSQL makes by itself."""

from __future__ import annotations

import sqlite3
from typing import Any

from sqlalchemy import Connection, Engine, event

from admin_app.current import is_writing
from admin_app.text import folded

# A writer waits this long for another one before it gives up: longer than any act of ours holds the lock.
BUSY_TIMEOUT_MS = 15_000


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
    connection.create_function("lower", 1, _lower, deterministic=True)


def _lower(value: Any) -> Any:
    return folded(value) if isinstance(value, str) else value


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    """Take the write lock first when the act means to write: upgrading later is refused at once, without waiting."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writing() else "BEGIN")
