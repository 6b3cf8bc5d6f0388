"""Keys of records, simple or composite: read, write, store and compare them.

Tables that refer to records of any model store a key so that keys of different types always differ: see `key_values.py` and,
for composite keys, `key_parts.py`. SQL converts between that form and a model's own key column.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Dialect,
    Enum,
    ForeignKeyConstraint,
    FromClause,
    Integer,
    String,
    Table,
    Text,
    Uuid,
    null,
    type_coerce,
)
from sqlalchemy import inspect as inspect_mapper
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator
from typing_extensions import override

from admin_app.db.key_parts import PARTS, CompositeKey, KeyOfParts, Parts, parts_from, parts_in, stored_parts
from admin_app.db.key_values import (
    KeyValue,
    kind_of_value,
    printed_value,
    stored_sql,
    stored_value,
    value_from,
    value_kind,
    value_sql,
)
from admin_app.db.limits import limits_of, read_number
from admin_app.errors import ConfigurationError
from admin_app.extensions import AnyColumn, ColumnType, Expression, TableColumn, db, table_of

Key = KeyValue | Parts
# Keys of one model. They have one type, and so an order.
Keys = Sequence[Any]

# Longest key in characters if its column sets no length: it has to fit into an address.
LONGEST_KEY = 255
# In addresses, names of form fields and lists of keys, letters and digits stay as they are, and every other byte is written
# as ".2F".
_PRINTED = re.compile(r"(?:[0-9A-Za-z]|\.[0-9A-F]{2})+")
_ESCAPED = re.compile(rb"\.([0-9A-F]{2})")
# Separates the values of a composite key; inside a value it is ".5F". A person may type a comma instead.
_BETWEEN, _TYPED_BETWEEN = "_", ","
# Stands for the empty text, which may be a value of a composite key.
_NOTHING = ".00"


# ---- which columns


def keys_in(table: FromClause) -> list[TableColumn]:
    """Return the columns of a table, or of an alias of one, that form its key."""
    keys: Iterable[Any] = table.primary_key
    return list(keys)


def key_in(table: FromClause) -> Any:
    """Return the key of a table, or of its alias: the column, or the composite key of several."""
    keys = keys_in(table)
    return keys[0] if len(keys) == 1 else CompositeKey(*keys)


def key_of(model: type[object]) -> Any:
    """Return the key of a model's own table."""
    return key_in(table_of(model))


def foreign_keys_of(table: Table) -> list[ForeignKeyConstraint]:
    """Return the foreign keys of a table, of one column or several, in the columns' order."""
    places = {name: place for place, name in enumerate(table.columns.keys())}
    return sorted(table.foreign_key_constraints, key=lambda one: [places[name] for name in one.column_keys])


def key_called(table: str) -> str:
    """Return the name of the key column of the table with this name; "id" if no model has that table any more."""
    known = db.metadata.tables.get(table)
    return "id" if known is None else keys_in(known)[0].name


def key_names(model: type[object]) -> list[str]:
    """Return the attributes of the key, by the model's own names; `id` is another name for the key."""
    mapper = inspect_mapper(model)
    return [str(mapper.get_property_by_column(one).key) for one in mapper.primary_key]


def key_values(key: Key | None) -> Sequence[KeyValue | None]:
    """Return the values of the key's columns."""
    return key if isinstance(key, Parts) else (key,)


def is_numbered(model: type[object]) -> bool:
    """Whether the database numbers the records: their keys are whole numbers, and later ones are higher."""
    return is_number(key_of(model))


def is_number(column: AnyColumn) -> bool:
    """Whether a key column holds whole numbers."""
    return isinstance(column.type, Integer)


def has_parts(model: type[object]) -> bool:
    """Whether the key is a composite one."""
    return len(inspect_mapper(model).primary_key) > 1


