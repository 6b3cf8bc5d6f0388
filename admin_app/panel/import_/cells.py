"""Cells of a file as a page shows them, cut to a short text."""

from __future__ import annotations

from admin_app.panel.view_models import Cell, CellKind
from admin_app.unicode_text import has_something_to_see

# Enough of a header and of a value to recognise it by.
LONGEST_TITLE, LONGEST_VALUE = 60, 40


def title_cell(title: str) -> Cell:
    """Show a header."""
    return _cell(title, LONGEST_TITLE, "no header")


def cell_of(text: str | None) -> Cell:
    """Show a cell; None is one that the row does not have."""
    return Cell(CellKind.NULL, "—", "No value") if text is None else _cell(text, LONGEST_VALUE, "empty")


def _cell(text: str, longest: int, nothing: str) -> Cell:
    # Of a cell of megabytes the beginning is enough.
    words = " ".join(text[: longest * 20].split())
    if not has_something_to_see(words):
        return Cell(CellKind.UNSEEN, nothing)
    return Cell(CellKind.TEXT, words if len(words) <= longest else f"{words[: longest - 1]}…")
