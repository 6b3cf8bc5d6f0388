"""What tells a record from all others of its model: a whole number, a text or a UUID. How keys are read, written, stored and compared.

The tables that speak of records of any model keep a key as it is told from every other: numbers as they are, `s:EUR` for a text,
`u:` and 32 digits for a UUID. SQL changes the one into the other where such a table meets a model's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, Dialect, FromClause, Integer, String, Text, Uuid, type_coerce
from sqlalchemy import inspect as inspect_mapper
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine
from typing_extensions import override

from admin_app.db.limits import as_key
from admin_app.errors import ConfigurationError
from admin_app.extensions import AnyColumn, Expression, TableColumn, db

Key = int | str | UUID

# Characters of a text that is a key and whose column sets no length: an address has room for it.
LONGEST_KEY = 255
_TEXT, _UUID = "s:", "u:"
# Letters and digits stand for themselves in addresses, names of form fields and lists of keys, every other byte as ".2F".
_PRINTED = re.compile(r"(?:[0-9A-Za-z]|\.[0-9A-F]{2})+")
_ESCAPED = re.compile(rb"\.([0-9A-F]{2})")


# ---- which column


def key_in(table: FromClause) -> TableColumn:
    """Return the column of a table, or of an alias of one, that holds the key."""
    keys: Iterable[Any] = table.primary_key
    return next(iter(keys))


def key_called(table: str) -> str:
    """Return the name of the key's column in the table of this name; "id" where no model has such a table any more."""
    known = db.metadata.tables.get(table)
    return "id" if known is None else key_in(known).name


def key_name(model: type[object]) -> str:
    """Return the attribute that holds the key, by the name that the model gives it: `id` leads to it as well."""
    mapper = inspect_mapper(model)
    return str(mapper.get_property_by_column(mapper.primary_key[0]).key)


def is_numbered(model: type[object]) -> bool:
    """Whether the database numbers the records: their keys are whole numbers, and later ones are higher."""
    return is_number(inspect_mapper(model).primary_key[0])


def is_number(column: AnyColumn) -> bool:
    """Whether a column that holds keys holds whole numbers."""
    return isinstance(column.type, Integer)


def require_key(model: type[object]) -> None:
    """Raise `ConfigurationError` for a model whose records have no key that addresses and the history can hold."""
    keys = inspect_mapper(model).primary_key
    known = isinstance(keys[0].type, Integer | String) or (isinstance(keys[0].type, Uuid) and keys[0].type.as_uuid)
    if len(keys) != 1 or not known:
        names = ", ".join(str(key) for key in keys)
        message = f"{model.__name__}: the key ({names}) must be one column of whole numbers, texts or UUIDs."
        raise ConfigurationError(message)


# ---- in addresses


def print_key(key: Key) -> str:
    """Write a key for an address, a form field's name or a list of keys: letters, digits and points only."""
    if isinstance(key, UUID):
        return key.hex
    if isinstance(key, int):
        return str(key)
    return "".join(one if one.isascii() and one.isalnum() else _escaped(one) for one in key)


def read_key(model: type[object], text: str) -> Key | None:
    """Read a key as it was printed, or as a person writes it; None for what no record of this model can have."""
    column = inspect_mapper(model).primary_key[0]
    if is_number(column):
        return as_key(model, text)
    if isinstance(column.type, Uuid):
        return _read_uuid(text)
    return _read_text(text, getattr(column.type, "length", None) or LONGEST_KEY)


def _escaped(letter: str) -> str:
    return "".join(f".{byte:02X}" for byte in letter.encode())


def _read_uuid(text: str) -> UUID | None:
    try:
        return UUID(text.strip())
    except ValueError:
        return None


def _read_text(text: str, longest: int) -> str | None:
    try:
        is_printed = _PRINTED.fullmatch(text) is not None
        key = _ESCAPED.sub(lambda one: bytes.fromhex(one[1].decode()), text.encode()).decode() if is_printed else text
        key.encode()
    except UnicodeError:
        return None
    return key if key and "\0" not in key and len(key) <= longest else None


