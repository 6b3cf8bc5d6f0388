"""The view models of edited lists: rows of cells, some with a field, and messages below a row."""

from __future__ import annotations

from dataclasses import dataclass

from wtforms import Field

from admin_app.panel.fields import RelationField
from admin_app.panel.forms.conflict_view_models import Meanwhile
from admin_app.panel.kinds.datetime import MomentField
from admin_app.panel.list.view_models import Column
from admin_app.panel.view_models import Cell, Hidden


@dataclass(frozen=True)
class EditedCell:
    """A value, and the field that changes it; None if the person may not change it."""

    value: Cell
    field: Field | None = None


@dataclass(frozen=True)
class EditedRow:
    """A record's cells. `own` are our hidden fields of the row, `problems` the messages about the whole row, `lost` the input that cannot be saved."""

    id: str
    title: str
    cells: tuple[EditedCell, ...]
    own: tuple[Hidden, ...] = ()
    problems: tuple[str, ...] = ()
    lost: tuple[Hidden, ...] = ()
    meanwhile: Meanwhile | None = None

    @property
    def errors(self) -> tuple[Hidden, ...]:
        """The row's problems, each with the id of the element that shows it."""
        found = [(f"row-{self.id}", words) for words in self.problems[:1]]
        found += [(f"row-{self.id}-who", self.meanwhile.told)] if self.meanwhile is not None else []
        fields = [cell.field for cell in self.cells if cell.field is not None]
        found += [(one.id, str(one.errors[0])) for one in fields if one.errors]
        return tuple((id_, f"{self.title}: {words}") for id_, words in found)


@dataclass(frozen=True)
class GoneRow:
    """What was typed into the row of a record that is gone, or that the person may no longer see, so that they can copy it."""

    id: str
    words: str
    typed: tuple[Hidden, ...]


@dataclass(frozen=True)
class Grid:
    """A page of a list with fields in its cells."""

    columns: tuple[Column, ...]
    # The names of the columns with fields, for the form's hidden field.
    names: str
    rows: tuple[EditedRow, ...]
    gone: tuple[GoneRow, ...] = ()

    @property
    def has_fields(self) -> bool:
        """Whether there is anything to change."""
        return any(cell.field is not None for row in self.rows for cell in row.cells)

    @property
    def hints(self) -> dict[str, str]:
        """By column: the hint what to type without JavaScript."""
        return {one.short_name: one.hint for one in self._fields() if isinstance(one, RelationField)}

    @property
    def zones(self) -> dict[str, str]:
        """By column: the time zone in which its times are typed."""
        return {one.short_name: one.hint for one in self._fields() if isinstance(one, MomentField)}

    def _fields(self) -> list[Field]:
        return [cell.field for row in self.rows for cell in row.cells if cell.field is not None]

    @property
    def errors(self) -> tuple[Hidden, ...]:
        """Every message with the id of the element that it concerns, in the order of the page."""
        gone = [(f"row-{row.id}", row.words) for row in self.gone]
        return (*gone, *(error for row in self.rows for error in row.errors))
