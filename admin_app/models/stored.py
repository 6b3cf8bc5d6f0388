"""How a column's value is written into the history's JSON and read from it: by Python, and by each store's own SQL.

Both write the same for the same value, so that a change of 100,000 rows can be recorded, and undone, without reading
one of them: whole numbers and yes/no as numbers, everything else as text.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import Enum as PythonEnum
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import ColumnElement, String, cast, func, literal, literal_column, select
from sqlalchemy import inspect as inspect_mapper
from sqlalchemy.types import NullType

from admin_app.extensions import AnySession, Expression, TableColumn
from admin_app.models.base import Record, UtcDateTime
from admin_app.models.change_set import LONGEST_TITLE
from admin_app.models.words import Words, WordsType

# The history keeps these by other means: the version in a column of its own, the last change's time as its own time.
COUNTED = ("version", "updated_at")
# How PostgreSQL writes what SQLite keeps as this text already.
_MOMENT = 'YYYY-MM-DD"T"HH24:MI:SS.US'


def is_recorded(model: type[Any]) -> bool:
    """Whether the history keeps what happens to this model's records."""
    return issubclass(model, Record)


@cache
def recorded_models() -> dict[str, type[Record]]:
    """Return the models whose records have a history, by the names of their tables."""
    mappers = Record.registry.mappers
    return {str(one.local_table.name): one.class_ for one in mappers if is_recorded(one.class_)}


def kept_columns(model: type[Any]) -> dict[str, TableColumn]:
    """Return the columns whose values the history keeps, by the attributes' names.

    Raises `TypeError` for a model with a secret column that does not say which ones: a secret must not slip in.
    """
    # Asked for several times a save.
    if model not in _KEPT:
        _KEPT[model] = _find_kept(model)
    return _KEPT[model]


_KEPT: dict[type[Any], dict[str, TableColumn]] = {}


def _find_kept(model: type[Any]) -> dict[str, TableColumn]:
    columns = {one.key: one.columns[0] for one in inspect_mapper(model).column_attrs}
    if model.__history__ is not None:
        always = ("id", "created_at", "updated_at")
        return {key: column for key, column in columns.items() if key in model.__history__ or key in always}
    if any(column.info.get("secret") for column in columns.values()):
        message = f"{model.__name__} has a secret column: name in __history__ the columns that the history may keep."
        raise TypeError(message)
    return {key: column for key, column in columns.items() if key != "version"}


def to_json(column: TableColumn, value: Any) -> Any:  # noqa: PLR0911 -- a table of types, one line each
    """Return a value as the history's JSON holds it."""
    match value:
        case PythonEnum():
            kind: Any = column.type
            return dict(zip(kind.enum_class, kind.enums, strict=False))[value] if kind.enum_class else value.value
        case bool():
            return int(value)
        case float():
            return repr(value)
        case datetime():
            moment = value.astimezone(UTC) if value.tzinfo else value
            return moment.isoformat(timespec="microseconds")
        case time():
            return value.isoformat(timespec="microseconds")
        case date():
            return value.isoformat()
        case UUID():
            return value.hex
        case Decimal():
            return str(value)
        case tuple():
            return Words(value).to_text()
        case _:
            return value


def from_json(column: TableColumn, value: Any) -> Any:
    """Return the value that the history's JSON stands for."""
    if value is None:
        return None
    kind: Any = column.type
    if isinstance(kind, sa.Enum):
        return dict(zip(kind.enums, kind.enum_class, strict=False))[value] if kind.enum_class else value
    for type_, read in _READERS:
        if isinstance(kind, type_):
            return read(value)
    return value


# Tried in this order.
_READERS: tuple[tuple[Any, Any], ...] = (
    (WordsType, Words.from_text),
    (sa.Boolean, bool),
    ((UtcDateTime, sa.DateTime), datetime.fromisoformat),
    (sa.Date, date.fromisoformat),
    (sa.Time, time.fromisoformat),
    (sa.Uuid, UUID),
    (sa.Float, float),
    (sa.Numeric, Decimal),
)


