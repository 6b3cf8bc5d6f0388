"""Read a CSV file as a person reads it: its encoding's mark, separator, line ends and empty rows are found, not asked for.

It is read once, piece by piece: nothing here holds more than one line.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

from admin_app.errors import TransferError
from admin_app.transfer.formats.csv import DELIMITERS

# Longer than any text the dashboard takes; Python's default of 128 kB refuses real posts.
LONGEST_FIELD = 16 * 1024 * 1024
# A file without line ends would be held whole.
LONGEST_LINE = 4 * LONGEST_FIELD
# The comma first: where a header is of one column, nothing tells which it is.
SEPARATORS = (*DELIMITERS.values(), "|")
UTF_8 = "utf-8-sig"
# What Excel writes as "CSV" in Western Europe and America.
WINDOWS = "windows-1252"

# Excel's word for the separator, on a line of its own that it does not show.
_SEPARATOR_LINE = re.compile(r'"?sep=([^\r\n])"?[\r\n]*', re.IGNORECASE)
_SIGNS = re.compile(f'["{"".join(SEPARATORS)}]')
# What nobody sees though it is a letter by its category: Hangul's fillers, the Braille pattern without dots.
_UNSEEN_LETTERS = "\u115f\u1160\u2800\u3164\uffa0"
_UNSEEN_CATEGORIES = {"Cc", "Cf", "Zl", "Zp", "Zs"}
_MOST_QUOTED = 60


@dataclass(frozen=True)
class CsvTable:
    """A file's titles, and its rows with their numbers, the first row of the file being 1; rows without anything in them are left out."""

    titles: list[str]
    rows: Iterator[tuple[int, list[str]]]


def decoded(raw: IO[bytes], encoding: str = "") -> io.TextIOWrapper:
    """Return the text of a file that can be gone back in: in this encoding, else UTF-8 or what a mark at its beginning says."""
    beginning = raw.read(4)
    raw.seek(0)
    if beginning.startswith(b"PK\x03\x04"):
        message = "This is a workbook or an archive, not CSV. Open it, save it as “CSV UTF-8” and import that file."
        raise TransferError(message)
    if not encoding and b"\0" in beginning[:2]:
        message = "The file is UTF-16 without a byte order mark. Import it with --encoding utf-16-le or utf-16-be."
        raise TransferError(message)
    is_marked = beginning.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return io.TextIOWrapper(raw, encoding or ("utf-16" if is_marked else UTF_8), newline="")


def read_table(file: IO[str], is_title: Callable[[str], bool]) -> CsvTable:
    """Read the first row that has something in it as titles; the separator is the one by which most of them are titles.

    Raises `TransferError` at once, or while the rows are read, where the file is no CSV or not in its encoding.
    """
    csv.field_size_limit(LONGEST_FIELD)
    lines = _Lines(file)
    with lines.reasons():
        number, record, separator = _first_record(iter(lines))
        separator = separator or _separator_of(record, is_title)
        titles = _cells(record, separator)
    while titles and not is_seen(titles[-1]):
        # What Excel writes for columns that were emptied.
        titles.pop()
    return CsvTable(titles, _rows(lines, separator, number + 1))


def is_seen(text: str) -> bool:
    """Whether a text has anything that a person sees."""
    return any(not _is_unseen(letter) for letter in text)


def _is_unseen(letter: str) -> bool:
    return unicodedata.category(letter) in _UNSEEN_CATEGORIES or letter in _UNSEEN_LETTERS


class _Lines:
    """The lines of a file, whatever their ends, and how many were read."""

    def __init__(self, file: IO[str]) -> None:
        self.file, self.number = file, 0

    def __iter__(self) -> Iterator[str]:
        while line := self.file.readline(LONGEST_LINE):
            self.number += 1
            if len(line) == LONGEST_LINE:
                message = f"Line {self.number:,} is longer than {LONGEST_LINE:,} characters. Is this a CSV file?"
                raise TransferError(message)
            yield line

    @contextmanager
    def reasons(self) -> Iterator[None]:
        """Say what is wrong with the file where reading it fails inside."""
        try:
            yield
        except csv.Error as error:
            message = f"This is not CSV from line {self.number} on: {error}."
            raise TransferError(message) from error
        except UnicodeDecodeError as error:
            raise TransferError(_not_in_its_encoding(error)) from error


def _first_record(lines: Iterator[str]) -> tuple[int, str, str]:
    """Return the number and the text of the first row that is not empty, and the separator if a line before it names one."""
    number, separator = 0, ""
    for line in lines:
        if number == 0 and not separator and (named := _SEPARATOR_LINE.fullmatch(line)):
            separator = named[1]
            continue
        number, record = number + 1, line
        while record.count('"') % 2 and len(record) < LONGEST_LINE and (following := next(lines, "")):
            record += following
        if is_seen(_SIGNS.sub("", record)):
            return number, record, separator
    return number, "", separator


def _separator_of(record: str, is_title: Callable[[str], bool]) -> str:
    return max(SEPARATORS, key=lambda one: sum(map(is_title, _cells_or_none(record, one))))


def _cells_or_none(record: str, separator: str) -> list[str]:
    try:
        return _cells(record, separator)
    except csv.Error:
        return []


def _cells(record: str, separator: str) -> list[str]:
    return next(csv.reader(io.StringIO(record, newline=""), delimiter=separator, strict=True), [])


def _rows(lines: _Lines, separator: str, first: int) -> Iterator[tuple[int, list[str]]]:
    # Strict: a quote that is never closed would swallow the rest of the file as one cell.
    reader = csv.reader(lines, delimiter=separator, strict=True)
    with lines.reasons():
        for number, cells in enumerate(reader, start=first):
            if any(map(is_seen, cells)):
                yield number, cells


def _not_in_its_encoding(error: UnicodeDecodeError) -> str:
    """Say that the file is in another encoding, and show how a line of it would read in the one that spreadsheets use."""
    if error.encoding != "utf-8":
        return f"The file is not {error.encoding}. Save it as “CSV UTF-8” and import it again."
    before = (error.object[: error.start].splitlines() or [b""])[-1]
    line = before + error.object[error.start :].splitlines()[0]
    try:
        shown = line.decode(WINDOWS)
    except UnicodeDecodeError:
        return "The file is not UTF-8. Save it as “CSV UTF-8” and import it again."
    return (
        f"The file is not UTF-8. If “{shown[:_MOST_QUOTED]}” is right, it is Windows-1252: import it with "
        f"--encoding {WINDOWS}. If not, save it as “CSV UTF-8” and import it again."
    )
