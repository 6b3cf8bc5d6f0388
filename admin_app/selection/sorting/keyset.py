"""Keyset paging: the rows after or before a cursor in an order, found by an index at any depth.

An order consists of segments: queries that an index answers in order, and that together give every row once. Short text is
sorted by its sort key, see `unicode_text.sort_key`. NULL is last when ascending and first when descending, on both
databases. A sort by another model's column uses that column, then the related record's key, then the row's own key. A
second column comes before the key: see `tail`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, and_, literal, or_, select, tuple_
from sqlalchemy.orm import aliased

from admin_app.db.attributes import is_nullable
from admin_app.db.key_parts import spread, spread_values
from admin_app.db.keys import key_names
from admin_app.db.ordering import SortKeyOf, in_order
from admin_app.db.record import Record
from admin_app.extensions import AnyColumn, Attribute, Expression, Statement
from admin_app.relations import to_one
from admin_app.selection.list_schema import SortKey
from admin_app.selection.sorting.by_count import ByCount, CountCursor
from admin_app.selection.sorting.children import numbers_of_children
from admin_app.selection.sorting.exact import exact_numbers
from admin_app.selection.sorting.tail import Second, Tail, tail_of


@dataclass(frozen=True)
class Cursor:
    """A row's position in an order: its sort value, the related record's key if the order uses one, its own key, its second value."""

    value: object
    related: object
    key: object
    second: object = None


@dataclass(frozen=True)
class SortOrder:
    """The order of a model's rows: by a column and perhaps a second one, or by the key alone if `sort` is None."""

    model: type[Record]
    sort: SortKey | None
    descending: bool
    second: Second | None = None

    @property
    def relation(self) -> Attribute | None:
        """The relation to the model with the sort column; None if it is the listed model."""
        return None if self.sort is None else self.sort.relation

    @property
    def relations(self) -> tuple[str, ...]:
        """The relations that have to be loaded with a record to compute its cursor."""
        sorts = (self.sort, None if self.second is None else self.second.sort)
        return tuple(one.relation.key for one in sorts if one is not None and one.relation is not None)

    def cursor_of(self, record: Record) -> Cursor:
        """Return a record's cursor; a related record has to be loaded with it."""
        return self.cursors_of([record])[0]

    def cursors_of(self, records: Sequence[Record]) -> list[Cursor]:
        """Return the cursors of several records; counts take one statement."""
        if self.sort is not None and self.sort.is_count:
            numbers = numbers_of_children(self.sort, records)
            cursors = [Cursor(numbers.get(record.id, 0), None, record.id) for record in records]
        else:
            exact = exact_numbers(self.sort, records)
            cursors = [self._by_column(record) for record in records]
            cursors = [replace(one, value=exact.get(one.key, one.value)) for one in cursors] if exact else cursors
        if self.second is None:
            return cursors
        values = self.second.values_of(records)
        return [replace(one, second=values[one.key]) for one in cursors]

    def _by_column(self, record: Record) -> Cursor:
        if self.sort is None:
            return Cursor(None, None, record.id)
        if self.sort.relation is None:
            return Cursor(getattr(record, self.sort.column.key), None, record.id)
        other = getattr(record, self.sort.relation.key)
        value = None if other is None else getattr(other, self.sort.column.key)
        return Cursor(value, None if value is None else other.id, record.id)

    def segments(
        self,
        criteria: Sequence[ColumnElement[bool]],
        *,
        start: Cursor | None = None,
        backwards: bool = False,
        end: Cursor | None = None,
    ) -> Iterator[Statement]:
        """Yield the queries for the rows after `start` (all rows without one), one after the other, in either direction.

        `end` is a cursor in an order by another model's column: the walk ends with the rows of its related record.
        """
        walk = self._walk(criteria, backwards=backwards, end=end)
        if self.sort is None:
            yield walk.by_key(start)
            return
        if self.sort.is_count:
            yield from walk.by_count(start)
            return
        parts = [walk.with_value, walk.without_value] if walk.has_blanks else [walk.with_value]
        parts = parts if walk.is_up else parts[::-1]
        # Ascending, rows without a value come last, and so after any end.
        parts = parts[:1] if walk.is_up and end is not None else parts
        if start is not None and walk.has_blanks:
            own = walk.without_value if start.value is None else walk.with_value
            parts = parts[parts.index(own) :] if own in parts else []
        for part in parts:
            yield from part(start)
            start = None

    def related_ones(
        self, other: type[Record], *, start: Cursor | None = None, backwards: bool = False
    ) -> Statement | None:
        """Return the query for the related records of the rows after `start`: keys and values of an alias, in order.

        None if only rows without a value follow.
        """
        walk = self._walk((), backwards=backwards)
        if start is not None and start.value is None:
            return None if walk.is_up else walk.related_ones(other, None)
        return walk.related_ones(other, start)

    def _walk(self, criteria: Sequence[ColumnElement[bool]], *, backwards: bool, end: Cursor | None = None) -> _Walk:
        last = self if self.second is None else self.second
        tail = tail_of(self.model, self.second, is_up=last.descending is backwards)
        return _Walk(self, criteria, tail, is_up=self.descending is backwards, end=end)


