"""Booleans: a tick box, one operator, a word."""

from __future__ import annotations

from typing import ClassVar

from flask_admin.contrib.sqla import filters as engine
from wtforms import BooleanField

from admin_app.extensions import AnyColumn, TableColumn
from admin_app.kinds.boolean import BooleanKind
from admin_app.panel.kinds.base import Arguments, PanelKind
from admin_app.panel.operators.base import Operator, yes_or_no
from admin_app.panel.operators.equality import NullableEmpty
from admin_app.panel.view_models import Cell, CellKind, Hidden

YES_NO: tuple[Hidden, ...] = (("yes", "Yes"), ("no", "No"))


class IsYes(Operator, engine.FilterEqual):
    """The value is yes, or no."""

    slug, words, input_type = "is", "is", "select"

    def parse(self, text: str) -> bool:
        """Read yes or no."""
        return yes_or_no(text)

    def sentence(self, text: str) -> str:
        """Return the sentence without quotes."""
        return f"{self.name}: {'yes' if yes_or_no(text) else 'no'}"

    def choices(self) -> tuple[Hidden, ...]:
        """Offer yes and no."""
        return YES_NO

    def typed(self, value: object) -> str | None:
        """Write yes or no."""
        return "yes" if value else "no"


class TickField(BooleanField):
    """A tick box."""

    kind: ClassVar[str] = BooleanKind.name


class BooleanPanel(PanelKind):
    """A tick box, and a word in lists."""

    kind = BooleanKind
    cell_kind = CellKind.CHOICE
    operators = (IsYes, NullableEmpty)

    def width(self, _column: AnyColumn) -> str:
        """Return the width of a short word."""
        return "boolean"

    def field(self, _column: TableColumn, arguments: Arguments) -> TickField:
        """Create a tick box."""
        return TickField(**arguments)

    def cell(self, value: object) -> Cell:
        """Draw “Yes” or “No”."""
        return Cell(CellKind.CHOICE, "Yes" if value else "No")
