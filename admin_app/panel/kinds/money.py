"""Amounts of money: a number, shown with its currency."""

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
        """Keep the kind, which knows the currency."""
        super().__init__(*args, **kwargs)
        self._of = of

    def write(self, value: object) -> str:
        """Write as many decimal places as the currency has."""
        return self._of.typed(Decimal(str(value)))


class MoneyPanel(DecimalPanel):
    """A number with a currency."""

    kind = MoneyKind

    def field(self, column: TableColumn, arguments: Arguments) -> MoneyField:
        """Create a line of text, which loses no digit, with the currency as its hint."""
        kind = MoneyKind(column)
        in_record = f"In the currency of “{label(kind.beside)}”." if kind.beside else ""
        said = arguments.get("description") or (f"In {kind.currency}." if kind.currency else in_record)
        return MoneyField(**{**arguments, "description": said}, of=kind)

    def width(self, _column: AnyColumn) -> str:
        """Return the width of a name, which leaves room for the currency."""
        return CellKind.RELATION.value

    def cell_in(self, column: AnyColumn, value: Any) -> Cell:
        """Draw the amount with the column's currency."""
        return Cell(CellKind.NUMBER, MoneyKind(column).written(Decimal(value)))

    def beside(self, column: AnyColumn) -> str:
        """Return the column with the record's currency."""
        return MoneyKind(column).beside

    def cell_beside(self, column: AnyColumn, value: Any, currency: object) -> Cell:
        """Draw the amount with the record's currency."""
        return Cell(CellKind.NUMBER, MoneyKind(column).written(Decimal(value), currency))
