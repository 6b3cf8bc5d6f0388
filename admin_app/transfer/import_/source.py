"""A file as a person sees it: titles above rows of cells, whatever its format, and how it was read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

# Of these a file is one; the names are those of `transfer.formats`.
CSV, XLSX, JSON, JSON_LINES = "csv", "xlsx", "json", "jsonl"


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


@dataclass(frozen=True)
class SourceRow:
    """A row of the file: its number as a person counts, the first row of the file being 1, and its cells, below the titles.

    A cell is text, also where the file has a number or a day. None: the row does not have this cell, as a JSON object that
    lacks a key; it says nothing of the field, where "" says that there is no value.
    """

    number: int
    cells: Sequence[str | None]


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
        """What was passed over, in sentences: "2 lines above the titles were left out."."""

    def rows(self) -> Iterator[SourceRow]:
        """Yield the rows that have something in them, once; raise `TransferError` where the file cannot be read on."""
