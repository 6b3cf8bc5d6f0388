"""Follow the history: each change set once it is settled that none with a smaller number can still come.

Sets are numbered when they are begun, and on PostgreSQL a later one may be committed first: who reads on from the largest
number that they saw would miss the earlier one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select, text

from admin_app.extensions import AnySession
from admin_app.models.change_set import Change, ChangeSet

# Sets that are read at a time.
BATCH = 500


@dataclass(frozen=True)
class Mark:
    """The newest number there was, and the transactions that have to end until all up to it are known."""

    newest: int
    horizon: int


def mark(session: AnySession) -> Mark:
    """Return how far the history goes now."""
    # In this order: a set that is not among the numbers yet belongs to a transaction that the next mark waits for.
    newest = session.scalar(select(func.max(ChangeSet.id))) or 0
    return Mark(newest, _number(session, "pg_snapshot_xmax"))


def is_settled(session: AnySession, at: Mark) -> bool:
    """Whether every transaction that could hold a set up to the mark has ended. SQLite has one writer at a time."""
    return _number(session, "pg_snapshot_xmin") >= at.horizon


def sets_between(session: AnySession, since: int, until: int) -> Iterator[ChangeSet]:
    """Yield the change sets after one number and up to another, in their order."""
    while since < until:
        asked = select(ChangeSet).where(ChangeSet.id > since, ChangeSet.id <= until).order_by(ChangeSet.id).limit(BATCH)
        found = session.scalars(asked).all()
        yield from found
        since = found[-1].id if len(found) == BATCH else until


def changes_of(session: AnySession, set_id: int) -> Iterator[Change]:
    """Yield what a set changed, a portion at a time."""
    last, found = 0, _changes(session, set_id, 0)
    while found:
        yield from found
        last = found[-1].id
        found = _changes(session, set_id, last)


def _changes(session: AnySession, set_id: int, after: int) -> Sequence[Change]:
    asked = select(Change).where(Change.change_set_id == set_id, Change.id > after).order_by(Change.id)
    return session.scalars(asked.limit(BATCH)).all()


def _number(session: AnySession, function: str) -> int:
    if session.get_bind().dialect.name != "postgresql":
        return 0
    return int(session.scalar(text(f"SELECT {function}(pg_current_snapshot())::text::bigint")))
