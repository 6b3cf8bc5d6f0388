"""The cells of a list that a person may edit: columns that the form has too, with fields that are the same in every form."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from admin_app.db.record import Record
from admin_app.domain.permissions.policy import Action
from admin_app.panel.access.access import Access

# Longer texts are edited on the record's own page: a hundred of them would fit neither a list nor a form.
LONGEST_IN_CELL = 10_000


def editable_columns(access: Access, names: Sequence[str]) -> tuple[str, ...]:
    """Return the columns that the person may write and that fit a cell: fields of the resource's own, links and files need more room."""
    resource = access.resource
    chosen = resource.form_columns if resource.column_editable_list is None else resource.column_editable_list
    apart = {*resource.form_overrides, *resource.file_columns}
    declared = [name for name in names if name in chosen and name not in apart]
    return tuple(name for name in declared if access.may_write(name, Action.EDIT) and not resource.is_links(name))


def editable_cells(access: Access, record: Record, names: Collection[str]) -> tuple[str, ...]:
    """Return the columns whose value in this record the person may replace, and that fits a cell."""
    return tuple(
        name for name in names if not access.leads_out_of_sight(name, record) and not _is_too_long(record, name)
    )


def _is_too_long(record: Record, name: str) -> bool:
    value = getattr(record, name)
    return isinstance(value, str) and len(value) > LONGEST_IN_CELL
