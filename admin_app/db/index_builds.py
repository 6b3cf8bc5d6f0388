"""Build indexes in migrations while people save: `op.create_index_concurrently`, and how `db migrate` writes it.

PostgreSQL builds such an index outside a transaction, so whatever the migration did before is committed first: a migration
that builds indexes should do nothing else. An interrupted build leaves an invalid index. Each save updates it, no list uses it,
and `IF NOT EXISTS` takes it for finished, so it is dropped before the next try. SQLite has one writer and builds the index in
the usual way.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol, runtime_checkable

from alembic.autogenerate import renderers
from alembic.autogenerate.api import AutogenContext
from alembic.operations import MigrateOperation, Operations
from alembic.operations.ops import (
    AddColumnOp,
    CreateIndexOp,
    CreateTableOp,
    DropIndexOp,
    MigrationScript,
    ModifyTableOps,
    UpgradeOps,
)
from alembic.runtime.migration import MigrationContext
from sqlalchemy import ClauseElement, Column, Connection, Index, text
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.schema import CreateIndex, conv
from typing_extensions import override

from admin_app.db.quoting import plain, quoted

log = logging.getLogger(__name__)

_INVALID = text(
    "SELECT i.relname AS name, t.relname AS place FROM pg_index AS x JOIN pg_class AS i ON i.oid = x.indexrelid "
    "JOIN pg_class AS t ON t.oid = x.indrelid WHERE NOT x.indisvalid AND i.relnamespace = current_schema()::regnamespace "
    "AND NOT EXISTS (SELECT FROM pg_stat_progress_create_index AS p WHERE p.index_relid = x.indexrelid) ORDER BY 1"
)


WAITED_FOR = "While %s is created, saves to %s wait. If that table is large, %s."
_APART = "create it in a migration of its own"
_AFTER_COLUMN = (
    "generate two migrations: first without index=True and unique=True in the model and without the column in the "
    "resource's lists, then with them"
)


@runtime_checkable
class IndexOperation(Protocol):
    """An operation of ours that creates or drops indexes, concurrently if asked to."""

    concurrently: bool


@runtime_checkable
class MakesIndexes(Protocol):
    """An operation of ours that creates indexes, and knows their names and tables."""

    def made(self) -> Sequence[tuple[str, str]]:
        """Return the name and the table of each index."""


@Operations.register_operation("create_index_concurrently", "apply")
class CreateIndexConcurrently(MigrateOperation):
    """Create an index over columns unless it exists, if need be only of the rows that meet a condition."""

    concurrently = True

    def __init__(self, name: str, table: str, columns: Sequence[str], *, unique: bool = False, where: str = "") -> None:
        """Keep the definition. A name too long for the database is shortened as SQLAlchemy shortens the model's."""
        self.name, self.table, self.columns, self.unique, self.where = conv(name), table, list(columns), unique, where

    @classmethod
    def apply(
        cls,
        operations: Operations,
        name: str,
        table: str,
        columns: Sequence[str],
        *,
        unique: bool = False,
        where: str = "",
    ) -> None:
        """Provide `op.create_index_concurrently("ix_post_stars", "post", ["stars"])`."""
        operations.invoke(cls(name, table, columns, unique=unique, where=where))

    def index(self, context: MigrationContext) -> Index:
        """Return the index as the database defines it."""
        rows = plain(self.where) if self.where else None
        return CreateIndexOp(
            self.name,
            self.table,
            self.columns,
            unique=self.unique,
            postgresql_concurrently=True,
            postgresql_where=rows,
            sqlite_where=rows,
        ).to_index(context)

    @override
    def reverse(self) -> MigrateOperation:
        return DropIndexOp(self.name, self.table)

    @override
    def to_diff_tuple(self) -> tuple[object, ...]:
        return (type(self).__name__, self.name, self.table, self.columns)


def invalid_indexes(connection: Connection) -> dict[str, str]:
    """Return the invalid indexes, whose build was interrupted, each with its table; not those that are being built."""
    if connection.dialect.name != "postgresql":
        return {}
    return {row.name: row.place for row in connection.execute(_INVALID)}


def build(operations: Operations, name: str, creation: str, *, concurrently: bool) -> None:
    """Create an index by its statement, concurrently if asked to and if the database can."""
    if not concurrently or operations.get_context().dialect.name != "postgresql":
        operations.execute(plain(creation))
        return
    with _beside_people(operations, name):
        operations.execute(plain(creation.replace("INDEX ", "INDEX CONCURRENTLY IF NOT EXISTS ", 1)))


