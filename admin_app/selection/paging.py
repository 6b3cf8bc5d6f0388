"""The rows of one page. A page costs the same wherever it lies: it begins at a place, or among the first few thousand rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm.interfaces import ORMOption

from admin_app.extensions import AnySession
from admin_app.selection.counting import Count, count_of
from admin_app.selection.places import parse_place, print_place
from admin_app.selection.selection import END, Selection
from admin_app.selection.strategy import planned


@dataclass(frozen=True)
class Page:
    """Some rows of a selection, as places before and after which there is more ("" where there is not).

    `number` counts from 1 and is 0 where only the end was asked for and nobody knows how many pages came before.
    """

    rows: Sequence[Any]
    number: int
    count: Count
    before: str = ""
    after: str = ""


def page_of(session: AnySession, selection: Selection, options: Sequence[ORMOption] = ()) -> Page:
    """Return the page asked for; where its rows are gone meanwhile, the last page."""
    selection = planned(session, selection)
    count = count_of(session, selection)
    if selection.before:
        return _page_before(session, selection, options, count)
    return _page_after(session, selection, options, count)


def _page_after(session: AnySession, selection: Selection, options: Sequence[ORMOption], count: Count) -> Page:
    start = parse_place(selection.order, selection.after) if selection.after else None
    offset = 0 if start is not None else (selection.page - 1) * selection.per_page
    rows = fetch(session, selection.segments(start), options, limit=selection.per_page + 1, offset=offset)
    if not rows and (start is not None or offset):
        return _page_before(session, selection.changed(before=END), options, count)
    shown = rows[: selection.per_page]
    is_first = start is None and not offset
    return _page(selection, shown, count, is_first=is_first, is_last=len(rows) == len(shown), number=selection.page)


def _page_before(session: AnySession, selection: Selection, options: Sequence[ORMOption], count: Count) -> Page:
    start = None if selection.before == END else parse_place(selection.order, selection.before)
    rows = fetch(session, selection.segments(start, backwards=True), options, limit=selection.per_page + 1)
    if start is not None and len(rows) < selection.per_page:
        # So close to the beginning the first page shows them all, in their usual places.
        return _page_after(session, selection.changed(), options, count)
    shown = rows[: selection.per_page]
    if start is None:
        shown = shown[: _last_page_size(selection, count)]
        number = max(-(-count.number // selection.per_page), 1) if count.is_exact else 0
        return _page(selection, shown[::-1], count, is_first=number == 1, is_last=True, number=number)
    return _page(selection, shown[::-1], count, is_first=len(rows) == len(shown), is_last=False, number=selection.page)


def _last_page_size(selection: Selection, count: Count) -> int:
    """Let the last page hold what the numbered pages leave over, where their number is known."""
    left_over = count.number % selection.per_page if count.is_exact else 0
    return left_over or selection.per_page


def _page(
    selection: Selection, rows: Sequence[Any], count: Count, *, is_first: bool, is_last: bool, number: int
) -> Page:
    def place(record: Any) -> str:
        return print_place(selection.order.place_of(record))

    before = place(rows[0]) if rows and not is_first else ""
    return Page(rows, 1 if is_first else number, count, before, place(rows[-1]) if rows and not is_last else "")


def fetch(
    session: AnySession,
    segments: Iterable[Select[Any]],
    options: Sequence[ORMOption] = (),
    *,
    limit: int,
    offset: int = 0,
) -> list[Any]:
    """Read so many rows from segment after segment; the first is nearly always enough."""
    rows: list[Any] = []
    for segment in segments:
        wanted = limit - len(rows)
        found = session.scalars(segment.options(*options).limit(wanted).offset(offset or None)).all()
        rows += found
        if len(rows) == limit:
            break
        # The segment ended: what is still to be skipped is what it was too short for.
        offset = 0 if found or not offset else max(offset - _length(session, segment, offset), 0)
    return rows


def _length(session: AnySession, segment: Select[Any], limit: int) -> int:
    """Count a segment's rows, no further than they matter."""
    counted = select(func.count()).select_from(segment.order_by(None).limit(limit).subquery())
    return session.scalar(counted) or 0
