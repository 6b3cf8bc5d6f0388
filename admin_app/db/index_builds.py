"""Indexes in migrations that are made beside people who save: `op.create_index_concurrently`, and how `db migrate` writes it.

PostgreSQL makes such an index outside of a transaction: what the migration did before is committed first, so one that makes
indexes does nothing else. A build that broke off leaves an index that is invalid: each save keeps it up to date, no list uses
it, and `IF NOT EXISTS` takes it for made. So it goes before the next try. SQLite has one writer, and makes the index as ever.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from alembic.autogenerate import renderers
from alembic.autogenerate.api import AutogenContext
from alembic.operations import MigrateOperation, Operations
from alembic.operations.ops import CreateIndexOp, DropIndexOp, MigrationScript, ModifyTableOps, UpgradeOps
from sqlalchemy import Column, Connection, text
from typing_extensions import override

_INVALID = text(
    "SELECT i.relname AS name, t.relname AS place FROM pg_index AS x JOIN pg_class AS i ON i.oid = x.indexrelid "
    "JOIN pg_class AS t ON t.oid = x.indrelid WHERE NOT x.indisvalid AND i.relnamespace = current_schema()::regnamespace "
    "AND NOT EXISTS (SELECT FROM pg_stat_progress_create_index AS p WHERE p.index_relid = x.indexrelid) ORDER BY 1"
)


@runtime_checkable
class IndexOperation(Protocol):
    """An operation of ours that makes or removes indexes: made beside people who save where that is asked for."""

    concurrently: bool


@Operations.register_operation("create_index_concurrently", "apply")
class CreateIndexConcurrently(MigrateOperation):
    """Make an index of columns."""

    concurrently = True

    def __init__(self, name: str, table: str, columns: Sequence[str], *, unique: bool = False) -> None:
        """Keep what it is made of."""
        self.name, self.table, self.columns, self.unique = name, table, list(columns), unique

    @classmethod
    def apply(
        cls, operations: Operations, name: str, table: str, columns: Sequence[str], *, unique: bool = False
    ) -> None:
        """`op.create_index_concurrently("ix_post_stars", "post", ["stars"])`."""
        operations.invoke(cls(name, table, columns, unique=unique))

    @override
    def reverse(self) -> MigrateOperation:
        return DropIndexOp(self.name, self.table)

    @override
    def to_diff_tuple(self) -> tuple[object, ...]:
        return (type(self).__name__, self.name, self.table, self.columns)


def invalid_indexes(connection: Connection) -> dict[str, str]:
    """Return the indexes whose build broke off, each with its table; those that are being built are none."""
    if connection.dialect.name != "postgresql":
        return {}
    return {row.name: row.place for row in connection.execute(_INVALID)}


def build(operations: Operations, name: str, creation: str, *, concurrently: bool) -> None:
    """Make an index by its statement, beside people who save where that is asked for and the store can."""
    context = operations.get_context()
    if not concurrently or context.dialect.name != "postgresql":
        operations.execute(text(creation))
        return
    with context.autocommit_block():
        if not context.as_sql and name in invalid_indexes(operations.get_bind()):
            operations.execute(text(f'DROP INDEX CONCURRENTLY IF EXISTS "{name}"'))
        operations.execute(text(creation.replace("INDEX ", "INDEX CONCURRENTLY IF NOT EXISTS ", 1)))


def beside_where_alone(_context: object, _revision: object, scripts: list[MigrationScript]) -> None:
    """Write `db migrate`'s indexes so that they are made beside people who save, where the migration does nothing else."""
    for script in scripts:
        for upgrade_ops in script.upgrade_ops_list:
            _make_concurrent(upgrade_ops)


def _make_concurrent(upgrade_ops: UpgradeOps) -> None:
    found = [one for op in upgrade_ops.ops for one in (op.ops if isinstance(op, ModifyTableOps) else [op])]
    if not found or not all(isinstance(one, IndexOperation) or _is_plain(one) for one in found):
        return
    upgrade_ops.ops[:] = [_concurrent(one) for one in found]


def _is_plain(operation: MigrateOperation) -> bool:
    """Whether it makes an index of columns and of nothing else."""
    if not isinstance(operation, CreateIndexOp) or any(operation.kw.values()):
        return False
    return all(isinstance(one, str | Column) for one in operation.columns)


def _concurrent(operation: MigrateOperation) -> MigrateOperation:
    if isinstance(operation, IndexOperation):
        operation.concurrently = True
    if not isinstance(operation, CreateIndexOp):
        return operation
    name, columns = str(operation.index_name), [str(getattr(one, "name", one)) for one in operation.columns]
    return CreateIndexConcurrently(name, operation.table_name, columns, unique=bool(operation.unique))


@Operations.implementation_for(CreateIndexConcurrently)
def _create(operations: Operations, operation: CreateIndexConcurrently) -> None:
    columns = ", ".join(f'"{one}"' for one in operation.columns)
    kind = "UNIQUE INDEX" if operation.unique else "INDEX"
    creation = f'CREATE {kind} "{operation.name}" ON "{operation.table}" ({columns})'
    build(operations, operation.name, creation, concurrently=True)


@renderers.dispatch_for(CreateIndexConcurrently)
def _render(_context: AutogenContext, operation: CreateIndexConcurrently) -> str:
    unique = ", unique=True" if operation.unique else ""
    return f"op.create_index_concurrently({operation.name!r}, {operation.table!r}, {operation.columns!r}{unique})"
