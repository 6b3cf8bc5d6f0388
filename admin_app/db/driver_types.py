"""Column types whose values PostgreSQL compares differently from what its driver returns: four-byte floats, and padded text."""

from __future__ import annotations

import struct
from collections.abc import Callable

from sqlalchemy import CHAR, REAL, Dialect, Engine, Float
from typing_extensions import override

from admin_app.extensions import ColumnType

# Binary digits of a four-byte float.
_SHORT = 24
# PostgreSQL's names of its two float types, which the driver returns as floats.
_FLOATS = frozenset({700, 701})


class OwnFloat(Float[float]):
    """A float. PostgreSQL compares a four-byte column with the driver's eight bytes, and finds no row with 0.1."""

    @override
    def bind_processor(self, dialect: Dialect) -> Callable[[float | None], float | None] | None:
        return as_short if (self.precision or _SHORT + 1) <= _SHORT else None

    @override
    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[object], float | None] | None:
        # A column declared as a float may hold exact numbers.
        is_float = coltype in _FLOATS and not self.asdecimal
        return None if is_float else super().result_processor(dialect, coltype)  # type: ignore[no-untyped-call] # SQLAlchemy's own


class ShortFloat(OwnFloat):
    """`REAL`, which declares no number of digits."""

    @override
    def bind_processor(self, dialect: Dialect) -> Callable[[float | None], float | None] | None:
        return as_short


class PaddedText(CHAR):
    """`CHAR(n)`: trailing blanks mean nothing and are not part of the value."""

    render_bind_cast = True

    @override
    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[str | None], str | None]:
        return _without_padding


def as_short(value: float | None) -> float | None:
    """Round a number to four bytes. One that is too large stays as it is, for the database to refuse."""
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
    """Use these types with an engine, if it is PostgreSQL's."""
    if engine.dialect.name == "postgresql":
        engine.dialect.colspecs = {**engine.dialect.colspecs, **_TYPES}
