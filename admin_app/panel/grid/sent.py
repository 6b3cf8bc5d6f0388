"""The input of a page of cells: each row's version and values, under names with the row's id. Positions mean nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from werkzeug.datastructures import MultiDict

from admin_app.db.keys import Key, read_key
from admin_app.db.record import Record
from admin_app.errors import SelectionError
from admin_app.panel.forms.source import VERSION
from admin_app.selection.list_schema import PAGE_SIZES

# The columns that were drawn: an unticked box sends nothing, and must be distinguished from a column that was not there.
COLUMNS = "_columns"
# "12-content" is a typed field, "_version-12" one of our own.
_TYPED = re.compile(r"([0-9A-Za-z._]+)-(.+)")
_OWN = re.compile(r"(_.+)-([0-9A-Za-z._]+)")


@dataclass(frozen=True)
class SentRow:
    """A row's fields, by the names that they have in the record's own form."""

    own: dict[str, str] = field(default_factory=dict)
    typed: MultiDict[str, str] = field(default_factory=MultiDict)


@dataclass(frozen=True)
class SentPage:
    """The rows that the page showed, in its order, and the columns that it drew."""

    columns: tuple[str, ...]
    rows: Mapping[Key, SentRow]


def read_page(model: type[Record], fields: Iterable[tuple[str, str]]) -> SentPage:
    """Read the sent rows, skipping those without a version. Raise `SelectionError` for more rows than a page has."""
    columns, found = "", dict[str, SentRow]()
    for name, value in fields:
        if name == COLUMNS:
            columns = value
        elif (place := place_of(name)) is not None:
            row = found.setdefault(place[0], SentRow())
            row.typed.add(place[1], value)
            row.own[place[1]] = value
    rows = {
        key: row for text, row in found.items() if VERSION in row.own and (key := read_key(model, text)) is not None
    }
    if len(rows) > max(PAGE_SIZES):
        message = f"This form has more than {max(PAGE_SIZES)} rows. Nothing was saved."
        raise SelectionError(message)
    return SentPage(tuple(dict.fromkeys(columns.split(","))), rows)


def place_of(name: str) -> tuple[str, str] | None:
    """Return a control's row id and the field's name in the record's own form; None for a control of no row."""
    if match := _OWN.fullmatch(name):
        return match[2], match[1]
    match = _TYPED.fullmatch(name)
    return (match[1], match[2]) if match else None
