"""What `manage.py check` says about the replica that pages read from."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from admin_app.cli.finding import Finding
from admin_app.db.replica import Replica

_WHICH = text("SELECT system_identifier FROM pg_control_system()")
STRANGER = "The server of ADMIN_REPLICA_URL is no replica of the one in DATABASE_URL: pages would show other data."


def replica_in_words(replica: Replica) -> str:
    """Say which server pages read from."""
    sight = replica.look()
    if sight.problem:
        return "Nothing is read from the replica."
    return f"Pages and downloads are read from a replica, {sight.lag:.0f} seconds behind."


def replica_findings(replica: Replica) -> Iterator[Finding]:
    """Yield the problems of the replica."""
    sight = replica.look()
    if sight.problem:
        yield Finding(sight.problem, "Until it goes on, everything is read from the primary. Check ADMIN_REPLICA_URL.")
        return
    if _identifier(replica.primary) != _identifier(replica.engine):
        yield Finding(STRANGER, "Correct ADMIN_REPLICA_URL, or unset it.")


def _identifier(engine: Engine) -> int | None:
    """Return the number that a server shares with its replicas; None if the user may not ask."""
    try:
        with engine.connect() as connection:
            found: int | None = connection.scalar(_WHICH)
            return found
    except DBAPIError:
        return None
