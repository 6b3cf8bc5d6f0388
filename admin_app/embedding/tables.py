"""Create and upgrade the dashboard's tables in another application's database, without touching that application's own tables."""

from __future__ import annotations

import warnings

from alembic.autogenerate import produce_migrations
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import Connection, Table, select, text
from sqlalchemy.orm import Session

from admin_app.context import writing
from admin_app.db import caseless, unique_text
from admin_app.db.schema_version import require_no_newer
from admin_app.db.startup_lock import transaction_alone
from admin_app.db.versions import may_be_altered
from admin_app.domain.permissions import roles
from admin_app.embedding.table_changes import Changes, changes_in
from admin_app.extensions import VERSION_TABLE, db
from admin_app.models.role import Role
from admin_app.selection.search import indexes as search_indexes
from admin_app.selection.sorting import text_indexes


def planned(app: Flask) -> Changes:
    """Return what an upgrade would change and what it would leave, without changing anything."""
    scripts = ScriptDirectory(app.extensions["migrate"].directory)
    with app.app_context(), db.engine.connect() as connection:
        require_no_newer(connection, scripts)
        return _compared(MigrationContext.configure(connection, opts=_OPTIONS))


def upgrade(app: Flask) -> Changes:
    """Create what is missing, in one transaction; return the changes and the remaining differences."""
    scripts = ScriptDirectory(app.extensions["migrate"].directory)
    with app.app_context(), writing(), transaction_alone(db.engine) as connection:
        require_no_newer(connection, scripts)
        _make_functions(connection, scripts)
        context = MigrationContext.configure(connection, opts=_OPTIONS)
        changes = _compared(context)
        for one in changes.made:
            Operations(context).invoke(one)
        with Session(connection, join_transaction_mode="create_savepoint") as session:
            if session.scalar(select(Role.id).limit(1)) is None:
                session.add_all(roles.given())
                session.commit()
        context.stamp(scripts, "heads")
        if connection.dialect.name == "sqlite":
            # Lists read a table's size from SQLite's statistics, whose table exists only after an ANALYZE.
            connection.exec_driver_sql(f'ANALYZE "{Role.__tablename__}"')
        return changes


def _compared(context: MigrationContext) -> Changes:
    with warnings.catch_warnings():
        # SQLAlchemy warns about indexes over functions, which it cannot read on SQLite and need not.
        warnings.filterwarnings("ignore", "Skipped unsupported reflection of expression-based index")
        return changes_in(produce_migrations(context, db.metadata).upgrade_ops, context.dialect.name)


def _is_ours(name: str | None, kind: str, _parents: object) -> bool:
    """Whether Alembic should compare a table or an index: only our tables, and no indexes over functions, which have their own operations."""
    if kind == "index":
        return not (text_indexes.is_own(name) or caseless.is_own(name) or search_indexes.is_own(name, db.metadata))
    return kind != "table" or name in db.metadata.tables


def _is_made_here(one: object, _name: str | None, kind: str, *_more: object) -> bool:
    """Whether the dashboard creates a table: not the application's tables, even if models of ours describe them."""
    return kind != "table" or (isinstance(one, Table) and may_be_altered(one))


_OPTIONS = {"version_table": VERSION_TABLE, "include_name": _is_ours, "include_object": _is_made_here}


def _make_functions(connection: Connection, scripts: ScriptDirectory) -> None:
    """Create PostgreSQL's functions for sorting and comparing text, if they are missing."""
    if connection.dialect.name == "sqlite":
        return
    unique_text.require_function(connection)
    schema = connection.scalar(text("SELECT quote_ident(current_schema())"))
    alike = scripts.get_revision("0017").module
    makers = {"sort_key": scripts.get_revision("0014").module.function()}
    makers |= {"mailbox": alike.MAILBOX.format(schema=schema), "namesake": alike.NAMESAKE.format(schema=schema)}
    for name, statement in makers.items():
        if connection.scalar(text(f"SELECT to_regprocedure('{name}(text)')")) is None:
            connection.exec_driver_sql(statement)
