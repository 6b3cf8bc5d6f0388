"""A single value of a key: the supported types, and how Python and both databases write it.

Every type is written differently: numbers as they are, everything else after a letter for its type, as in `s:EUR`, `u:` and 32
digits, `d:2026-11-30`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Date, DateTime, Enum, Integer, Numeric, String, Uuid

from admin_app.db.quoting import quoted
from admin_app.db.types import UtcDateTime
from admin_app.errors import ConfigurationError
from admin_app.extensions import ColumnType

KeyValue = int | str | UUID | date | datetime | Decimal

# SQLite keeps all digits of a decimal up to this many.
_MOST_DIGITS = 15
_NUMERAL = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,15})?")
_MOMENT = "'YYYY-MM-DD HH24:MI:SS.US'"


class ValueKind(NamedTuple):
    """A type of key value: its letter, how Python writes and reads it, how PostgreSQL does, and how SQLite does if it stores another form."""

    letter: str
    write: Callable[..., str]
    read: Callable[[str], KeyValue]
    to_text: str
    from_text: str
    to_text_on_sqlite: str = "{}"
    from_text_on_sqlite: str = "{}"


def _plain(value: Decimal) -> str:
    """Write a number without trailing zeros."""
    return f"{value.normalize():f}"


def _decimal(text: str) -> Decimal:
    """Read a decimal that we wrote. An exponent is refused, because it could stand for more digits than fit into memory."""
    if _NUMERAL.fullmatch(text) is None:
        message = "no decimal"
        raise ValueError(message)
    return Decimal(text)


def _moment(value: datetime) -> str:
    """Write a time as SQLite stores it; an aware one in UTC."""
    plain = value if value.tzinfo is None else value.astimezone(UTC).replace(tzinfo=None)
    return plain.isoformat(sep=" ", timespec="microseconds")


def _in_utc(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+00:00")


_NUMBER = ValueKind("", str, int, "CAST({} AS TEXT)", "CAST({} AS BIGINT)", "CAST({} AS TEXT)", "CAST({} AS INTEGER)")
_TEXT = ValueKind("s", str, str, "CAST({} AS TEXT)", "{}")
_UUID = ValueKind("u", lambda one: one.hex, UUID, "replace(CAST({} AS TEXT), '-', '')", "CAST({} AS UUID)")
_DIGITS = _UUID._replace(to_text="{}", from_text="{}")
_DAY = ValueKind("d", date.isoformat, date.fromisoformat, "to_char({}, 'YYYY-MM-DD')", "CAST({} AS DATE)")
_NAIVE = ValueKind("t", _moment, datetime.fromisoformat, f"to_char({{}}, {_MOMENT})", "CAST({} AS TIMESTAMP)")
_AWARE = ValueKind(
    "z", _moment, _in_utc, f"to_char({{}} AT TIME ZONE 'UTC', {_MOMENT})", "CAST({} || '+00' AS TIMESTAMPTZ)"
)
_DECIMAL = ValueKind(
    "n",
    _plain,
    _decimal,
    "CAST(trim_scale({}) AS TEXT)",
    "CAST({} AS NUMERIC)",
    "CAST({} AS TEXT)",
    "CAST({} AS NUMERIC)",
)
_BY_TYPE = ((int, _NUMBER), (str, _TEXT), (UUID, _UUID), (date, _DAY), (Decimal, _DECIMAL))
_BY_LETTER = {one.letter: one for one in (_TEXT, _UUID, _DAY, _NAIVE, _AWARE, _DECIMAL)}


def value_kind(of: ColumnType) -> ValueKind | None:
    """Return how values of a column type are written; None if they could not be read back."""
    if isinstance(of, Integer):
        return _NUMBER
    if isinstance(of, Enum):
        return None if of.enum_class else _TEXT._replace(from_text=_as_choice(of))
    if isinstance(of, String):
        return _TEXT
    if isinstance(of, Uuid):
        return (_UUID if of.native_uuid else _DIGITS) if of.as_uuid else None
    return _of_time_or_decimal(of)


def _as_choice(of: Enum) -> str:
    """Return the cast from text to an enumeration, if PostgreSQL has a type for it."""
    # The name stands in a format, too.
    name = quoted(of.name or "").replace("{", "{{").replace("}", "}}")
    return f"CAST({{}} AS {name})" if of.native_enum and of.name else "{}"


def _of_time_or_decimal(of: ColumnType) -> ValueKind | None:
    if isinstance(of, Date):
        return _DAY
    if isinstance(of, UtcDateTime):
        return _AWARE
    if isinstance(of, DateTime):
        # SQLite would drop the zone.
        return None if of.timezone else _NAIVE
    if not isinstance(of, Numeric) or not of.asdecimal or of.scale is None or of.precision is None:
        return None
    return _DECIMAL if of.precision <= _MOST_DIGITS else None


def stored_value(value: KeyValue) -> str:
    """Write a value so that values of different types always differ."""
    kind = kind_of_value(value)
    return f"{kind.letter}:{kind.write(value)}" if kind.letter else kind.write(value)


def value_from(text: str) -> KeyValue:
    """Read what `stored_value` wrote."""
    letter, colon, rest = text.partition(":")
    return _BY_LETTER[letter].read(rest) if colon else int(text)


def printed_value(value: KeyValue) -> str:
    """Write a value for people; addresses escape it further."""
    return kind_of_value(value).write(value)


def kind_of_value(value: KeyValue) -> ValueKind:
    """Return the type of a value."""
    if isinstance(value, datetime):
        return _NAIVE if value.tzinfo is None else _AWARE
    return next(kind for of, kind in _BY_TYPE if isinstance(value, of))


def stored_sql(of: ColumnType, sql: str, *, on_sqlite: bool) -> str:
    """Return the SQL that turns a column's value into its stored text."""
    kind = _required_kind(of)
    text = (kind.to_text_on_sqlite if on_sqlite else kind.to_text).format(sql)
    return f"('{kind.letter}:' || {text})" if kind.letter else text


def value_sql(of: ColumnType, sql: str, *, on_sqlite: bool) -> str:
    """Return the SQL that turns a stored text into the column's value."""
    kind = _required_kind(of)
    text = f"substr({sql}, {len(kind.letter) + 2})" if kind.letter else sql
    return (kind.from_text_on_sqlite if on_sqlite else kind.from_text).format(text)


def _required_kind(of: ColumnType) -> ValueKind:
    if (kind := value_kind(of)) is None:
        message = f"{of!r} is no type of a key."
        raise ConfigurationError(message)
    return kind
