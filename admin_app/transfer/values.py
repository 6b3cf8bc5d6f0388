"""Turn a cell's text into the value its column keeps."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, Date, DateTime, Enum, Float, Integer, Numeric, String, Time, Uuid

from admin_app.domain.rules import kept
from admin_app.extensions import TableColumn
from admin_app.models.base import UtcDateTime
from admin_app.models.limits import limits_of
from admin_app.numbers import AmbiguousNumber, number, whole_number
from admin_app.transfer.columns import ImportColumn
from admin_app.transfer.spreadsheet import neutralised, restored


def parse_value(column: ImportColumn, cell: str, *, is_verbatim: bool) -> Any:
    """Read a cell as its column keeps it; an empty one is no value, or no characters where text has to be.

    Raises ValueError whose text follows the column's label in a sentence.
    """
    if cell == "":
        return _nothing(column.column)
    for kind, parse in _PARSERS:
        if isinstance(column.column.type, kind):
            return parse(cell.strip(), column.column)
    return kept(column.column, cell if is_verbatim else restored(cell)) or _nothing(column.column)


def _nothing(column: TableColumn) -> str | None:
    return "" if isinstance(column.type, String) and not column.nullable else None


def _whole_number(cell: str, column: TableColumn) -> int:
    value: int = _read(whole_number, cell, "a whole number")
    smallest, largest = limits_of(column)
    smallest = 1 if column.primary_key or column.foreign_keys else smallest
    if not smallest <= value <= largest:
        message = f"must be between {smallest:,} and {largest:,}."
        raise ValueError(message)
    return value


def _number(cell: str, column: TableColumn) -> Any:
    return column.type.python_type(_read(number, cell, "a number"))


def _read(read: Callable[[str], Any], cell: str, wanted: str) -> Any:
    """Read a number as a form does; what may mean two is refused."""
    try:
        return read(cell)
    except AmbiguousNumber as error:
        message = f"may mean {' or '.join(error.readings)}. Write the one that you mean."
        raise ValueError(message) from error
    except ValueError as error:
        message = f"must be {wanted}."
        raise ValueError(message) from error


def _yes_or_no(cell: str, _column: TableColumn) -> bool:
    answers = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
    if cell.lower() not in answers:
        message = "must be yes or no."
        raise ValueError(message)
    return answers[cell.lower()]


def _choice(cell: str, column: TableColumn) -> Any:
    """Find the choice that is written like this, else the first that differs in capitals alone."""
    kind: Any = column.type
    members = {str(one.value): one for one in kind.enum_class} if kind.enum_class else {one: one for one in kind.enums}
    by_text = {form(text).strip(): member for form in (str, neutralised) for text, member in members.items()}
    in_small_letters = {text.lower(): member for text, member in reversed(by_text.items())}
    found = by_text.get(cell, in_small_letters.get(cell.lower()))
    if found is not None:
        return found
    message = f"must be one of {', '.join(members)}."
    raise ValueError(message)


def _moment(cell: str) -> datetime:
    """Read ISO 8601; a time without a zone is UTC."""
    moment = datetime.fromisoformat(cell)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _without_zone(read: Callable[[str], Any]) -> Callable[[str], Any]:
    """Refuse a zone, which a column that keeps none would forget."""

    def read_it(cell: str) -> Any:
        value = read(cell)
        if value.tzinfo is not None:
            raise ValueError(cell)
        return value

    return read_it


def _reader(read: Callable[[str], Any], wanted: str) -> Callable[[str, TableColumn], Any]:
    """Let a type's own constructor read the cell; say what was wanted where it cannot."""

    def parse(cell: str, _column: TableColumn) -> Any:
        try:
            return read(cell)
        except (ValueError, OverflowError) as error:
            message = f"must be {wanted}."
            raise ValueError(message) from error

    return parse


# Tried in this order; everything else is text.
_PARSERS: tuple[tuple[Any, Callable[[str, Any], Any]], ...] = (
    (Boolean, _yes_or_no),
    (Enum, _choice),
    (UtcDateTime, _reader(_moment, "a time like 2026-11-22T09:30:00Z")),
    (DateTime, _reader(_without_zone(datetime.fromisoformat), "a time like 2026-11-22T09:30:00, without a zone")),
    (Date, _reader(date.fromisoformat, "a date like 2026-11-22")),
    (Time, _reader(_without_zone(time.fromisoformat), "a time like 09:30")),
    (Uuid, _reader(UUID, "a UUID")),
    (Integer, _whole_number),
    ((Float, Numeric), _number),
)
