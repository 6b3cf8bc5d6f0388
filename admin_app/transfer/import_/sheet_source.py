"""Read a sheet of a workbook as titles and rows of text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import IO

from admin_app.errors import TransferError
from admin_app.transfer.import_.cells import Cell, Unreadable, text_of_cell
from admin_app.transfer.import_.sheet_rows import NumberedCells, merged_rows, sheet_rows
from admin_app.transfer.import_.source import XLSX, Reading, SourceRow
from admin_app.transfer.import_.text_source import titles_in
from admin_app.transfer.import_.titles import IsTitle, has_visible
from admin_app.transfer.import_.workbook import Sheet, Workbook

_NUMBERS = (int, float)


class SheetSource:
    """The titles and rows of a sheet; each reader begins at the start of the sheet."""

    def __init__(self, file: IO[bytes], reading: Reading, is_title: IsTitle) -> None:
        """Find the requested sheet, else the first that isn't empty, and its titles."""
        self._workbook = Workbook(file)
        self.sheets = [one.name for one in self._workbook.sheets]
        self._sheet = _wanted(self._workbook, reading.sheet)
        self._header = titles_in(_as_text(sheet_rows(self._workbook, self._sheet)), is_title, reading.titles)
        self._merged = merged_rows(self._workbook, self._sheet)
        self.titles: Sequence[str] = self._header.titles
        self.reading = Reading(XLSX, sheet=self._sheet.name, titles=self._header.number)
        self.notes = [*_of_sheets(self.sheets, self._sheet.name), *self._header.notes(), *self._workbook.notes()]

    def rows(self) -> Iterator[SourceRow]:
        """Yield the rows below the titles."""
        for number, cells in sheet_rows(self._workbook, self._sheet):
            if number > self._header.number:
                texts = list(map(text_of_cell, cells))
                unreadable = {place: cell.why for place, cell in enumerate(cells) if type(cell) is Unreadable}
                if unreadable or has_visible(texts):
                    numbers = [place for place, cell in enumerate(cells) if type(cell) in _NUMBERS]
                    yield self._row(number, texts, unreadable)._replace(numbers=numbers)

    def typed_rows(self) -> Iterator[NumberedCells]:
        """Yield the same rows with typed cells."""
        for number, cells in sheet_rows(self._workbook, self._sheet):
            if number > self._header.number and _has_visible(cells):
                yield number, cells

    def _row(self, number: int, texts: list[str], unreadable: Mapping[int, str]) -> SourceRow:
        texts += [""] * (len(self.titles) - len(texts))
        row = self._header.checked(SourceRow(number, texts))
        if number in self._merged and not row.problem:
            words = f"The cells {self._merged[number]} are merged. Unmerge them, so that each row has its own."
            row = row._replace(problem=words)
        return row._replace(unreadable=unreadable) if unreadable else row


def _has_visible(cells: Sequence[Cell]) -> bool:
    return has_visible(list(map(text_of_cell, cells))) or any(type(cell) is Unreadable for cell in cells)


def _wanted(workbook: Workbook, name: str) -> Sheet:
    if name:
        found = next((one for one in workbook.sheets if one.name == name), None)
        if found is None:
            message = f"The workbook has no sheet “{name[:80]}”. Choose from: {', '.join(one.name for one in workbook.sheets)}."
            raise TransferError(message)
        return found
    visible = [one for one in workbook.sheets if one.is_visible] or workbook.sheets
    return next((one for one in visible if any(_as_text(sheet_rows(workbook, one)))), visible[0])


def _as_text(rows: Iterator[NumberedCells]) -> Iterator[tuple[int, list[str]]]:
    for number, cells in rows:
        texts = list(map(text_of_cell, cells))
        if has_visible(texts):
            yield number, texts


def _of_sheets(sheets: Sequence[str], read: str) -> Iterator[str]:
    if len(sheets) > 1:
        yield f"The workbook has {len(sheets)} sheets. “{read}” is read."
