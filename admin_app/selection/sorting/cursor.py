"""A place in a list as it stands in a URL: `19000~2023-08-29T13:00:59+00:00`, the row's key and what it is sorted by."""

from __future__ import annotations

from typing import Any

from admin_app.db.keys import print_key, read_key
from admin_app.kinds import kind_of
from admin_app.selection.sorting.keyset import Cursor, SortOrder

# Stands before every character that an id or a number may have, so that the first ones are separators.
MARK = "~"
# Digits of a number of children that fits the database's integers.
LONGEST_COUNT = 19


def print_cursor(order: SortOrder, place: Cursor) -> str:
    """Write a place: the key, the related record's key where there is one, the value; NULL is left out."""
    parts: list[Any] = [place.key] if place.related is None else [place.key, place.related]
    text = MARK.join(map(print_key, parts))
    if order.sort is None or place.value is None:
        return text
    value = str(place.value) if order.sort.is_count else kind_of(order.sort.column).to_url(place.value)
    return f"{text}{MARK}{value}"


def parse_cursor(order: SortOrder, text: str) -> Cursor | None:
    """Read a place of this order; None for what is none: a place of another order, or made up."""
    key_text, has_value, rest = text.partition(MARK)
    key = read_key(order.model, key_text)
    if key is None or "\0" in text:
        return None
    if order.sort is None or not has_value:
        return Cursor(None, None, key)
    if order.sort.is_count:
        return Cursor(int(rest), None, key) if rest.isascii() and rest.isdigit() and len(rest) < LONGEST_COUNT else None
    related = None
    if order.sort.relation is not None:
        related_text, _, rest = rest.partition(MARK)
        related = read_key(order.sort.column.parent.class_, related_text)
        if related is None:
            return None
    try:
        return Cursor(kind_of(order.sort.column).from_url(rest), related, key)
    except (ValueError, ArithmeticError, KeyError):
        return None
