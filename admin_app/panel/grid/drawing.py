"""Turn rows with their forms into view models: cells, fields under unique names, messages at each row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from admin_app.db.keys import Key, print_key
from admin_app.panel.access.access import Access
from admin_app.panel.forms.gone import told_deletion
from admin_app.panel.forms.source import SEEN, VERSION
from admin_app.panel.grid.row_edit import RowEdit
from admin_app.panel.grid.view_models import EditedCell, EditedRow, GoneRow, Grid
from admin_app.panel.list.rows import rows_of
from admin_app.panel.list.table import kind_of, width_of
from admin_app.panel.list.view_models import Column, Row


def grid_of(
    access: Access,
    edits: Sequence[RowEdit],
    gone: Sequence[tuple[Key, Mapping[str, str]]],
    *,
    names: Sequence[str],
    url: str,
) -> Grid:
    """Draw the rows of a list at the address `url`. A column that the list no longer shows stays if something was typed into it."""
    fields = dict.fromkeys(name for one in edits for name in one.controls)
    names = list(dict.fromkeys([*names, *fields]))
    drawn = rows_of(access, [one.record for one in edits], names, url, {})
    return Grid(
        columns=tuple(
            Column(name, access.resource.label(name), kind_of(access.resource, name), width_of(access.resource, name))
            for name in names
        ),
        names=",".join(fields),
        rows=tuple(edited_row(one, row, names) for one, row in zip(edits, drawn, strict=True)),
        gone=tuple(_gone_row(access, key, typed) for key, typed in gone),
    )


def edited_row(edit: RowEdit, row: Row, names: Sequence[str]) -> EditedRow:
    """Draw a record's cells and fields, and rename the fields so that they are unique in the page's form."""
    meanwhile, version = edit.meanwhile(), str(edit.record.version)
    own = {VERSION: version if edit.sent is None else edit.sent.own[VERSION]} if edit.controls else {}
    own |= {SEEN: version} if meanwhile is not None else {}
    for name, field in edit.controls.items():
        field.name = field.id = field.label.field_id = f"{row.id}-{name}"
    return EditedRow(
        id=row.id,
        title=row.title,
        cells=tuple(EditedCell(cell, edit.controls.get(name)) for name, cell in zip(names, row.cells, strict=True)),
        own=tuple((f"{name}-{row.id}", value) for name, value in own.items()),
        problems=edit.problems(),
        lost=tuple(edit.lost.items()),
        meanwhile=meanwhile,
    )


def _gone_row(access: Access, key: Key, typed: Mapping[str, str]) -> GoneRow:
    """Draw a row whose record is gone, with who deleted it if the person may know."""
    resource = access.resource
    told = told_deletion(access, key, "it")
    who = f"{told}." if told else "It is no longer here."
    values = tuple((resource.label(name), value) for name, value in typed.items())
    return GoneRow(id=print_key(key), words=f"{access.number_of(key)}: {who}", typed=values)
