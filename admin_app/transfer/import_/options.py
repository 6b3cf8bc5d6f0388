"""The options of an import: which field each column fills, which records are meant, and how cells are read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

Pair = tuple[str, str]
# Names of the pairs in which a plan stores the options: "column.3" is the key that the file's column fills, "by.user_id"
# the column that names related records, "make.user_id" that missing ones are created, "keep.tags" that present links stay.
COLUMN, BY, MAKE, KEEP = "column.", "by.", "make.", "keep."


class Mode(StrEnum):
    """What the rows may do."""

    ADD = "add"
    UPDATE = "update"
    BOTH = "both"


class Empty(StrEnum):
    """What an empty cell does to an existing record."""

    LEAVE = "leave"
    CLEAR = "clear"


class DateOrder(StrEnum):
    """The meaning of 03.04.2026. A date that begins with the year is never ambiguous."""

    NONE = ""
    DAY_FIRST = "dmy"
    MONTH_FIRST = "mdy"


@dataclass(frozen=True)
class ImportOptions:
    """The options of one import."""

    # The key of the column that each of the file's columns fills, by position; columns without an entry are left out.
    columns: Mapping[int, str]
    mode: Mode = Mode.BOTH
    # The key of the unique column by which a row finds its record, "" if every row is a new one.
    match: str = "id"
    empty: Empty = Empty.CLEAR
    # By relation column: the key of the unique column by which the file names related records.
    by: Mapping[str, str] = field(default_factory=dict)
    # The relation columns whose missing records are created.
    makes: frozenset[str] = frozenset()
    dates: DateOrder = DateOrder.NONE
    # "," if the file writes 1,5.
    decimal: str = "."
    # Whether the apostrophe before =, +, - and @, which spreadsheets hide, belongs to the text.
    is_verbatim: bool = False
    # The relations whose present links stay when a file adds others.
    keeps: frozenset[str] = frozenset()

    def to_pairs(self) -> Iterator[Pair]:
        """Return the options as pairs of texts."""
        yield from ((f"{COLUMN}{place}", key) for place, key in self.columns.items())
        yield from ((f"{BY}{key}", column) for key, column in self.by.items())
        yield from ((f"{MAKE}{key}", "1") for key in sorted(self.makes))
        yield from ((f"{KEEP}{key}", "1") for key in sorted(self.keeps))
        yield from (
            ("mode", self.mode.value),
            ("match", self.match),
            ("empty", self.empty.value),
            ("dates", self.dates.value),
            ("decimal", self.decimal),
            ("verbatim", "1" if self.is_verbatim else ""),
        )


def options_of(pairs: Iterable[Pair]) -> ImportOptions:
    """Read what `to_pairs` wrote; raise `ValueError` for anything else. Other pairs are ignored."""
    given = dict(pairs)
    return ImportOptions(
        columns={int(name.removeprefix(COLUMN)): key for name, key in given.items() if name.startswith(COLUMN) and key},
        mode=Mode(given.get("mode", Mode.BOTH)),
        match=given.get("match", "id"),
        empty=Empty(given.get("empty", Empty.CLEAR)),
        by={name.removeprefix(BY): column for name, column in given.items() if name.startswith(BY)},
        makes=frozenset(name.removeprefix(MAKE) for name, value in given.items() if name.startswith(MAKE) and value),
        dates=DateOrder(given.get("dates", DateOrder.NONE)),
        decimal=given.get("decimal", "."),
        is_verbatim=bool(given.get("verbatim")),
        keeps=frozenset(name.removeprefix(KEEP) for name, value in given.items() if name.startswith(KEEP) and value),
    )
