"""A time of day."""

from __future__ import annotations

from datetime import time

from sqlalchemy import Interval, Text, Time, case, cast, func

from admin_app.kinds.base import Expression, Kind, as_it_is, read_as, without_zone


class TimeKind(Kind[time]):
    """A time of day without a time zone."""

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
    to_sheet = staticmethod(as_it_is)

    def from_cell(self, cell: str) -> time:
        """Read ISO 8601 without a time zone."""
        return read_as(lambda text: without_zone(time.fromisoformat(text)), cell.strip(), "a time like 09:30")

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
