"""Links from cells to all rows with the same value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import String

from admin_app.db.attributes import is_key, is_unique
from admin_app.db.record import Record
from admin_app.panel.access.access import Access
from admin_app.panel.filters.declared import filters_shown
from admin_app.panel.operators.base import Operator
from admin_app.panel.operators.equality import Empty
from admin_app.panel.view_models import Cell, CellKind
from admin_app.selection.selection import Selection

# The operators that match a single value, or a missing one.
NARROWING = ("equals", "is", "on", Empty.slug)
# For each column, the filters that find the rows with a cell's value, under their keys.
Narrowings = Mapping[str, Sequence[tuple[str, Operator]]]


def narrowings(access: Access, selection: Selection) -> Narrowings:
    """Return, for each column, the filters that find rows with the same value as a cell, and rows without a value."""
    on = {condition.key for condition in selection.conditions}
    return {
        name: [
            (f"{name}__{one.slug}", one)
            for one in operators
            if one.slug in NARROWING and f"{name}__{one.slug}" not in on
        ]
        for name, operators in filters_shown(access).items()
        if selection.parent is None and _is_shared(operators[0])
    }


def narrowed(cell: Cell, record: Record, name: str, operators: Sequence[tuple[str, Operator]]) -> Cell:
    """Link a cell to the rows with the same value. A text is linked only if the cell shows all of it."""
    if not operators:
        return cell
    value = getattr(record, name)
    if cell.kind in {CellKind.UNSEEN, CellKind.UNREADABLE} or (cell.kind is CellKind.TEXT and value != cell.text):
        return cell
    for key, operator in operators:
        if (value is None) == (operator.slug == Empty.slug) and (typed := operator.typed(value)):
            words = typed if cell.kind is CellKind.TIME else cell.text
            return cell._replace(only=(key, typed), only_label=f"{operator.name} {operator.words} {words}".strip(" —"))
    return cell


def _is_shared(operator: Operator) -> bool:
    """Whether many rows may have the same value: not a key, and no text of any length."""
    column = operator.column
    kind = getattr(column, "type", None)
    return not (is_unique(column) or is_key(column) or (isinstance(kind, String) and kind.length is None))
