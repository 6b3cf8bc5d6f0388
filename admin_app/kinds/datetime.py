"""A date and time: in UTC, or without a time zone."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import ClassVar

from flask import has_app_context
from sqlalchemy import ColumnElement, DateTime, case, cast, func, type_coerce
from sqlalchemy.types import NullType, Text

from admin_app.db.types import UtcDateTime
from admin_app.extensions import ColumnType, db
from admin_app.kinds.base import CsvStyle, Expression, Kind, as_it_is, read_as, with_zone, without_zone, written_within
from admin_app.kinds.text import csv_text

# PostgreSQL's format for the text that SQLite stores.
_IN_HISTORY = 'YYYY-MM-DD"T"HH24:MI:SS.US'
# SQLite's stored form of a moment, as a GLOB pattern.
_STORED = "0000-00-00 00:00:00.000000".replace("0", "[0-9]")
# The first and the last time that Python has.
_MOMENTS = (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))
_LOCAL = (_MOMENTS[0].replace(tzinfo=None), _MOMENTS[1].replace(tzinfo=None))


class LocalDateTimeKind(Kind[datetime]):
    """A date and time without a time zone."""

    name = "local_datetime"
    types: ClassVar[tuple[type[ColumnType], ...]] = (DateTime,)
    values = (datetime,)
    is_inert = True
    # How the history ends a time.
    zone: ClassVar[str] = ""

    @classmethod
    def holds(cls, of: ColumnType) -> bool:
        """Leave out types that are aware on one database and naive on the other."""
        return not getattr(of, "timezone", False)

    def to_url(self, value: datetime) -> str:
        """Write ISO 8601."""
        return value.isoformat()

    def from_url(self, text: str) -> datetime:
        """Read ISO 8601."""
        return without_zone(datetime.fromisoformat(text))

    @staticmethod
    def to_csv(value: datetime) -> str:
        """Write ISO 8601, in UTC if there is a time zone: 2026-11-22T09:30:00Z."""
        if value.tzinfo is None:
            return value.isoformat()
        in_utc = value if value.tzinfo is UTC else value.astimezone(UTC)
        return f"{in_utc.isoformat()[:-6]}Z"

    to_json = to_csv
    to_sheet = staticmethod(as_it_is)

    def from_cell(self, cell: str) -> datetime:
        """Read ISO 8601 without a time zone."""
        wanted = "a time like 2026-11-22T09:30:00, without a zone"
        return read_as(lambda text: without_zone(datetime.fromisoformat(text)), cell.strip(), wanted)

    def history_of(self, value: datetime) -> str:
        """Write ISO 8601 to the microsecond."""
        return value.isoformat(timespec="microseconds")

    def value_in_history(self, value: object) -> datetime:
        """Read ISO 8601, in the zone that the history has."""
        moment = datetime.fromisoformat(str(value))
        if not str(value).endswith(self.zone) or bool(moment.tzinfo) != bool(self.zone):
            raise ValueError(value)
        return moment

    def history_on_sqlite(self, column: Expression) -> Expression:
        """Write ISO 8601 to the microsecond."""
        return moment_on_sqlite(column, self.zone)

    def history_on_postgres(self, column: Expression) -> Expression:
        """Write ISO 8601 to the microsecond."""
        return written_within(column, _LOCAL, func.to_char(column, _IN_HISTORY))

    def from_history_on_sqlite(self, found: Expression) -> Expression:
        """Write SQLite's stored form."""
        return moment_kept(found, self.zone)


class DateTimeKind(LocalDateTimeKind):
    """A moment, stored in UTC."""

    name = "datetime"
    types = (UtcDateTime,)
    zone = "+00:00"

    @classmethod
    def holds(cls, _of: ColumnType) -> bool:
        """Accept it: it is aware on both databases."""
        return True

    def from_url(self, text: str) -> datetime:
        """Read ISO 8601 with a time zone."""
        return with_zone(datetime.fromisoformat(text))

    def csv_sql(self, column: Expression, style: CsvStyle) -> ColumnElement[str]:
        """Write ISO 8601 in UTC."""
        if style.store == "sqlite":
            return _stored_moment(cast(column, Text), style)
        in_utc, seconds = func.timezone("UTC", column), 'YYYY-MM-DD"T"HH24:MI:SS'
        is_whole = func.date_trunc("second", in_utc) == in_utc
        written = case(
            (is_whole, func.to_char(in_utc, f'{seconds}"Z"')), else_=func.to_char(in_utc, f'{seconds}.US"Z"')
        )
        return csv_text(written_within(column, _MOMENTS, written), style)

    def from_cell(self, cell: str) -> datetime:
        """Read ISO 8601; without a time zone it is UTC."""
        return read_as(_in_utc, cell.strip(), "a time like 2026-11-22T09:30:00Z")

    def history_of(self, value: datetime) -> str:
        """Write ISO 8601 in UTC, with the time zone."""
        return value.astimezone(UTC).isoformat(timespec="microseconds")

    def history_on_sqlite(self, column: Expression) -> Expression:
        """Write ISO 8601 in UTC, with the time zone."""
        return moment_on_sqlite(column, self.zone)

    def history_on_postgres(self, column: Expression) -> Expression:
        """Write ISO 8601 in UTC, with the time zone."""
        written = func.to_char(func.timezone("UTC", column), f'{_IN_HISTORY}"+00:00"')
        return written_within(column, _MOMENTS, written)


def is_aware(of: ColumnType) -> bool:
    """Whether the database keeps the time zone of SQLAlchemy's own type: PostgreSQL does, SQLite doesn't."""
    return isinstance(of, DateTime) and of.timezone and has_app_context() and db.engine.dialect.name == "postgresql"


def _in_utc(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def moment_on_sqlite(column: Expression, zone: str) -> Expression:
    """Write what SQLite keeps as the history has it; another spelling, or what is no time, takes longer."""
    text = type_coerce(column, Text())
    usual = func.replace(text, " ", "T").concat(zone) if zone else func.replace(text, " ", "T")
    return case((text.op("GLOB")(_STORED), usual), else_=func.moment_text(text, zone))


def moment_kept(found: Expression, zone: str) -> Expression:
    """Make what SQLite keeps of what the history has."""
    kept = func.replace(func.substr(found, 1, 26), "T", " ", type_=NullType())
    is_read = type_coerce(found, Text()).op("GLOB")(f"{_STORED.replace(' ', 'T')}{zone}")
    return case((is_read, kept), else_=func.stored_value(found, type_=NullType()))


def _stored_moment(text: Expression, style: CsvStyle) -> ColumnElement[str]:
    """Write SQLite's stored form as ISO 8601; another program's text stays as it is."""
    day, time = func.substr(text, 1, 10, type_=Text()), func.replace(func.substr(text, 12), ".000000", "")
    in_utc = day.concat("T").concat(time).concat("Z")
    return case((text.op("GLOB")(_STORED), in_utc), else_=csv_text(text, style))
