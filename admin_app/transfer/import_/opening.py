"""Open a file as a person sees it, whatever its format."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO

from admin_app.transfer.import_.csv_reader import CsvTable, decoded, read_table
from admin_app.transfer.import_.source import CSV, Reading, SourceRow


@dataclass(frozen=True)
class _CsvSource:
    """A CSV file."""

    table: CsvTable
    reading: Reading
    sheets: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def titles(self) -> list[str]:
        return self.table.titles

    def rows(self) -> Iterator[SourceRow]:
        return (SourceRow(number, cells) for number, cells in self.table.rows)


def open_source(
    file: IO[bytes], is_title: Callable[[str], bool], reading: Reading = Reading(), *, name: str = ""  # noqa: ARG001, B008
) -> _CsvSource:
    """Open a file; raise `TransferError` where it cannot be read."""
    table = read_table(decoded(file, reading.encoding), is_title)
    return _CsvSource(table, Reading(CSV, reading.encoding or "utf-8", ",", "", 1))
