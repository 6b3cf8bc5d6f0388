"""Turn a cell's text into the value its column keeps."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, Column, Date, Enum, Float, Integer, Numeric, String, Time, Uuid

from admin_app.domain.rules import kept
from admin_app.models.base import UtcDateTime
from admin_app.models.limits import limits_of
from admin_app.transfer.columns import ImportColumn
from admin_app.transfer.spreadsheet import restored


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


def _nothing(column: Column[Any]) -> str | None:
    return "" if isinstance(column.type, String) and not column.nullable else None


def _whole_number(cell: str, column: Column[Any]) -> int:
    if not cell.removeprefix("-").isascii() or not cell.removeprefix("-").isdigit() or len(cell) > 19:  # noqa: PLR2004 -- 64 bits
        message = f"must be a whole number, not “{cell[:40]}”."
        raise ValueError(message)
    smallest, largest = limits_of(column)
    smallest = 1 if column.primary_key or column.foreign_keys else smallest
    if not smallest <= int(cell) <= largest:
        message = f"must be between {smallest:,} and {largest:,}, not {cell}."
        raise ValueError(message)
    return int(cell)


def _number(cell: str, column: Column[Any]) -> Any:
    try:
        return column.type.python_type(cell)
    except (ValueError, ArithmeticError) as error:
        message = f"must be a number, not “{cell[:40]}”."
        raise ValueError(message) from error


def _yes_or_no(cell: str, _column: Column[Any]) -> bool:
    answers = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
    if cell.lower() not in answers:
        message = f"must be yes or no, not “{cell[:40]}”."
        raise ValueError(message)
    return answers[cell.lower()]


def _choice(cell: str, column: Column[Any]) -> Any:
    kind: Any = column.type
    members = {str(member.value).lower(): member for member in kind.enum_class}
    if cell.lower() not in members:
        message = f"must be one of {', '.join(members)}, not “{cell[:40]}”."
        raise ValueError(message)
    return members[cell.lower()]


def _moment(cell: str) -> datetime:
    """Read ISO 8601; a time without a zone is UTC."""
    moment = datetime.fromisoformat(cell)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _reader(read: Callable[[str], Any], wanted: str) -> Callable[[str, Column[Any]], Any]:
    """Let a type's own constructor read the cell; say what was wanted where it cannot."""

    def parse(cell: str, _column: Column[Any]) -> Any:
        try:
            return read(cell)
        except (ValueError, OverflowError) as error:
            message = f"must be {wanted}, not “{cell[:40]}”."
            raise ValueError(message) from error

    return parse


# Tried in this order; everything else is text.
_PARSERS: tuple[tuple[Any, Callable[[str, Any], Any]], ...] = (
    (Boolean, _yes_or_no),
    (Enum, _choice),
    (UtcDateTime, _reader(_moment, "a time like 2026-11-22T09:30:00Z")),
    (Date, _reader(date.fromisoformat, "a date like 2026-11-22")),
    (Time, _reader(time.fromisoformat, "a time like 09:30")),
    (Uuid, _reader(UUID, "a UUID")),
    (Integer, _whole_number),
    ((Float, Numeric), _number),
)
