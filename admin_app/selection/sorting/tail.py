"""The order of rows with equal sort values: by a second column if there is one, then by key.

The first column's index keeps such rows together, so that a database sorts one run of them at a time and stops when a page is
full. So no pair of columns needs an index of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from sqlalchemy import ColumnElement, and_, func, literal, or_, select
from sqlalchemy.orm import aliased

from admin_app.db.attributes import is_nullable
from admin_app.db.joined import own_tables
from admin_app.db.key_parts import spread
from admin_app.db.ordering import SortKeyOf, in_order, is_short_text
from admin_app.db.record import Record
from admin_app.extensions import AnyColumn, Expression
from admin_app.relations import to_one
from admin_app.relations.base import in_alias
from admin_app.selection.list_schema import SortKey
from admin_app.selection.sorting.children import children_of, numbers_of_children, owner_of, tie_of
from admin_app.selection.sorting.exact import exact_numbers


@dataclass(frozen=True)
class Second:
    """The second sort column and its direction."""

    sort: SortKey
    descending: bool

    def values_of(self, records: Sequence[Record]) -> Mapping[object, object]:
        """Return each record's second value by key; counts take one statement, and a related record has to be loaded."""
        if self.sort.is_count:
            numbers = numbers_of_children(self.sort, records)
            return {record.id: numbers.get(record.id, 0) for record in records}
        return {**{record.id: self._value_of(record) for record in records}, **exact_numbers(self.sort, records)}

    def _value_of(self, record: Record) -> object:
        relation = self.sort.relation
        owner = record if relation is None else getattr(record, relation.key)
        return None if owner is None else getattr(owner, self.sort.column.key)


class Tail(Protocol):
    """The last terms of an order in one direction."""

    def terms(self) -> list[Expression]:
        """Return the last ORDER BY terms."""

    def beyond(self, second: object, key: object) -> ColumnElement[bool]:
        """Return the condition on rows of the same run that come after a cursor."""


def tail_of(model: type[Record], second: Second | None, *, is_up: bool) -> Tail:
    """Return the tail of an order; `is_up` is the direction of its last sort column."""
    by_key = _ByKey(model, is_up=is_up)
    return by_key if second is None else _BySecond(by_key, second.sort)


@dataclass(frozen=True)
class _ByKey:
    """By the row's own key alone."""

    model: type[Record]
    is_up: bool

    def terms(self) -> list[Expression]:
        return [self.directed(one) for one in spread([self.model.id])]

    def beyond(self, _second: object, key: object) -> ColumnElement[bool]:
        return self.behind(self.model.id, key)

    def behind(self, column: AnyColumn, value: object) -> ColumnElement[bool]:
        condition: ColumnElement[bool] = column > value if self.is_up else column < value
        return condition

    def directed(self, column: AnyColumn) -> Expression:
        return column.asc() if self.is_up else column.desc()


@dataclass(frozen=True)
class _BySecond:
    """By a second column, then by key. NULL has its place: last when ascending, first when descending."""

    by_key: _ByKey
    sort: SortKey

    def terms(self) -> list[Expression]:
        value = self.by_key.directed(self._value)
        if self._has_blanks:
            value = value.nulls_last() if self.by_key.is_up else value.nulls_first()
        return [value, *self.by_key.terms()]

    def beyond(self, second: object, key: object) -> ColumnElement[bool]:
        own = self.by_key.beyond(None, key)
        if second is None:
            same = and_(self._value.is_(None), own)
            return same if self.by_key.is_up else or_(same, self._value.is_not(None))
        bound = self._bound(second)
        later = [self.by_key.behind(self._value, bound), and_(self._value == bound, own)]
        return or_(*later, self._value.is_(None)) if self.by_key.is_up and self._has_blanks else or_(*later)

    def _bound(self, value: object) -> Expression:
        """Return a value to compare with the column, as a sort key if the column is sorted by that."""
        if self.sort.is_count:
            return literal(value)
        plain = literal(value, self.sort.column.type)
        return SortKeyOf(plain) if is_short_text(self.sort.column) else plain

    @property
    def _has_blanks(self) -> bool:
        return not self.sort.is_count and (self.sort.relation is not None or is_nullable(self.sort.column))

    @cached_property
    def _value(self) -> AnyColumn:
        """The second column's value for a row: its own, a related record's, or the number of its children."""
        sort, model = self.sort, self.by_key.model
        if sort.is_count:
            child, counted = children_of(sort)
            number = (
                select(func.count()).select_from(child).where(owner_of(sort, child) == tie_of(sort, model), *counted)
            )
            return number.correlate(*own_tables(model)).scalar_subquery()
        if sort.relation is None:
            return in_order(sort.column)
        relation, other = to_one(sort.relation), aliased(sort.column.parent.class_, flat=True)
        is_other = in_alias(other, relation.other_names) == relation.foreign_key
        value = select(in_order(getattr(other, sort.column.key))).where(is_other)
        return value.correlate(*own_tables(model)).scalar_subquery()
