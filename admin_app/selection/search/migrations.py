"""Search indexes in migrations: `op.create_search_index`, `op.drop_search_index`, and how `db migrate` writes them."""

from __future__ import annotations

from collections.abc import Sequence

from alembic.autogenerate import comparators, renderers
from alembic.autogenerate.api import AutogenContext
from alembic.operations import MigrateOperation, Operations
from alembic.operations.ops import UpgradeOps
from alembic.util import DispatchPriority

from admin_app.db.index_builds import build
from admin_app.db.quoting import plain
from admin_app.db.schema_version import compared
from admin_app.selection.search import indexes as search_indexes


class _SearchIndex(MigrateOperation):
    """The base of both operations: a table and its searched columns."""

    def __init__(self, table: str, columns: Sequence[str], *, concurrently: bool = False) -> None:
        self.table, self.columns, self.concurrently = table, list(columns), concurrently

    def to_diff_tuple(self) -> tuple[object, ...]:
        """Describe the operation for `db check`."""
        return (type(self).__name__, self.table, self.columns)


@Operations.register_operation("create_search_index", "apply")
class CreateSearchIndex(_SearchIndex):
    """Create the index of a table's searched columns."""

    @classmethod
    def apply(cls, operations: Operations, table: str, columns: Sequence[str], *, concurrently: bool = False) -> None:
        """`op.create_search_index("post", ["content"])`; `concurrently` blocks no writers."""
        operations.invoke(cls(table, columns, concurrently=concurrently))

    def reverse(self) -> MigrateOperation:
        """Return the operation that undoes this one."""
        return DropSearchIndex(self.table, self.columns)

    def made(self) -> Sequence[tuple[str, str]]:
        """Name the index, which is called otherwise in each store, and its table."""
        return [("the search index", self.table)]


@Operations.register_operation("drop_search_index", "apply")
class DropSearchIndex(_SearchIndex):
    """Remove the index of a table's searched columns."""

    @classmethod
    def apply(cls, operations: Operations, table: str, columns: Sequence[str]) -> None:
        """`op.drop_search_index("post", ["content"])`."""
        operations.invoke(cls(table, columns))

    def reverse(self) -> MigrateOperation:
        """Return the operation that undoes this one."""
        return CreateSearchIndex(self.table, self.columns)


@Operations.implementation_for(CreateSearchIndex)
def _create(operations: Operations, operation: CreateSearchIndex) -> None:
    dialect, table, columns = operations.get_context().dialect.name, operation.table, operation.columns
    if not operations.get_context().as_sql:
        search_indexes.require_free(operations.get_bind(), table, columns)
    names = search_indexes.index_names(dialect, table, columns)
    for name, statement in zip(names, search_indexes.creation(dialect, table, columns), strict=True):
        build(operations, name, statement, concurrently=operation.concurrently and bool(name))


@Operations.implementation_for(DropSearchIndex)
def _drop(operations: Operations, operation: DropSearchIndex) -> None:
    for statement in search_indexes.removal(operations.get_context().dialect.name, operation.table, operation.columns):
        operations.execute(plain(statement))


@renderers.dispatch_for(CreateSearchIndex)
def _render_create(_context: AutogenContext, operation: CreateSearchIndex) -> str:
    beside = ", concurrently=True" if operation.concurrently else ""
    return f"op.create_search_index({operation.table!r}, {operation.columns!r}{beside})"


@renderers.dispatch_for(DropSearchIndex)
def _render_drop(_context: AutogenContext, operation: DropSearchIndex) -> str:
    return f"op.drop_search_index({operation.table!r}, {operation.columns!r})"


# Last, because a table has to be created before its index.
@comparators.dispatch_for("schema", priority=DispatchPriority.LAST)
def _compare(context: AutogenContext, upgrade_ops: UpgradeOps, _schemas: object) -> None:
    """Create what is declared and missing; drop what is present and no longer declared."""
    metadata, connection = compared(context)
    wanted, there = search_indexes.declared(metadata), search_indexes.present(connection)
    for table in sorted(wanted.keys() | there.keys()):
        old, new = there.get(table, ()), wanted.get(table, ())
        if sorted(old) == sorted(new):
            continue
        # An index is dropped before its table and created after it. A downgrade runs this list backwards.
        if old:
            upgrade_ops.ops.insert(0, DropSearchIndex(table, old))
        if new:
            search_indexes.require_unmodelled(connection, table, new, metadata)
            if not old:
                search_indexes.require_free(connection, table, new)
            upgrade_ops.ops.append(CreateSearchIndex(table, new))
