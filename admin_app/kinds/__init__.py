"""Column kinds: one file per kind, and the lookup of a column's kind."""

from __future__ import annotations

from typing import Any

from sqlalchemy import null

from admin_app.db.keys import key_in
from admin_app.db.types import UtcDateTime, variants_of
from admin_app.errors import ConfigurationError
from admin_app.extensions import AnyColumn, ColumnType, Expression, TableColumn
from admin_app.kinds.array import ArrayKind, TagsKind
from admin_app.kinds.base import AnyKind, Kind
from admin_app.kinds.binary import BinaryKind
from admin_app.kinds.boolean import BooleanKind
from admin_app.kinds.choice import ChoiceKind
from admin_app.kinds.colour import ColourKind
from admin_app.kinds.country import CountryKind
from admin_app.kinds.date import DateKind
from admin_app.kinds.datetime import DateTimeKind, LocalDateTimeKind, is_aware
from admin_app.kinds.file import FileKind, ImageKind
from admin_app.kinds.formatted import EmailKind
from admin_app.kinds.interval import IntervalKind
from admin_app.kinds.json import JsonKind
from admin_app.kinds.key_parts import KeyPartsKind
from admin_app.kinds.markdown import MarkdownKind
from admin_app.kinds.money import CurrencyKind, MoneyKind
from admin_app.kinds.network import CidrKind, InetKind, IpKind, MacKind, NetworkKind
from admin_app.kinds.number import DecimalKind, FloatKind, WholeNumberKind
from admin_app.kinds.other import OtherKind
from admin_app.kinds.phone import PhoneKind
from admin_app.kinds.record_key import RecordKeyKind
from admin_app.kinds.string_set import StringSetKind
from admin_app.kinds.text import LongTextKind, TextKind
from admin_app.kinds.time import TimeKind
from admin_app.kinds.unreadable import UnreadableKind
from admin_app.kinds.uuid import UuidKind
from admin_app.kinds.web_address import UrlKind

# Searched in this order: a special case comes before the general one, by type (a choice is a text) or by value (a boolean
# is a whole number, a datetime is a date).
KINDS: tuple[AnyKind, ...] = (
    EmailKind,
    UrlKind,
    PhoneKind,
    ColourKind,
    CountryKind,
    IpKind,
    NetworkKind,
    CurrencyKind,
    MarkdownKind,
    ImageKind,
    FileKind,
    MoneyKind,
    TagsKind,
    ArrayKind,
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
    # The fallback for all other types.
    OtherKind,
)


# Kinds of PostgreSQL's own types.
NATIVE: tuple[AnyKind, ...] = (InetKind, CidrKind, MacKind)
_OF_VALUES: tuple[AnyKind, ...] = (UnreadableKind, *KINDS, *NATIVE)
# All kinds, with those of keys: of our own tables, and composite ones.
_ALL: tuple[AnyKind, ...] = (*KINDS, *NATIVE, RecordKeyKind, KeyPartsKind)


def kind_of(column: AnyColumn) -> Kind[Any]:
    """Return the kind of a column or expression, bound to it: the one that its `info` names, else that of its type."""
    name = name_of_kind(column)
    return (_BY_NAME[name] if name else kind_or_other(column.type))(column)


def name_of_kind(column: AnyColumn) -> str:
    """Return the kind that a column names, as in `info={"kind": "url"}`; "" if its type decides."""
    info = getattr(column, "info", None) or {}
    return str(info.get("kind") or info.get("format") or "")


def require_kind(column: TableColumn, name: str) -> None:
    """Raise `ConfigurationError` if a column names an unknown kind, or one that doesn't fit its type."""
    kind = _BY_NAME.get(name_of_kind(column)) if name_of_kind(column) else OtherKind
    if kind is None:
        message = f"{name} names the kind {name_of_kind(column)}. Name one of {', '.join(_BY_NAME)}."
        raise ConfigurationError(message)
    if kind.types and not (isinstance(column.type, kind.types) and kind.holds(column.type)):
        types = kind.types_in_words or " or ".join(one.__name__ for one in kind.types)
        message = f"{name} names the kind {kind.name}, which is for {types}, not for {type(column.type).__name__}."
        raise ConfigurationError(message)


def kind_or_other(of: ColumnType) -> AnyKind:
    """Return the kind of a type. An unknown type, or one whose kind differs between the databases, is read-only text."""
    kinds = {_kind_of_type(one) for one in variants_of(of)}
    return kinds.pop() if len(kinds) == 1 else OtherKind


def _kind_of_type(type_: ColumnType) -> AnyKind:
    of = UtcDateTime if is_aware(type_) else type(type_)
    if of not in _BY_TYPE:
        _BY_TYPE[of] = next((kind for kind in _ALL if not kind.is_named and issubclass(of, kind.types)), OtherKind)
    return _BY_TYPE[of] if _BY_TYPE[of].holds(type_) else OtherKind


def placeholder(column: TableColumn) -> Expression | None:
    """Return the SQL of a placeholder that is unique to each record, or NULL; None if the kind has none, or a foreign key is required."""
    if column.nullable:
        return null()
    return None if column.foreign_keys else kind_of(column).placeholder_sql(key_in(column.table))


def kind_of_value(of: type[object]) -> AnyKind | None:
    """Return the kind of values of this Python type; None if no column holds them."""
    if of not in _BY_VALUE:
        _BY_VALUE[of] = next((kind for kind in _OF_VALUES if issubclass(of, kind.values)), None)
    return _BY_VALUE[of]


_BY_NAME: dict[str, AnyKind] = {kind.name: kind for kind in KINDS}
# Caches, because they are read for every field of a saved record and every cell of a list.
_BY_TYPE: dict[type[ColumnType], AnyKind] = {}
_BY_VALUE: dict[type[object], AnyKind | None] = {}
