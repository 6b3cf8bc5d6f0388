"""The columns that every record has, in a migration that adds them to a table with rows: `db migrate` lets the database fill them."""

from __future__ import annotations

from collections.abc import Iterable

from alembic.operations import MigrateOperation, Operations
from alembic.operations.ops import AddColumnOp, MigrationScript, ModifyTableOps
from sqlalchemy import Column, Integer, TextClause, text

from admin_app.db.quoting import plain
from admin_app.db.types import UtcDateTime

# The columns of every record that have no default in the database, and the default that `db migrate` gives each.
TIMES, COUNTER, FIRST = ("created_at", "updated_at"), "version", "1"


# Stands for `op.present_time()` until the migration is written.
PRESENT_TIME = text("present time")
# The time when a row is written, in the form in which we store times.
_BY_STORE = {"sqlite": "(strftime('%Y-%m-%d %H:%M:%f000', 'now'))", "postgresql": "now()"}


@Operations.register_operation("present_time", "apply")
class PresentTime(MigrateOperation):
    """The default of a time: migrations import nothing of the application."""

    @classmethod
    def apply(cls, operations: Operations) -> TextClause:
        """Provide `server_default=op.present_time()`."""
        return plain(_BY_STORE[operations.get_context().dialect.name])


def fill_columns(scripts: Iterable[MigrationScript]) -> None:
    """Give the columns that a generated migration adds to existing tables their values."""
    for script in scripts:
        for found in script.upgrade_ops_list:
            for one in found.ops:
                for added in one.ops if isinstance(one, ModifyTableOps) else ():
                    if isinstance(added, AddColumnOp):
                        added.column = _filled(added.column)


def _filled(column: Column[object]) -> Column[object]:
    if column.nullable or column.server_default is not None:
        return column
    if column.name in TIMES and isinstance(column.type, UtcDateTime):
        return Column(column.name, column.type, nullable=False, server_default=PRESENT_TIME)
    # A text column with that name is no counter: a program's "version" may be "2.1".
    if column.name == COUNTER and isinstance(column.type, Integer):
        return Column(column.name, column.type, nullable=False, server_default=FIRST)
    return column
