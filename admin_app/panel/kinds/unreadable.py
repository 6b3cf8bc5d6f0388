"""What a column's type cannot read: its text, and a mark."""

from __future__ import annotations

from admin_app.kinds.unreadable import UnreadableKind
from admin_app.panel.kinds.base import PanelKind
from admin_app.panel.view_models import Cell, CellKind


class UnreadablePanel(PanelKind):
    """The text as it is stored."""

    kind = UnreadableKind
    operators = ()

    def cell(self, value: object) -> Cell:
        """Mark it."""
        return Cell(CellKind.UNREADABLE, str(value), "This column's type cannot read the value. It stays as it is.")
