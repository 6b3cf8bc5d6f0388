"""Follow the history: return a change set as soon as no change set with a smaller number can be committed any more.

A change set gets its number when it begins, and on PostgreSQL a later one may be committed first. A reader that
continued from the largest number it had seen would miss the earlier one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select, text

from admin_app.db.dialects import is_postgres
from admin_app.extensions import AnySession
from admin_app.models.change_set import Change, ChangeSet

# Rows read by one statement.
BATCH = 500


@dataclass(frozen=True)
class Mark:
    """The newest change set's number at some moment, and the first transaction that had not begun by then."""

    newest: int
    horizon: int


def mark(session: AnySession) -> Mark:
    """Return the present end of the history."""
    # The number must be read first: a change set committed between the two statements is covered by the next mark.
    newest = session.scalar(select(func.max(ChangeSet.id))) or 0
    return Mark(newest, _number(session, "pg_snapshot_xmax"))


def is_settled(session: AnySession, at: Mark) -> bool:
    """Whether every transaction that began before the mark has ended. SQLite has one writer at a time, so there it always has."""
    return _number(session, "pg_snapshot_xmin") >= at.horizon


def sets_between(session: AnySession, since: int, until: int) -> Iterator[ChangeSet]:
    """Yield the change sets with numbers above `since` and up to `until`, in order."""
    while since < until:
        asked = select(ChangeSet).where(ChangeSet.id > since, ChangeSet.id <= until).order_by(ChangeSet.id).limit(BATCH)
        found = session.scalars(asked).all()
        yield from found
        since = found[-1].id if len(found) == BATCH else until


def changes_of(session: AnySession, set_id: int) -> Iterator[Change]:
    """Yield the changes of a change set, reading them in batches."""
    last, found = 0, _changes(session, set_id, 0)
    while found:
        yield from found
        last = found[-1].id
        found = _changes(session, set_id, last)


def _changes(session: AnySession, set_id: int, after: int) -> Sequence[Change]:
    asked = select(Change).where(Change.change_set_id == set_id, Change.id > after).order_by(Change.id)
    return session.scalars(asked.limit(BATCH)).all()


def _number(session: AnySession, function: str) -> int:
    if not is_postgres(session):
        return 0
    return int(session.scalar(text(f"SELECT {function}(pg_current_snapshot())::text::bigint")))
