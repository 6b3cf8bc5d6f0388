"""Whether a newer program has migrated the database and this one can still use it.

A migration whose changes don't disturb older programs says `is_additive = True`. The database stores the oldest migration
whose program can serve, so that servers of two versions can run side by side during an upgrade.
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

# How long a migration waits for a lock, in milliseconds, and PostgreSQL's code if it gets none.
LOCK_MS, LOCK_NOT_AVAILABLE = 3000, "55P03"
# The table of `models.schema_floor`.
FLOOR = "schema_floor"
NEWER = "Start the newer program, or restore the backup from before the upgrade."


def current_revisions(connection: Connection) -> set[str]:
    """Return the revisions that the database is at."""
    return set(MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE}).get_current_heads())


def newer_than(scripts: ScriptDirectory, current: set[str]) -> str:
    """Say that the database has migrations of a newer program; "" if it has none."""
    unknown = ", ".join(sorted(current - _known(scripts)))
    return f"The database is newer than the program: it is at migration {unknown}." if unknown else ""


def is_served(connection: Connection, scripts: ScriptDirectory) -> bool:
    """Whether this program can serve these tables: they are its own, or a newer program changed them compatibly."""
    current = current_revisions(connection)
    return current == set(scripts.get_heads()) or is_kept_by_newer(connection, scripts)


def is_kept_by_newer(connection: Connection, scripts: ScriptDirectory) -> bool:
    """Whether a newer program has changed the tables only by additions."""
    return bool(newer_than(scripts, current_revisions(connection))) and _floor(connection) in _known(scripts)


def require_served(connection: Connection, scripts: ScriptDirectory) -> None:
    """Stop the start if a newer program has changed the tables incompatibly, or nobody has upgraded them yet."""
    if is_served(connection, scripts):
        return
    require_no_newer(connection, scripts)
    message = "The tables are older than the program: upgrade them first."
    raise ConfigurationError(message)


def note_floor(*, ctx: MigrationContext, step: MigrationInfo, heads: Collection[str], **_: object) -> None:
    """With each migration, store the oldest one whose program can serve the tables."""
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
    """Whether programs of the previous version can use the tables after a migration."""
    return bool(getattr(script.module, "is_additive", False))


def bound_locks(connection: Connection) -> None:
    """Limit how long each migration waits for a lock: everyone who comes after it waits behind it."""
    if connection.dialect.name == "postgresql":
        event.listen(connection, "begin", _bound)


def _bound(connection: Connection) -> None:
    # An index that is built concurrently is in no transaction, and nobody waits behind it.
    if connection.get_execution_options().get("isolation_level") != "AUTOCOMMIT":
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {LOCK_MS}")


def is_lock_timeout(error: BaseException) -> bool:
    """Whether a migration failed because it got no lock in time."""
    return getattr(getattr(error, "orig", None), "sqlstate", None) == LOCK_NOT_AVAILABLE


def _floor(connection: Connection) -> str:
    if not connection.dialect.has_table(connection, FLOOR):
        return ""
    return connection.scalar(text(f"SELECT revision FROM {FLOOR}")) or ""


def _known(scripts: ScriptDirectory) -> set[str]:
    return {one.revision for one in scripts.walk_revisions()}


def require_no_newer(connection: Connection, scripts: ScriptDirectory) -> None:
    """Stop if a newer program has changed the database."""
    if problem := newer_than(scripts, current_revisions(connection)):
        message = f"{problem} {NEWER}"
        raise ConfigurationError(message)


def compared(context: AutogenContext) -> tuple[MetaData, Connection]:
    """Return the context in which `db migrate` compares the models with the database."""
    if context.connection is None or not isinstance(context.metadata, MetaData):
        message = "A migration is written by comparing one set of models with a database: see migrations/env.py."
        raise TypeError(message)
    return context.metadata, context.connection
