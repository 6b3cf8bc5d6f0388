"""Read a file's rows as values: each cell becomes a value of its column, or a problem."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, tzinfo
from functools import cached_property

from admin_app.domain.plan.imported_row import CellProblem, ImportedRow, as_end
from admin_app.extensions import TableColumn, Values
from admin_app.kinds import kind_of
from admin_app.kinds.date import DateKind
from admin_app.kinds.datetime import DateTimeKind, LocalDateTimeKind
from admin_app.kinds.number import DecimalKind, FloatKind, WholeNumberKind
from admin_app.transfer.columns import ImportColumn
from admin_app.transfer.import_.options import DateOrder, Empty, ImportOptions, Pair
from admin_app.transfer.import_.source import NEUTRALISED, XLSX, Source, SourceRow

# Names of the pairs in which a plan stores corrections: "cell.9.email" for one cell, "means.user_id.Ann" for all cells
# with this text.
CELL, MEANS = "cell.", "means."
# 3.4.2026 or 03/04/2026, and then perhaps a time.
_NUMERIC_DATE = re.compile(r"\s*(\d{1,2})[./-](\d{1,2})[./-](\d{4})(?!\d)(.*)", re.DOTALL)


@dataclass(frozen=True)
class Corrections:
    """A person's corrections: of one cell, by its row and its column's key, or of all cells with the same text."""

    cells: Mapping[tuple[int, str], str] = field(default_factory=dict)
    # By column key: the text of the cells, and its correction.
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was corrected."""
        return not self.cells and not self.values

    def of(self, row: int, key: str, text: str) -> str:
        """Return the text of a cell, corrected."""
        if (row, key) in self.cells:
            return self.cells[row, key]
        return self.values.get(key, {}).get(text, text)


def corrections_of(pairs: Iterable[Pair]) -> Corrections:
    """Read corrections from pairs; raise `ValueError` for malformed ones. Other pairs are ignored."""
    cells: dict[tuple[int, str], str] = {}
    values: dict[str, dict[str, str]] = {}
    for name, text in pairs:
        if name.startswith(CELL):
            row, _, key = name.removeprefix(CELL).partition(".")
            cells[int(row), key] = text
        elif name.startswith(MEANS):
            key, _, said = name.removeprefix(MEANS).partition(".")
            values.setdefault(key, {})[said] = text
    return Corrections(cells, values)


@dataclass(frozen=True)
class FileColumn:
    """A column of the file and the field that it fills. `by` is the column that names related records."""

    place: int
    goes_to: ImportColumn
    by: TableColumn | None = None

    @property
    def key(self) -> str:
        """The key of the field."""
        return self.goes_to.key

    @property
    def reads_as(self) -> ImportColumn:
        """The column whose kind reads the cells."""
        return self.goes_to if self.by is None else ImportColumn(self.key, self.goes_to.label, self.by)


