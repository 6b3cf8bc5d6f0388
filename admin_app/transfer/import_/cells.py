"""The cells of a sheet: numbers, dates and booleans, and their text in an import."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from types import NoneType
from typing import Any, NamedTuple

# Day 0 of a sheet, and of one with the Macintosh's date system.
_DAY_ZERO, _MACINTOSH = datetime(1899, 12, 30), datetime(1904, 1, 1)  # noqa: DTZ001 -- a cell has no zone
# Excel counts a 29 February 1900, which didn't exist: earlier dates are one day later.
_LEAP_DAY = 60
_LAST_DAY = 2_958_466
_SECONDS_A_DAY = 86_400
_MOST_DIGITS = 400
# With this many decimals a number is finer than a microsecond.
_EXACT = 11


class MomentStyle(Enum):
    """What a number format shows of a number."""

    DAY = "day"
    TIME = "time"
    # Hours beyond 24 or minutes beyond 60: "[h]:mm".
    ELAPSED = "elapsed"


class Unreadable(NamedTuple):
    """A cell whose value can't be used: what it shows, and why."""

    shown: str
    why: str


Cell = str | int | float | bool | datetime | date | time | Unreadable | None


def text_of_cell(cell: Cell) -> str:
    """Return the cell's text as in a CSV export; "" for an empty cell."""
    return _TEXTS[type(cell)](cell)


def whole_text(text: str) -> str | Unreadable:
    """Refuse half of a surrogate pair, which no database stores."""
    if text.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in text):
        return text
    return Unreadable(text.encode("utf-8", "replace").decode(), "it has half of a character. Type it again.")


def plain_number(text: str) -> str:
    """Return a number without an exponent and without a fraction of zeros: 1e21 with all its digits, 4.0 as 4."""
    if "e" not in text and "E" not in text and not text.endswith(".0"):
        return text
    try:
        value = Decimal(text)
    except ArithmeticError:
        return text
    # No column holds so many digits, so the exponent stays, and the column refuses it.
    if not value.is_finite() or abs(value.adjusted()) > _MOST_DIGITS:
        return text
    whole = f"{value:f}"
    return whole.rstrip("0").rstrip(".") if "." in whole else whole


def number_in(text: str) -> int | float:
    """Read a cell's number; a whole number keeps all its digits."""
    return int(text) if text.lstrip("+-").isdecimal() else float(text)


def moment_in(text: str, shown: MomentStyle, *, is_macintosh: bool) -> Cell:
    """Read a cell's number as a date, a time or both, as its format shows it."""
    value = float(text)
    day, microseconds = _split(text, value) if 0 <= value < _LAST_DAY else (-1, 0)
    if day >= 0 and shown is MomentStyle.ELAPSED:
        return _hours(day, microseconds)
    if day == 0 and (shown is MomentStyle.TIME or (microseconds and not is_macintosh)):
        return (_DAY_ZERO + timedelta(microseconds=microseconds)).time()
    if day < 0 or (day in {0, _LEAP_DAY} and not is_macintosh):
        return Unreadable(text, f"the day {text} does not exist.")
    zero = _MACINTOSH if is_macintosh else _DAY_ZERO + timedelta(days=day < _LEAP_DAY)
    moment = zero + timedelta(days=day, microseconds=microseconds)
    return moment if microseconds else moment.date()


def _hours(day: int, microseconds: int) -> str:
    minutes, seconds = divmod(day * _SECONDS_A_DAY + microseconds // 1_000_000, 60)
    return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"


_TEXTS: dict[type, Callable[[Any], str]] = {
    str: str,
    int: str,
    float: lambda cell: plain_number(repr(cell)),
    bool: lambda cell: "yes" if cell else "no",
    datetime: datetime.isoformat,
    date: date.isoformat,
    time: time.isoformat,
    Unreadable: lambda cell: cell.shown,
    NoneType: lambda _: "",
}


def _split(text: str, value: float) -> tuple[int, int]:
    """Return the day and the microseconds in it, rounded within the precision of the number's decimals."""
    day = int(value)
    microseconds = round((value - day) * _SECONDS_A_DAY * 1_000_000)
    decimals = len(text.partition(".")[2]) if "e" not in text.lower() else _EXACT
    # If half of the last decimal is more than a microsecond, the roundest time within that range is meant.
    room = _SECONDS_A_DAY * 1_000_000 * 10.0**-decimals / 2 if decimals < _EXACT else 0
    for unit in (1_000_000, 1_000):
        rounded = round(microseconds / unit) * unit
        if abs(rounded - microseconds) <= room:
            microseconds = rounded
            break
    whole, rest = divmod(microseconds, _SECONDS_A_DAY * 1_000_000)
    return day + whole, rest
