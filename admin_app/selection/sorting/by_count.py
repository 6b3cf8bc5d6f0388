"""Keyset paging by the number of children: users with the most posts first, those without posts at the other end.

Each page counts all children, along their foreign key's index: see decision 60. The order has two segments: records with
children, by number, and records without; ties follow the order's tail.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, literal, select, tuple_

from admin_app.db.joined import own_tables
from admin_app.db.key_parts import spread, spread_values
from admin_app.db.record import Record
from admin_app.extensions import AnyColumn, Statement
from admin_app.selection.list_schema import SortKey
from admin_app.selection.sorting.children import children_of, counts_of, owner_of, tie_of
from admin_app.selection.sorting.tail import Tail


@dataclass(frozen=True)
class CountCursor:
    """A record's number of children, its value in the second column of the order, and its key."""

    number: int
    second: object
    key: object


@dataclass(frozen=True)
class ByCount:
    """The segments in one direction; `is_paired` if a second column comes before the key."""

    model: type[Record]
    sort: SortKey
    criteria: Sequence[ColumnElement[bool]]
    tail: Tail
    is_up: bool
    is_paired: bool

    def segments(self, start: CountCursor | None) -> Iterator[Statement]:
        """Yield the queries for the rows after `start`."""
        beyond_none = start is not None and start.number == 0
        if self.is_up:
            if start is None or beyond_none:
                yield self._without(start)
            yield from self._with(None if beyond_none else start)
            return
        if not beyond_none:
            yield from self._with(start)
        yield self._without(start if beyond_none else None)

    def _with(self, start: CountCursor | None) -> Iterator[Statement]:
        counts = counts_of(self.sort)
        number: AnyColumn = counts.c.number
        rows = select(self.model).join(counts, counts.c.owner == tie_of(self.sort, self.model)).where(*self.criteria)
        if start is None:
            beyond = []
        elif self.is_paired:
            equal = rows.where(number == start.number, self.tail.beyond(start.second, start.key))
            yield equal.order_by(*self.tail.terms())
            beyond = [number > start.number if self.is_up else number < start.number]
        else:
            beyond = [self._beyond(number, start)]
        yield rows.where(*beyond).order_by(number.asc() if self.is_up else number.desc(), *self.tail.terms())

    def _without(self, start: CountCursor | None) -> Statement:
        child, counted = children_of(self.sort)
        own = owner_of(self.sort, child) == tie_of(self.sort, self.model)
        has_one = select(1).select_from(child).where(own, *counted).correlate(*own_tables(self.model)).exists()
        beyond = [] if start is None else [self.tail.beyond(start.second, start.key)]
        return select(self.model).where(*self.criteria, ~has_one, *beyond).order_by(*self.tail.terms())

    def _beyond(self, number: AnyColumn, start: CountCursor) -> ColumnElement[bool]:
        """Return the condition on rows after the cursor: by number, then by key."""
        least = number >= start.number if self.is_up else number <= start.number
        columns: list[AnyColumn] = [number, self.model.id]
        left = tuple_(*spread(columns))
        right = tuple_(*map(literal, spread_values(columns, (start.number, start.key))))
        return and_(least, left > right if self.is_up else left < right)
