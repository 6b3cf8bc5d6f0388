"""A pooler in front of PostgreSQL, such as PgBouncer in transaction mode, which gives each transaction another connection.

A setting would stay with the connection for its next user. So time limits are set in each transaction, no statement is
prepared, and every statement is in a transaction.
"""

from __future__ import annotations

from typing import Any

import psycopg
from sqlalchemy import Connection
from sqlalchemy.pool import ConnectionPoolEntry

# The key in a pooled connection's info.
_POOLED = "is_pooled"


def note_pooler(connection: object, record: ConnectionPoolEntry) -> None:
    """Find out whether a new connection goes through a pooler, and if so, stop psycopg from preparing statements."""
    record.info[_POOLED] = isinstance(connection, psycopg.Connection) and suits_pooler(connection)


def suits_pooler(connection: psycopg.Connection[Any]) -> bool:
    """Prepare a new connection for a pooler if there is one; return whether there is.

    A server tells each client its process number, so that the client can cancel a statement. A pooler tells a number of its own,
    which no server process has.
    """
    row = connection.execute("SELECT pg_backend_pid()").fetchone()
    connection.rollback()
    if row is None or row[0] == connection.info.backend_pid:
        return False
    connection.prepare_threshold = None
    return True


def is_noted(record: ConnectionPoolEntry) -> bool:
    """Whether a pooled connection was found to go through a pooler."""
    return bool(record.info.get(_POOLED))


def is_pooled(connection: Connection) -> bool:
    """Whether this connection goes through a pooler."""
    return bool(connection.connection.info.get(_POOLED))
