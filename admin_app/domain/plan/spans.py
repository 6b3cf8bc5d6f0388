"""The span of some lines' records, which tells a store in which part of a model's table to look."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Table, func, select, true

from admin_app.db.keys import is_ordered, key_from, key_in
from admin_app.extensions import AnySession, table_of
from admin_app.models.plan import PlanLine

_LINE = table_of(PlanLine)


def spanned(session: AnySession, table: Table, lines: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return the condition that rows are within the span of these lines' records; none for keys without an order."""
    if not is_ordered(table):
        return true()
    key = key_from(table, _LINE.c.record_id)
    # New records have no keys yet: no row is between nothing and nothing.
    ends = session.execute(select(func.min(key), func.max(key)).where(lines)).one()
    within: ColumnElement[bool] = key_in(table).between(*ends)
    return within
