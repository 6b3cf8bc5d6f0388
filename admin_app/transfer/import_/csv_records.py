"""Read the records of a CSV file as a stream: at most one record and the lines that were looked at first are in memory."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import chain, takewhile
from typing import TextIO

from admin_app.errors import TransferError
from admin_app.formatting import number
from admin_app.transfer.formats.csv import DELIMITERS
from admin_app.transfer.import_.encodings import not_in_its_encoding
from admin_app.transfer.import_.limits import (
    LONGEST_FIELD,
    LONGEST_LINE,
    MOST_COLUMNS,
    require_columns,
    require_few_cells,
)
from admin_app.transfer.import_.titles import ROWS_LOOKED_AT, IsTitle, has_visible, title_row

# The comma comes first: with a single column, nothing tells which separator is right.
SEPARATORS = (*DELIMITERS.values(), "|")
BYTE_ORDER_MARK = "\ufeff"

# Excel's line that names the separator; Excel doesn't show it.
_SEPARATOR_LINE = re.compile(r'"?sep=([^\r\n])"?[\r\n]*', re.IGNORECASE)
# If no title is known, the right separator gives this share of the rows the same number of cells.
_MOST_ROWS = 0.6
# Lines in which the separator is searched.
_LINES_LOOKED_AT = 100
_LOOKED_AT = 1024 * 1024
# Shorter records aren't checked for their length.
_LONG = 1024 * 1024


class CsvRecords:
    """The records of a CSV text, with any line ends; `delimiter` is "" until it is known."""

    def __init__(self, text: TextIO, delimiter: str = "") -> None:
        """Read the first line: it may name the separator."""
        csv.field_size_limit(LONGEST_FIELD)
        self.delimiter = delimiter
        self._text = text
        # Lines that were read ahead, and how many lines before them are no records.
        self._ahead: list[str] = []
        self._begun = 0
        # How many lines were read as records, and the characters since the last complete one.
        self._number, self._length = 0, 0
        with self._reasons():
            first = text.readline(LONGEST_LINE).removeprefix(BYTE_ORDER_MARK)
        if named := _SEPARATOR_LINE.fullmatch(first):
            self.delimiter = delimiter or named[1]
        self._begun = 1 if named else 0
        self._ahead = [first] if first and not named else []

    def find_delimiter(self, is_title: IsTitle) -> None:
        """Find the separator with which most of the first lines' cells are known titles."""
        if self.delimiter:
            return
        size = sum(map(len, self._ahead))
        with self._reasons():
            while (
                size < _LOOKED_AT
                and len(self._ahead) < _LINES_LOOKED_AT
                and (line := self._text.readline(LONGEST_LINE))
            ):
                self._ahead.append(line)
                size += len(line)
        # A longer line has no titles.
        short = list(takewhile(lambda line: len(line) < _LOOKED_AT, self._ahead))
        self.delimiter = max(SEPARATORS, key=lambda one: _fit(_rows(short, one), is_title))

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        """Yield the records that aren't empty, with their numbers. The first record is 1."""
        # Strict, because a quote that is never closed would swallow the rest of the file as one cell.
        reader = csv.reader(self._lines(), delimiter=self.delimiter, strict=True)
        self._number = self._begun
        with self._reasons():
            for count, cells in enumerate(reader, 1):
                self._length = 0
                if len(cells) > MOST_COLUMNS:
                    require_columns(len(cells), count)
                if has_visible(cells):
                    yield count, cells

    def _lines(self) -> Iterator[str]:
        for line in chain(self._ahead, iter(partial(self._text.readline, LONGEST_LINE), "")):
            self._number += 1
            self._length += len(line)
            if self._length > _LONG:
                self._require_room(line)
            yield line

    def _require_room(self, line: str) -> None:
        if self._length >= LONGEST_LINE:
            message = (
                f"Line {number(self._number)} is longer than {number(LONGEST_LINE)} characters. Is this a CSV file?"
            )
            raise TransferError(message)
        require_few_cells(line, self.delimiter, self._number)

    @contextmanager
    def _reasons(self) -> Iterator[None]:
        """Turn reading errors into `TransferError`s."""
        try:
            yield
        except csv.Error as error:
            raise TransferError(self._no_csv(error)) from error
        except UnicodeDecodeError as error:
            lines = max(self._number, self._begun + len(self._ahead))
            raise not_in_its_encoding(error, self._text.encoding, lines=lines, saved="“CSV UTF-8”") from error

    def _no_csv(self, error: csv.Error) -> str:
        if "field limit" in str(error):
            return f"Line {number(self._number)} has a cell of more than {number(LONGEST_FIELD)} characters. Shorten it, and import the file again."
        return f"This is not CSV from line {self._number} on: {error}."


def is_separator_line(line: str) -> bool:
    """Whether a line only names the separator for spreadsheets."""
    return _SEPARATOR_LINE.fullmatch(line) is not None


def _rows(lines: Sequence[str], separator: str) -> list[tuple[int, list[str]]]:
    """Return the first rows that aren't empty, as far as they can be read with this separator."""
    rows: list[tuple[int, list[str]]] = []
    try:
        for count, cells in enumerate(csv.reader(lines, delimiter=separator, strict=True), 1):
            if len(rows) < ROWS_LOOKED_AT and has_visible(cells):
                rows.append((count, cells))
    except csv.Error:
        pass
    return rows


def _fit(rows: Sequence[tuple[int, list[str]]], is_title: IsTitle) -> tuple[int, int]:
    """Return how many titles are known with this separator, and, if none are, the number of cells that most rows have."""
    titles = sum(map(is_title, title_row(rows, is_title).titles))
    width, count = (Counter(len(cells) for _, cells in rows).most_common(1) or [(0, 0)])[0]
    return titles, width if not titles and width > 1 and count >= _MOST_ROWS * len(rows) else 0
