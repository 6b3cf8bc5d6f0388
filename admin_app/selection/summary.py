"""Group a selection's rows and count or measure each group: by ranges of a column's values, or by the values themselves.

Each is one statement, so that the numbers add up: a row written meanwhile is in one group or in none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from itertools import count, pairwise
from typing import Any

from sqlalchemy import ColumnElement, and_, asc, case, desc, func, literal, select
from sqlalchemy.exc import DataError, OperationalError

from admin_app.db.unreadable import Unreadable
from admin_app.errors import SelectionError
from admin_app.extensions import AnySession, Attribute, Expression, Statement
from admin_app.kinds import kind_of
from admin_app.kinds.number import WholeNumberKind
from admin_app.selection.paging.planner import planned
from admin_app.selection.selection import Selection


class Figure(StrEnum):
    """An aggregate of a group's numbers."""

    SUM = "sum"
    AVERAGE = "average"
    MIN = "min"
    MAX = "max"


Aggregate = Callable[[Expression], Expression]
# An average is a sum in SQL, and is divided at the end.
_AGGREGATES: Mapping[Figure, Aggregate] = {
    Figure.SUM: func.sum,
    Figure.AVERAGE: func.sum,
    Figure.MIN: func.min,
    Figure.MAX: func.max,
}
TOO_LARGE = "The sum is too large. Narrow the list."


@dataclass(frozen=True)
class Measure:
    """What is computed for each group besides its number of rows: a figure of a numeric column, of all rows or those that meet a condition."""

    column: Attribute
    figure: Figure
    only: ColumnElement[bool] | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Group:
    """A group of rows. `key` is the value, or the position of the range; None for rows without a value.

    `is_rest` marks the rows of all groups that aren't listed. `measured` is None if no row has a number.
    """

    key: Any
    number: int
    measured: Any = None
    is_rest: bool = False


def ends_of(session: AnySession, selection: Selection, column: Attribute) -> tuple[Any, Any]:
    """Return the smallest and the largest value of a column that can be read, among the rows; None for both if there are none."""
    found = planned(session, selection).criteria
    # Two queries: SQLite jumps to one end of an index, but scans all of it for both at once.
    ends = (
        select(end(column)).select_from(selection.schema.model).where(*found).scalar_subquery()
        for end in (func.min, func.max)
    )
    first, last = session.execute(select(*ends)).one()
    if isinstance(first, Unreadable):
        first = _next_readable(session, selection, column, is_last=False)
    if isinstance(last, Unreadable):
        last = _next_readable(session, selection, column, is_last=True)
    return first, last


def _next_readable(session: AnySession, selection: Selection, column: Attribute, *, is_last: bool) -> object:
    """Return the value closest to an end that can be read: another program wrote the end itself."""
    found = planned(session, selection).criteria
    wanted = select(column).select_from(selection.schema.model).where(column.is_not(None), *found)
    wanted = wanted.distinct().order_by(desc(column) if is_last else asc(column))
    # Mostly it is among the first few; without a transaction PostgreSQL cannot send them one by one.
    for most in (10**zeros for zeros in count(1)):
        values = session.scalars(wanted.limit(most)).all()
        readable = next((one for one in values if not isinstance(one, Unreadable)), None)
        if readable is not None or len(values) < most:
            break
    return readable


def by_ranges(
    session: AnySession,
    selection: Selection,
    column: Attribute,
    edges: Sequence[object],
    measure: Measure | None = None,
) -> list[Group]:
    """Group rows by the ranges between these edges: range 0 lies before the first edge, range 1 begins with it, and so on.

    The edges are values as filters compare them, so that a group has the rows that a filter between its edges finds.
    """
    place = case((column.is_not(None), _place(column, edges, 0)))
    return _groups(session, _grouped(session, selection, place, measure), measure)


def counts_of_ranges(
    session: AnySession, selection: Selection, column: Attribute, edges: Sequence[object]
) -> list[int]:
    """Count the rows between neighbouring edges, each in a range of the column's index if it has one.

    This is faster than grouping if few of many rows match, because SQLite sorts what it groups.
    """
    found = planned(session, selection).criteria
    ranges = (and_(column >= start, column < end) for start, end in pairwise(edges))
    whole = select(func.count()).select_from(selection.schema.model).where(*found)
    return list(session.execute(select(*(whole.where(one).scalar_subquery() for one in ranges))).one())


