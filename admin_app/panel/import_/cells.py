"""Show the cells of a file, cut to a short text."""

from __future__ import annotations

from admin_app.panel.view_models import Cell, CellKind
from admin_app.unicode_text import has_something_to_see

# Characters of a title and of a value that are shown: enough to recognise them.
LONGEST_TITLE, LONGEST_VALUE = 60, 40


def title_cell(title: str) -> Cell:
    """Show the title of a column."""
    return _cell(title, LONGEST_TITLE, "no header")


def cell_of(text: str | None) -> Cell:
    """Show a cell; None if the row doesn't have it."""
    return Cell(CellKind.NULL, "—", "No value") if text is None else _cell(text, LONGEST_VALUE, "empty")


def _cell(text: str, longest: int, nothing: str) -> Cell:
    # A cell may hold megabytes, so only its beginning is looked at.
    words = " ".join(text[: longest * 20].split())
    if not has_something_to_see(words):
        return Cell(CellKind.UNSEEN, nothing)
    return Cell(CellKind.TEXT, words if len(words) <= longest else f"{words[: longest - 1]}…")
