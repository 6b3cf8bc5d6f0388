"""What pending migrations do: their statements, the locks on tables and their sizes, and who can serve meanwhile."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence

from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import Script, ScriptDirectory
from alembic.util import CommandError
from humanize import naturalsize
from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from admin_app.db.backfill import of_script
from admin_app.db.data_loss import losses_in
from admin_app.db.quoting import NAME, quoted, unquoted
from admin_app.db.schema_version import LOCK_MS, current_revisions, is_additive
from admin_app.errors import ConfigurationError
from admin_app.formatting import counted, number

NOBODY = "nobody reads or writes it meanwhile"
NO_WRITES = "people read it, and wait with saving"
NO_CHANGES = "people read and save; only other migrations wait"
ROWS = "people read and save; only who saves the same rows waits"
_NAME = rf"(?P<table>{NAME})"
# Beginnings of PostgreSQL's statements, and what each means for people who use the table.
LOCKS = (
    (rf"CREATE (?:UNIQUE )?INDEX CONCURRENTLY .*? ON (?:ONLY )?{_NAME}", NO_CHANGES),
    (rf"CREATE (?:UNIQUE )?INDEX .*? ON (?:ONLY )?{_NAME}", NO_WRITES),
    (rf"CREATE (?:CONSTRAINT )?TRIGGER .*? ON {_NAME}", NO_WRITES),
    (rf"ALTER TABLE (?:ONLY )?{_NAME} ADD (?:CONSTRAINT {NAME} )?FOREIGN KEY", NO_WRITES),
    (rf"ALTER TABLE (?:ONLY )?{_NAME} VALIDATE CONSTRAINT", NO_CHANGES),
    (rf"(?:ALTER|DROP) TABLE (?:IF EXISTS |ONLY )*{_NAME}", NOBODY),
    (rf"(?:UPDATE|DELETE FROM|INSERT INTO) {_NAME}", ROWS),
)
_SIZE = text(
    "SELECT greatest(reltuples, 0)::bigint, pg_total_relation_size(oid) FROM pg_class WHERE oid = to_regclass(:table)"
)
# What a migration raises that queries the database, which is not available while its statements are only printed.
UNTOLD = (AttributeError, CommandError, ConfigurationError, NotImplementedError, SQLAlchemyError)
UNKNOWN = "Its statements depend on what the tables hold, and are known when it runs."


def pending(connection: Connection, scripts: ScriptDirectory) -> list[Script]:
    """Return the pending migrations in order."""
    current = current_revisions(connection)
    found = scripts.iterate_revisions(tuple(scripts.get_heads()), tuple(current) or "base")
    return [one for one in found if one.revision not in current][::-1]


def plan_in_words(connection: Connection, scripts: ScriptDirectory, missing: Sequence[Script]) -> Iterator[str]:
    """Describe them line by line."""
    if not missing:
        yield "No migration is pending."
        return
    current, heads = ", ".join(current_revisions(connection)) or "none", ", ".join(scripts.get_heads())
    words = f"{counted(len(missing), 'migration is', 'migrations are')} pending"
    yield f"The tables are at migration {current}, and the program at {heads}: {words}."
    for one in missing:
        yield ""
        yield f"{one.revision}  {(one.doc or '').partition(chr(10))[0]}"
        yield f"  {_beside(one)}"
        yield from (f"  {loss}" for loss in losses_of(one, connection.dialect.name))
        yield from _statements(connection, one)
        if (left := of_script(one)) is not None:
            yield f"  Afterwards workers fill {left.table} piece by piece: {left.assignment}, where {left.lacking}."
    if connection.dialect.name == "postgresql":
        yield ""
        yield f"Each waits {LOCK_MS // 1000} seconds at most for a lock, and is tried again."
    else:
        yield ""
        yield "SQLite has one writer at a time: people read meanwhile, and wait with saving."


def _beside(one: Script) -> str:
    if is_additive(one):
        return "Servers of the version before can go on."
    return "Servers of the version before stop being ready: replace all of them, or begin maintenance."


def _statements(connection: Connection, one: Script) -> Iterator[str]:
    try:
        statements = statements_of(one, connection.dialect.name)
    except UNTOLD:
        yield f"  {UNKNOWN}"
        return
    for statement in statements:
        yield f"  {' '.join(statement.split())};"
        yield f"    {_lock(connection, statement)}"


def losses_of(one: Script, dialect: str) -> list[str]:
    """Say what a migration removes; if SQLite recreates a table for it, only PostgreSQL's statements tell."""
    for store in (dialect, "postgresql"):
        try:
            return [*losses_in(statements_of(one, store))]
        except UNTOLD:
            continue
    return []


def statements_of(one: Script, dialect: str) -> list[str]:
    """Return the statements of a migration without running them."""
    written = io.StringIO()
    options = {"as_sql": True, "output_buffer": written, "literal_binds": True}
    context = MigrationContext.configure(dialect_name=dialect, opts=options)
    with Operations.context(context):
        one.module.upgrade()
    found = (part.strip() for part in written.getvalue().split(";\n\n"))
    # The statements that end a transaction before a concurrent index build, and begin the next one.
    return [one for one in found if one not in {"", "COMMIT", "BEGIN"}]


def _lock(connection: Connection, statement: str) -> str:
    """Say who waits for a statement."""
    if connection.dialect.name != "postgresql":
        return "is the one writer meanwhile"
    line = " ".join(statement.split())
    for begin, words in LOCKS:
        if (found := re.match(begin, line, re.IGNORECASE)) is not None:
            name = unquoted(found["table"])
            row = connection.execute(_SIZE, {"table": quoted(name)}).one_or_none()
            # Nobody uses a table yet that an earlier statement creates.
            return "a new table" if row is None else f"{name} ({number(row[0])} rows, {naturalsize(row[1])}): {words}"
    return "no existing table waits for it"
