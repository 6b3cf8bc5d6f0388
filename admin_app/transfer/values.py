"""Turn a cell's text into the value its column keeps."""

from __future__ import annotations

from collections.abc import Callable

from admin_app.kinds import kind_of
from admin_app.transfer.columns import ImportColumn


def cell_reader(column: ImportColumn, *, is_verbatim: bool) -> Callable[[str], object]:
    """Return what does the same for one column's cells, of which there may be a million."""
    kind = kind_of(column.column)
    read = kind.from_cell if is_verbatim else kind.from_neutralised_cell
    return lambda cell: read(cell) if cell else kind.value_of_empty_cell()


def parse_value(column: ImportColumn, cell: str, *, is_verbatim: bool) -> object:
    """Read a cell as its column keeps it; an empty one is no value, or no characters where text has to be.

    Raises ValueError whose text follows the column's label in a sentence.
    """
    kind = kind_of(column.column)
    if cell == "":
        return kind.value_of_empty_cell()
    return kind.from_cell(cell) if is_verbatim else kind.from_neutralised_cell(cell)
