"""Sort indexes in migrations: `op.create_sort_index`, `op.drop_sort_index`, and how `db migrate` writes them."""

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
from admin_app.selection.sorting import text_indexes
from admin_app.selection.sorting.text_indexes import SortIndex


class _SortOperation(MigrateOperation):
    """The base of both operations: the index."""

    def __init__(self, index: SortIndex, *, concurrently: bool = False) -> None:
        self.index, self.concurrently = index, concurrently

    def to_diff_tuple(self) -> tuple[object, ...]:
        """Describe the operation for `db check`."""
        return (type(self).__name__, *self.index)


@Operations.register_operation("create_sort_index", "apply")
class CreateSortIndex(_SortOperation):
    """Create an index over the sort key of a text column."""

    @classmethod
    def apply(cls, operations: Operations, table: str, column: str, *others: str, concurrently: bool = False) -> None:
        """`op.create_sort_index("user", "name")`; `concurrently` blocks no writers."""
        operations.invoke(cls(SortIndex(table, column, *others), concurrently=concurrently))

    def reverse(self) -> MigrateOperation:
        """Return the operation that undoes this one."""
        return DropSortIndex(self.index)

    def made(self) -> Sequence[tuple[str, str]]:
        """Name the index and its table."""
        return [(self.index.name, self.index.table)]


@Operations.register_operation("drop_sort_index", "apply")
class DropSortIndex(_SortOperation):
    """Remove an index over the sort key of a text column."""

    @classmethod
    def apply(cls, operations: Operations, table: str, column: str, *others: str) -> None:
        """`op.drop_sort_index("user", "name")`."""
        operations.invoke(cls(SortIndex(table, column, *others)))

    def reverse(self) -> MigrateOperation:
        """Return the operation that undoes this one."""
        return CreateSortIndex(self.index)


@Operations.implementation_for(CreateSortIndex)
def _create(operations: Operations, operation: CreateSortIndex) -> None:
    dialect = operations.get_context().dialect.name
    creation = text_indexes.creation(dialect, operation.index)
    build(operations, operation.index.name_on(dialect), creation, concurrently=operation.concurrently)


@Operations.implementation_for(DropSortIndex)
def _drop(operations: Operations, operation: DropSortIndex) -> None:
    operations.execute(plain(text_indexes.removal(operations.get_context().dialect.name, operation.index)))
    if not operations.get_context().as_sql:
        text_indexes.forget(operations.get_bind(), operation.index)


@renderers.dispatch_for(CreateSortIndex)
def _render_create(_context: AutogenContext, operation: CreateSortIndex) -> str:
    beside = ", concurrently=True" if operation.concurrently else ""
    return f"op.create_sort_index({_arguments(operation.index)}{beside})"


@renderers.dispatch_for(DropSortIndex)
def _render_drop(_context: AutogenContext, operation: DropSortIndex) -> str:
    return f"op.drop_sort_index({_arguments(operation.index)})"


def _arguments(index: SortIndex) -> str:
    shortest = next(end for end in range(2, len(index) + 1) if SortIndex(*index[:end]) == index)
    return ", ".join(map(repr, index[:shortest]))


# Last, because a table has to be created before its index.
@comparators.dispatch_for("schema", priority=DispatchPriority.LAST)
def _compare(context: AutogenContext, upgrade_ops: UpgradeOps, _schemas: object) -> None:
    """Create what is declared and missing; drop what is present and no longer declared."""
    metadata, connection = compared(context)
    wanted, there = text_indexes.declared(metadata), text_indexes.present(connection)
    # An index is dropped before its table and created after it. A downgrade runs this list backwards.
    upgrade_ops.ops[:0] = [DropSortIndex(index) for index in sorted(there - wanted)]
    upgrade_ops.ops += [CreateSortIndex(index) for index in sorted(wanted - there)]