def json_of(columns: Mapping[str, TableColumn], dialect: str) -> ColumnElement[str]:
    """Return the SQL that writes these columns of a row as the history's JSON."""
    whole: ColumnElement[str] = literal("{", String)
    for place, (name, column) in enumerate(columns.items()):
        whole = whole + literal(f"{',' if place else ''}{json.dumps(name)}:", String) + _quoted(column, dialect)
    return whole + literal("}", String)


def title_of(model: type[Any]) -> ColumnElement[str]:
    """Return the SQL that names a row by the beginning of its first text, as people would without reading it."""
    key = inspect_mapper(model).primary_key[0]
    numbered = literal(f"{model.__name__} ", String) + cast(key, String)
    texts = [column for column in kept_columns(model).values() if type(column.type) in (sa.String, sa.Text)]
    if not texts:
        return numbered
    return func.coalesce(func.nullif(func.substr(texts[0], 1, LONGEST_TITLE), ""), numbered)


def from_json_sql(column: TableColumn, values: Expression, name: str, dialect: str) -> Expression:
    """Return the SQL that reads a column's value from the history's JSON."""
    if dialect == "sqlite":
        found: Expression = func.json_extract(values, f'$."{name}"')
        if isinstance(column.type, UtcDateTime | sa.DateTime):
            return func.replace(func.substr(found, 1, 26), "T", " ", type_=NullType())
        is_number = isinstance(column.type, sa.Float | sa.Numeric)
        return func.exact_number(found, type_=NullType()) if is_number else found
    text: Expression = func.json_extract_path_text(cast(values, sa.JSON), name)
    if isinstance(column.type, sa.Boolean):
        return cast(cast(text, sa.Integer), sa.Boolean)
    return text if isinstance(column.type, sa.Enum | sa.String) else cast(text, column.type)


def _quoted(column: TableColumn, dialect: str) -> ColumnElement[str]:
    """Write one value as JSON."""
    if dialect == "sqlite":
        return func.json_quote(_text_on_sqlite(column), type_=String())
    return func.coalesce(cast(func.to_json(_text_on_postgres(column)), sa.Text), literal_column("'null'"))


def _text_on_sqlite(column: TableColumn) -> Expression:
    if isinstance(column.type, sa.Float | sa.Numeric):
        return func.exact_text(column)
    if isinstance(column.type, UtcDateTime):
        return func.replace(column, " ", "T", type_=String()) + literal("+00:00", String)
    return func.replace(column, " ", "T") if isinstance(column.type, sa.DateTime) else column


def _text_on_postgres(column: TableColumn) -> Expression:
    for type_, write in _WRITERS_ON_POSTGRES:
        if isinstance(column.type, type_):
            written: Expression = write(column)
            return written
    return cast(column, sa.Text)


_WRITERS_ON_POSTGRES: Sequence[tuple[Any, Any]] = (
    (sa.Boolean, lambda column: cast(column, sa.Integer)),
    (sa.Integer, lambda column: column),
    (UtcDateTime, lambda column: func.to_char(func.timezone("UTC", column), f'{_MOMENT}"+00:00"')),
    (sa.DateTime, lambda column: func.to_char(column, _MOMENT)),
    (sa.Date, lambda column: func.to_char(column, "YYYY-MM-DD")),
    (sa.Time, lambda column: func.to_char(cast(column, sa.Interval), "HH24:MI:SS.US")),
    (sa.Uuid, lambda column: func.replace(cast(column, sa.Text), "-", "")),
)


def has_key(values: Expression, name: str, dialect: str) -> ColumnElement[bool]:
    """Return the SQL that asks whether the history's JSON says anything about a column."""
    if dialect == "sqlite":
        return func.json_type(values, f'$."{name}"').is_not(None)
    return func.json_extract_path(cast(values, sa.JSON), name).is_not(None)


def keys_in(session: AnySession, values: Expression, which: ColumnElement[bool], dialect: str) -> set[str]:
    """Return the columns that these changes say anything about."""
    if dialect == "sqlite":
        entries = func.json_each(values).table_valued("key", joins_implicitly=True)
        return set(session.scalars(select(entries.c.key).where(which).distinct()))
    return set(session.scalars(select(func.json_object_keys(cast(values, sa.JSON))).where(which).distinct()))