def require_key(model: type[object]) -> None:
    """Raise `ConfigurationError` for a model whose key does not fit into addresses and the history."""
    for column in inspect_mapper(model).primary_key:
        if value_kind(column.type) is None:
            message = (
                f"{model.__name__}: the key {column} is of the type {column.type!r}, of which the dashboard cannot read again what it "
                f"writes into an address. {_advice_for(column.type)}"
            )
            raise ConfigurationError(message)


def _advice_for(of: ColumnType) -> str:
    """Say what to declare instead: for a Python enumeration, its names, which are what the table has."""
    if isinstance(of, Enum) and of.enum_class and of.enums == [one.name for one in of.enum_class]:
        members = f"*{of.enum_class.__name__}.__members__"
        return f"Write, here and at foreign keys to it: Enum({members}, name={of.name!r}). The table stays as it is."
    return "Use whole numbers, texts, UUIDs, dates, times or decimals of at most 15 digits."


# ---- in addresses


def print_key(key: Key) -> str:
    """Write a key for an address, a form field's name or a list of keys: letters, digits and dots, and "_" between values."""
    if isinstance(key, Parts):
        return _BETWEEN.join(print_key(one) or _NOTHING for one in key)
    printed = printed_value(key)
    if printed.isascii() and printed.isalnum():
        return printed
    return "".join(one if one.isascii() and one.isalnum() else _escaped(one) for one in printed)


def read_key(model: type[object], text: str) -> Key | None:
    """Read a key as it was printed, or as a person types it; None if no record of this model can have it."""
    columns = inspect_mapper(model).primary_key
    if len(columns) == 1:
        return _read_number(columns[0], text) if is_number(columns[0]) else _read_value(columns[0], text)
    texts = text.split(_BETWEEN)
    if len(texts) != len(columns):
        texts = [one.strip() for one in text.split(_TYPED_BETWEEN)]
    if len(texts) != len(columns):
        return None
    found = [_read_part(column, one) for column, one in zip(columns, texts, strict=True)]
    return Parts(one for one in found if one is not None) if None not in found else None


def _read_number(column: TableColumn, text: str) -> int | None:
    """Read a numeric key; other programs may have created some below 1."""
    return read_number(_unescaped(text), limits_of(column))


def _read_part(column: TableColumn, text: str) -> KeyValue | None:
    is_text = isinstance(column.type, String)
    return "" if text == _NOTHING and is_text else _read_value(column, text)


def _read_value(column: TableColumn, text: str) -> KeyValue | None:
    """Read one value of a key."""
    kind = value_kind(column.type)
    plain = _unescaped(text)
    if kind is None or not plain or "\0" in plain or len(plain) > LONGEST_KEY:
        return None
    if isinstance(column.type, String):
        known = column.type.enums if isinstance(column.type, Enum) else [plain]
        return plain if plain in known and len(plain) <= (column.type.length or LONGEST_KEY) else None
    try:
        found = kind.read(plain.strip())
    except ValueError:
        return None
    lowest, highest = limits_of(column)
    is_beyond = isinstance(found, int) and not lowest <= found <= highest
    # A column without a zone cannot hold a time with one.
    return None if is_beyond or kind_of_value(found).letter != kind.letter else found


def _escaped(letter: str) -> str:
    return "".join(f".{byte:02X}" for byte in letter.encode())


def _unescaped(text: str) -> str:
    """Decode what was printed or typed; "" if it is not text. Anything not printed by us was typed: the 12.35 of a decimal."""
    try:
        text.encode()
        if _PRINTED.fullmatch(text) is None:
            return text
        plain = _ESCAPED.sub(lambda one: bytes.fromhex(one[1].decode()), text.encode()).decode()
    except UnicodeError:
        return ""
    return plain if print_key(plain) == text else text


# ---- in our own tables


