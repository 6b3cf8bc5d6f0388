"""What a person chooses about an import: which column goes where, which records are meant, and how cells are understood."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

Pair = tuple[str, str]
# What the pairs are called by which a plan keeps the choices: "column.3" is where the file's column goes, "by.user_id" which
# column names related records, "make.user_id" that missing ones are made, "keep.tags" that the links that there are stay.
COLUMN, BY, MAKE, KEEP = "column.", "by.", "make.", "keep."


class Mode(StrEnum):
    """What may become of a row."""

    ADD = "add"
    UPDATE = "update"
    BOTH = "both"


class Empty(StrEnum):
    """What an empty cell does to an existing record."""

    LEAVE = "leave"
    CLEAR = "clear"


class DateOrder(StrEnum):
    """What 03.04.2026 means; a date that begins with the year means one thing only."""

    NONE = ""
    DAY_FIRST = "dmy"
    MONTH_FIRST = "mdy"


@dataclass(frozen=True)
class ImportOptions:
    """The choices of one import."""

    # By the place of the file's column, the key of the column that it goes to; a place that is not here is left out.
    columns: Mapping[int, str]
    mode: Mode = Mode.BOTH
    # The key of the unique column by which a row finds its record, "" where every row is a new one.
    match: str = "id"
    empty: Empty = Empty.CLEAR
    # By the key of a relation's column, the key of the unique column of the other side by which the file names its record.
    by: Mapping[str, str] = field(default_factory=dict)
    # The keys of the relations' columns whose missing records are made.
    makes: frozenset[str] = frozenset()
    dates: DateOrder = DateOrder.NONE
    # "," where the file writes 1,5.
    decimal: str = "."
    # Keep the apostrophe before =, +, - and @ that spreadsheets hide.
    is_verbatim: bool = False
    # The relations to many whose links stay where a file brings others.
    keeps: frozenset[str] = frozenset()

    def to_pairs(self) -> Iterator[Pair]:
        """Write the choices as pairs of texts."""
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
    """Read what `to_pairs` wrote; raise `ValueError` for anything else. Further pairs are passed over."""
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
