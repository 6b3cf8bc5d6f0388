"""A place in a list as it stands in a URL: `19000~2023-08-29T13:00:59+00:00`, the row's key and what it is sorted by."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from admin_app.extensions import TableColumn
from admin_app.models.limits import as_key, limits_of
from admin_app.selection.keyset import Order, Place

# Stands before every character that an id or a number may have, so that the first ones are separators.
MARK = "~"


def print_place(place: Place) -> str:
    """Write a place: the key, the related record's key where there is one, the value; NULL is left out."""
    parts = [place.key] if place.related is None else [place.key, place.related]
    text = MARK.join(str(part) for part in parts)
    return text if place.value is None else f"{text}{MARK}{_text_of(place.value)}"


def parse_place(order: Order, text: str) -> Place | None:
    """Read a place of this order; None for what is none: a place of another order, or made up."""
    key_text, has_value, rest = text.partition(MARK)
    key = as_key(order.model, key_text)
    if key is None or "\0" in text:
        return None
    if order.sort is None or not has_value:
        return Place(None, None, key)
    related = None
    if order.sort.relation is not None:
        related_text, _, rest = rest.partition(MARK)
        related = as_key(order.sort.column.parent.class_, related_text)
        if related is None:
            return None
    try:
        return Place(_value_of(order.sort.column.property.columns[0], rest), related, key)
    except (ValueError, ArithmeticError, KeyError):
        return None


def _text_of(value: Any) -> str:
    match value:
        case Enum():
            return str(value.value)
        case date() | time():
            return value.isoformat()
        case _:
            return str(value)


def _value_of(column: TableColumn, text: str) -> Any:
    """Read a value of this column's type; raise ValueError for anything else."""
    kind = column.type.python_type
    if issubclass(kind, Enum):
        return kind(text)
    value = _PARSERS[kind](text)
    if isinstance(value, datetime) and value.tzinfo is None:
        message = "a place's time has a zone"
        raise ValueError(message)
    if kind is int and not limits_of(column)[0] <= value <= limits_of(column)[1]:
        message = "the number is too large for its column"
        raise ValueError(message)
    return value


_PARSERS: dict[type, Callable[[str], Any]] = {
    str: str,
    int: int,
    float: float,
    Decimal: Decimal,
    bool: {"True": True, "False": False}.__getitem__,
    datetime: datetime.fromisoformat,
    date: date.fromisoformat,
    time: time.fromisoformat,
    UUID: UUID,
}
