"""Indexes of unique text in migrations: `op.create_unique_text`, `op.drop_unique_text`, and how `db migrate` writes them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from alembic.autogenerate import comparators, renderers
from alembic.autogenerate.api import AutogenContext
from alembic.operations import MigrateOperation, Operations
from alembic.operations.ops import UpgradeOps
from alembic.util import DispatchPriority
from sqlalchemy import Connection, MetaData, inspect, text

from admin_app.db import caseless
from admin_app.db.caseless import ColumnName
from admin_app.db.quoting import plain
from admin_app.db.schema_version import compared
from admin_app.errors import ClashError, ConfigurationError
from admin_app.formatting import counted, in_words

# The key in a connection's info for the indexes that must exist while migrations run.
_KEPT = "unique_text"
# How many clashing texts are listed, and how many records of each.
MOST_LISTED = 20


class _UniqueText(MigrateOperation):
    """What both operations share: the columns, each with its table."""

    def __init__(self, columns: Sequence[ColumnName]) -> None:
        self.columns = list(columns)

    @classmethod
    def apply(cls, operations: Operations, columns: Sequence[ColumnName]) -> None:
        """Provide `op.create_unique_text([("user", "email")])`."""
        operations.invoke(cls(columns))

    def to_diff_tuple(self) -> tuple[object, ...]:
        """Describe the operation for `db check`."""
        return (type(self).__name__, self.columns)


@Operations.register_operation("create_unique_text", "apply")
class CreateUniqueText(_UniqueText):
    """Make the text of columns unique, ignoring case."""

    def reverse(self) -> MigrateOperation:
        """Return the reverse operation."""
        return DropUniqueText(self.columns)

    def made(self) -> Sequence[tuple[str, str]]:
        """Name the indexes and their tables."""
        return [(caseless.index_name(table, column), table) for table, column in self.columns]


@Operations.register_operation("drop_unique_text", "apply")
class DropUniqueText(_UniqueText):
    """Allow texts that differ only in case."""

    def reverse(self) -> MigrateOperation:
        """Return the reverse operation."""
        return CreateUniqueText(self.columns)


@Operations.implementation_for(CreateUniqueText)
def _create(operations: Operations, operation: CreateUniqueText) -> None:
    if operations.get_context().as_sql:
        message = "Only the database can tell whether the existing texts are unique: run db upgrade without --sql."
        raise ConfigurationError(message)
    connection = operations.get_bind()
    require_function(connection)
    _require_distinct(connection, operation.columns)
    for table, column in operation.columns:
        operations.execute(plain(caseless.creation(table, column)))
    connection.info.setdefault(_KEPT, set()).update(operation.columns)


@Operations.implementation_for(DropUniqueText)
def _drop(operations: Operations, operation: DropUniqueText) -> None:
    if operations.get_context().as_sql:
        _drop_unseen(operations, operation.columns)
        return
    # A migration of an earlier version may have given the index another name.
    names = caseless.present(operations.get_bind())
    for place in operation.columns:
        operations.execute(plain(caseless.removal(names.get(place) or caseless.index_name(*place))))
    operations.get_bind().info.setdefault(_KEPT, set()).difference_update(operation.columns)


def _drop_unseen(operations: Operations, columns: Sequence[ColumnName]) -> None:
    """Print a drop of each name that an index may have.

    Two columns of long names share one former name, and the index of this name may be the other's: raises
    `ConfigurationError` if the other stays unique.
    """
    staying = {caseless.former_name(*place): place for place in _unique_in(operations) if place not in columns}
    for place in columns:
        former = caseless.former_name(*place)
        if former in staying:
            message = (
                f"Only the database can tell whether the index {former} is of {'.'.join(place)} or of "
                f"{'.'.join(staying[former])}: run the migration without --sql."
            )
            raise ConfigurationError(message)
        for name in dict.fromkeys([caseless.index_name(*place), former]):
            operations.execute(plain(caseless.removal(name)))


def _unique_in(operations: Operations) -> Iterable[ColumnName]:
    """Return the columns of unique text that the models have."""
    metadata = operations.get_context().opts.get("target_metadata")
    tables = metadata.tables.values() if isinstance(metadata, MetaData) else ()
    return [(table.name, one.name) for table in tables for one in table.columns if caseless.is_caseless(one)]


def require_function(connection: Connection) -> None:
    """Create PostgreSQL's function unless it exists: another version's case tables would not fit the existing indexes."""
    if connection.dialect.name == "sqlite":
        return
    encoding = connection.scalar(text("SHOW server_encoding"))
    if encoding != "UTF8":
        message = (
            f"The database's encoding is {encoding}: unique texts cannot be compared in it. Make a database with "
            "ENCODING 'UTF8', and move the data there by pg_dump and pg_restore."
        )
        raise ConfigurationError(message)
    if connection.scalar(text("SELECT to_regprocedure('caseless(text)')")) is None:
        connection.exec_driver_sql(caseless.function_for_postgres())


def _require_distinct(connection: Connection, columns: Iterable[ColumnName]) -> None:
    """Raise `ClashError` naming the records with equal text, before anything is changed."""
    lines = [line for place in columns for line in _clashes(connection, *place)]
    if lines:
        more = [f"  … and {counted(len(lines) - MOST_LISTED, 'more', 'more')}."] if len(lines) > MOST_LISTED else []
        message = (
            "Some records have texts that must be unique but differ only in capitals or in how their letters are "
            "composed. Nothing was changed."
        )
        advice = (
            "Give all but one of each another value, or delete them, with the version of the dashboard that ran until "
            "now. Then run this again."
        )
        raise ClashError("\n".join([message, *lines[:MOST_LISTED], *more, advice]))


def _clashes(connection: Connection, table: str, column: str) -> Iterable[str]:
    for records in caseless.clashes(connection, table, column):
        named = in_words([f"“{value}” (ID {key})" for key, value in records[:MOST_LISTED]])
        rest = f", and {len(records) - MOST_LISTED} more" if len(records) > MOST_LISTED else ""
        yield f"  {table}.{column}: {named}{rest}"


def begin(connection: Connection) -> None:
    """Note which indexes exist before the migrations run."""
    connection.info[_KEPT] = set(caseless.present(connection))


def repair(connection: Connection) -> None:
    """Recreate the indexes that SQLite dropped: Alembic alters a table by copying it, without these indexes."""
    lost = connection.info.get(_KEPT, set()) - caseless.present(connection).keys()
    if connection.dialect.name != "sqlite" or not lost:
        return
    inspector = inspect(connection)
    for table, column in sorted(lost):
        if inspector.has_table(table) and column in {one["name"] for one in inspector.get_columns(table)}:
            connection.exec_driver_sql(caseless.creation(table, column))


@renderers.dispatch_for(CreateUniqueText)
def _render_create(_context: AutogenContext, operation: CreateUniqueText) -> str:
    return f"op.create_unique_text({operation.columns!r})"


@renderers.dispatch_for(DropUniqueText)
def _render_drop(_context: AutogenContext, operation: DropUniqueText) -> str:
    return f"op.drop_unique_text({operation.columns!r})"


# Last, because a new table must exist before its index.
@comparators.dispatch_for("schema", priority=DispatchPriority.LAST)
def _compare(context: AutogenContext, upgrade_ops: UpgradeOps, _schemas: object) -> None:
    """Create declared indexes that are missing; drop existing ones that are no longer declared."""
    metadata, connection = compared(context)
    wanted, there = caseless.declared(metadata), set(caseless.present(connection))
    # An index is dropped before its table and created after it. A downgrade runs this list backwards.
    if there - wanted:
        upgrade_ops.ops.insert(0, DropUniqueText(sorted(there - wanted)))
    if wanted - there:
        upgrade_ops.ops.append(CreateUniqueText(sorted(wanted - there)))