@dataclass(frozen=True)
class RowReader:
    """Reads rows with a person's options. `zone` is for times without a time zone."""

    columns: Sequence[FileColumn]
    options: ImportOptions
    corrections: Corrections = field(default_factory=Corrections)
    zone: tzinfo = UTC

    def rows(self, source: Source) -> Iterator[ImportedRow]:
        """Yield each row of a file as an `ImportedRow`."""
        is_verbatim = self.options.is_verbatim or source.reading.format not in NEUTRALISED
        reader = replace(self, options=replace(self.options, is_verbatim=is_verbatim))
        is_workbook = source.reading.format == XLSX and not is_verbatim
        for row in source.rows():
            if row.problem:
                yield ImportedRow(row.number, {}, {}, {"": CellProblem(row.problem, "")})
            else:
                imported = reader.read(row)
                yield reader.with_alike(imported) if is_workbook else imported

    def read(self, row: SourceRow) -> ImportedRow:
        """Return a row's values and problems."""
        values: Values = {}
        texts: dict[str, str] = {}
        problems: dict[str, CellProblem] = {}
        for one, read, read_number in self._readers:
            cell = row.cells[one.place]
            if cell is None:
                continue
            text = cell if self.corrections.is_empty else self.corrections.of(row.number, one.key, cell)
            texts[one.key] = text
            if not text and self._is_left(one):
                continue
            try:
                if row.unreadable and one.place in row.unreadable and text == cell:
                    problems[one.key] = CellProblem(row.unreadable[one.place], text)
                elif row.numbers and one.place in row.numbers and text == cell:
                    values[one.key] = read_number(text)
                else:
                    values[one.key] = read(text)
            except ValueError as error:
                problems[one.key] = CellProblem(as_end(one.goes_to.label, str(error)), text)
        return ImportedRow(row.number, values, texts, problems)

    def with_alike(self, imported: ImportedRow) -> ImportedRow:
        """Add second readings of a workbook's cells with an apostrophe: it is part of the text, or an export added it."""
        marked = {key for key, text in imported.texts.items() if text.startswith("'") and key in imported.values}
        columns = [one for one in self.columns if one.key in marked] if marked else []
        alike = {one.key: cell_reader(one.reads_as, is_verbatim=True)(imported.texts[one.key]) for one in columns}
        return replace(imported, alike=alike) if alike else imported

    def _is_left(self, one: FileColumn) -> bool:
        """Whether an empty cell changes nothing: by the person's choice, or because the column gets its value by itself."""
        return self.options.empty is Empty.LEAVE or one.goes_to.is_made

    @cached_property
    def _readers(self) -> Sequence[tuple[FileColumn, Callable[[str], object], Callable[[str], object]]]:
        """The columns with the functions that read their texts and numbers, made once for all rows."""
        return [(one, self._reader(one), self._number_reader(one)) for one in self.columns]

    def _reader(self, one: FileColumn) -> Callable[[str], object]:
        read, understood = self._number_reader(one), self.understanding(one.reads_as.column)
        return read if understood is None else lambda text: read(understood(text))

    def _number_reader(self, one: FileColumn) -> Callable[[str], object]:
        """Return the function that reads a cell that the file has as a number."""
        read = cell_reader(one.reads_as, is_verbatim=self.options.is_verbatim)
        if one.by is not None:
            # An empty cell names no record, whatever the naming column makes of an empty text.
            return lambda text: read(text) if text.strip() else None
        return read

    def understanding(self, column: TableColumn) -> Callable[[str], str] | None:
        """Return the function that brings a cell into the standard form of its kind, as the options say: dates, 1,5.

        None if the kind reads the cells as they are.
        """
        kind, dates = kind_of(column), self.options.dates
        if isinstance(kind, DateTimeKind):
            return lambda text: _with_zone(_in_order(text, dates), self.zone)
        if isinstance(kind, DateKind | LocalDateTimeKind):
            return lambda text: _in_order(text, dates)
        if self.options.decimal == "," and isinstance(kind, WholeNumberKind | FloatKind | DecimalKind):
            return lambda text: text.replace(".", "").replace(",", ".")
        return None


def _in_order(text: str, order: DateOrder) -> str:
    """Write a date that begins with its day or month with the year first."""
    found = _NUMERIC_DATE.fullmatch(text) if order is not DateOrder.NONE else None
    if found is None:
        return text
    first, second, year, rest = found.groups()
    day, month = (first, second) if order is DateOrder.DAY_FIRST else (second, first)
    try:
        return f"{date(int(year), int(month), int(day)).isoformat()}{rest.rstrip()}"
    except ValueError:
        return text


def _with_zone(text: str, zone: tzinfo) -> str:
    """Add the time zone to a time that has none."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return text
    return text if moment.tzinfo is not None or zone is UTC else moment.replace(tzinfo=zone).isoformat()


def cell_reader(column: ImportColumn, *, is_verbatim: bool) -> Callable[[str], object]:
    """Return the function that reads one column's cells. An empty cell is no value, or "" if the column requires text.

    The function raises `ValueError` with a text that can follow the column's label in a sentence.
    """
    kind = kind_of(column.column)
    read = kind.from_cell if is_verbatim else kind.from_neutralised_cell
    return lambda cell: read(cell) if cell else kind.value_of_empty_cell()
