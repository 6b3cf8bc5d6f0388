"""Yes or no."""

from __future__ import annotations

from sqlalchemy import Boolean, ColumnElement, Integer, case, cast

from admin_app.kinds.base import CsvStyle, Expression, Kind, as_it_is
from admin_app.kinds.text import csv_text

_ANSWERS = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
_IN_AN_ADDRESS = {"True": True, "False": False}


class BooleanKind(Kind[bool]):
    """Yes or no. An unticked box means no."""

    name = "boolean"
    types = (Boolean,)
    values = (bool,)
    is_always_answered = True
    is_inert = True

    def from_url(self, text: str) -> bool:
        """Read Python's words, as `to_url` writes them."""
        return _IN_AN_ADDRESS[text]

    @staticmethod
    def to_csv(value: object) -> str:
        """Write "yes" or "no"."""
        return "yes" if value else "no"

    to_json = staticmethod(as_it_is)
    to_sheet = staticmethod(as_it_is)

    def csv_sql(self, column: Expression, style: CsvStyle) -> ColumnElement[str]:
        """Write "yes" or "no", and what is neither as it is."""
        return case((column.is_(False), "no"), (column.is_(True), "yes"), else_=csv_text(column, style))

    def from_cell(self, cell: str) -> bool:
        """Read "yes" and "no", and what programs write instead."""
        answer = _ANSWERS.get(cell.strip().lower())
        if answer is None:
            message = "must be yes or no."
            raise ValueError(message)
        return answer

    def history_of(self, value: object) -> int:
        """Write 1 or 0, as SQLite stores it."""
        return int(bool(value))

    def value_in_history(self, value: object) -> bool:
        """Read 1 or 0."""
        if value not in {0, 1}:
            raise ValueError(value)
        return bool(value)

    def history_on_postgres(self, column: Expression) -> Expression:
        """Write 1 or 0, as SQLite stores it."""
        return cast(column, Integer)

    def from_history_on_postgres(self, text: Expression) -> Expression:
        """Turn 1 or 0 into a boolean."""
        return cast(cast(text, Integer), Boolean)
