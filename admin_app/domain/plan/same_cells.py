"""Which cells of a row leave a record as it is: they hold its value, in any of their readings, or say it as an export does."""

from __future__ import annotations

from typing import Any

from admin_app.db.compared import compared
from admin_app.db.unreadable import Unreadable
from admin_app.domain.plan.imported_row import ImportedRow
from admin_app.domain.records.rules import is_stored_as
from admin_app.extensions import TableColumn
from admin_app.formatting import plain_lines
from admin_app.kinds import kind_of_value
from admin_app.kinds.spreadsheet import restored


def holds(column: TableColumn, stored: object, row: ImportedRow, name: str) -> bool:
    """Whether a record already holds the value of a row's cell, in any of its readings."""
    if isinstance(stored, Unreadable) and says(stored, row.texts.get(name, "")):
        return True
    alike = (values[name] for values in (row.values, row.alike) if name in values)
    return any(_is_same(column, stored, one) for one in alike)


def says(stored: object, text: str) -> bool:
    """Whether a cell's text is what an export writes for this value, which need not be one that a cell may bring."""
    kind = kind_of_value(type(stored))
    if kind is None:
        return text == str(stored)
    written = {str(write(stored)) for write in (kind.to_csv, kind.to_json, kind.to_sheet)}
    return text in written or restored(text) in written


def _is_same(column: TableColumn, stored: object, brought: Any) -> bool:
    """Whether a cell equals the stored value. Texts are compared in stored form, whatever their line ends."""
    if compared(column.type, stored) == compared(column.type, brought):
        return True
    if isinstance(stored, str) and not isinstance(stored, Unreadable):
        return is_stored_as(column, plain_lines(stored), plain_lines(brought or ""))
    return False
