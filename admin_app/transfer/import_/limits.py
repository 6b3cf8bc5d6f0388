"""How much a file may hold before it is refused, so that no file, however it was made, fills the memory."""

from __future__ import annotations

from admin_app.errors import TransferError
from admin_app.formatting import number

# Longer than any text the dashboard takes; Python's default of 128 kB refuses real posts.
LONGEST_FIELD = 16 * 1024 * 1024
# A file without line ends would be held whole; a list of the cells of a line of separators takes eight times its length.
LONGEST_LINE = 2 * LONGEST_FIELD
# As many as a sheet of Excel's has.
MOST_COLUMNS = 16_384


def require_columns(count: int, row: int) -> None:
    """Refuse a row that is wider than any sheet."""
    if count > MOST_COLUMNS:
        message = (
            f"Row {number(row)} has more than {number(MOST_COLUMNS)} cells. Leave out columns, and import it again."
        )
        raise TransferError(message)


def require_few_cells(line: str, delimiter: str, row: int) -> None:
    """Refuse a line of cells without quotes before a list is made of it: each cell takes eight bytes."""
    if '"' not in line:
        require_columns(line.count(delimiter) + 1, row)


def require_cell(text: str, row: int) -> None:
    """Refuse a text that is longer than any the dashboard takes."""
    if len(text) > LONGEST_FIELD:
        message = f"Row {number(row)} has a cell of more than {number(LONGEST_FIELD)} characters. Shorten it, and import the file again."
        raise TransferError(message)


# Parts of an archive, bytes of one of them when it is unpacked, and how many bytes one packed byte may become:
# a sheet seldom passes 20, and nothing that a person made passes 250.
MOST_PARTS = 10_000
LARGEST_PART = 2 * 1024**3
MOST_UNPACKED_OF_ONE = 250
# Smaller parts do no harm, however well they are packed.
HARMLESS_PART = 32 * 1024 * 1024
# What is no sheet and no text is read whole.
LARGEST_SMALL_PART = 16 * 1024 * 1024
# Lists, objects and values of one object of JSON: each takes a hundred bytes.
MOST_VALUES = 2_000_000
# The texts of a workbook are held together.
MOST_TEXTS = 256 * 1024 * 1024
