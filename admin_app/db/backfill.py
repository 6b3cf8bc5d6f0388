"""Backfills: after a migration, workers fill rows in batches while people work.

A migration that adds a column says `backfill = {"table": "post", "set": "stars = 0", "where": "stars IS NULL"}`. A migration
of a later version that needs every row filled says `op.require_filled("post", "stars IS NULL")` before it changes anything.
Both databases must understand the SQL. The key must be a number or a text; it is "id" unless `"key"` names another column.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from alembic.operations import MigrateOperation, Operations
from alembic.script import Script, ScriptDirectory
from sqlalchemy import BindParameter, ColumnClause, Connection, bindparam, column, select, table, text
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError
from typing_extensions import override

from admin_app.db.quoting import plain, quoted, without_parameters
from admin_app.db.schema_version import current_revisions, newer_than
from admin_app.errors import ClashError
from admin_app.extensions import TABLE_PREFIX
from admin_app.formatting import counted


@dataclass(frozen=True)
class Backfill:
    """What a migration leaves to workers: the rows of a table that lack a value, and the assignment that fills them."""

    revision: str
    title: str
    table: str
    assignment: str
    lacking: str
    key: str = "id"

    def left(self, connection: Connection) -> int:
        """Count the rows that are not filled; 0 if the table no longer exists."""
        if not connection.dialect.has_table(connection, self.table):
            return 0
        return number_lacking(connection, self.table, self.lacking)

    def next_keys(self, connection: Connection, after: Sequence[int | str], number: int) -> Sequence[int | str]:
        """Return the keys of the next unfilled rows, `number` at most, in order, from after the key `after`."""
        if not connection.dialect.has_table(connection, self.table):
            return ()
        key: ColumnClause[int | str] = column(self.key)
        asked = select(key).select_from(table(self.table)).where(plain(f"({self.lacking})")).order_by(key).limit(number)
        return connection.scalars(asked.where(key > after[0]) if after else asked).all()

    def fill(self, connection: Connection, keys: Sequence[int | str]) -> int:
        """Fill these rows, except those that someone has filled meanwhile. Return how many are still not filled."""
        asked: BindParameter[int | str] = bindparam("keys", expanding=True)
        place, values = without_parameters(quoted(self.table)), {"keys": list(keys)}
        them = f"WHERE {without_parameters(f'({self.lacking}) AND {quoted(self.key)}')} IN :keys"
        change = f"UPDATE {place} SET {without_parameters(self.assignment)} {them}"
        connection.execute(text(change).bindparams(asked), values)
        left = connection.scalar(text(f"SELECT count(*) FROM {place} {them}").bindparams(asked), values)
        return int(left or 0)


def of_script(script: Script) -> Backfill | None:
    """Return the backfill that a migration declares, if any."""
    said = getattr(script.module, "backfill", None)
    if said is None:
        return None
    title = (script.doc or "").partition("\n")[0].rstrip(".")
    table = f"{TABLE_PREFIX}{said['table']}"
    return Backfill(script.revision, title, table, said["set"], said["where"], said.get("key", "id"))


def applied(connection: Connection, scripts: ScriptDirectory) -> list[Backfill]:
    """Return the backfills of the migrations that the database has, oldest first."""
    current = current_revisions(connection)
    # A newer program's database also has all migrations of this one.
    upper = tuple(scripts.get_heads() if newer_than(scripts, current) else current)
    steps = [*scripts.iterate_revisions(upper, "base")] if upper else []
    return [found for one in reversed(steps) if (found := of_script(one)) is not None]


def number_lacking(connection: Connection, table: str, lacking: str) -> int:
    """Count the rows of a table that meet a migration's condition."""
    return int(connection.scalar(plain(f"SELECT count(*) FROM {quoted(table)} WHERE {lacking}")) or 0)


def refusal(error: DBAPIError) -> str | None:
    """Return the database's message if it will refuse the statement every time; None if that is not certain."""
    is_unknown = getattr(error.orig, "sqlite_errorname", "") == "SQLITE_ERROR"
    if not is_unknown and not isinstance(error, DataError | IntegrityError | ProgrammingError):
        return None
    return str(error.orig).strip().splitlines()[0]


@contextmanager
def named_if_refused(what: str, *, so_far: str = "") -> Iterator[None]:
    """If the database refuses the statement, name the migration that contains it."""
    try:
        yield
    except DBAPIError as error:
        if (said := refusal(error)) is None:
            raise
        message = f"The database refuses {what}: {said}. Correct the migration.{so_far}"
        raise ClashError(message) from error


@Operations.register_operation("require_filled", "apply")
class RequireFilled(MigrateOperation):
    """Stop a migration while rows lack what it needs."""

    def __init__(self, table: str, lacking: str) -> None:
        """Keep the table and the condition."""
        self.table, self.lacking = table, lacking

    @classmethod
    def apply(cls, operations: Operations, table: str, lacking: str) -> None:
        """Provide `op.require_filled("post", "stars IS NULL")`."""
        operations.invoke(cls(table, lacking))

    @override
    def to_diff_tuple(self) -> tuple[object, ...]:
        return (type(self).__name__, self.table, self.lacking)


@Operations.implementation_for(RequireFilled)
def _require(operations: Operations, operation: RequireFilled) -> None:
    if operations.get_context().as_sql:
        return
    table = f"{TABLE_PREFIX}{operation.table}"
    what = f'op.require_filled("{operation.table}", "{operation.lacking}")'
    with named_if_refused(what, so_far=" The rows stay as they are."):
        left = number_lacking(operations.get_bind(), table, operation.lacking)
    if left:
        message = (
            f"{counted(left, 'row', 'rows')} of {table} must be filled first ({operation.lacking}), and the tables stay as "
            "they are. Let a worker of the version before go on, or run: manage.py backfill"
        )
        raise ClashError(message)
