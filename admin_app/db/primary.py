"""Check that the database server accepts writes: on a replica nobody could sign in, and no worker could work."""

from __future__ import annotations

from sqlalchemy import Connection, text

from admin_app.db.troubles import NOT_PRIMARY
from admin_app.errors import ConfigurationError


def require_writes(connection: Connection) -> None:
    """Stop the start on a replica or a read-only database. A supervisor tries again, after the promotion."""
    if connection.dialect.name == "postgresql" and connection.scalar(text("SHOW transaction_read_only")) == "on":
        raise ConfigurationError(str(NOT_PRIMARY))
