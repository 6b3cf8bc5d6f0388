"""What every kind of column answers about its pages: the form's field, the filter's operators, the cell."""

from __future__ import annotations

from typing import Any, ClassVar

from admin_app.kinds.base import Kind
from admin_app.panel.elements import Cell, CellKind
from admin_app.panel.operators.base import Operator

# A cell is a glimpse: more than this is neither read in a table nor worth sending.
GLIMPSE = 120


class PanelKind:
    """A kind's place on the pages."""

    kind: ClassVar[type[Kind]]
    # How a list draws a column of it, whatever its rows hold.
    cell_kind: ClassVar[CellKind] = CellKind.TEXT
    operators: ClassVar[tuple[type[Operator], ...]]

    def field(self, column: Any, arguments: dict[str, Any]) -> Any:
        """Make the form's field; `arguments` are what Flask-Admin tells every field."""
        raise NotImplementedError

    def needs_an_answer(self, _column: Any) -> bool:
        """Whether the field always needs one, whatever the column's default is."""
        return False

    def drawn_as(self, _column: Any) -> CellKind:
        """Say how a list draws this column."""
        return self.cell_kind

    def cell(self, value: Any, *, is_whole: bool) -> Cell:
        """Draw a value; long text is cut to a glimpse unless the whole is wanted."""
        return text_cell(str(value), is_whole=is_whole)


def text_cell(text: str, *, is_whole: bool) -> Cell:
    """Draw text."""
    if not text:
        return Cell(CellKind.EMPTY, "empty", "Empty text")
    is_short = is_whole or len(text) <= GLIMPSE
    return Cell(CellKind.TEXT, text if is_short else " ".join(text[: GLIMPSE * 2].split())[:GLIMPSE] + "…")


def none_for_nothing(column: Any, arguments: dict[str, Any]) -> None:
    """Let a field without text be no value, where its column allows that."""
    if column.nullable:
        arguments["filters"] = [*arguments.get("filters", ()), lambda value: value or None]
