"""A duration: hours, minutes and seconds, with any number of hours."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from sqlalchemy import Interval, case, cast, extract, func, literal, or_
from sqlalchemy.types import DateTime, Text

from admin_app.kinds.base import Expression, Kind, read_as, written_within
from admin_app.kinds.datetime import moment_kept, moment_on_sqlite

# A duration is stored as this moment plus the duration: SQLAlchemy does so on databases without such a type, and the
# history does on both.
_EPOCH = datetime.fromisoformat("1970-01-01")
SHORTEST = datetime.fromisoformat("0001-01-01") - _EPOCH
LONGEST = datetime.fromisoformat("9999-12-31T23:59:59.999999") - _EPOCH
_MOMENT = r"^\d{4}-\d{2}-\d{2}T"
_IN_HISTORY = 'YYYY-MM-DD"T"HH24:MI:SS.US'
# "-26:30", "26:30:00.5"; "1d 2h 30m 5s".
_CLOCK = re.compile(
    r"(?P<sign>-?)(?P<hours>\d{1,9}):(?P<minutes>[0-5]\d)(:(?P<seconds>[0-5]\d)([.,](?P<part>\d{1,6}))?)?"
)
_UNITS = re.compile(
    r"(?P<sign>-?)\s*((?P<days>\d{1,7})\s*d)?\s*((?P<hours>\d{1,9})\s*h)?\s*((?P<minutes>\d{1,9})\s*m)?\s*((?P<seconds>\d{1,9})\s*s)?"
)
EXAMPLE = "2:30:00"


def length_of(text: str) -> timedelta:
    """Read "26:30:00" or "1d 2h 30m"; raise `ValueError` or `OverflowError` for anything else."""
    found = _CLOCK.fullmatch(text.strip()) or _UNITS.fullmatch(text.strip().lower())
    if found is None or not re.search(r"\d", text):
        message = "no length of time"
        raise ValueError(message)
    parts = found.groupdict()
    microseconds = int((parts.pop("part", None) or "").ljust(6, "0"))
    sign = -1 if parts.pop("sign") else 1
    whole = timedelta(**{unit: int(number) for unit, number in parts.items() if number})
    return sign * (whole + timedelta(microseconds=microseconds))


def clock(value: timedelta) -> str:
    """Write "26:30:00"."""
    length = abs(value)
    minutes, seconds = divmod(length // timedelta(seconds=1), 60)
    part = f".{length.microseconds:06d}" if length.microseconds else ""
    return f"{'-' if value < timedelta() else ''}{minutes // 60}:{minutes % 60:02d}:{seconds:02d}{part}"


class IntervalKind(Kind[timedelta]):
    """A duration."""

    name = "interval"
    types = (Interval,)
    values = (timedelta,)
    is_inert = True

    def problem_with(self, label: str, value: timedelta) -> str | None:
        """Return the problem with a duration that is too long for the calendar, in which it is stored."""
        return None if SHORTEST <= value <= LONGEST else f"{label} must be shorter than {clock(LONGEST)}."

    def to_url(self, value: timedelta) -> str:
        """Write "26:30:00"."""
        return clock(value)

    def from_url(self, text: str) -> timedelta:
        """Read "26:30:00"."""
        return length_of(text)

    to_csv = to_json = to_sheet = staticmethod(clock)

    def from_cell(self, cell: str) -> timedelta:
        """Read a duration; a spreadsheet may have turned 02:30:00 into 2:30:00."""
        return read_as(length_of, cell, f"a length of time like {EXAMPLE}")

    def history_of(self, value: timedelta) -> str:
        """Write the moment that is this long after the beginning of 1970."""
        return (_EPOCH + value).isoformat(timespec="microseconds")

    def value_in_history(self, value: object) -> timedelta:
        """Subtract the beginning of 1970."""
        return datetime.fromisoformat(str(value)) - _EPOCH

    def history_on_sqlite(self, column: Expression) -> Expression:
        """Write the stored moment."""
        return moment_on_sqlite(column, "")

    def history_on_postgres(self, column: Expression) -> Expression:
        """Add the beginning of 1970; what leads beyond the calendar, or counts months, stays as it is."""
        written = func.to_char(literal(_EPOCH, DateTime()) + column, _IN_HISTORY)
        # Of an infinite length there are no months.
        counts_months = or_(extract("year", column) != 0, extract("month", column) != 0)
        within = written_within(column, (SHORTEST, LONGEST), written)
        return case((counts_months, cast(column, Text)), else_=within)

    def from_history_on_sqlite(self, found: Expression) -> Expression:
        """Write SQLite's stored form."""
        return moment_kept(found, "")

    def from_history_on_postgres(self, text: Expression) -> Expression:
        """Subtract the beginning of 1970, unless it is no moment."""
        length = cast(text, DateTime()) - literal(_EPOCH, DateTime())
        return case((text.regexp_match(_MOMENT), length), else_=cast(text, Interval()))
