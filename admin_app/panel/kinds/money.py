"""An amount of money: a number, drawn with its currency."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from admin_app.extensions import AnyColumn, TableColumn
from admin_app.formatting import label
from admin_app.kinds.money import MoneyKind
from admin_app.panel.kinds.base import Arguments
from admin_app.panel.kinds.number import DecimalField, DecimalPanel
from admin_app.panel.view_models import Cell, CellKind


class MoneyField(DecimalField):
    """An amount."""

    kind = MoneyKind.name
    advice = "Enter an amount, like 12.50."

    def __init__(self, *args: Any, of: MoneyKind, **kwargs: Any) -> None:
        """Keep what it is an amount of."""
        super().__init__(*args, **kwargs)
        self._of = of

    def write(self, value: object) -> str:
        """Write as many places as the currency has."""
        return self._of.typed(Decimal(str(value)))


class MoneyPanel(DecimalPanel):
    """A number with a currency."""

    kind = MoneyKind

    def field(self, column: TableColumn, arguments: Arguments) -> MoneyField:
        """Make a line of text, which loses no digit, and say the currency."""
        kind = MoneyKind(column)
        in_record = f"In the currency of “{label(kind.beside)}”." if kind.beside else ""
        said = arguments.get("description") or (f"In {kind.currency}." if kind.currency else in_record)
        return MoneyField(**{**arguments, "description": said}, of=kind)

    def width(self, _column: AnyColumn) -> str:
        """Leave room for the currency: as much as a name has."""
        return CellKind.RELATION.value

    def cell_in(self, column: AnyColumn, value: Any) -> Cell:
        """Write the currency before it."""
        return Cell(CellKind.NUMBER, MoneyKind(column).written(Decimal(value)))

    def beside(self, column: AnyColumn) -> str:
        """Ask for the currency of the record."""
        return MoneyKind(column).beside

    def cell_beside(self, column: AnyColumn, value: Any, currency: object) -> Cell:
        """Write the record's currency before it."""
        return Cell(CellKind.NUMBER, MoneyKind(column).written(Decimal(value), currency))
