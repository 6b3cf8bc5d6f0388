"""Stored values that their column's type cannot read: another program wrote them, or the type was changed since.

Such a value is shown, kept and written back as it is. Otherwise a single one would break every page that shows it.
"""

from __future__ import annotations

import pickle
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from functools import cache
from typing import Self

import psycopg
from psycopg.abc import AdaptContext, Buffer
from psycopg.abc import Loader as AbstractLoader
from psycopg.adapt import Loader, Transformer
from psycopg.pq import Format
from sqlalchemy import (
    ARRAY,
    BINARY,
    JSON,
    VARBINARY,
    Boolean,
    Date,
    DateTime,
    Dialect,
    Engine,
    Enum,
    Float,
    Integer,
    Interval,
    LargeBinary,
    Numeric,
    PickleType,
    String,
    Time,
    Uuid,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeDecorator
from typing_extensions import override

from admin_app.db import untracked
from admin_app.db.json_exact import JsonNull, NoneAs
from admin_app.db.untracked import Untracked
from admin_app.extensions import ColumnType

# The exceptions that SQLAlchemy, Python and psycopg raise for values that they cannot read.
NOT_READ = (
    ValueError,
    TypeError,
    AttributeError,
    LookupError,
    ArithmeticError,
    EOFError,
    ImportError,
    pickle.PickleError,
    psycopg.DataError,
)  # fmt: skip -- one list
Stored = str | int | float | bytes
Convert = Callable[[object], object]
# A check: takes the stored value and the read one, and returns the read one or raises one of these exceptions.
Check = Callable[[bytes, object], object]


class Unreadable(str, Untracked):
    """The text that is shown for an unreadable value; `raw` is the stored value."""

    __slots__ = ("raw",)
    raw: Stored

    def __new__(cls, raw: Stored) -> Self:
        """Keep the text and the stored value."""
        made = super().__new__(cls, raw.hex() if isinstance(raw, bytes) else raw)
        made.raw = raw
        return made


def reading(read: Convert) -> Convert:
    """Wrap a reader so that it returns an unreadable value as `Unreadable`."""

    def tolerant(value: object) -> object:
        try:
            return read(value)
        except NOT_READ:
            return value if isinstance(value, Unreadable) else Unreadable(value)  # type: ignore[arg-type] # a driver gives nothing else

    return tolerant


def writing(write: Convert) -> Convert:
    """Wrap a writer so that it writes an `Unreadable` back as it was stored."""

    def tolerant(value: object) -> object:
        return value.raw if isinstance(value, Unreadable) else write(value)

    return tolerant


class _Tolerant(ColumnType):
    """A mixin for a dialect's column types: they read and write unreadable values as they are stored."""

    @override
    def result_processor(self, dialect: Dialect, coltype: object) -> Convert | None:
        self._prepare(dialect)
        read = super().result_processor(dialect, coltype)
        return None if read is None else reading(read)

    @override
    def bind_processor(self, dialect: Dialect) -> Convert | None:
        self._prepare(dialect)
        return writing(super().bind_processor(dialect) or _as_it_is)

    @classmethod
    def adapt_native_to_emulated(cls, of: ColumnType, **how: object) -> ColumnType:
        """Also replace a native PostgreSQL type that a column declines, such as an enumeration stored as text."""
        return of.adapt(type(of) if _is_own(type(of)) else _tolerant(type(of), "postgresql"), **how)

    def _prepare(self, dialect: Dialect) -> None:
        """Let a type that decorates another one use the dialect's type."""
        if isinstance(self, TypeDecorator):
            self.impl_instance = self.load_dialect_impl(dialect).dialect_impl(dialect)


class _Checked(_Tolerant):
    """The mixin for SQLite types that read values without checking them, although any column may hold anything."""

    @override
    def result_processor(self, dialect: Dialect, coltype: object) -> Convert:
        read = super(_Tolerant, self).result_processor(dialect, coltype) or _as_it_is
        fits = next(one for of, one in _FITS.items() if isinstance(self, of))

        def checked(stored: object) -> object:
            if stored is None:
                return None
            value = read(stored)
            if not fits(stored, value):
                raise ValueError(stored)
            return value

        return reading(checked)


class _Nullable(_Tolerant):
    """The mixin for JSON. A marked column distinguishes `null` from NULL; any other column reads both as None."""

    def __init__(self, none_as: NoneAs | None = None, **arguments: object) -> None:
        """Keep the mark of the column's type, which SQLAlchemy passes on by argument name."""
        super().__init__(**arguments)
        self.none_as = none_as

    @override
    def result_processor(self, dialect: Dialect, coltype: object) -> Convert | None:
        read = super().result_processor(dialect, coltype)
        return read if self.none_as is not None else lambda value: _without_null(read(value) if read else value)

    @override
    def bind_processor(self, dialect: Dialect) -> Convert:
        write = super().bind_processor(dialect) or _as_it_is
        return (lambda value: None if value is None else write(value)) if self.none_as is NoneAs.SQL else write


def _without_null(value: object) -> object:
    return None if isinstance(value, JsonNull) else value


class _Alike(ColumnType):
    """The mixin for arrays: it reads nested lists, and writes a list with an unreadable item as texts, because the driver accepts only one type per list."""

    @override
    def result_processor(self, dialect: Dialect, coltype: object) -> Convert | None:
        read = super().result_processor(dialect, coltype)
        return None if read is None else lambda value: read(_split(value))

    @override
    def bind_processor(self, dialect: Dialect) -> Convert:
        write = super().bind_processor(dialect) or _as_it_is
        return lambda value: _texts(write(value))


def _split(value: object) -> object:
    """Parse the text that the driver returns for an array of enumeration members: SQLAlchemy would split it at every comma."""
    if not isinstance(value, str) or not value.startswith("{{"):
        return value
    array = psycopg.adapters.types["text"].array_oid
    return Transformer().get_loader(array, Format.TEXT).load(value.encode())


def _texts(value: object) -> object:
    if not isinstance(value, list) or len({type(one) for one in _items(value) if one is not None}) <= 1:
        return value
    return _as_texts(value)


def _items(value: object) -> Iterator[object]:
    """Yield the items of a list and of its nested lists."""
    if isinstance(value, list):
        for one in value:
            yield from _items(one)
    else:
        yield value


def _as_texts(value: object) -> object:
    if isinstance(value, list):
        return [_as_texts(one) for one in value]
    return None if value is None else str(value)


def _as_it_is(value: object) -> object:
    return value


# Checks by type: each takes the stored and the read value.
_FITS: dict[type[ColumnType], Callable[[object, object], bool]] = {
    # A time that is stored with a zone cannot be compared with the column's other values.
    DateTime: lambda _stored, value: getattr(value, "tzinfo", None) is None,
    LargeBinary: lambda stored, _value: isinstance(stored, bytes),
    BINARY: lambda stored, _value: isinstance(stored, bytes),
    VARBINARY: lambda stored, _value: isinstance(stored, bytes),
    Boolean: lambda stored, _value: stored in {0, 1},
    Float: lambda stored, _value: isinstance(stored, int | float),
    Integer: lambda stored, _value: isinstance(stored, int),
    String: lambda stored, _value: not isinstance(stored, bytes),
}
# The types that convert the driver's values.
_READ: tuple[type[ColumnType], ...] = (
    Date,
    DateTime,
    Time,
    Interval,
    Numeric,
    Float,
    Boolean,
    Enum,
    JSON,
    Uuid,
    LargeBinary,
    BINARY,
    VARBINARY,
    PickleType,
)  # fmt: skip -- one list
# The types that pass the driver's values on unchanged: SQLite may store anything in their columns, PostgreSQL may not.
_GIVEN: tuple[type[ColumnType], ...] = (Integer, String)
# PostgreSQL's types whose values may be outside Python's range.
_LOADED = ("date", "time", "timetz", "timestamp", "timestamptz", "interval")


def install(engine: Engine) -> None:
    """Make an engine's column types tolerant of unreadable values."""
    untracked.install()
    specs = engine.dialect.colspecs
    added = {of: specs.get(of, of) for of in _READ} | {of: one for of, one in specs.items() if issubclass(of, _READ)}
    given = {of: of for of in _every(_GIVEN) if engine.dialect.name == "sqlite" and not issubclass(of, _READ)}
    added |= {of: specs.get(of, one) for of, one in given.items()}
    own = {of: of for of in _derived(_READ) if not any(one in specs for one in of.__mro__)}
    tolerant = {of: _tolerant(one, engine.dialect.name) for of, one in added.items()}
    lists = () if engine.dialect.name == "sqlite" else (ARRAY, postgresql.ARRAY)
    engine.dialect.colspecs = {**specs, **own, **tolerant, **dict.fromkeys(lists, _LIST)}


def _every(types: Iterable[type[ColumnType]]) -> Iterator[type[ColumnType]]:
    """Yield types and their subclasses, each of which has its own name in SQL."""
    for one in types:
        yield one
        yield from _every(one.__subclasses__())


def _derived(types: Iterable[type[ColumnType]]) -> Iterator[type[ColumnType]]:
    """Yield the subclasses that an application derived from these types, which read values in their own way."""
    for one in types:
        if _is_own(one):
            yield one
        yield from _derived(one.__subclasses__())


def _is_own(of: type[ColumnType]) -> bool:
    return not of.__module__.startswith(("sqlalchemy.", __name__))


def _tolerant(of: type[ColumnType], dialect: str) -> type[ColumnType]:
    if (of, dialect) in _MADE:
        return _MADE[of, dialect]
    base = _Checked if dialect == "sqlite" and issubclass(of, tuple(_FITS)) else _Tolerant
    base = _Nullable if issubclass(of, JSON) else base
    made = (
        of if issubclass(of, _Tolerant) else type(of.__name__, (base, of), {"cache_ok": True, "__module__": __name__})
    )
    return _MADE.setdefault((of, dialect), made)


_LIST: type[ColumnType] = type("ARRAY", (_Alike, postgresql.ARRAY), {"cache_ok": True, "__module__": __name__})
# One class per type, because SQLAlchemy caches statements by the types in them.
_MADE: dict[tuple[type[ColumnType], str], type[ColumnType]] = {}


def install_loaders(context: AdaptContext) -> None:
    """Let psycopg return times that Python cannot represent, such as `infinity` or a month, as `Unreadable`."""
    for name in _LOADED:
        inner = context.adapters.get_loader(context.adapters.types[name].oid, Format.TEXT)
        if inner is not None:
            check = _length if name == "interval" else None
            context.adapters.register_loader(name, _tolerant_loader(inner, check))


def _length(stored: bytes, value: object) -> object:
    """Refuse an interval that Python cannot represent: the driver would turn a month into 30 days, and an infinite interval into 0.

    An interval that leads from 1970 beyond the calendar is refused too.
    """
    if not isinstance(value, timedelta) or _NO_LENGTH.search(stored):
        raise ValueError(stored)
    # This addition raises beyond the calendar's ends.
    _ = _EPOCH + value
    return value


_EPOCH = datetime.fromisoformat("1970-01-01")
_NO_LENGTH = re.compile(rb"infinity|year|mon")


@cache
def _tolerant_loader(inner: type[AbstractLoader], check: Check | None) -> type[Loader]:
    class Tolerant(Loader):
        """Reads a value like the driver, or as `Unreadable` if the driver cannot."""

        def __init__(self, oid: int, connection: AdaptContext | None = None) -> None:
            super().__init__(oid, connection)
            self._read = inner(oid, connection).load

        @override
        def load(self, data: Buffer) -> object:
            try:
                return self._read(data) if check is None else check(bytes(data), self._read(data))
            except NOT_READ:
                return Unreadable(bytes(data).decode())

    return Tolerant