# ---- in our own tables


class RecordKey(TypeDecorator[Key]):
    """A column that names records of any model."""

    impl = Text
    cache_ok = True

    @override
    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Let SQLite keep numbers as numbers: it keeps a text beside them as it is."""
        return Integer() if dialect.name == "sqlite" else Text()

    @override
    def process_bind_param(self, value: Key | None, dialect: Dialect) -> int | str | None:
        """Store a key."""
        if value is None or (isinstance(value, int) and dialect.name == "sqlite"):
            return value
        return stored(value)

    @override
    def process_result_value(self, value: int | str | None, dialect: Dialect) -> Key | None:
        """Read it."""
        return value if value is None or isinstance(value, int) else from_stored(value)


def stored(key: Key) -> str:
    """Write a key so that it is told from those of every other kind."""
    if isinstance(key, UUID):
        return f"{_UUID}{key.hex}"
    return f"{_TEXT}{key}" if isinstance(key, str) else str(key)


def from_stored(text: str) -> Key:
    """Read it."""
    if text.startswith(_TEXT):
        return text[len(_TEXT) :]
    return UUID(text[len(_UUID) :]) if text.startswith(_UUID) else int(text)


class KeyFrom(FunctionElement[Any]):
    """A stored key as a value of the model's own key column."""

    inherit_cache = True
    name = "key_from"


class StoredKey(FunctionElement[Any]):
    """A value of a model's own key column as our tables store it."""

    inherit_cache = True
    name = "stored_key"
    type = RecordKey()


def key_from(table: FromClause, column: AnyColumn) -> Expression:
    """Return a stored key for comparing with the keys of a table."""
    element = KeyFrom(type_coerce(column, Text))
    element.type = BigInteger() if is_number(key_in(table)) else key_in(table).type
    return element


def stored_key(column: AnyColumn) -> Expression:
    """Return a model's key for comparing with stored ones, and for storing it."""
    return StoredKey(column)


def is_record(table: FromClause, column: AnyColumn) -> ColumnElement[bool]:
    """Whether a row of a model's table is the one that a stored key names."""
    found: ColumnElement[bool] = key_in(table) == key_from(table, column)
    return found


def is_ordered(table: FromClause) -> bool:
    """Whether both stores know the least and the greatest of the keys: PostgreSQL does not of UUIDs."""
    return not isinstance(key_in(table).type, Uuid)


@compiles(KeyFrom)
def _on_postgres(element: KeyFrom, compiler: SQLCompiler, **kw: object) -> str:
    inner = compiler.process(element.clauses.clauses[0], **kw)
    if isinstance(element.type, Integer):
        return f"CAST({inner} AS BIGINT)"
    return f"CAST(substr({inner}, 3) AS UUID)" if isinstance(element.type, Uuid) else f"substr({inner}, 3)"


@compiles(KeyFrom, "sqlite")
def _on_sqlite(element: KeyFrom, compiler: SQLCompiler, **kw: object) -> str:
    inner = compiler.process(element.clauses.clauses[0], **kw)
    return inner if isinstance(element.type, Integer) else f"substr({inner}, 3)"


@compiles(StoredKey)
def _stored_on_postgres(element: StoredKey, compiler: SQLCompiler, **kw: object) -> str:
    column = element.clauses.clauses[0]
    inner = compiler.process(column, **kw)
    if isinstance(column.type, Uuid):
        return f"('{_UUID}' || replace(CAST({inner} AS TEXT), '-', ''))"
    return f"CAST({inner} AS TEXT)" if is_number(column) else f"('{_TEXT}' || {inner})"


@compiles(StoredKey, "sqlite")
def _stored_on_sqlite(element: StoredKey, compiler: SQLCompiler, **kw: object) -> str:
    column = element.clauses.clauses[0]
    inner = compiler.process(column, **kw)
    if is_number(column):
        return inner
    return f"('{_UUID if isinstance(column.type, Uuid) else _TEXT}' || {inner})"
