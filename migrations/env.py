"""How Alembic runs here: one tree of migrations for SQLite and PostgreSQL, on the application's own engine."""

from __future__ import annotations

import warnings
from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from alembic.operations.ops import MigrationScript
from alembic.runtime.migration import MigrationContext
from flask import current_app
from sqlalchemy.types import TypeDecorator

from admin_app.context import writing
from admin_app.db import (
    backfill,  # noqa: F401 -- imported for what it tells Alembic: op.require_filled
    caseless,
    unique_text,
)
from admin_app.db.data_loss import warn_of_losses
from admin_app.db.filled_columns import PRESENT_TIME, fill_columns
from admin_app.db.index_builds import concurrently_if_alone
from admin_app.db.rebuilds import rebuilding, require_whole
from admin_app.db.schema_version import bound_locks, note_floor, require_no_newer
from admin_app.db.startup_lock import startup_lock
from admin_app.db.versions import may_be_altered
from admin_app.extensions import db
from admin_app.jobs import queue
from admin_app.selection.search import indexes as search_indexes
from admin_app.selection.search import migrations as search_migrations  # noqa: F401 -- imported for what it tells Alembic: op.create_search_index
from admin_app.selection.sorting import migrations as sort_migrations  # noqa: F401 -- the same: op.create_sort_index
from admin_app.selection.sorting import text_indexes


def render_item(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """Write what is ours as what it is in the database, or by an operation: no migration imports the application."""
    if kind == "server_default" and getattr(item, "arg", None) is PRESENT_TIME:
        return "op.present_time()"
    is_ours = kind == "type" and isinstance(item, TypeDecorator) and type(item).__module__.startswith("admin_app")
    return getattr(item, "in_migration", f"sa.{item.impl_instance!r}") if is_ours else False


def include_name(name: str | None, kind: str, _parents: Any) -> bool:
    """Leave the search, sort and unique indexes, and the tables that SQLite keeps some in, to our operations; Huey's to Huey."""
    if name is not None and name.startswith(f"{queue.PREFIX}_"):
        return False
    if kind == "index" and (text_indexes.is_own(name) or caseless.is_own(name)):
        return False
    return kind not in {"table", "index"} or not search_indexes.is_own(name, db.metadata)


def include_object(one: Any, _name: str | None, kind: str, is_unknown: bool, _other: Any) -> bool:  # noqa: FBT001 -- as Alembic calls it
    """Leave tables that no model describes, and those that must not be altered, as they are: they are somebody else's."""
    return kind != "table" or (not is_unknown and may_be_altered(one))


def complete(migration: MigrationContext, revision: Any, scripts: list[MigrationScript]) -> None:
    """Let a generated migration fill what it adds and build indexes beside people if it does nothing else; say which data it drops."""
    fill_columns(scripts)
    concurrently_if_alone(migration, revision, scripts)
    warn_of_losses(scripts)


def repair_indexes(*, ctx: MigrationContext, **_: Any) -> None:
    """Give a table that a batch rebuilt its triggers back, and its indexes over functions."""
    if ctx.connection is not None and not ctx.as_sql:
        search_indexes.repair(ctx.connection)
        text_indexes.repair(ctx.connection)
        unique_text.repair(ctx.connection)


def run_migrations() -> None:
    """Run them in one transaction each, as writers; SQLite's tables are rebuilt in batches where it cannot alter them.

    Which are missing is asked when no other process is at it any more.
    """
    arguments = current_app.extensions["migrate"].configure_args
    with writing(), startup_lock(db.engine), db.engine.connect() as connection, warnings.catch_warnings():
        # SQLAlchemy cannot read them on SQLite, and need not.
        warnings.filterwarnings(
            "ignore",
            "(?s)Skipped unsupported reflection of expression-based index (uq_|ix_.*_(sort_key|mailbox|namesake))",
        )
        bound_locks(connection)
        require_no_newer(connection, context.script)
        connection.rollback()
        unique_text.begin(connection)
        connection.commit()
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_item=render_item,
            include_name=include_name,
            include_object=include_object,
            on_version_apply=(repair_indexes, require_whole, note_floor),
            process_revision_directives=complete,
            transaction_per_migration=True,
            **arguments,
        )
        with rebuilding(connection), context.begin_transaction():
            text_indexes.keep(connection)
            context.run_migrations()


run_migrations()
