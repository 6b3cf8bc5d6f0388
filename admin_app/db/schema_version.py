"""Whether a newer program has changed the database, and whether this one may go on with it; what a new migration compares.

A migration that only adds what programs of the version before can do without says `is_additive = True`. The database keeps
the oldest migration whose program can serve, so that servers of two versions run side by side while they are replaced.
"""

from __future__ import annotations

from collections.abc import Collection

from alembic.autogenerate.api import AutogenContext
from alembic.migration import MigrationContext
from alembic.runtime.migration import MigrationInfo
from alembic.script import Script, ScriptDirectory
from sqlalchemy import Connection, MetaData, event, text

from admin_app.errors import ConfigurationError
from admin_app.extensions import VERSION_TABLE

# How long a migration waits for a lock, in milliseconds, and what PostgreSQL says when it has not got it.
LOCK_MS, LOCK_NOT_AVAILABLE = 3000, "55P03"
# The table of `models.schema_floor`.
FLOOR = "schema_floor"
NEWER = "Start the newer program, or restore the backup from before the upgrade."


def current_revisions(connection: Connection) -> set[str]:
    """Return the migrations that the database is at."""
    return set(MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE}).get_current_heads())


def newer_than(scripts: ScriptDirectory, current: set[str]) -> str:
    """Say that a newer program's migrations are there, or nothing where it is none."""
    unknown = ", ".join(sorted(current - _known(scripts)))
    return f"The database is newer than the program: it is at migration {unknown}." if unknown else ""


def is_served(connection: Connection, scripts: ScriptDirectory) -> bool:
    """Whether this program can serve the tables: they are its own, or of a newer one that left it what it needs."""
    current = current_revisions(connection)
    return current == set(scripts.get_heads()) or is_kept_by_newer(connection, scripts)


def is_kept_by_newer(connection: Connection, scripts: ScriptDirectory) -> bool:
    """Whether a newer program has changed the tables only by what this one can do without."""
    return bool(newer_than(scripts, current_revisions(connection))) and _floor(connection) in _known(scripts)


def require_served(connection: Connection, scripts: ScriptDirectory) -> None:
    """Stop on a database that a newer program has changed, unless this one can go on with it, and on one that nobody has upgraded yet."""
    if is_served(connection, scripts):
        return
    require_no_newer(connection, scripts)
    message = "The tables are older than the program: upgrade them first."
    raise ConfigurationError(message)


def note_floor(*, ctx: MigrationContext, step: MigrationInfo, heads: Collection[str], **_: object) -> None:
    """Write down, with each migration, of which program on the tables can be served."""
    connection = ctx.connection
    if connection is None or ctx.as_sql or not connection.dialect.has_table(connection, FLOOR):
        return
    revisions = set(heads)
    if step.is_upgrade and not step.is_stamp and isinstance(step.up_revision, Script) and is_additive(step.up_revision):
        if _floor(connection):
            return
        revisions = set(step.down_revision_ids)
    connection.execute(text(f"DELETE FROM {FLOOR}"))
    for revision in revisions:
        connection.execute(text(f"INSERT INTO {FLOOR} (id, revision) VALUES (1, :revision)"), {"revision": revision})


def is_additive(script: Script) -> bool:
    """Whether programs of the version before can go on with the tables as a migration leaves them."""
    return bool(getattr(script.module, "is_additive", False))


def bound_locks(connection: Connection) -> None:
    """Let each migration wait for a lock no longer than people wait for a page: whoever comes after it waits behind it."""
    if connection.dialect.name == "postgresql":
        event.listen(connection, "begin", _bound)


def _bound(connection: Connection) -> None:
    # An index that is made beside people is in no transaction, and nobody waits behind it.
    if connection.get_execution_options().get("isolation_level") != "AUTOCOMMIT":
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {LOCK_MS}")


def is_lock_timeout(error: BaseException) -> bool:
    """Whether a migration did not get its lock in time."""
    return getattr(getattr(error, "orig", None), "sqlstate", None) == LOCK_NOT_AVAILABLE


def _floor(connection: Connection) -> str:
    if not connection.dialect.has_table(connection, FLOOR):
        return ""
    return connection.scalar(text(f"SELECT revision FROM {FLOOR}")) or ""


def _known(scripts: ScriptDirectory) -> set[str]:
    return {one.revision for one in scripts.walk_revisions()}


def require_no_newer(connection: Connection, scripts: ScriptDirectory) -> None:
    """Stop on a database that a newer program has changed."""
    if problem := newer_than(scripts, current_revisions(connection)):
        message = f"{problem} {NEWER}"
        raise ConfigurationError(message)


def compared(context: AutogenContext) -> tuple[MetaData, Connection]:
    """Return what `db migrate` compares: the models and the database."""
    if context.connection is None or not isinstance(context.metadata, MetaData):
        message = "A migration is written by comparing one set of models with a database: see migrations/env.py."
        raise TypeError(message)
    return context.metadata, context.connection
