"""The previous and next record in the list that a record was opened from, and the record's position there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func, select

from admin_app.db.record import Record
from admin_app.extensions import AnySession, Statement
from admin_app.selection.paging.counting import Count, bounded, count_of
from admin_app.selection.paging.pages import rows_from
from admin_app.selection.paging.planner import planned
from admin_app.selection.paging.related_order import first_segments
from admin_app.selection.selection import COUNT_LIMIT, Selection
from admin_app.selection.sorting.keyset import Cursor


@dataclass(frozen=True)
class Neighbours:
    """The records around one in a list; `position` counts from 1 and is not exact far down a long list."""

    previous: Record | None
    following: Record | None
    position: Count
    count: Count


def neighbours_of(session: AnySession, selection: Selection, record: Record) -> Neighbours | None:
    """Return the record's neighbours in the selection's order, or None if the selection doesn't contain the record."""
    model = selection.schema.model
    selection = planned(session, selection)
    if session.scalar(select(model.id).where(model.id == record.id, *selection.criteria)) is None:
        return None
    place = selection.order.cursor_of(record)
    before = rows_from(session, selection, place, limit=1, backwards=True)
    after = rows_from(session, selection, place, limit=1)
    return Neighbours(
        before[0] if before else None,
        after[0] if after else None,
        _position(session, selection, place),
        count_of(session, selection),
    )


def _position(session: AnySession, selection: Selection, place: Cursor) -> Count:
    """Count the rows before the cursor, up to a limit that is quickly reached."""
    if selection.clustered is None:
        segments: Iterable[Statement] = selection.segments(place, backwards=True)
        is_all = True
    else:
        segments, is_all = first_segments(session, selection, place, backwards=True)
    if not is_all:
        # The first rows with the word may be anywhere before.
        return bounded(COUNT_LIMIT + 1)
    position = 1
    for segment in segments:
        some = segment.with_only_columns(selection.schema.model.id).order_by(None).limit(COUNT_LIMIT + 1).subquery()
        position += session.scalar(select(func.count()).select_from(some)) or 0
    return bounded(position)
