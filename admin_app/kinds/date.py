"""A date."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, Date, func

from admin_app.kinds.base import CsvStyle, Expression, Kind, as_it_is, read_as, written_within
from admin_app.kinds.text import csv_text


class DateKind(Kind[date]):
    """A date. Its text is always ISO 8601."""

    name = "date"
    types = (Date,)
    values = (date,)
    is_inert = True

    def to_url(self, value: date) -> str:
        """Write ISO 8601."""
        return value.isoformat()

    def from_url(self, text: str) -> date:
        """Read ISO 8601."""
        return date.fromisoformat(text)

    @staticmethod
    def to_csv(value: date) -> str:
        """Write ISO 8601."""
        return value.isoformat()

    to_json = to_csv
    to_sheet = staticmethod(as_it_is)

    def csv_sql(self, column: Expression, style: CsvStyle) -> ColumnElement[str]:
        """Write ISO 8601, which is how SQLite stores it."""
        return csv_text(column if style.store == "sqlite" else self.history_on_postgres(column), style)

    def from_cell(self, cell: str) -> date:
        """Read ISO 8601."""
        return read_as(date.fromisoformat, cell.strip(), "a date like 2026-11-22")

    def history_of(self, value: date) -> str:
        """Write ISO 8601."""
        return value.isoformat()

    def value_in_history(self, value: object) -> date:
        """Read ISO 8601."""
        return date.fromisoformat(str(value))

    def history_on_postgres(self, column: Expression) -> Expression:
        """Write ISO 8601, which is how SQLite stores it."""
        return written_within(column, (date.min, date.max), func.to_char(column, "YYYY-MM-DD"))
