"""How Alembic runs here: one tree of migrations for SQLite and PostgreSQL, on the application's own engine."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from flask import current_app

from admin_app.current import writing
from admin_app.extensions import db
from admin_app.models.base import UtcDateTime


def render_item(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """Write our time type as what it is in the database, so that no migration imports the application."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UtcDateTime) else False


def run_migrations() -> None:
    """Run them in one transaction each, as writers; SQLite's tables are rebuilt in batches where it cannot alter them."""
    arguments = current_app.extensions["migrate"].configure_args
    with writing(), db.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_item=render_item,
            transaction_per_migration=True,
            **arguments,
        )
        with context.begin_transaction():
            context.run_migrations()


run_migrations()