class RecordKey(TypeDecorator[Key]):
    """A column that refers to records of any model."""

    impl = Text
    cache_ok = True

    @override
    def load_dialect_impl(self, dialect: Dialect) -> ColumnType:
        """Let SQLite store numbers as numbers. The same column may hold text as well."""
        return Integer() if dialect.name == "sqlite" else Text()

    @override
    def process_bind_param(self, value: Key | None, dialect: Dialect) -> int | str | None:
        """Store a key."""
        if value is None or (isinstance(value, int) and dialect.name == "sqlite"):
            return value
        return stored(value)

    @override
    def process_result_value(self, value: int | str | None, dialect: Dialect) -> Key | None:
        """Read a key."""
        return value if value is None or isinstance(value, int) else from_stored(value)


def stored(key: Key) -> str:
    """Write a key so that keys of different types always differ."""
    return stored_parts(key) if isinstance(key, tuple) else stored_value(key)


def from_stored(text: str) -> Key:
    """Read what `stored` wrote."""
    return parts_from(text) if text.startswith(PARTS) else value_from(text)


class KeyFrom(FunctionElement[Any]):
    """A stored key converted into a value of the model's own key column."""

    inherit_cache = True
    name = "key_from"

    def __init__(self, stored: AnyColumn, of: ColumnType) -> None:
        """Keep the type of the key: SQLAlchemy's statement cache distinguishes it."""
        super().__init__(type_coerce(stored, Text), type_coerce(null(), of))
        self.type = of


class StoredKey(FunctionElement[Any]):
    """A model's own key column converted into a stored key."""

    inherit_cache = True
    name = "stored_key"
    type = RecordKey()


def key_from(table: FromClause, column: AnyColumn) -> Expression:
    """Convert a stored key for comparison with the keys of a table."""
    key = key_in(table)
    return KeyFrom(column, BigInteger() if is_number(key) else key.type)


def stored_key(column: AnyColumn) -> Expression:
    """Convert a model's key for comparison with stored ones, and for storing."""
    return StoredKey(column)


def values_from(table: FromClause, column: AnyColumn) -> dict[str, Expression]:
    """Return the value of each of a table's key columns in a stored key, by name."""
    keys = keys_in(table)
    stored = key_from(table, column)
    return dict(zip((one.name for one in keys), [stored] if len(keys) == 1 else parts_in(keys, stored), strict=True))


def is_record(table: FromClause, column: AnyColumn) -> ColumnElement[bool]:
    """Whether a row of a model's table is the record that a stored key identifies."""
    found: ColumnElement[bool] = key_in(table) == key_from(table, column)
    return found


def is_ordered(table: FromClause) -> bool:
    """Whether both databases can find the lowest and the highest key: PostgreSQL can't for UUIDs, and neither can for composite keys."""
    return not isinstance(key_in(table).type, Uuid | KeyOfParts)


@compiles(KeyFrom)
def _on_postgres(element: KeyFrom, compiler: SQLCompiler, **kw: object) -> str:
    inner = compiler.process(element.clauses.clauses[0], **kw)
    return inner if isinstance(element.type, KeyOfParts) else value_sql(element.type, inner, on_sqlite=False)


@compiles(KeyFrom, "sqlite")
def _on_sqlite(element: KeyFrom, compiler: SQLCompiler, **kw: object) -> str:
    inner = compiler.process(element.clauses.clauses[0], **kw)
    # Numbers are stored as numbers.
    is_stored = isinstance(element.type, KeyOfParts | Integer)
    return inner if is_stored else value_sql(element.type, inner, on_sqlite=True)


@compiles(StoredKey)
def _stored_on_postgres(element: StoredKey, compiler: SQLCompiler, **kw: object) -> str:
    column = element.clauses.clauses[0]
    inner = compiler.process(column, **kw)
    return inner if isinstance(column.type, KeyOfParts) else stored_sql(column.type, inner, on_sqlite=False)


@compiles(StoredKey, "sqlite")
def _stored_on_sqlite(element: StoredKey, compiler: SQLCompiler, **kw: object) -> str:
    column = element.clauses.clauses[0]
    inner = compiler.process(column, **kw)
    is_stored = is_number(column) or isinstance(column.type, KeyOfParts)
    return inner if is_stored else stored_sql(column.type, inner, on_sqlite=True)
