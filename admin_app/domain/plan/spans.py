"""The range of some lines' record keys, which tells a database which part of a table to read."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Table, func, select, true

from admin_app.db.keys import is_ordered, key_from, key_in
from admin_app.extensions import AnySession, table_of
from admin_app.models.plan import PlanLine

_LINE = table_of(PlanLine)


def spanned(session: AnySession, table: Table, lines: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return the condition that rows are in the key range of some lines' records; always true for unordered keys."""
    if not is_ordered(table):
        return true()
    key = key_from(table, _LINE.c.record_id)
    # New records have no keys yet: BETWEEN NULL AND NULL matches no row.
    ends = session.execute(select(func.min(key), func.max(key)).where(lines)).one()
    within: ColumnElement[bool] = key_in(table).between(*ends)
    return within
