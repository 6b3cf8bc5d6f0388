"""Read a CSV file in one go, as a command does: UTF-8 or the encoding that was said, nothing guessed."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import IO

from admin_app.errors import TransferError
from admin_app.transfer.import_.csv_records import CsvRecords
from admin_app.transfer.import_.encodings import certain_encoding
from admin_app.transfer.import_.titles import ROWS_LOOKED_AT, IsTitle, title_row


@dataclass(frozen=True)
class CsvTable:
    """A file's titles, and its rows with their numbers, the first row of the file being 1; rows without anything in them are left out."""

    titles: Sequence[str]
    rows: Iterator[tuple[int, list[str]]]


def decoded(raw: IO[bytes], encoding: str = "") -> io.TextIOWrapper:
    """Return the text of a file that can be gone back in: in this encoding, else UTF-8 or what a mark at its beginning says."""
    is_archive = raw.read(4) == b"PK\x03\x04"
    if is_archive:
        message = "This is a workbook or an archive, not CSV. Open it, save it as “CSV UTF-8” and import that file."
        raise TransferError(message)
    encoding = encoding or certain_encoding(raw)
    raw.seek(0)
    return io.TextIOWrapper(raw, encoding, newline="")


def read_table(file: IO[str], is_title: IsTitle) -> CsvTable:
    """Read the row that has the titles, and what stands below it; the separator is the one by which most of them are titles.

    Raises `TransferError` at once, or while the rows are read, where the file is no CSV or not in its encoding.
    """
    records = CsvRecords(file)
    records.find_delimiter(is_title)
    rows = iter(records)
    first = list(islice(rows, ROWS_LOOKED_AT))
    header = title_row(first, is_title)
    return CsvTable(header.titles, chain((row for row in first if row[0] > header.number), rows))
