"""Convert values of unknown column types to the database's text for them, and back."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import cast

from psycopg import Binary, ProgrammingError, adapters
from psycopg.adapt import AdaptersMap, PyFormat, Transformer
from psycopg.pq import Format
from sqlalchemy import Dialect
from sqlalchemy.dialects.postgresql import HSTORE

from admin_app.db.unreadable import Stored, Unreadable, install_loaders
from admin_app.extensions import ColumnType

# SQLite may store four types in any column. A text that begins with one of these marks gets a mark too.
BYTES, REAL, WORDS = "hex:", "real:", "text:"
MARKS = (BYTES, REAL, WORDS)
# PostgreSQL types that the driver calls by another name.
_OTHER_NAMES = {"float": "float8"}
# Reads as connections do: what Python has no value for stays as it is stored.
_READERS = AdaptersMap(adapters)
install_loaders(_READERS)


def text_of(value: object, type_: ColumnType, dialect: Dialect) -> str | int | None:
    """Return the database's text for a value. If the type's own conversion fails, return Python's."""
    try:
        raw = _bound(value, type_, dialect)
    except (ValueError, TypeError, AttributeError):
        return str(value)
    return raw if raw is None else stored_text(raw) if dialect.name == "sqlite" else _for_postgres(raw)


def value_of(text: str | int, type_: ColumnType, dialect: Dialect) -> object:
    """Read what `text_of` or the database wrote. If the type's own conversion fails, it stays text."""
    if dialect.name == "sqlite":
        return _read(stored_value(text), type_, dialect, None)
    impl = type_.dialect_impl(dialect)
    if isinstance(impl, HSTORE):
        return HSTORE().result_processor(None, None)(text)
    name = impl.compile(dialect).lower()
    base = name.removesuffix("[]").partition("(")[0]
    known = adapters.types.get(_OTHER_NAMES.get(base, base))
    if known is None:
        return _read(text, type_, dialect, None)
    oid = known.array_oid if name.endswith("[]") else known.oid
    return _read(Transformer(_READERS).get_loader(oid, Format.TEXT).load(str(text).encode()), type_, dialect, oid)


def _read(raw: object, type_: ColumnType, dialect: Dialect, coltype: object) -> object:
    """Convert what the driver returns into the Python value."""
    try:
        read = type_.dialect_impl(dialect).result_processor(dialect, coltype)
        return raw if read is None else read(raw)
    except (ValueError, TypeError, AttributeError):
        return raw


def _bound(value: object, type_: ColumnType, dialect: Dialect) -> object:
    """Return what the driver takes for a value."""
    bind = type_.dialect_impl(dialect).bind_processor(dialect)
    raw = value if bind is None else bind(value)
    return raw.obj if isinstance(raw, Binary) else raw


def stored_text(raw: object) -> str | int | None:
    """Write what SQLite stores, with its type unless it is text or a whole number. Also a function in SQL."""
    if isinstance(raw, bytes | memoryview):
        return f"{BYTES}{bytes(raw).hex()}"
    if isinstance(raw, float | Decimal):
        return f"{REAL}{float(raw)!r}"
    if raw is None or isinstance(raw, int):
        return raw
    return f"{WORDS}{raw}" if str(raw).startswith(MARKS) else str(raw)


def moment_text(raw: object, zone: str) -> str | int | None:
    """Write what SQLite stores for a time as the history has it, and anything else as it is. Also a function in SQL."""
    try:
        moment = datetime.fromisoformat(f"{raw}{zone}")
    except ValueError:
        return stored_text(raw)
    return moment.isoformat(timespec="microseconds") if bool(moment.tzinfo) == bool(zone) else stored_text(raw)


def stored_value(text: str | int | None) -> str | bytes | float | None:
    """Read what `stored_text` wrote. Also a function in SQL."""
    if not isinstance(text, str):
        return text
    if text.startswith(BYTES):
        return bytes.fromhex(text.removeprefix(BYTES))
    return float(text.removeprefix(REAL)) if text.startswith(REAL) else text.removeprefix(WORDS)


def unreadable_of(text: str | int) -> Unreadable:
    """Read what `stored_text` wrote of a value that its type cannot read."""
    return Unreadable(cast("Stored", stored_value(text)))


def _for_postgres(raw: object) -> str:
    if isinstance(raw, bytes | memoryview):
        return f"\\x{bytes(raw).hex()}"
    if isinstance(raw, dict):
        raw = HSTORE().bind_processor(None)(raw)
    try:
        return bytes(Transformer().get_dumper(raw, PyFormat.TEXT).dump(raw) or b"").decode()
    except ProgrammingError:
        return str(raw)
