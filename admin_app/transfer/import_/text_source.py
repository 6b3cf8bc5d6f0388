"""Read a text file with separators: CSV, also with semicolons, tabs or bars."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from itertools import islice
from typing import IO

from admin_app.errors import TransferError
from admin_app.formatting import number
from admin_app.transfer.import_.csv_records import CsvRecords
from admin_app.transfer.import_.encodings import text_of
from admin_app.transfer.import_.source import CSV, Reading, SourceRow
from admin_app.transfer.import_.titles import ROWS_LOOKED_AT, IsTitle, TitleRow, title_row, titles_at


class TextSource:
    """The titles and rows of a text file; each reader begins at the start of the file."""

    sheets: Sequence[str] = ()

    def __init__(self, file: IO[bytes], reading: Reading, is_title: IsTitle) -> None:
        """Find the separator and the titles; the encoding is known."""
        self._file = file
        with closing(text_of(file, reading.encoding)) as text:
            records = CsvRecords(text, reading.delimiter)
            records.find_delimiter(is_title)
            self._header = titles_in(iter(records), is_title, reading.titles)
        self.reading = replace(reading, format=CSV, delimiter=records.delimiter, titles=self._header.number)
        self.titles = self._header.titles
        self.notes = self._header.notes()

    def rows(self) -> Iterator[SourceRow]:
        """Yield the rows below the titles."""
        with closing(text_of(self._file, self.reading.encoding)) as text:
            yield from rows_below(self._header, iter(CsvRecords(text, self.reading.delimiter)))


def titles_in(rows: Iterator[tuple[int, list[str]]], is_title: IsTitle, wanted: int) -> TitleRow:
    """Return the header row: the one with the wanted number, or for 0 the most probable of the first rows."""
    if not wanted:
        return title_row(list(islice(rows, ROWS_LOOKED_AT)), is_title)
    for above, (count, cells) in enumerate(rows):
        if count == wanted:
            return replace(titles_at([(count, cells)], 0), above=above)
    message = f"The file has no row {number(wanted)} to be the header row."
    raise TransferError(message)


def rows_below(header: TitleRow, rows: Iterator[tuple[int, list[str]]]) -> Iterator[SourceRow]:
    """Yield the rows below the titles, with the problems of those that don't fit the titles."""
    width, is_named = len(header.titles), "" not in header.titles
    for count, cells in rows:
        if count > header.number:
            row = SourceRow(count, cells)
            yield row if is_named and len(cells) == width else header.checked(row)
