"""Turn a cell's text into the value its column keeps."""

from __future__ import annotations

from admin_app.kinds import kind_of
from admin_app.transfer.columns import ImportColumn


def parse_value(column: ImportColumn, cell: str, *, is_verbatim: bool) -> object:
    """Read a cell as its column keeps it; an empty one is no value, or no characters where text has to be.

    Raises ValueError whose text follows the column's label in a sentence.
    """
    kind = kind_of(column.column)
    if cell == "":
        return kind.value_of_empty_cell()
    return kind.from_cell(cell) if is_verbatim else kind.from_neutralised_cell(cell)
