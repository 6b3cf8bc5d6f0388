"""What the templates of edited lists are given: rows of cells, some with a field, and what stands below a row."""

from __future__ import annotations

from dataclasses import dataclass

from wtforms import Field

from admin_app.panel.forms.conflict_view_models import Meanwhile
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


@dataclass(frozen=True)
class GoneRow:
    """What was typed into the row of a record that is there no more, or not for this person: to be read and copied."""

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
    def errors(self) -> tuple[Hidden, ...]:
        """Every message with the id of the control that it is about."""
        fields = [cell.field for row in self.rows for cell in row.cells if cell.field is not None and cell.field.errors]
        rows = [(f"row-{row.id}", f"{row.title}: {words}") for row in self.rows for words in row.problems[:1]]
        changed = [(f"row-{row.id}-who", f"{row.title}: someone else changed it.") for row in self.rows if row.meanwhile]
        gone = [(f"row-{row.id}", row.words) for row in self.gone]
        return (*gone, *rows, *changed, *((one.id, str(one.errors[0])) for one in fields))
