"""A file as a person sees it: titles above rows of cells, whatever its format, and how it was read."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple, Protocol

# Of these a file is one; the names are those of `transfer.formats`.
CSV, XLSX, JSON, JSON_LINES = "csv", "xlsx", "json", "jsonl"
# In CSV a text that a spreadsheet would run carries an apostrophe, which is taken off, and still does where a spreadsheet
# saved it as a workbook. In JSON an apostrophe is the text's own.
NEUTRALISED = frozenset({CSV, XLSX})

_NOTHING: Mapping[int, str] = MappingProxyType({})


@dataclass(frozen=True)
class Reading:
    """How a file is read. What is "" is found out.

    `encoding` and `delimiter` concern text, `sheet` a workbook. `titles` is the number of the row that has the titles.
    """

    format: str = ""
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    titles: int = 0


AS_FOUND = Reading()


class SourceRow(NamedTuple):
    """A row of the file: its number as a person counts, the first row of the file being 1, and its cells, below the titles.

    A cell is text, also where the file has a number or a day. None: the row does not have this cell, as a JSON object that
    lacks a key; it says nothing of the field, where "" says that there is no value.

    A row with a `problem` does not stand below the titles, and is wrong whatever is made of its columns. A cell in
    `unreadable`, by its place, is wrong where its column goes anywhere: "#REF!", a list in JSON. Both are sentences.
    """

    number: int
    cells: Sequence[str | None]
    problem: str = ""
    unreadable: Mapping[int, str] = _NOTHING
    # The places of cells that the file has as numbers: the point in them is one, whatever its texts have.
    numbers: Collection[int] = frozenset()


class Source(Protocol):
    """A file that was opened."""

    @property
    def reading(self) -> Reading:
        """How it is read, with what was found out."""

    @property
    def titles(self) -> Sequence[str]:
        """The titles; "" for a column without one."""

    @property
    def sheets(self) -> Sequence[str]:
        """The sheets of a workbook, none for other files."""

    @property
    def notes(self) -> Sequence[str]:
        """What was passed over, in sentences: "2 lines above the header row were left out."."""

    def rows(self) -> Iterator[SourceRow]:
        """Yield the rows that have something in them, from the first one each time, but to one reader at a time.

        Raises `TransferError` where the file cannot be read on.
        """