@dataclass(frozen=True)
class _Walk:
    """The segments of an order in one direction."""

    order: SortOrder
    criteria: Sequence[ColumnElement[bool]]
    tail: Tail
    is_up: bool
    end: Cursor | None = None

    @property
    def sort(self) -> SortKey:
        """The sort column."""
        assert self.order.sort is not None  # noqa: S101 -- for mypy; orders by key alone return earlier
        return self.order.sort

    @property
    def has_blanks(self) -> bool:
        """Whether rows can be without a sort value."""
        return self.sort.relation is not None or is_nullable(self.sort.column)

    @property
    def value(self) -> AnyColumn:
        """The expression to sort by, if the column is the model's own."""
        return in_order(self.sort.column)

    @property
    def key(self) -> Attribute:
        """The model's primary key."""
        key: Attribute = self.order.model.id
        return key

    def by_key(self, start: Cursor | None) -> Statement:
        """Return the query in the order of the key."""
        return self._run(start)

    def by_count(self, start: Cursor | None) -> Iterator[Statement]:
        """Yield the queries in the order of a number of children; a cursor without a number counts as 0."""
        order, place = self.order, None
        if start is not None:
            place = CountCursor(start.value if isinstance(start.value, int) else 0, start.second, start.key)
        is_paired = order.second is not None
        walk = ByCount(order.model, self.sort, self.criteria, self.tail, is_up=self.is_up, is_paired=is_paired)
        return walk.segments(place)

    def with_value(self, start: Cursor | None) -> Iterator[Statement]:
        """Yield the queries for the rows with a sort value."""
        if self.sort.relation is not None:
            yield from self._related(start)
            return
        wanted: list[ColumnElement[bool]] = [self.value.is_not(None)] if self.has_blanks else []
        if start is not None and self._goes_by_key:
            wanted.append(self._beyond([self.value], [start.value]))
        elif start is not None and self.order.second is not None:
            yield self._run(start, self.value == _bound(self.value, start.value))
            wanted.append(self._beyond([self.value], [start.value]))
        elif start is not None:
            wanted.append(self._beyond([self.value, self.key], [start.value, start.key]))
        # If the sort is the key itself, the column would appear twice.
        tail = [] if self._goes_by_key else self.tail.terms()
        yield self._base(*wanted).order_by(*self._all_directed([self.value]), *tail)

    def without_value(self, start: Cursor | None) -> Iterator[Statement]:
        """Yield the query for the rows without a sort value, which are a single run."""
        relation = self.sort.relation
        if relation is None:
            blank: ColumnElement[bool] = self.value.is_(None)
        elif is_nullable(self.sort.column):
            blank = ~relation.has(self.sort.column.is_not(None))
        else:
            blank = self._foreign_key().is_(None)
        yield self._run(start, blank)

    def _run(self, start: Cursor | None, *same: ColumnElement[bool]) -> Statement:
        """Return the query for equal rows, from a cursor among them."""
        beyond = [] if start is None else [self.tail.beyond(start.second, start.key)]
        return self._base(*same, *beyond).order_by(*self.tail.terms())

    def _related(self, start: Cursor | None) -> Iterator[Statement]:
        """Yield the queries in the order of another model's column: the rest of the cursor's related record first, then the following ones."""
        relation = self.sort.relation
        target = aliased(self.sort.column.parent.class_, flat=True)
        column = in_order(getattr(target, self.sort.column.key))
        wanted: list[ColumnElement[bool]] = [column.is_not(None)] if is_nullable(self.sort.column) else []
        if start is not None:
            yield self._run(start, to_one(relation or self.key).condition(start.related))
            wanted.append(self._beyond([column, target.id], [start.value, start.related]))
        if self.end is not None:
            wanted.append(~self._beyond([column, target.id], [self.end.value, self.end.related]))
        statement = self._base(*wanted).join(relation.of_type(target)) if relation is not None else self._base(*wanted)
        yield statement.order_by(*self._all_directed([column, target.id]), *self.tail.terms())

    def related_ones(self, other: type[Record], start: Cursor | None) -> Statement:
        """Return the query for the keys and values of the related records in an alias, beginning with the cursor's."""
        column = getattr(other, self.sort.column.key)
        value = in_order(column)
        wanted: list[ColumnElement[bool]] = [value.is_not(None)]
        if start is not None:
            beyond = self._beyond([value, other.id], [start.value, start.related])
            wanted.append(or_(other.id == start.related, beyond))
        return select(other.id, column).where(*wanted).order_by(*self._all_directed([value, other.id]))

    def _foreign_key(self) -> Expression:
        """Return the model's foreign key to the related record."""
        relation = self.sort.relation
        return to_one(relation).foreign_key if relation is not None else self.key

    def _base(self, *wanted: ColumnElement[bool]) -> Statement:
        return select(self.order.model).where(*self.criteria, *wanted)

    @property
    def _goes_by_key(self) -> bool:
        """Whether the rows are sorted by the primary key."""
        names = key_names(self.order.model)
        return self.sort.column.key in {"id", *(names if len(names) == 1 else [])}

    def _all_directed(self, columns: Sequence[AnyColumn]) -> list[Expression]:
        return [column.asc() if self.is_up else column.desc() for column in spread(columns)]

    def _beyond(self, columns: Sequence[AnyColumn], values: Sequence[object]) -> ColumnElement[bool]:
        """Return the condition on rows after the values, as one row comparison, which both databases look up in an index over these columns."""
        columns, values = spread(columns), spread_values(columns, values)
        bound = [_bound(column, value) for value, column in zip(values, columns, strict=True)]
        left: AnyColumn = columns[0] if len(columns) == 1 else tuple_(*columns)
        right: Expression = bound[0] if len(columns) == 1 else tuple_(*bound)
        condition: ColumnElement[bool] = left > right if self.is_up else left < right
        if not isinstance(columns[0], SortKeyOf):
            return condition
        # SQLite looks up row values only in indexes over plain columns.
        return and_(columns[0] >= bound[0] if self.is_up else columns[0] <= bound[0], condition)


def _bound(column: AnyColumn, value: object) -> Expression:
    """Return a value to compare with a column, as a sort key if the column is sorted by that."""
    plain = literal(value, column.type)
    return SortKeyOf(plain) if isinstance(column, SortKeyOf) else plain
