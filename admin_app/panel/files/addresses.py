"""The addresses of a record's files, for its pages and lists."""

from __future__ import annotations

from collections.abc import Callable

from wtforms import Form

from admin_app.db.attributes import stored_columns
from admin_app.db.record import Record
from admin_app.domain.permissions.policy import Action
from admin_app.kinds import kind_of
from admin_app.kinds.binary import BinaryKind
from admin_app.kinds.file import ImageKind
from admin_app.panel.access.access import Access
from admin_app.panel.kinds.file import FileField
from admin_app.panel.links import link
from admin_app.panel.resource import Resource
from admin_app.panel.view_models import Cell, CellKind

# Arguments of a file's address: the field, the digest of a former file, and whether a small picture suffices.
FIELD, FORMER, SMALL = "field", "file", "small"


def ways_to_files(access: Access, name: str) -> Callable[[Record, Cell], Cell]:
    """Return the function that links a column's cells to their files and small pictures, if the person may open the record."""
    may_open = "." not in name and access.may(Action.VIEW)
    holding = {CellKind.FILE, *([CellKind.NUMBER] if may_open and is_binary(access.resource, name) else [])}

    def with_file(record: Record, cell: Cell) -> Cell:
        if not may_open or cell.kind not in holding:
            return cell
        picture = file_url(access, record, name, **{SMALL: "1"}) if is_image(access.resource, name) else ""
        return cell._replace(url=file_url(access, record, name), picture=picture)

    return with_file


def is_image(resource: Resource, name: str) -> bool:
    """Whether a column holds pictures."""
    return isinstance(resource.file_columns.get(name), ImageKind)


def is_binary(resource: Resource, name: str) -> bool:
    """Whether a column holds bytes that are not secret."""
    column = stored_columns(resource.model).get(name)
    return column is not None and isinstance(kind_of(column), BinaryKind) and not column.info.get("secret")


def file_url(access: Access, record: Record, name: str, **arguments: str) -> str:
    """Return the address of the file that a field of a record holds."""
    return link(access.resource, "file_view", record, **{FIELD: name, **arguments})


def lead_to_files(access: Access, form: Form, record: Record | None) -> None:
    """Give the fields of a form the addresses of the record's files."""
    if record is None or not access.reaches(record, Action.VIEW):
        return
    for field in form:
        if isinstance(field, FileField) and field.data and not field.is_waiting:
            field.address = file_url(access, record, field.name)
            is_drawn = is_image(access.resource, field.name)
            field.picture = file_url(access, record, field.name, **{SMALL: "1"}) if is_drawn else ""
