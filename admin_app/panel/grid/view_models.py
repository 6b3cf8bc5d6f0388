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
    """A value, and the field that changes it; None where the person may not."""

    value: Cell
    field: Field | None = None


@dataclass(frozen=True)
class EditedRow:
    """A record's cells; `own` is what the form says of the row, `problems` what concerns it and no cell, `lost` what cannot be saved."""

    id: str
    title: str
    cells: tuple[EditedCell, ...]
    own: tuple[Hidden, ...] = ()
    problems: tuple[str, ...] = ()
    lost: tuple[Hidden, ...] = ()
    meanwhile: Meanwhile | None = None

    @property
    def errors(self) -> tuple[Hidden, ...]:
        """What is in the way of its being saved, each with the id of the element that says it."""
        found = [(f"row-{self.id}", words) for words in self.problems[:1]]
        found += [(f"row-{self.id}-who", self.meanwhile.told)] if self.meanwhile is not None else []
        fields = [cell.field for cell in self.cells if cell.field is not None]
        found += [(one.id, str(one.errors[0])) for one in fields if one.errors]
        return tuple((id_, f"{self.title}: {words}") for id_, words in found)


@dataclass(frozen=True)
class GoneRow:
    """What was typed into the row of a record that is gone, or that the person may no longer see: to read and copy."""

    id: str
    words: str
    typed: tuple[Hidden, ...]


@dataclass(frozen=True)
class Grid:
    """A page of a list with fields in its cells."""

    columns: tuple[Column, ...]
    # The columns that have fields, as the form says them.
    names: str
    rows: tuple[EditedRow, ...]
    gone: tuple[GoneRow, ...] = ()

    @property
    def has_fields(self) -> bool:
        """Whether there is anything to change."""
        return any(cell.field is not None for row in self.rows for cell in row.cells)

    @property
    def hints(self) -> dict[str, str]:
        """What to type into the fields of a column where no script helps, by the column."""
        return {one.short_name: one.hint for one in self._fields() if isinstance(one, RelationField)}

    @property
    def zones(self) -> dict[str, str]:
        """In which zone the times of a column are typed, by the column."""
        return {one.short_name: one.hint for one in self._fields() if isinstance(one, MomentField)}

    def _fields(self) -> list[Field]:
        return [cell.field for row in self.rows for cell in row.cells if cell.field is not None]

    @property
    def errors(self) -> tuple[Hidden, ...]:
        """Every message with the id of what it is about, in the order of the page."""
        gone = [(f"row-{row.id}", row.words) for row in self.gone]
        return (*gone, *(error for row in self.rows for error in row.errors))
