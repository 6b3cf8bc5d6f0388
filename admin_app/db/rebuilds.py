"""Tables that SQLite cannot alter: Alembic fills a copy, drops the table, and gives the copy its name.

If foreign keys are enforced meanwhile, SQLite deletes the table's rows before it drops it, and with them whatever refers
to them with ON DELETE CASCADE. Before it renames the copy, it reads every view and trigger, also those of the table that
is not there at that moment. So foreign keys are checked at the end of each migration instead, and views and triggers are
put aside while a copy gets its name.
"""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple, cast

from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, event, literal, select, table, text
from sqlalchemy.exc import OperationalError

from admin_app.db.quoting import quoted
from admin_app.errors import ClashError
from admin_app.formatting import counted

_BEFORE, _ASIDE = "before the migrations", "views and triggers put aside"
_RENAMES_COPY = re.compile(r'ALTER TABLE "?_alembic_tmp_.+ RENAME TO ', re.DOTALL)
_DEPENDENT = text(
    "SELECT type, name, sql FROM sqlite_schema WHERE type IN ('view', 'trigger') ORDER BY type = 'view', rowid"
)


class _State(NamedTuple):
    """Which rows refer to none, counted by table and foreign key, and which views cannot be read."""

    lost: Counter[tuple[str, str]]
    broken: dict[str, str]


@contextmanager
def rebuilding(connection: Connection) -> Iterator[None]:
    """Inside, let tables be rebuilt. SQLite ignores a change of what it enforces in a transaction: there must be none."""
    driver = connection.connection.driver_connection
    if not isinstance(driver, sqlite3.Connection):
        yield
        return
    connection.info[_BEFORE] = _state_of(connection)
    connection.rollback()
    driver.execute("PRAGMA foreign_keys = OFF")
    event.listen(connection, "before_cursor_execute", _put_aside)
    event.listen(connection, "after_cursor_execute", _put_back)
    try:
        yield
    finally:
        connection.rollback()
        driver.execute("PRAGMA foreign_keys = ON")


def require_whole(*, ctx: MigrationContext, **_: object) -> None:
    """Raise `ClashError` if a migration left rows that refer to none, or a view that cannot be read any more."""
    if ctx.connection is None or ctx.as_sql or _BEFORE not in ctx.connection.info:
        return
    before, now = ctx.connection.info[_BEFORE], _state_of(ctx.connection)
    for (place, other), number in (now.lost - before.lost).items():
        message = f"The migration leaves {counted(number, 'row', 'rows')} of {place} that refer to no row of {other}. Nothing was changed. Correct the migration."
        raise ClashError(message)
    for view in sorted(now.broken.keys() - before.broken.keys()):
        message = f"The migration leaves the view “{view}” unreadable: {now.broken[view]}. Nothing was changed. Let the migration drop the view first, or make it anew."
        raise ClashError(message)


def _state_of(connection: Connection) -> _State:
    views = [name for kind, name, _ in connection.execute(_DEPENDENT) if kind == "view"]
    broken = {view: said for view in views if (said := _problem_with(connection, view))}
    try:
        rows = connection.execute(text("PRAGMA foreign_key_check")).all()
    except OperationalError:
        # A foreign key of another program's refers to what is not unique: SQLite then checks none.
        rows = []
    return _State(Counter((str(row[0]), str(row[2])) for row in rows), broken)


def _problem_with(connection: Connection, view: str) -> str:
    try:
        connection.execute(select(literal(1)).select_from(table(view)).limit(0)).close()
    except OperationalError as error:
        return str(error.orig)
    return ""


def _put_aside(connection: Connection, _cursor: object, statement: str, *_: object) -> None:
    if _RENAMES_COPY.match(statement) is None:
        return
    driver = _driver_of(connection)
    found = driver.execute(str(_DEPENDENT)).fetchall()
    for kind, name, _sql in found:
        # With a view its own triggers go.
        driver.execute(f"DROP {kind} IF EXISTS {quoted(name)}")
    connection.info[_ASIDE] = [sql for _, _, sql in reversed(found)]


def _put_back(connection: Connection, *_: object) -> None:
    for statement in connection.info.pop(_ASIDE, ()):
        _driver_of(connection).execute(statement)


def _driver_of(connection: Connection) -> sqlite3.Connection:
    return cast("sqlite3.Connection", connection.connection.driver_connection)
