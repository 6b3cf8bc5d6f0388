"""The defaults of the database, as SQL for statements that write rows, and the columns that only the database may fill."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    FromClause,
    Sequence,
    Text,
    cast,
    event,
    func,
    literal,
    null,
)
from sqlalchemy.engine.interfaces import ExecutionContext
from sqlalchemy.sql.dml import Insert

from admin_app.db.quoting import quoted
from admin_app.extensions import Expression, TableColumn

_GIVEN = re.compile(r"\) (VALUES|SELECT)")


def is_always_numbered(column: TableColumn) -> bool:
    """Whether the database numbers the column and takes no number from anyone: `Identity(always=True)`."""
    return column.identity is not None and bool(column.identity.always)


def has_default(column: TableColumn) -> bool:
    """Whether the database fills the column if no value is given."""
    return column.server_default is not None or column.identity is not None or isinstance(column.default, Sequence)


def server_default_of(column: TableColumn, dialect: str) -> Expression:
    """Return the database's default of the column; NULL if only a trigger knows it."""
    # Only a default with a text or an expression has this attribute; an identity and a value from a trigger have none.
    said: Any = getattr(column.server_default, "arg", None)
    if said is not None:
        given = literal(said, Text) if isinstance(said, str) else said
        return as_stored(given, column, dialect)
    if dialect != "postgresql":
        return null()
    if isinstance(column.default, Sequence):
        return column.default.next_value()
    return null() if column.identity is None else func.nextval(_sequence_of(column), type_=column.type)


def as_stored(given: Expression, column: TableColumn, dialect: str) -> Expression:
    """Cast a default to its column's type, as PostgreSQL does when it stores it. SQLite's own cast would turn a date into 2026."""
    return cast(given, column.type) if dialect == "postgresql" else given


def _sequence_of(column: TableColumn) -> Expression:
    table = column.table
    place = f"{quoted(table.schema)}." if table.schema else ""
    return func.pg_get_serial_sequence(f"{place}{quoted(table.name)}", column.name)


def install(engine: Engine) -> None:
    """Let the engine insert rows with their former keys into columns that PostgreSQL otherwise always numbers itself."""
    if engine.dialect.name == "postgresql":
        event.listen(engine, "before_cursor_execute", _keep_numbers, retval=True)


def _keep_numbers(
    _connection: Connection,
    _cursor: object,
    statement: str,
    parameters: object,
    context: ExecutionContext | None,
    _many: object,
) -> tuple[str, object]:
    insert = getattr(getattr(context, "compiled", None), "statement", None)
    if isinstance(insert, Insert) and _is_numbered(insert.table):
        return _GIVEN.sub(r") OVERRIDING SYSTEM VALUE \1", statement, count=1), parameters
    return statement, parameters


def _is_numbered(table: FromClause) -> bool:
    return any(isinstance(one, Column) and is_always_numbered(one) for one in table.columns)