@contextmanager
def _beside_people(operations: Operations, name: str) -> Iterator[None]:
    context = operations.get_context()
    with context.autocommit_block():
        if not context.as_sql and name in invalid_indexes(operations.get_bind()):
            operations.execute(plain(f"DROP INDEX CONCURRENTLY IF EXISTS {quoted(name)}"))
        yield


def concurrently_if_alone(_context: object, _revision: object, scripts: list[MigrationScript]) -> None:
    """Let `db migrate` build its indexes concurrently if the migration does nothing else."""
    for script in scripts:
        for upgrade_ops in script.upgrade_ops_list:
            _make_concurrent(upgrade_ops)


def _make_concurrent(upgrade_ops: UpgradeOps) -> None:
    found = [one for op in upgrade_ops.ops for one in (op.ops if isinstance(op, ModifyTableOps) else [op])]
    if not found or not all(isinstance(one, IndexOperation) or _is_plain(one) for one in found):
        _say_who_waits(found)
        return
    upgrade_ops.ops[:] = [_concurrent(one) for one in found]


def _say_who_waits(found: Sequence[MigrateOperation]) -> None:
    """Tell the author of the migration, who may know how large a table is, which indexes share it with other changes."""
    others = [one for one in found if not isinstance(one, CreateIndexOp | IndexOperation)]
    new = {one.table_name for one in found if isinstance(one, CreateTableOp)}
    advice = _AFTER_COLUMN if any(isinstance(one, AddColumnOp) for one in found) else _APART
    for one in found:
        for index, table in _made_by(one) if others not in ([], [one]) else ():
            if table not in new:
                log.warning(WAITED_FOR, index, table, advice)


def _made_by(operation: MigrateOperation) -> Sequence[tuple[str, str]]:
    if isinstance(operation, CreateIndexOp):
        return [(str(operation.index_name), operation.table_name)]
    return operation.made() if isinstance(operation, MakesIndexes) else ()


def _is_plain(operation: MigrateOperation) -> bool:
    """Whether the operation creates an index of plain columns, with at most a condition that is the same for both databases."""
    if not isinstance(operation, CreateIndexOp) or _where(operation) is None:
        return False
    return all(isinstance(one, str | Column) for one in operation.columns)


def _where(operation: CreateIndexOp) -> str | None:
    """Return the condition of a partial index as SQL, "" for a full index, and None if the index has other options."""
    said = {key: value for key, value in operation.kw.items() if value is not None}
    if not said:
        return ""
    if said.keys() != {"postgresql_where", "sqlite_where"}:
        return None
    first, second = (_in_sql(one) for one in said.values())
    return first if first == second else None


def _in_sql(condition: ClauseElement) -> str:
    # SQLite does not allow table names there. The driver's doubled percent signs would be doubled again.
    dialect = DefaultDialect(paramstyle="named", supports_native_boolean=True)
    return str(condition.compile(dialect=dialect, compile_kwargs={"literal_binds": True, "include_table": False}))


def _concurrent(operation: MigrateOperation) -> MigrateOperation:
    if isinstance(operation, IndexOperation):
        operation.concurrently = True
    if not isinstance(operation, CreateIndexOp):
        return operation
    name, columns = str(operation.index_name), [str(getattr(one, "name", one)) for one in operation.columns]
    where = _where(operation) or ""
    return CreateIndexConcurrently(name, operation.table_name, columns, unique=bool(operation.unique), where=where)


@Operations.implementation_for(CreateIndexConcurrently)
def _create(operations: Operations, operation: CreateIndexConcurrently) -> None:
    context = operations.get_context()
    index = operation.index(context)
    if context.dialect.name != "postgresql":
        operations.execute(CreateIndex(index))
        return
    names = context.dialect.identifier_preparer
    [name] = names.unformat_identifiers(names.format_index(index))
    with _beside_people(operations, name):
        operations.execute(CreateIndex(index, if_not_exists=True))


@renderers.dispatch_for(CreateIndexConcurrently)
def _render(_context: AutogenContext, operation: CreateIndexConcurrently) -> str:
    unique = ", unique=True" if operation.unique else ""
    where = f", where={operation.where!r}" if operation.where else ""
    made_of = f"{str(operation.name)!r}, {operation.table!r}, {operation.columns!r}"
    return f"op.create_index_concurrently({made_of}{unique}{where})"
