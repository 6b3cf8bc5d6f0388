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

# The keyword arguments that Flask-Admin passes to every field.
Arguments = Values

# Characters of a text in a list: more is neither read there nor worth sending.
GLIMPSE = 120


@dataclass(frozen=True)
class BulkChange:
    """A bulk change of a field, besides setting one value for all records or clearing it."""

    # The key in forms and in a plan's arguments, and the words on the page.
    key: str
    words: str
    # The inputs: the key of each, with a label if there are several.
    inputs: Sequence[tuple[str, str]]
    # Turns the typed values into the change once all are there; raises `ValueError` or `InvalidRecord` if one is wrong.
    read: Callable[[TableColumn, Sequence[str]], ValueChange]
    # The plan's words, with the typed values: "later by {} days".
    said: str
    # Inputs that may be left empty.
    optional: Sequence[str] = ()
    hint: str = ""


class PanelKind:
    """A column kind on pages."""

    kind: ClassVar[AnyKind]
    # How a list draws the column.
    cell_kind: ClassVar[CellKind] = CellKind.TEXT
    operators: ClassVar[tuple[type[Operator], ...]]
    bulk_changes: ClassVar[tuple[BulkChange, ...]] = ()

    def field(self, column: TableColumn, arguments: Arguments) -> Field:
        """Create the form's field; Flask-Admin passes the same `arguments` to every field."""
        raise NotImplementedError

    def needs_an_answer(self, _column: TableColumn) -> bool:
        """Whether the field always needs an answer, even if the column has a default."""
        return False

    def drawn_as(self, _column: AnyColumn) -> CellKind:
        """Return how a list draws this column."""
        return self.cell_kind

    def width(self, column: AnyColumn) -> str:
        """Return the width of this column in a list, by a name from `panel/list/widths.py`."""
        return self.drawn_as(column).value

    def cell(self, value: object) -> Cell:
        """Draw a whole value."""
        return text_cell(str(value), is_whole=True)

    def cell_in(self, _column: AnyColumn, value: object) -> Cell:
        """Draw a whole value of this column, for kinds whose cell depends on the column: a currency, a set of choices."""
        return self.cell(value)

    def beside(self, _column: AnyColumn) -> str:
        """Return the name of another column that the cell needs, such as the currency of an amount; "" for none."""
        return ""

    def cell_beside(self, column: AnyColumn, value: object, _other: object) -> Cell:
        """Draw a whole value together with the other column's value."""
        return self.cell_in(column, value)

    def glimpse(self, value: object) -> Cell:
        """Draw a value in little space."""
        whole = self.cell(value)
        return text_cell(whole.text, is_whole=False) if whole.kind is CellKind.TEXT else whole


def text_cell(text: str, *, is_whole: bool) -> Cell:
    """Draw text."""
    if not text:
        return Cell(CellKind.EMPTY, "empty", "Empty text")
    is_short = is_whole or len(text) <= GLIMPSE
    return Cell(CellKind.TEXT, text if is_short else " ".join(text[: GLIMPSE * 2].split())[:GLIMPSE] + "…")


def none_for_nothing(column: TableColumn, arguments: Arguments) -> None:
    """Turn an empty input into no value if the column allows that."""
    if column.nullable:
        arguments["filters"] = [*arguments.get("filters", ()), lambda value: value or None]