def by_members(session: AnySession, selection: Selection, column: Attribute, measure: Measure | None) -> list[Group]:
    """Group rows by the values of a column that has few."""
    return _groups(session, _grouped(session, selection, column.expression, measure), measure)


def by_keys(
    session: AnySession, selection: Selection, column: Expression, measure: Measure | None = None, *, most: int
) -> list[Group]:
    """Group rows by a column of keys: the `most` largest groups, then the rest, then rows without a key."""
    groups = _grouped(session, selection, column, measure).subquery()
    key, number = groups.c.group_key, groups.c.number
    rank = func.row_number().over(order_by=(key.is_(None), number.desc(), key))
    place = case((key.is_(None), most + 2), (rank > most, most + 1), else_=rank)
    ranked = select(groups, place.label("place")).subquery()
    aggregate: Aggregate = func.sum if measure is None else _AGGREGATES[measure.figure]
    wanted = select(
        func.min(case((ranked.c.place <= most, ranked.c.group_key))),
        func.sum(ranked.c.number),
        func.sum(ranked.c.present),
        aggregate(ranked.c.figure),
        ranked.c.place == most + 1,
    )
    return _groups(session, wanted.group_by(ranked.c.place).order_by(ranked.c.place), measure)


def first_keys(session: AnySession, selection: Selection, column: Expression, *, most: int) -> list[Group]:
    """Return only the keys with the most rows: without a rank for all other keys this takes half the time."""
    found = planned(session, selection).criteria
    number = func.count().label("number")
    wanted = select(column, number).select_from(selection.schema.model).where(column.is_not(None), *found)
    rows = session.execute(wanted.group_by(column).order_by(number.desc(), column).limit(most))
    return [Group(key, int(number)) for key, number in rows]


def _grouped(session: AnySession, selection: Selection, key: Expression, measure: Measure | None) -> Statement:
    present, figure = (literal(0), literal(0)) if measure is None else _parts(measure)
    parts = (key.label("group_key"), func.count().label("number"), present.label("present"), figure.label("figure"))
    found = select(*parts).select_from(selection.schema.model).where(*planned(session, selection).criteria)
    # By name: PostgreSQL treats the same expression with other parameters as a different one.
    return found.group_by("group_key")


def _parts(measure: Measure) -> tuple[Expression, Expression]:
    """Return the number of rows with a value, and the figure."""
    plain: Expression = measure.column.expression
    column = plain if measure.only is None else case((measure.only, plain))
    return func.count(column), _AGGREGATES[measure.figure](column)


def _place(column: Attribute, edges: Sequence[object], before: int) -> ColumnElement[int]:
    """Return a value's range by binary search, so that a row is compared with few of the edges."""
    if not edges:
        return literal(before)
    middle = len(edges) // 2
    lower, higher = edges[:middle], edges[middle + 1 :]
    is_lower = column < edges[middle]
    return case((is_lower, _place(column, lower, before)), else_=_place(column, higher, before + middle + 1))


def _groups(session: AnySession, wanted: Statement, measure: Measure | None) -> list[Group]:
    try:
        rows = session.execute(wanted).all()
    except (DataError, OperationalError) as error:
        if isinstance(error, OperationalError) and str(error.orig) != "integer overflow":
            raise
        session.rollback()
        raise SelectionError(TOO_LARGE) from error
    return [
        Group(key, int(number), _figure(measure, int(present), figure), bool(rest[0]) if rest else False)
        for key, number, present, figure, *rest in rows
    ]


def _figure(measure: Measure | None, present: int, figure: Any) -> Any:
    """Return the figure of a group in the type of its measure."""
    if measure is None or not present:
        return None
    if isinstance(figure, Unreadable):
        # SQLite adds up what is no whole number, too.
        figure = figure.raw
    is_whole = isinstance(kind_of(measure.column), WholeNumberKind) and float(figure).is_integer()
    if measure.figure is Figure.AVERAGE:
        return (Decimal(figure) if is_whole else figure) / present
    # PostgreSQL sums whole numbers as decimals.
    return int(figure) if is_whole else figure
