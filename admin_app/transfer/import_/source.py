"""A file as a person sees it: titles (the headers of its columns) above rows of cells, and how it was read."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple, Protocol

# The formats of files; `transfer.formats` has the same names.
CSV, XLSX, JSON, JSON_LINES = "csv", "xlsx", "json", "jsonl"
# In CSV, a text that a spreadsheet would run as a formula gets an apostrophe, which an import removes; it is still there if
# a spreadsheet saved the file as a workbook. In JSON an apostrophe belongs to the text.
NEUTRALISED = frozenset({CSV, XLSX})

_NOTHING: Mapping[int, str] = MappingProxyType({})


@dataclass(frozen=True)
class Reading:
    """How a file is read. What is "" is detected.

    `encoding` and `delimiter` are for text files, `sheet` is for workbooks. `titles` is the number of the header row.
    """

    format: str = ""
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    titles: int = 0


AS_FOUND = Reading()


class SourceRow(NamedTuple):
    """A row of the file: its number, where the first row of the file is 1, and its cells below the titles.

    Every cell is text, even a number or a date. None means that the row doesn't have the cell, like a JSON object that
    lacks a key: the field stays as it is. "" means that the field has no value.

    A `problem` is one of the whole row, whichever columns are imported. The `unreadable` cells, by position, are wrong only
    if their columns are imported: "#REF!", a list in JSON. Problems are sentences.
    """

    number: int
    cells: Sequence[str | None]
    problem: str = ""
    unreadable: Mapping[int, str] = _NOTHING
    # Positions of cells that are numbers in the file: their decimal sign is a point, whatever the file's texts use.
    numbers: Collection[int] = frozenset()


class Source(Protocol):
    """An opened file."""

    @property
    def reading(self) -> Reading:
        """How the file is read, with the detected settings."""

    @property
    def titles(self) -> Sequence[str]:
        """The titles; "" for a column without one."""

    @property
    def sheets(self) -> Sequence[str]:
        """The sheets of a workbook, none for other files."""

    @property
    def notes(self) -> Sequence[str]:
        """What was left out, in sentences: "2 lines above the header row were left out."."""

    def rows(self) -> Iterator[SourceRow]:
        """Yield the rows that aren't empty. Each call begins at the first row; only one reader may be active.

        Raises `TransferError` if the file can't be read any further.
        """
