"""Read the rows of one page. Every page costs the same: it begins at a cursor, or among the first few thousand rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import func, select, union_all
from sqlalchemy.exc import DataError, ProgrammingError
from sqlalchemy.orm.interfaces import ORMOption

from admin_app.db.keys import is_numbered
from admin_app.db.record import Record
from admin_app.db.unreadable import Unreadable
from admin_app.errors import SelectionError
from admin_app.extensions import AnySession, Statement
from admin_app.selection.paging.counting import Count, count_of, most_rows
from admin_app.selection.paging.planner import planned
from admin_app.selection.paging.related_order import first_segments
from admin_app.selection.selection import COUNT_LIMIT, END, NO_SUCH_PAGE, Selection
from admin_app.selection.sorting.cursor import parse_cursor, print_cursor
from admin_app.selection.sorting.keyset import Cursor


@dataclass(frozen=True)
class Page:
    """Some rows of a selection, with the cursors for the pages before and after ("" if there is none).

    `number` counts from 1. It is 0 if only the last page was asked for and the number of pages is unknown.
    """

    rows: Sequence[Record]
    number: int
    count: Count
    before: str = ""
    after: str = ""


def page_of(
    session: AnySession, selection: Selection, options: Sequence[ORMOption] = (), count: Count | None = None
) -> Page:
    """Return the requested page, or the last page if its rows are gone. A `count` that is passed isn't counted again."""
    selection = planned(session, selection)
    if selection.before:
        return _page_before(session, selection, options, count)
    return _page_after(session, selection, options, count)


def _page_after(
    session: AnySession, selection: Selection, options: Sequence[ORMOption], count: Count | None = None
) -> Page:
    start = parse_cursor(selection.order, selection.after) if selection.after else None
    offset = 0 if start is not None else (selection.page - 1) * selection.per_page
    # A numbered page may not exist: then counting first spares skipping rows.
    count = count_of(session, selection) if count is None and offset else count
    rows: Sequence[Record] = ()
    if count is None or not count.is_exact or offset < count.number:
        rows = rows_from(session, selection, start, options, limit=selection.per_page + 1, offset=offset)
    if not rows and (start is not None or offset):
        return _page_before(session, _unclustered(selection).changed(before=END), options, count)
    shown = rows[: selection.per_page]
    is_first, is_last = start is None and not offset, len(rows) == len(shown)
    count = _count(session, selection, shown, count, is_whole=is_first and is_last)
    return _page(selection, shown, count, is_first=is_first, is_last=is_last, number=selection.page)


def _page_before(
    session: AnySession, selection: Selection, options: Sequence[ORMOption], count: Count | None = None
) -> Page:
    start = None if selection.before == END else parse_cursor(selection.order, selection.before)
    rows = rows_from(session, selection, start, options, limit=selection.per_page + 1, backwards=True)
    if start is not None and len(rows) < selection.per_page:
        # Close to the beginning, the first page is shown instead.
        return _page_after(session, selection.changed(), options)
    shown = rows[: selection.per_page]
    is_whole = start is None and len(rows) == len(shown)
    count = _count(session, selection, shown, count, is_whole=is_whole)
    if start is None:
        shown = shown[: _last_page_size(selection, count)]
        number = max(-(-count.number // selection.per_page), 1) if count.is_exact else 0
        return _page(selection, shown[::-1], count, is_first=number == 1, is_last=True, number=number)
    return _page(selection, shown[::-1], count, is_first=len(rows) == len(shown), is_last=False, number=selection.page)


def rows_from(
    session: AnySession,
    selection: Selection,
    start: Cursor | None,
    options: Sequence[ORMOption] = (),
    *,
    limit: int,
    offset: int = 0,
    backwards: bool = False,
) -> Sequence[Record]:
    """Read at most `limit` rows of a planned selection from a cursor, in either direction.

    Raise `SelectionError` for a cursor at a value that the database does not take: somebody invented it.
    """
    try:
        return _rows_from(session, selection, start, options, limit=limit, offset=offset, backwards=backwards)
    except (DataError, ProgrammingError, OverflowError) as error:
        if start is None or not any(isinstance(one, Unreadable) for one in (start.value, start.second)):
            raise
        session.rollback()
        raise SelectionError(NO_SUCH_PAGE) from error


def _rows_from(
    session: AnySession,
    selection: Selection,
    start: Cursor | None,
    options: Sequence[ORMOption],
    *,
    limit: int,
    offset: int,
    backwards: bool,
) -> Sequence[Record]:
    if selection.clustered is not None:
        segments, is_all = first_segments(session, selection, start, backwards=backwards)
        rows = fetch(session, segments, options, limit=limit, offset=offset) if segments else ()
        if is_all or len(rows) == limit:
            return rows
        selection = _unclustered(selection)
    return fetch(session, selection.segments(start, backwards=backwards), options, limit=limit, offset=offset)


def _unclustered(selection: Selection) -> Selection:
    """Return the selection without the shortcut of related order: all rows with the word are looked up."""
    return replace(selection, clustered=None, by_index=(selection.clustered,)) if selection.clustered else selection


def _count(
    session: AnySession, selection: Selection, rows: Sequence[Record], known: Count | None, *, is_whole: bool
) -> Count:
    """Return the number of rows: that of the rows if they are all on this page, else the known or counted one."""
    return Count(len(rows)) if is_whole else known or count_of(session, selection)


def _last_page_size(selection: Selection, count: Count) -> int:
    """Return the number of rows on the last numbered page, if the count is known."""
    left_over = count.number % selection.per_page if count.is_exact else 0
    return left_over or selection.per_page


def _page(
    selection: Selection, rows: Sequence[Record], count: Count, *, is_first: bool, is_last: bool, number: int
) -> Page:
    wanted = [*rows[:1], *rows[-1:]] if rows and not (is_first and is_last) else []
    before, after = (
        ("", "")
        if not wanted
        else (print_cursor(selection.order, place) for place in selection.order.cursors_of(wanted))
    )
    return Page(rows, 1 if is_first else number, count, "" if is_first else before, "" if is_last else after)


def fetch(
    session: AnySession,
    segments: Iterable[Statement],
    options: Sequence[ORMOption] = (),
    *,
    limit: int,
    offset: int = 0,
) -> Sequence[Record]:
    """Read rows from the segments in order, in one statement."""
    parts = list(segments)
    model = parts[0].column_descriptions[0]["entity"]
    # Skipping more rows than there are would take as long as reading all of them.
    if offset > COUNT_LIMIT and is_numbered(model) and offset >= (session.scalar(select(most_rows(model))) or 0):
        return ()
    whole = parts[0].limit(limit).offset(offset or None) if len(parts) == 1 else _chained(parts, limit, offset)
    return session.scalars(whole.options(*options)).all()


def _chained(parts: Sequence[Statement], limit: int, offset: int) -> Statement:
    """Combine several queries into one: their keys in order, then the rows with these keys.

    Both databases evaluate the parts of UNION ALL in turn and stop at the limit, so later parts cost nothing.
    """
    model = parts[0].column_descriptions[0]["entity"]
    keys = [part.with_only_columns(model.id.label("id")).limit(limit + offset).subquery() for part in parts]
    chained = union_all(*(select(one.c.id) for one in keys)).limit(limit).offset(offset or None).subquery()
    placed = select(chained.c.id, func.row_number().over().label("place")).subquery()
    return select(model).join(placed, placed.c.id == model.id).order_by(placed.c.place)
