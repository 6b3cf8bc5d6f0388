"""Whether a newer program has changed the database, whose rows this one would spoil; what a new migration compares."""

from __future__ import annotations

from alembic.autogenerate.api import AutogenContext
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData

from admin_app.errors import ConfigurationError
from admin_app.extensions import VERSION_TABLE

NEWER = "Start the newer program, or restore the backup from before the upgrade."


def current_revisions(connection: Connection) -> set[str]:
    """Return the migrations that the database is at."""
    return set(MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE}).get_current_heads())


def newer_than(scripts: ScriptDirectory, current: set[str]) -> str:
    """Say that a newer program's migrations are there, or nothing where it is none."""
    known = {one.revision for one in scripts.walk_revisions()}
    unknown = ", ".join(sorted(current - known))
    return f"The database is newer than the program: it is at migration {unknown}." if unknown else ""


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
