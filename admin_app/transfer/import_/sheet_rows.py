"""Read the rows of an XLSX sheet as a stream, in constant memory."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import IO

from admin_app.errors import TransferError
from admin_app.formatting import number
from admin_app.transfer.import_.cells import Cell, Unreadable, moment_in, number_in, whole_text
from admin_app.transfer.import_.limits import LONGEST_LINE, MOST_COLUMNS, require_cell, require_columns
from admin_app.transfer.import_.number_formats import Style
from admin_app.transfer.import_.shared_texts import Texts, unescaped
from admin_app.transfer.import_.workbook import Sheet, Workbook
from admin_app.transfer.import_.xml import CHUNK, Xml

NumberedCells = tuple[int, list[Cell]]

_MERGED = re.compile(rb'<(?:\w{1,20}:)?mergeCell\s[^<>]*?ref="([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})"')
# A sheet with more merged rows is refused.
_MOST_MERGED = 100_000
# Longer than any such tag.
_TAG = 200
_NO_VALUE = "its formula has no value. Open the workbook in a spreadsheet program, save it, and import it again."


def sheet_rows(workbook: Workbook, sheet: Sheet) -> Iterator[NumberedCells]:
    """Yield the sheet's rows with their numbers; the cells go from column A to the last one present."""
    reader = _Rows(workbook.texts(), workbook.styles, is_macintosh=workbook.is_macintosh)
    with workbook.archive.part(sheet.part) as part:
        for _ in reader.xml.pieces(part):
            rows, reader.rows = reader.rows, []
            yield from rows


def merged_rows(workbook: Workbook, sheet: Sheet) -> dict[int, str]:
    """Return the ranges of merged cells by row; the sheet lists them at its end.

    In a vertical range the first row has the value, so that row is complete and left out.
    """
    rows: dict[int, str] = {}
    left = _MOST_MERGED
    with workbook.archive.part(sheet.part) as part:
        for first, top, last, bottom in _merged(part):
            places = range(top + (first == last), bottom + 1)
            left -= len(places)
            if left < 0:
                message = f"More than {number(_MOST_MERGED)} rows of the sheet have merged cells. Unmerge them, and import the file again."
                raise TransferError(message)
            rows.update(dict.fromkeys(places, f"{first}{top}:{last}{bottom}"))
    return rows


def _merged(part: IO[bytes]) -> Iterator[tuple[str, int, str, int]]:
    held = b""
    while piece := part.read(CHUNK):
        held += piece
        for match in _MERGED.finditer(held):
            yield match[1].decode(), int(match[2]), match[3].decode(), int(match[4])
        found = held.rfind(b"<")
        held = held[max(found, len(held) - _TAG) :] if found >= 0 else b""


class _Rows:
    """Turns XML elements into rows."""

    def __init__(self, texts: Texts, styles: list[Style], *, is_macintosh: bool) -> None:
        self.rows: list[NumberedCells] = []
        self.xml = Xml(self)
        self._texts, self._styles, self._is_macintosh = texts, styles, is_macintosh
        self._columns: dict[str, int] = {}
        self._number, self._cells = 0, list[Cell]()
        self._column, self._kind, self._style = 0, "", "0"
        self._parts: list[str] = []
        self._length = 0
        self._has_formula = self._is_spoken = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "c":
            place = attributes.get("r")
            self._column = len(self._cells) if place is None else self._column_of(place)
            self._kind, self._style = attributes.get("t", ""), attributes.get("s", "0")
            self._has_formula, self._parts = False, []
        elif name in {"v", "t"}:
            if not self._is_spoken:
                self.xml.listen(self._hear)
        elif name == "row":
            self._begin_row(int(attributes.get("r") or self._number + 1))
        elif name == "f":
            self._has_formula = True
        elif name == "rPh":
            self._is_spoken = True

    def end(self, name: str) -> None:
        if name in {"v", "t"}:
            self.xml.listen(None)
        elif name == "c":
            if self._column != len(self._cells):
                self._fill()
            self._cells.append(self._value())
            if len(self._cells) > MOST_COLUMNS:
                require_columns(len(self._cells), self._number)
        elif name == "row":
            self.rows.append((self._number, self._cells))
        elif name == "rPh":
            self._is_spoken = False

    def _begin_row(self, row: int) -> None:
        if row <= self._number:
            raise ValueError(row)
        self._number, self._cells, self._length = row, [], 0

    def _fill(self) -> None:
        """Add the cells that the sheet leaves out."""
        if self._column < len(self._cells):
            raise ValueError(self._column)
        self._cells.extend([None] * (self._column - len(self._cells)))

    def _column_of(self, place: str) -> int:
        letters = place.rstrip("0123456789")
        if letters not in self._columns:
            column = 0
            for letter in letters.upper():
                column = column * 26 + ord(letter) - ord("A") + 1
            require_columns(column, self._number)
            self._columns[letters] = column - 1
        return self._columns[letters]

    def _hear(self, text: str) -> None:
        self._parts.append(text)
        self._length += len(text)
        if self._length > LONGEST_LINE:
            message = f"Row {number(self._number)} is longer than {number(LONGEST_LINE)} characters. Shorten it."
            raise TransferError(message)

    def _value(self) -> Cell:
        text, kind = "".join(self._parts), self._kind
        if kind == "s":
            return whole_text(self._texts[int(text)]) if text else None
        if kind in {"inlineStr", "str"}:
            require_cell(text, self._number)
            return whole_text(unescaped(text))
        if not text:
            return Unreadable("", _NO_VALUE) if self._has_formula else None
        return self._typed(kind, text)

    def _typed(self, kind: str, text: str) -> Cell:
        if kind == "b":
            return text == "1"
        if kind == "e":
            return Unreadable(text, f"the cell has the error {text[:20]}. Correct its formula.")
        if kind == "d":
            return text.removesuffix("T00:00:00").removesuffix("T00:00:00Z")
        style = self._styles[place] if (place := int(self._style)) < len(self._styles) else None
        if style is None:
            return number_in(text)
        if isinstance(style, int):
            value = number_in(text)
            return str(value).zfill(style) if isinstance(value, int) else value
        return moment_in(text, style, is_macintosh=self._is_macintosh)
