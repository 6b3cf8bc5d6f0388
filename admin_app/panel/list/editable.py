"""Which cells of a list a person may write: columns that the form has too, in the fields that every form draws alike."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from admin_app.db.record import Record
from admin_app.domain.permissions.policy import Action
from admin_app.panel.access.access import Access

# A longer text is read and written on the record's own page: a hundred of them would be no list, and no form that can be sent.
LONGEST_IN_CELL = 10_000


def editable_columns(access: Access, names: Sequence[str]) -> tuple[str, ...]:
    """Return those of these columns that the person may write; a field of the resource's own takes more room than a cell has, and so do links and files."""
    resource = access.resource
    chosen = resource.form_columns if resource.column_editable_list is None else resource.column_editable_list
    apart = {*resource.form_overrides, *resource.file_columns}
    declared = [name for name in names if name in chosen and name not in apart]
    return tuple(name for name in declared if access.may_write(name, Action.EDIT) and not resource.is_links(name))


def editable_cells(access: Access, record: Record, names: Collection[str]) -> tuple[str, ...]:
    """Return those of these columns whose value in this record the person may take away, and a cell can hold."""
    return tuple(
        name for name in names if not access.leads_out_of_sight(name, record) and not _is_too_long(record, name)
    )


def _is_too_long(record: Record, name: str) -> bool:
    value = getattr(record, name)
    return isinstance(value, str) and len(value) > LONGEST_IN_CELL
