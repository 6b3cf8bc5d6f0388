"""A pooler between the dashboard and PostgreSQL, PgBouncer in its transaction mode say, which gives each transaction another connection.

What is told to a connection would stay with it, for whoever is given it next: so limits are told to each transaction, no
statement is prepared beforehand, and none stands outside of a transaction.
"""

from __future__ import annotations

from typing import Any

import psycopg
from sqlalchemy import Connection
from sqlalchemy.pool import ConnectionPoolEntry

# Where the pool keeps what it knows of a connection.
_POOLED = "is_pooled"


def note_pooler(connection: object, record: ConnectionPoolEntry) -> None:
    """Look at a new connection whether a pooler stands in between, and keep psycopg from preparing statements there."""
    record.info[_POOLED] = isinstance(connection, psycopg.Connection) and suits_pooler(connection)


def suits_pooler(connection: psycopg.Connection[Any]) -> bool:
    """Make a new connection fit for a pooler where there is one; return whether there is.

    A server tells who connects which process is theirs, so that they can cancel a statement. A pooler tells a number of its
    own: no process of the server's stays theirs.
    """
    row = connection.execute("SELECT pg_backend_pid()").fetchone()
    connection.rollback()
    if row is None or row[0] == connection.info.backend_pid:
        return False
    connection.prepare_threshold = None
    return True


def is_noted(record: ConnectionPoolEntry) -> bool:
    """Whether a pooler stands behind a connection of the pool."""
    return bool(record.info.get(_POOLED))


def is_pooled(connection: Connection) -> bool:
    """Whether a pooler stands behind this connection."""
    return bool(connection.connection.info.get(_POOLED))
