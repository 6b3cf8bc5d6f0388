"""Lock the rows of records until the transaction ends.

A statement sees the rows as they were when it began, even if it then waits for a lock. So a value that is compared
under the lock is read by a second statement.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Table, func, select

from admin_app.db.dialects import is_postgres
from admin_app.db.joined import further_tables
from admin_app.db.keys import key_in
from admin_app.db.versions import has_counter
from admin_app.extensions import AnySession, table_of


def lock_rows(session: AnySession, model: type[object], which: ColumnElement[bool]) -> None:
    """Lock records, chosen by their rows in the root table. SQLite has one writer at a time and needs no lock."""
    if not is_postgres(session):
        return
    root = table_of(model)
    key = key_in(root)
    _lock(session, root, which)
    for further in _counted(model):
        _lock(session, further, key_in(further).in_(select(key).where(which).correlate(None)))


def lock_where_several(session: AnySession, model: type[object], which: ColumnElement[bool]) -> None:
    """Lock records whose version depends on several tables. For the others, the statement that reads the row locks it."""
    if _counted(model):
        lock_rows(session, model, which)


def _counted(model: type[object]) -> Sequence[Table]:
    """Return the further tables that count for the version: another program may change a row only there."""
    return () if has_counter(table_of(model)) else further_tables(model)


def _lock(session: AnySession, table: Table, which: ColumnElement[bool]) -> None:
    # In key order, so that two transactions on the same records wait for each other instead of deadlocking.
    some = select(key_in(table)).where(which).order_by(key_in(table).asc()).with_for_update().subquery()
    session.connection().execute(select(func.count()).select_from(some))
