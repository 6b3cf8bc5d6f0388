"""Groupings for summaries: fields of time, of few values and of related records, among those with filters.

Each group has the filters for its rows, so that its number can link to them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import zip_longest
from typing import Protocol

from sqlalchemy import select

from admin_app.context import today
from admin_app.db.attributes import is_nullable
from admin_app.db.keys import print_key
from admin_app.db.record import Record
from admin_app.db.unreadable import Unreadable
from admin_app.extensions import AnySession, Attribute, TableColumn
from admin_app.formatting import in_sentence
from admin_app.kinds import kind_of
from admin_app.kinds.boolean import BooleanKind
from admin_app.kinds.choice import ChoiceKind
from admin_app.kinds.date import DateKind
from admin_app.kinds.datetime import LocalDateTimeKind
from admin_app.panel.access.access import Access
from admin_app.panel.filters.declared import filters_shown
from admin_app.panel.grouping.periods import Unit, code_of, following, label_of, start_of, starts
from admin_app.panel.kinds.boolean import NEITHER
from admin_app.panel.kinds.date import beginning_of, day_of
from admin_app.panel.operators.base import Operator
from admin_app.panel.operators.relation import RelationIs
from admin_app.panel.view_models import Hidden
from admin_app.relations import ToOne, to_one
from admin_app.selection import summary
from admin_app.selection.conditions import first_field_of
from admin_app.selection.selection import Selection
from admin_app.selection.summary import Group, Measure

# The most related records that get a group of their own.
MOST_RECORDS = 20
NONE, REST, UNREADABLE = "None", "Others", "Unreadable"
A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class LabelledGroup:
    """A group with its label, its label in a file, and the filters that leave its rows."""

    label: str
    code: str
    filters: tuple[Hidden, ...]
    group: Group


@dataclass(frozen=True)
class GroupedBy:
    """What rows are grouped by: its name in URLs, the field, its label, and the words that follow "by" in a sentence.

    Groups of a time have an order.
    """

    name: str
    field: str
    label: str
    words: str
    is_time: bool = False


class Grouping(Protocol):
    """One way to group a list's rows."""

    @property
    def by(self) -> GroupedBy:
        """Return what they are grouped by."""

    def groups(self, session: AnySession, selection: Selection, measure: Measure | None) -> list[LabelledGroup]:
        """Group the rows of a selection."""


@dataclass(frozen=True)
class ByTime:
    """By days, weeks, months or years in the viewer's time zone."""

    by: GroupedBy
    column: Attribute
    unit: Unit

    def groups(self, session: AnySession, selection: Selection, measure: Measure | None) -> list[LabelledGroup]:
        """Return a group for every period up to now, the newest first, empty ones included; then a group of the rows without a time."""
        first, last = summary.ends_of(session, selection, self.column)
        periods = [] if first is None else self._periods(selection, day_of(first), day_of(last))
        end = following(self.unit, periods[-1]) if periods else None
        edges = [beginning_of(self.column, day) for day in (*periods, *([end] if end else []))]
        found = {one.key: one for one in summary.by_ranges(session, selection, self.column, edges, measure)}
        stretches = enumerate(self._stretches(periods, end))
        groups = [
            LabelledGroup(*one, replace(found.get(place, Group(place, 0)), is_rest=not 1 <= place <= len(periods)))
            for place, one in stretches
        ]
        # The groups before and after the periods are left out if they are empty.
        some = [one for one in groups if not one.group.is_rest or one.group.number]
        return [*some[::-1], *_none(self.by.field, found.get(None))]

    @property
    def current(self) -> str:
        """Return the label of the current period."""
        return label_of(self.unit, start_of(self.unit, today()))

    def _periods(self, selection: Selection, first: date, last: date) -> list[date]:
        """Return the first days of the periods with rows, and of later ones up to now, unless a filter limits the time or all rows are too old."""
        is_of_some_time = any(
            first_field_of(one.key) == self.by.field for each in selection.filters for one in each.conditions()
        )
        until_now = starts(self.unit, first, max(last, today()))
        return starts(self.unit, first, last) if is_of_some_time or last < until_now[0] else until_now

    def _stretches(self, periods: Sequence[date], end: date | None) -> Iterator[tuple[str, str, tuple[Hidden, ...]]]:
        """Yield label, file label and filters of the time before the periods, of each period, and of the time after."""
        if not periods:
            # Rows whose time cannot be read.
            yield UNREADABLE, UNREADABLE, _some(self.by.field, self.column)
            return
        last = max(periods[0], date.min + A_DAY) - A_DAY
        yield f"Until {last}", f"-{last}", ((f"{self.by.field}__until", f"{last}"),)
        for start, after in zip_longest(periods, [*periods[1:], end]):
            yield label_of(self.unit, start), code_of(self.unit, start), (self.between(start, after),)
        if end is not None:
            yield f"From {end}", f"{end}-", ((f"{self.by.field}__from", f"{end}"),)

    def between(self, start: date, after: date | None) -> Hidden:
        """Return the filter for a period's rows; `after` is None at the calendar's end."""
        if after is None:
            return f"{self.by.field}__from", f"{start}"
        if self.unit is Unit.DAY:
            return f"{self.by.field}__on", f"{start}"
        return f"{self.by.field}__between", f"{start} to {after - A_DAY}"


