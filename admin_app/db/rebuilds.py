"""Tables that SQLite cannot alter: Alembic fills a copy, drops the table, and gives the copy its name.

If foreign keys are enforced meanwhile, SQLite deletes the table's rows before it drops it, and with them whatever refers
to them with ON DELETE CASCADE. It drops the table's triggers too. Before it renames the copy, it reads every view and
trigger, even those of the table that does not exist at that moment. So foreign keys are checked at the end of each
migration instead, and views and triggers are put aside while a copy gets its name.
"""

from __future__ import annotations

import re
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import NamedTuple, cast

from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, event

from admin_app.db.quoting import quoted
from admin_app.errors import ClashError
from admin_app.formatting import counted

_BEFORE, _SEEN, _ASIDE = "before the migration", "the others' writes", "views and triggers put aside"
_MAKES_COPY = re.compile(r'\s*CREATE TABLE "?_alembic_tmp_')
_RENAMES_COPY = re.compile(r'ALTER TABLE "?_alembic_tmp_.+ RENAME TO ', re.DOTALL)
_DEPENDENT = "SELECT type, name, sql FROM sqlite_schema WHERE type IN ('view', 'trigger') ORDER BY type = 'view', rowid"
_WITH_TRIGGERS = "SELECT DISTINCT s.tbl_name, c.name FROM sqlite_schema AS s, pragma_table_info(s.tbl_name) AS c WHERE s.type = 'trigger'"
# The statements that run a table's triggers, by the word for each.
_WRITES = {
    "INSERT": "INSERT INTO {table} DEFAULT VALUES",
    "UPDATE": "UPDATE {table} SET {values}",
    "DELETE": "DELETE FROM {table}",
}
# A counter that makes each statement unique: the driver caches statements, and SQLite would explain a cached one as it was.
_NUMBERS = count()
_READ = "SELECT 1 FROM {view} LIMIT 0"
# SQLite's message for a view that only has triggers for other statements.
_NOT_OURS = "cannot modify "


class _State(NamedTuple):
    """The problems of a database: rows whose foreign key refers to no row, counted by table and key; unreadable views; statements that a trigger breaks."""

    lost: Counter[tuple[str, str]]
    broken: dict[str, str]
    failing: dict[tuple[str, str], str]


@contextmanager
def rebuilding(connection: Connection) -> Iterator[None]:
    """Let tables be rebuilt inside the block. No transaction may be open, because SQLite ignores the switch of foreign keys in one."""
    driver = connection.connection.driver_connection
    if not isinstance(driver, sqlite3.Connection):
        yield
        return
    connection.rollback()
    driver.execute("PRAGMA foreign_keys = OFF")
    _look(connection)
    event.listen(connection, "begin", _look)
    event.listen(connection, "before_cursor_execute", _put_aside)
    event.listen(connection, "after_cursor_execute", _put_back)
    try:
        yield
    finally:
        connection.rollback()
        driver.execute("PRAGMA foreign_keys = ON")
        # The pool keeps the connection, and its next user writes without the counter.
        connection.info.pop(_BEFORE)


def require_whole(*, ctx: MigrationContext, **_: object) -> None:
    """Raise `ClashError` if a migration left a row whose foreign key refers to no row, an unreadable view, or a trigger that fails."""
    if ctx.connection is None or ctx.as_sql or _BEFORE not in ctx.connection.info:
        return
    before, now = ctx.connection.info[_BEFORE], _state_of(_driver_of(ctx.connection))
    for said in _problems(before, now):
        raise ClashError(said)
    ctx.connection.info[_BEFORE] = now


def _problems(before: _State, now: _State) -> Iterator[str]:
    for (place, other), rows in (now.lost - before.lost).items():
        number = counted(rows, "row", "rows")
        yield (
            f"The migration leaves {number} of {place} that refer to no row of {other}. Nothing was changed. "
            "On SQLite, ON DELETE does nothing in a migration: let the migration delete or change those rows itself."
        )
    for view in sorted(now.broken.keys() - before.broken.keys()):
        yield f"The migration leaves the view “{view}” unreadable: {now.broken[view]}. Nothing was changed. Let the migration drop the view first, or make it anew."
    for place, verb in sorted(now.failing.keys() - before.failing.keys()):
        yield f"The migration leaves {place} with a trigger that breaks every {verb}: {now.failing[place, verb]}. Nothing was changed. Let the migration drop the trigger first, or make it anew."


def _look(connection: Connection) -> None:
    """Note the state in which a migration finds the database, if another program has written since."""
    driver = _driver_of(connection)
    (seen,) = driver.execute("PRAGMA data_version").fetchone()
    if _BEFORE not in connection.info or connection.info[_SEEN] != seen:
        connection.info.update({_BEFORE: _state_of(driver), _SEEN: seen})


def _state_of(driver: sqlite3.Connection) -> _State:
    views = [name for kind, name, _ in driver.execute(_DEPENDENT).fetchall() if kind == "view"]
    read = {view: _problem_with(driver, _READ.format(view=quoted(view))) for view in views}
    written = {
        key: _problem_with(driver, f"EXPLAIN {statement} -- {next(_NUMBERS)}") for key, statement in _writes(driver)
    }
    try:
        rows = driver.execute("PRAGMA foreign_key_check").fetchall()
    except sqlite3.OperationalError:
        # Another program's foreign key refers to columns that are not unique: SQLite then checks no foreign key.
        rows = []
    return _State(
        Counter((str(row[0]), str(row[2])) for row in rows),
        {view: said for view, said in read.items() if said},
        {key: said for key, said in written.items() if said and not said.startswith(_NOT_OURS)},
    )


def _writes(driver: sqlite3.Connection) -> Iterator[tuple[tuple[str, str], str]]:
    """Yield, for each table with triggers, the statements that run them."""
    columns: dict[str, list[str]] = defaultdict(list)
    for place, column in driver.execute(_WITH_TRIGGERS).fetchall():
        columns[place].append(quoted(column))
    for place, names in columns.items():
        values = ", ".join(f"{one} = {one}" for one in names)
        for verb, statement in _WRITES.items():
            yield (place, verb), statement.format(table=quoted(place), values=values)


def _problem_with(driver: sqlite3.Connection, statement: str) -> str:
    try:
        driver.execute(statement).close()
    except sqlite3.OperationalError as error:
        return str(error)
    return ""


def _put_aside(connection: Connection, _cursor: object, statement: str, *_: object) -> None:
    driver = _driver_of(connection)
    if _MAKES_COPY.match(statement) is not None:
        connection.info[_ASIDE] = [sql for _, _, sql in reversed(driver.execute(_DEPENDENT).fetchall())]
    if _RENAMES_COPY.match(statement) is not None:
        for kind, name, _sql in driver.execute(_DEPENDENT).fetchall():
            # Dropping a view drops its triggers too.
            driver.execute(f"DROP {kind} IF EXISTS {quoted(name)}")


def _put_back(connection: Connection, _cursor: object, statement: str, *_: object) -> None:
    if _RENAMES_COPY.match(statement) is not None:
        for sql in connection.info.pop(_ASIDE, ()):
            _driver_of(connection).execute(sql)


def _driver_of(connection: Connection) -> sqlite3.Connection:
    return cast("sqlite3.Connection", connection.connection.driver_connection)
