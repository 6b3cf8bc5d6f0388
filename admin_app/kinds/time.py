"""A time of day."""

from __future__ import annotations

from datetime import time

from flask import has_app_context
from sqlalchemy import Interval, Text, Time, case, cast, func

from admin_app.extensions import db
from admin_app.kinds.base import Expression, Kind, read_as, without_zone


class TimeKind(Kind[time]):
    """A time of day. PostgreSQL's `TIMETZ` keeps its offset from UTC, and SQLite none."""

    name = "time"
    types = (Time,)
    values = (time,)
    is_inert = True

    def to_url(self, value: time) -> str:
        """Write ISO 8601."""
        return value.isoformat()

    def from_url(self, text: str) -> time:
        """Read ISO 8601."""
        return time.fromisoformat(text)

    @staticmethod
    def to_csv(value: time) -> str:
        """Write ISO 8601."""
        return value.isoformat()

    to_json = to_csv

    @staticmethod
    def to_sheet(value: time) -> time | str:
        """Write a time, or text if it has an offset, for which a spreadsheet's cell has no room."""
        return value if value.tzinfo is None else value.isoformat()

    @property
    def has_offset(self) -> bool:
        """Whether the database keeps the offset."""
        return bool(self.type.timezone) and has_app_context() and db.engine.dialect.name == "postgresql"

    @property
    def example(self) -> str:
        """A time as the column takes it."""
        return "09:30+02:00" if self.has_offset else "09:30"

    def read(self, text: str) -> time:
        """Read ISO 8601; raise `ValueError` for an offset that the column would lose, or for want of one."""
        found = time.fromisoformat(text)
        if self.has_offset and found.tzinfo is None:
            raise ValueError(text)
        return found if self.has_offset else without_zone(found)

    def from_cell(self, cell: str) -> time:
        """Read ISO 8601."""
        return read_as(self.read, cell.strip(), f"a time like {self.example}")

    def history_of(self, value: time) -> str:
        """Write ISO 8601 to the microsecond."""
        return value.isoformat(timespec="microseconds")

    def value_in_history(self, value: object) -> time:
        """Read ISO 8601; a number is no time, though Python reads its digits as one."""
        if not isinstance(value, str):
            raise TypeError(value)
        return time.fromisoformat(value)

    def history_on_postgres(self, column: Expression) -> Expression:
        """Write ISO 8601 to the microsecond, as SQLite stores it, and the offset of a time that has one."""
        of_day = cast(column, Time())
        written: Expression = func.to_char(cast(of_day, Interval), "HH24:MI:SS.US")
        if self.type.timezone:
            written += _offset_of(column)
        return case((of_day.between(time.min, time.max), written), else_=cast(column, Text))


def _offset_of(column: Expression) -> Expression:
    """Return PostgreSQL's SQL of a time's offset, `+02:00`: it leaves out minutes that are none."""
    offset = func.substring(cast(column, Text), "[+-].*$")
    return func.regexp_replace(offset, "^(...)$", r"\1:00", type_=Text())
