"""Guess which field a file's title means and how its cells are written, for a person to check."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from admin_app.extensions import TableColumn
from admin_app.kinds import kind_of
from admin_app.kinds.formatted import EmailKind
from admin_app.panel.access.access import Access
from admin_app.panel.export.columns import ignored_headers, import_columns
from admin_app.panel.export.headers import Headers
from admin_app.panel.import_.offered import KEY, importable_columns, lookup_columns, relations_to_one
from admin_app.panel.import_.other_names import column_meant, letters_of
from admin_app.relations.base import Relation
from admin_app.transfer.columns import ImportColumn, plain
from admin_app.transfer.import_.headers import column_called, is_title
from admin_app.transfer.import_.options import DateOrder

_DATE = re.compile(r"\s*(\d{1,2})([./-])(\d{1,2})\2(\d{4})(?:[ T].*)?\s*")
_MONTHS = 12


def knows_title(access: Access, title: str) -> bool:
    """Whether a cell can be the title of a column here."""
    called = {plain(word) for relation in relations_to_one(access).values() for word in _words(access, relation)}
    return plain(title) in called or is_title(title, import_columns(access.resource), ignored_headers(access))


def digest_of(titles: Sequence[str]) -> str:
    """Return the same text for all files with the same titles, in any order."""
    return hashlib.sha256(json.dumps(sorted(map(plain, titles))).encode()).hexdigest()


def guessed_columns(access: Access, titles: Sequence[str], values: Sequence[Sequence[str]]) -> dict[int, str]:
    """Return the key of the column that each title means, by position; `values` are some cells below each title."""
    offered, found = importable_columns(access), dict[int, str]()
    columns, ignored = import_columns(access.resource), ignored_headers(access)
    for place, title in enumerate(titles):
        called = column_called(title, columns, ignored) if title else None
        key = "" if called is None else called.key
        if key in offered and key not in found.values():
            found[place] = key
    for place, title in enumerate(titles):
        key = "" if place in found else _relation_called(access, title, values[place])
        if key in offered and key not in found.values() and not _is_told(offered[key], found.values()):
            found[place] = key
    for_people = {plain(word) for word in ignored}
    for place, title in enumerate(titles):
        key = "" if place in found or plain(title) in for_people else column_meant(title, offered)
        if key and key not in found.values():
            found[place] = key
    return dict(sorted(found.items()))


def _is_told(column: ImportColumn, found: Collection[str]) -> bool:
    """Whether the file fills the relation's own columns. Then its name column is only there for people to read."""
    return bool(column.names) and {*column.names} <= {*found}


def _relation_called(access: Access, title: str, values: Sequence[str]) -> str:
    """Return the key of a relation's column whose cells name records by a unique value, as in an export."""
    for key, relation in relations_to_one(access).items():
        is_named = values and letters_of(title) in {letters_of(word) for word in _words(access, relation)} - {""}
        if (
            is_named
            and (by := guessed_lookup(lookup_columns(access, relation), values))
            and _are_unlike_names(by, values)
        ):
            return key
    return ""


def _are_unlike_names(by: str, values: Sequence[str]) -> bool:
    return by != KEY or all(value.strip().isdecimal() for value in values)


def _words(access: Access, relation: Relation) -> tuple[str, ...]:
    return relation.key, access.resource.label(relation.key), Headers(access.resource).of(relation.key)


def guessed_lookup(columns: Mapping[str, TableColumn], values: Sequence[str]) -> str:
    """Return the column by which cells name records: digits are keys, a text with “@” is an email."""
    emails = [key for key, one in columns.items() if isinstance(kind_of(one), EmailKind)]
    if emails and any("@" in value for value in values):
        return emails[0]
    others = [key for key in columns if key != KEY and key not in emails]
    are_keys = not others or (KEY in columns and all(value.strip().isdecimal() for value in values))
    return KEY if are_keys else others[0]


@dataclass(frozen=True)
class FoundDate:
    """An ambiguous date in a file, and the order in which the file probably writes dates."""

    text: str = ""
    guess: DateOrder = DateOrder.NONE

    def meant(self, order: DateOrder) -> str:
        """Return the date in words, "" if it doesn't exist in this order."""
        match = _DATE.fullmatch(self.text)
        if match is None:
            return ""
        first, _, second, year = match.groups()
        day, month = (first, second) if order is DateOrder.DAY_FIRST else (second, first)
        try:
            found = date(int(year), int(month), int(day))
        except ValueError:
            return ""
        return f"{found.day} {found:%B %Y}"


def found_date(values: Iterable[str]) -> FoundDate:
    """Return the first ambiguous date. A later unambiguous one decides the order: 03.04.2026, then 25.12.2026."""
    matches = [match for value in values if (match := _DATE.fullmatch(value))]
    if not matches:
        return FoundDate()
    if any(int(match[1]) > _MONTHS for match in matches):
        guess = DateOrder.DAY_FIRST
    elif any(int(match[3]) > _MONTHS for match in matches):
        guess = DateOrder.MONTH_FIRST
    else:
        # Dates with points have the day first wherever they are used.
        guess = DateOrder.DAY_FIRST if matches[0][2] == "." else DateOrder.NONE
    return FoundDate(f"{matches[0][1]}{matches[0][2]}{matches[0][3]}{matches[0][2]}{matches[0][4]}", guess)
