"""The base of panel kinds: a column type's form field, filter operators and cell."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from wtforms import Field

from admin_app.domain.plan.changes import ValueChange
from admin_app.extensions import AnyColumn, TableColumn, Values
from admin_app.kinds.base import AnyKind
from admin_app.panel.operators.base import Operator
from admin_app.panel.view_models import Cell, CellKind

# The keyword arguments that Flask-Admin passes to every field; a table's column.
Arguments = Values

# A cell is a glimpse: more than this is neither read in a table nor worth sending.
GLIMPSE = 120


@dataclass(frozen=True)
class BulkChange:
    """A bulk change of a field, beside setting one value for all records or clearing it."""

    # In a form and in a plan's arguments, and on the page.
    key: str
    words: str
    # Its inputs: the key of each, with a label where there are several.
    inputs: Sequence[tuple[str, str]]
    # Turns the typed values into the change, once all are there; raises `ValueError` or `InvalidRecord` if one is
    # wrong.
    read: Callable[[TableColumn, Sequence[str]], ValueChange]
    # How a plan says it, with what was typed: "later by {} days".
    said: str
    # Inputs that may be left empty.
    optional: Sequence[str] = ()
    hint: str = ""


class PanelKind:
    """A kind's place on the pages."""

    kind: ClassVar[AnyKind]
    # How a list draws a column of it, whatever its rows hold.
    cell_kind: ClassVar[CellKind] = CellKind.TEXT
    operators: ClassVar[tuple[type[Operator], ...]]
    bulk_changes: ClassVar[tuple[BulkChange, ...]] = ()

    def field(self, column: TableColumn, arguments: Arguments) -> Field:
        """Make the form's field; `arguments` are what Flask-Admin tells every field."""
        raise NotImplementedError

    def needs_an_answer(self, _column: TableColumn) -> bool:
        """Whether the field always needs one, whatever the column's default is."""
        return False

    def drawn_as(self, _column: AnyColumn) -> CellKind:
        """Say how a list draws this column."""
        return self.cell_kind

    def width(self, column: AnyColumn) -> str:
        """Say how wide a list draws this column, by a name of `panel/list/widths.py`."""
        return self.drawn_as(column).value

    def cell(self, value: object) -> Cell:
        """Draw a whole value."""
        return text_cell(str(value), is_whole=True)

    def cell_in(self, _column: AnyColumn, value: object) -> Cell:
        """Draw a whole value of this column, for kinds whose cell depends on the column: a currency, a set of choices."""
        return self.cell(value)

    def beside(self, _column: AnyColumn) -> str:
        """Name another column that the cell needs, such as the currency of an amount; "" for none."""
        return ""

    def cell_beside(self, column: AnyColumn, value: object, _other: object) -> Cell:
        """Draw a whole value with what that column of its record holds."""
        return self.cell_in(column, value)

    def glimpse(self, value: object) -> Cell:
        """Draw a value where there is little room."""
        whole = self.cell(value)
        return text_cell(whole.text, is_whole=False) if whole.kind is CellKind.TEXT else whole


def text_cell(text: str, *, is_whole: bool) -> Cell:
    """Draw text."""
    if not text:
        return Cell(CellKind.EMPTY, "empty", "Empty text")
    is_short = is_whole or len(text) <= GLIMPSE
    return Cell(CellKind.TEXT, text if is_short else " ".join(text[: GLIMPSE * 2].split())[:GLIMPSE] + "…")


def none_for_nothing(column: TableColumn, arguments: Arguments) -> None:
    """Let a field without text be no value, where its column allows that."""
    if column.nullable:
        arguments["filters"] = [*arguments.get("filters", ()), lambda value: value or None]
