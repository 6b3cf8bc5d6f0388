"""Cursors in addresses: `19000~2023-08-29T13:00:59+00:00` is a row's key and its sort value."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from admin_app.db.driver_text import stored_text, unreadable_of
from admin_app.db.keys import print_key, read_key
from admin_app.db.unreadable import Unreadable
from admin_app.kinds import kind_of
from admin_app.selection.list_schema import SortKey
from admin_app.selection.sorting.keyset import Cursor, SortOrder

# No key contains this mark, so that the first ones are separators.
MARK = "~"
# Digits of a count that fits the database's integers.
LONGEST_COUNT = 19
# Stands before a value that its column's type cannot read. No kind but text writes one that begins so.
_AS_STORED = "stored:"
_UNREADABLE = (ValueError, ArithmeticError, KeyError)


def print_cursor(order: SortOrder, place: Cursor) -> str:
    """Print a cursor: the key, the second value, the related record's key if there is one, the value; NULL is left out."""
    parts: list[Any] = [place.key] if place.related is None else [place.key, place.related]
    key, *related = map(print_key, parts)
    text = MARK.join([key, *_print_second(order, place), *related])
    if order.sort is None or place.value is None:
        return text
    return f"{text}{MARK}{_print_value(order.sort, place.value)}"


def parse_cursor(order: SortOrder, text: str) -> Cursor | None:
    """Read a cursor of this order; None if it belongs to another order, or is invented."""
    key_text, has_more, rest = text.partition(MARK)
    key = read_key(order.model, key_text)
    if key is None or "\0" in text or (order.second is not None and not has_more):
        return None
    if order.second is None:
        return _parse_first(order, text, key)
    second_text, mark, rest = rest.partition(MARK)
    first = _parse_first(order, f"{key_text}{mark}{rest}", key)
    try:
        return None if first is None else replace(first, second=_parse_second(order.second.sort, second_text))
    except _UNREADABLE:
        return None


def _parse_first(order: SortOrder, text: str, key: object) -> Cursor | None:
    """Read a cursor of an order without a second column."""
    _, has_value, rest = text.partition(MARK)
    if order.sort is None or not has_value:
        return Cursor(None, None, key)
    related = None
    if order.sort.relation is not None:
        related_text, _, rest = rest.partition(MARK)
        related = read_key(order.sort.column.parent.class_, related_text)
        if related is None:
            return None
    try:
        return Cursor(_read_value(order.sort, rest), related, key)
    except _UNREADABLE:
        return None


def _print_second(order: SortOrder, place: Cursor) -> list[str]:
    """Print the second value without the mark that ends it: nothing for NULL, otherwise it begins with "="."""
    if order.second is None:
        return []
    if place.second is None:
        return [""]
    return ["=" + _print_value(order.second.sort, place.second).replace("%", "%25").replace(MARK, "%7E")]


def _parse_second(sort: SortKey, text: str) -> object:
    if not text:
        return None
    if not text.startswith("="):
        raise ValueError(text)
    return _read_value(sort, text[1:].replace("%7E", MARK).replace("%25", "%"))


def _print_value(sort: SortKey, value: Any) -> str:
    if isinstance(value, Unreadable):
        return f"{_AS_STORED}{stored_text(value.raw)}"
    return str(value) if sort.is_count else kind_of(sort.column).to_url(value)


def _read_value(sort: SortKey, text: str) -> object:
    if text.startswith(_AS_STORED) and not kind_of(sort.column).is_text:
        kept = text.removeprefix(_AS_STORED)
        return unreadable_of(int(kept) if kept.removeprefix("-").isdecimal() else kept)
    if not sort.is_count:
        return kind_of(sort.column).from_url(text)
    if not (text.isascii() and text.isdigit() and len(text) < LONGEST_COUNT):
        raise ValueError(text)
    return int(text)
