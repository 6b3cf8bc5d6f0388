"""Changes of one field in many records: each is a pure function of the present value."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Context, Decimal
from types import MappingProxyType
from typing import Any, Protocol

from admin_app.db.compared import compared
from admin_app.db.json_values import history_columns
from admin_app.db.record import Record
from admin_app.db.string_set import StringSet
from admin_app.db.unreadable import Unreadable
from admin_app.domain.records.amounts import judged_together, problems_with_amounts
from admin_app.domain.records.rules import normalised, problem_with
from admin_app.errors import InvalidRecord
from admin_app.extensions import TableColumn
from admin_app.formatting import label
from admin_app.relations import links_of


class ValueChange(Protocol):
    """A change of one field's value."""

    def __call__(self, value: Any, /) -> object:
        """Return the new value for the present one."""


@dataclass(frozen=True)
class SetTo:
    """Give every record the same value; None clears the field."""

    value: object

    def __call__(self, _value: object) -> object:
        """Return it."""
        return self.value


# Digits of an exact sum: more than any column has.
_EXACT = Context(prec=1000)


@dataclass(frozen=True)
class Increase:
    """Add to a number; an empty field stays empty."""

    by: int | float | Decimal

    def __call__(self, value: Any) -> object:
        """Return the sum."""
        if isinstance(value, Decimal):
            return _EXACT.add(value, Decimal(self.by))
        return None if value is None else value + self.by


@dataclass(frozen=True)
class Postpone:
    """Move a date or time by some days; an empty field stays empty."""

    by: timedelta

    def __call__(self, value: date | datetime | None) -> object:
        """Return the moved value; raise `InvalidRecord` if there is no such date."""
        try:
            return None if value is None else value + self.by
        except OverflowError as error:
            raise InvalidRecord({"": "There is no such date."}) from error


@dataclass(frozen=True)
class ReplaceText:
    """Replace part of a text."""

    replace: Callable[[str], str]

    def __call__(self, value: str | None) -> object:
        """Return the new text."""
        return None if value is None else self.replace(value)


@dataclass(frozen=True)
class AddWords:
    """Add words to a set of words."""

    words: tuple[str, ...]

    def __call__(self, value: Iterable[str] | None) -> object:
        """Return the larger set."""
        return StringSet([*(value or ()), *self.words])


@dataclass(frozen=True)
class RemoveWords:
    """Remove words from a set of words."""

    words: tuple[str, ...]

    def __call__(self, value: Iterable[str] | None) -> object:
        """Return the smaller set."""
        return StringSet(one for one in value or () if one not in self.words)


@dataclass(frozen=True)
class SetLinks:
    """Link every record with these records and no others."""

    keys: tuple[object, ...]

    def __call__(self, _value: object) -> object:
        """Return them."""
        return list(self.keys)


@dataclass(frozen=True)
class AddLinks:
    """Link every record with these records too."""

    keys: tuple[Any, ...]

    def __call__(self, value: Iterable[Any] | None) -> object:
        """Return the present and the added keys, sorted."""
        return sorted({*(value or ()), *self.keys})


@dataclass(frozen=True)
class RemoveLinks:
    """Remove every record's links with these records."""

    keys: tuple[Any, ...]

    def __call__(self, value: Iterable[Any] | None) -> object:
        """Return the others."""
        return [one for one in value or () if one not in self.keys]


# Returns the problem with a value, or None.
Check = Callable[[Any], str | None]


class Operation(Protocol):
    """What a plan does with each record."""

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that it may change."""

    def new_values(self, record: Record) -> Mapping[str, object]:
        """Return the record's new values by field; raise `InvalidRecord` if it can't be changed like this."""


@dataclass(frozen=True)
class Edit:
    """Change some fields of every record.

    `checks` are the form's rules for a new value beyond those of the columns.
    """

    model: type[Record]
    changes: Mapping[str, ValueChange]
    checks: Mapping[str, Check] = field(default_factory=dict)

    @property
    def fields(self) -> tuple[str, ...]:
        """The changed fields."""
        return tuple(self.changes)

    @property
    def constants(self) -> dict[str, object] | None:
        """The new values if they are the same for every record, so that no record has to be read; else None."""
        if needs_record(self):
            return None
        values = {name: one.value for name, one in self.changes.items() if isinstance(one, SetTo)}
        return values if len(values) == len(self.changes) else None

    def new_values(self, record: Record) -> Mapping[str, object]:
        """Return the new values as the columns store them; raise `InvalidRecord` if one breaks a rule."""
        given = {name: _changed(name, change, present_value(record, name)) for name, change in self.changes.items()}
        return fitting(record, given, self.checks)


def _changed(name: str, change: ValueChange, value: object) -> object:
    """Return the new value; refuse to make one of what cannot be read."""
    if isinstance(value, Unreadable) and not isinstance(change, SetTo):
        raise InvalidRecord({name: f"{label(name)} cannot be read: {str(value)[:50]}. Set another value."})
    return change(value)


def needs_record(edit: Edit) -> bool:
    """Whether a rule checks the new values together with other values of their record."""
    return bool(judged_together(edit.model, edit.fields))


def present_value(record: Record, name: str) -> object:
    """Return the present value of a record's field; for links, the keys."""
    links = links_of(type(record))
    return links[name].keys(record) if name in links else getattr(record, name)


def fitting(
    record: Record, values: Mapping[str, object], checks: Mapping[str, Check] = MappingProxyType({})
) -> Mapping[str, object]:
    """Return the values as the record's columns store them; raise `InvalidRecord` if a changed one breaks a rule."""
    columns, kept, problems = history_columns(type(record)), {}, {}
    for name, given in values.items():
        if name in links_of(type(record)):
            kept[name] = given
            continue
        was = getattr(record, name)
        # An unchanged value stays as it is, even if it was stored before values were normalised.
        of = columns[name].type
        value = kept[name] = was if compared(of, given) == compared(of, was) else normalised(columns[name], given)
        if compared(of, value) != compared(of, was) and (
            problem := _problem_with(columns[name], name, value, checks.get(name))
        ):
            problems[name] = problem
    problems = problems or problems_with_amounts(type(record), kept, lambda name: kept.get(name, getattr(record, name)))
    if problems:
        raise InvalidRecord(problems)
    return kept


def _problem_with(column: TableColumn, name: str, value: object, check: Check | None) -> str | None:
    return problem_with(column, label(name), value) or (check(value) if check is not None else None)
