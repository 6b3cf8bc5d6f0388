"""The limits of imported files. A larger file is refused before it can fill the memory."""

from __future__ import annotations

from admin_app.errors import TransferError
from admin_app.formatting import number

# Longer than any text that the dashboard stores; Python's default of 128 kB refuses real posts.
LONGEST_FIELD = 16 * 1024 * 1024
# A line is in memory as a whole, and the list of its cells can take eight times its length.
LONGEST_LINE = 2 * LONGEST_FIELD
# The limit of an Excel sheet.
MOST_COLUMNS = 16_384


def require_columns(count: int, row: int) -> None:
    """Refuse a row that is wider than any sheet."""
    if count > MOST_COLUMNS:
        message = (
            f"Row {number(row)} has more than {number(MOST_COLUMNS)} cells. Leave out columns, and import it again."
        )
        raise TransferError(message)


def require_few_cells(line: str, delimiter: str, row: int) -> None:
    """Refuse a line with too many cells before it is split: each cell takes eight bytes."""
    if '"' not in line:
        require_columns(line.count(delimiter) + 1, row)


def require_cell(text: str, row: int) -> None:
    """Refuse a text that is longer than any the dashboard stores."""
    if len(text) > LONGEST_FIELD:
        message = f"Row {number(row)} has a cell of more than {number(LONGEST_FIELD)} characters. Shorten it, and import the file again."
        raise TransferError(message)


# Parts of an archive, bytes of an unpacked part, and its highest compression ratio: a sheet seldom exceeds 20, and no
# workbook made by a person exceeds 250.
MOST_PARTS = 10_000
LARGEST_PART = 2 * 1024**3
MOST_UNPACKED_OF_ONE = 250
# Smaller parts do no harm at any ratio.
HARMLESS_PART = 32 * 1024 * 1024
# Parts other than sheets and texts are read as a whole.
LARGEST_SMALL_PART = 16 * 1024 * 1024
# Lists, objects and values in one JSON object: each takes about a hundred bytes.
MOST_VALUES = 2_000_000
# All texts of a workbook are in memory together.
MOST_TEXTS = 256 * 1024 * 1024
