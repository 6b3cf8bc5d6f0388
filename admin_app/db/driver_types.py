"""Columns whose values PostgreSQL compares otherwise than its driver gives them: short floats, and texts that it fills up with blanks."""

from __future__ import annotations

import struct
from collections.abc import Callable

from sqlalchemy import CHAR, REAL, Dialect, Engine, Float
from typing_extensions import override

from admin_app.extensions import ColumnType

# Digits of two that a float of four bytes has at most.
_SHORT = 24
# What the driver gives as floats: PostgreSQL's names of both kinds.
_FLOATS = frozenset({700, 701})


class OwnFloat(Float[float]):
    """A float. PostgreSQL compares a column of four bytes with all eight of the driver's, and finds no row that has 0.1."""

    @override
    def bind_processor(self, dialect: Dialect) -> Callable[[float | None], float | None] | None:
        return as_short if (self.precision or _SHORT + 1) <= _SHORT else None

    @override
    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[object], float | None] | None:
        # A column that is declared a float may be of exact numbers.
        is_float = coltype in _FLOATS and not self.asdecimal
        return None if is_float else super().result_processor(dialect, coltype)  # type: ignore[no-untyped-call] # SQLAlchemy's own


class ShortFloat(OwnFloat):
    """`REAL`, which says nothing of its digits."""

    @override
    def bind_processor(self, dialect: Dialect) -> Callable[[float | None], float | None] | None:
        return as_short


class PaddedText(CHAR):
    """`CHAR(n)`, whose blanks at the end mean nothing: they are no part of the value."""

    render_bind_cast = True

    @override
    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[str | None], str | None]:
        return _without_padding


def as_short(value: float | None) -> float | None:
    """Return the number that a column of four bytes makes of one; what it has no room for stays, for the store to refuse."""
    if value is None:
        return None
    try:
        short: float = struct.unpack("f", struct.pack("f", value))[0]
    except (OverflowError, struct.error):
        return value
    return short if short or not value else value


def _without_padding(value: str | None) -> str | None:
    return None if value is None else value.rstrip(" ")


_TYPES: dict[type[ColumnType], type[ColumnType]] = {CHAR: PaddedText, REAL: ShortFloat, Float: OwnFloat}


def install(engine: Engine) -> None:
    """Let an engine take them so, if it is PostgreSQL's."""
    if engine.dialect.name == "postgresql":
        engine.dialect.colspecs = {**engine.dialect.colspecs, **_TYPES}
