"""Bytes: their size, and a filter for empty values."""

from __future__ import annotations

from typing import Any

from admin_app import formatting
from admin_app.kinds.binary import BinaryKind
from admin_app.panel.kinds.base import PanelKind
from admin_app.panel.operators.equality import Empty
from admin_app.panel.view_models import Cell, CellKind


class BinaryPanel(PanelKind):
    """The size of the bytes; forms are read-only."""

    kind = BinaryKind
    cell_kind = CellKind.NUMBER
    operators = (Empty,)

    def cell(self, value: Any) -> Cell:
        """Return the size."""
        return Cell(CellKind.NUMBER, formatting.size(len(value)))
