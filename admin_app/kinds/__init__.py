"""What a column type is, everywhere: one file a kind, and the table in which a column's kind is looked up."""

from __future__ import annotations

from typing import Any

from sqlalchemy import null

from admin_app.db.keys import key_in
from admin_app.errors import ConfigurationError
from admin_app.extensions import AnyColumn, Expression, TableColumn
from admin_app.kinds.base import AnyKind, Kind
from admin_app.kinds.binary import BinaryKind
from admin_app.kinds.boolean import BooleanKind
from admin_app.kinds.choice import ChoiceKind
from admin_app.kinds.date import DateKind
from admin_app.kinds.datetime import DateTimeKind, LocalDateTimeKind
from admin_app.kinds.interval import IntervalKind
from admin_app.kinds.json import JsonKind
from admin_app.kinds.number import DecimalKind, FloatKind, WholeNumberKind
from admin_app.kinds.record_key import RecordKeyKind
from admin_app.kinds.string_set import StringSetKind
from admin_app.kinds.text import LongTextKind, TextKind
from admin_app.kinds.time import TimeKind
from admin_app.kinds.uuid import UuidKind

# Looked through from the first to the last: what is a special case of another stands before it, as a type (a choice is a
# text) or as a value (yes and no are whole numbers, a date and time is a date).
KINDS: tuple[AnyKind, ...] = (
    StringSetKind,
    ChoiceKind,
    BooleanKind,
    DateTimeKind,
    LocalDateTimeKind,
    DateKind,
    TimeKind,
    IntervalKind,
    UuidKind,
    WholeNumberKind,
    FloatKind,
    DecimalKind,
    JsonKind,
    LongTextKind,
    TextKind,
    BinaryKind,
)


# With that of our own tables, which no model has.
_ALL: tuple[AnyKind, ...] = (*KINDS, RecordKeyKind)


def kind_of(column: AnyColumn) -> Kind[Any]:
    """Return the kind of a column, bound to it; raise `ConfigurationError` for a type that has none."""
    found = kind_or_none(column)
    if found is None:
        message = f"{column}: the dashboard does not know the column type {column.type!r}."
        raise ConfigurationError(message)
    return found


def kind_or_none(column: AnyColumn) -> Kind[Any] | None:
    """Return the kind of a column or of any expression, bound to it; None for a type that has none."""
    of = type(column.type)
    if of not in _BY_TYPE:
        _BY_TYPE[of] = next((kind for kind in _ALL if issubclass(of, kind.types)), None)
    kind = _BY_TYPE[of]
    return None if kind is None else kind(column)


def stand_in(column: TableColumn) -> Expression | None:
    """Return the SQL of a value that no record has, for each record its own; None where the column's kind has no such ones."""
    return null() if column.nullable else kind_of(column).stand_in_sql(key_in(column.table))


def kind_of_value(of: type[object]) -> AnyKind | None:
    """Return the kind that values of this Python type are of; None for what no column holds."""
    if of not in _BY_VALUE:
        _BY_VALUE[of] = next((kind for kind in KINDS if issubclass(of, kind.values)), None)
    return _BY_VALUE[of]


# Asked for every field of every record that is saved, and for every cell of a list.
_BY_TYPE: dict[type[object], AnyKind | None] = {}
_BY_VALUE: dict[type[object], AnyKind | None] = {}
