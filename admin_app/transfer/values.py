"""Read a cell's text as the value that its column keeps."""

from __future__ import annotations

from collections.abc import Callable

from admin_app.kinds import kind_of
from admin_app.transfer.columns import ImportColumn


def cell_reader(column: ImportColumn, *, is_verbatim: bool) -> Callable[[str], object]:
    """Return what reads one column's cells; an empty cell is no value, or no characters where the column requires text.

    It raises ValueError whose text follows the column's label in a sentence.
    """
    kind = kind_of(column.column)
    read = kind.from_cell if is_verbatim else kind.from_neutralised_cell
    return lambda cell: read(cell) if cell else kind.value_of_empty_cell()