@dataclass(frozen=True)
class ByChoice:
    """By the members of a fixed set in their order, such as yes and no."""

    by: GroupedBy
    operator: Operator

    def groups(self, session: AnySession, selection: Selection, measure: Measure | None) -> list[LabelledGroup]:
        """Return a group for every member, and one for the rows without a value."""
        every = summary.by_members(session, selection, self.operator.column, measure)
        odd = [one for one in every if isinstance(one.key, Unreadable)]
        found = {self._typed(one): one for one in every if one not in odd}
        groups = [
            LabelledGroup(
                label, value, ((f"{self.by.field}__{self.operator.slug}", value),), found.get(value, Group(value, 0))
            )
            for value, label in self.operator.choices()
        ]
        return [*groups, *self._unreadable(odd), *_none(self.by.field, found.get(None))]

    def _unreadable(self, odd: Sequence[Group]) -> Iterator[LabelledGroup]:
        """Yield one group of the rows whose value is no member any more, or neither yes nor no."""
        column = self.operator.column
        if not odd:
            return
        none_of = (f"{self.by.field}__not_in", ",".join(value for value, _ in self.operator.choices()))
        # Figures of several groups, such as averages, cannot be added up.
        whole = replace(
            odd[0], number=sum(one.number for one in odd), measured=odd[0].measured if len(odd) == 1 else None
        )
        filters: tuple[Hidden, ...] = (none_of, *_some(self.by.field, column))
        if isinstance(kind_of(column), BooleanKind):
            filters = ((f"{self.by.field}__{self.operator.slug}", NEITHER),)
        yield LabelledGroup(UNREADABLE, UNREADABLE, filters, whole)

    def _typed(self, group: Group) -> str | None:
        return None if group.key is None else self.operator.typed(group.key)


@dataclass(frozen=True)
class ByRelation:
    """By the record that each row belongs to: the records with most rows first, and all others together."""

    by: GroupedBy
    access: Access

    def groups(self, session: AnySession, selection: Selection, measure: Measure | None) -> list[LabelledGroup]:
        """Return a group for each of the first records, one of all others, and one of the rows that belong to none."""
        found = summary.by_keys(session, selection, self._key, measure, most=MOST_RECORDS)
        first = self._labelled(session, [one for one in found if one.key is not None])
        keys = ",".join(one.filters[0][1] for one in first)
        none_of = ((f"{self.by.field}__not_in", keys), (f"{self.by.field}__empty", "no"))
        others = [LabelledGroup(REST, REST, none_of, one) for one in found if one.is_rest]
        nothing = next((one for one in found if one.key is None and not one.is_rest), None)
        return [*first, *others, *_none(self.by.field, nothing)]

    def first(self, session: AnySession, selection: Selection, *, most: int) -> list[LabelledGroup]:
        """Return groups for only the records with most rows."""
        return self._labelled(session, summary.first_keys(session, selection, self._key, most=most))

    @property
    def _key(self) -> TableColumn:
        return self._relation.foreign_key

    @property
    def _relation(self) -> ToOne:
        return to_one(self.access.resource.relations[self.by.field].attribute)

    def _labelled(self, session: AnySession, found: Sequence[Group]) -> list[LabelledGroup]:
        records = self._records(session, [one.key for one in found])
        return [self._labelled_one(one, records.get(one.key)) for one in found]

    def _labelled_one(self, group: Group, record: Record | None) -> LabelledGroup:
        """Return the group of the rows that belong to a record; None means a record that is gone, whose key the rows keep."""
        other = self.access.to(self._relation.target)
        key = group.key if record is None else record.id
        title = "" if record is None else str(record) if other is None else other.title_of(record)
        name = title or f"ID {key}"
        return LabelledGroup(name, name, ((f"{self.by.field}__is", print_key(key)),), group)

    def _records(self, session: AnySession, told: Sequence[object]) -> dict[object, Record]:
        """Return the records by the value that identifies them, a key or a unique value, by one statement."""
        relation = self._relation
        wanted = select(relation.target).where(relation.other.in_(told))
        name = "id" if relation.is_by_key else relation.other_name
        return {getattr(one, name): one for one in session.scalars(wanted)} if told else {}


def groupings_of(access: Access) -> list[Grouping]:
    """Return the ways in which a person can summarise a resource's lists: fields of time first."""
    found = [one for name, operators in filters_shown(access).items() for one in _groupings(access, name, operators)]
    return sorted(found, key=lambda one: not one.by.is_time)


def _groupings(access: Access, name: str, operators: Sequence[Operator]) -> Iterator[Grouping]:
    first = operators[0]
    plain = GroupedBy(name, name, first.name, in_sentence(first.name))
    if isinstance(first, RelationIs):
        # The number of rows of each record would reveal records that the person does not see.
        relation = access.resource.relations[name]
        # Without a foreign key a value may belong to no record, and no filter could find its rows.
        is_told = relation.is_by_key or all(one.foreign_keys for one in relation.own_columns)
        if access.seen_beyond(name) is None and not relation.is_links and is_told:
            yield ByRelation(plain, access)
        return
    kind = None if first.relation is not None else kind_of(first.column)
    if isinstance(kind, (LocalDateTimeKind, DateKind)):
        yield from (ByTime(_by_unit(plain, unit), first.column, unit) for unit in Unit)
    elif isinstance(kind, (BooleanKind, ChoiceKind)):
        yield ByChoice(plain, first)


def _by_unit(plain: GroupedBy, unit: Unit) -> GroupedBy:
    return replace(plain, name=f"{plain.field}__{unit}", words=str(unit), is_time=True)


def _some(field: str, column: Attribute) -> tuple[Hidden, ...]:
    """Return the filter for rows with a value, if the column may be empty."""
    return ((f"{field}__empty", "no"),) if is_nullable(column) else ()


def _none(field: str, group: Group | None) -> list[LabelledGroup]:
    """Return the group of the rows without a value, if there are any."""
    return [] if group is None else [LabelledGroup(NONE, "", ((f"{field}__empty", "yes"),), group)]
