"""The version of a row: our counter or, in a table that must not be altered, a number that the database computes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence

from sqlalchemy import FromClause, Integer, Table, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from admin_app.db.defaults import is_always_numbered
from admin_app.db.types import utc_now
from admin_app.extensions import Expression, TableColumn, Values

# Marks of tables that must not be altered, and of those that nobody writes.
LEGACY, READ_ONLY = "is_legacy", "is_read_only"
# The key for the further tables of such a table (joined inheritance).
FURTHER = "further_tables"
# The most arguments that SQLite passes to a function.
_MOST = 100


class RowVersion(FunctionElement[int]):
    """A number that changes when the row changes: `xmin` on PostgreSQL, a digest of the columns on SQLite.

    If a record has rows in several tables, all of them count. The tables are known once the models are mapped.
    """

    type = Integer()
    inherit_cache = True
    name = "row_version"


def may_be_altered(table: FromClause) -> bool:
    """Whether the dashboard may create the table and its indexes."""
    # An alias stands for its table.
    one = getattr(table, "element", table)
    return not (isinstance(one, Table) and one.info.get(LEGACY))


def has_counter(table: FromClause) -> bool:
    """Whether a table has our version column."""
    return "version" in table.c and may_be_altered(table)


def version_in(table: FromClause) -> Expression:
    """Return the version of the rows of a table or alias."""
    return table.c.version if has_counter(table) else RowVersion(*table.c)


def version_after(table: FromClause) -> Expression:
    """Return the version that the history stores for a change: 0 without a counter."""
    return table.c.version + 1 if has_counter(table) else literal(0)


def version_made(table: FromClause) -> Expression:
    """Return the version that the history stores for a new row."""
    return table.c.version if has_counter(table) else literal(0)


def raised(table: FromClause) -> Values:
    """Return the assignments that an update adds: the counter, if there is one."""
    return {"version": table.c.version + 1} if has_counter(table) else {}


def stamped(table: Table, values: Values) -> Values:
    """Return the assignments of a bulk update with those that it adds: the counter and the time.

    Without a counter, an update that only links records assigns a column to itself, because it would be empty.
    """
    if has_counter(table):
        return {**values, **raised(table), "updated_at": utc_now()}
    return values or {(one := _assignable(table)).name: one}


def _assignable(table: Table) -> TableColumn:
    """Return a column that the database lets anyone assign; a table of its key alone has at best that."""
    free = (one for one in table.columns if not (one.primary_key or one.computed or is_always_numbered(one)))
    return next(free, next(iter(table.primary_key)))


def digest(*values: object) -> int:
    """Return a 31-bit number that another row is unlikely to have: SQLite's `row_digest`."""
    return int.from_bytes(hashlib.blake2b(repr(values).encode(), digest_size=4).digest()) & 0x7FFFFFFF


@compiles(RowVersion)
def _by_xmin(element: RowVersion, compiler: SQLCompiler, **kw: object) -> str:
    of, _, _ = compiler.process(element.clauses.clauses[0], **kw).rpartition(".")
    further = _of_further(element, compiler, lambda row, _: f"{_number_of(row)}", kw)
    # Each `xmin` only grows, and so does the sum.
    sum_ = " + ".join([_number_of(of), *(f"COALESCE({one}, 0)" for one in further)])
    return f"(({sum_}) & 2147483647)::INTEGER"


def _number_of(row: str) -> str:
    return f"CAST(CAST({f'{row}.xmin' if row else 'xmin'} AS TEXT) AS BIGINT)"


@compiles(RowVersion, "sqlite")
def _by_digest(element: RowVersion, compiler: SQLCompiler, **kw: object) -> str:
    columns = [compiler.process(one, **kw) for one in element.clauses.clauses]
    return _digest_of([*columns, *_of_further(element, compiler, _digest_in, kw)])


def _digest_in(row: str, columns: Sequence[str]) -> str:
    return _digest_of([f"{row}.{one}" for one in columns])


def _of_further(
    element: RowVersion, compiler: SQLCompiler, version: Callable[[str, Sequence[str]], str], kw: Values
) -> Iterator[str]:
    """Yield the SQL of the versions of a record's rows in further tables, NULL if it has none there."""
    of = element.clauses.clauses[0].table
    root = getattr(of, "element", of)
    quote, format_table = compiler.preparer.quote, compiler.preparer.format_table
    for number, table in enumerate(root.info.get(FURTHER, ())):
        row = f"further_{number}"
        pairs = zip(table.primary_key, of.primary_key, strict=True)
        same = " AND ".join(f"{row}.{quote(own.name)} = {_whole(one, compiler, kw)}" for own, one in pairs)
        told = version(row, [quote(one.name) for one in table.c])
        yield " ".join(["(SELECT", told, "FROM", format_table(table), "AS", row, "WHERE", f"{same})"])


def _whole(column: TableColumn, compiler: SQLCompiler, kw: Values) -> str:
    """Return a column with its table's name, even if the statement omits it: in the subquery it would mean the further table's."""
    text = compiler.process(column, **kw)
    return text if "." in text else f"{compiler.preparer.format_table(column.table)}.{text}"


def _digest_of(columns: Sequence[str]) -> str:
    """Return the function call; for many columns, a call over several calls."""
    if len(columns) <= _MOST:
        return f"row_digest({', '.join(columns)})"
    return _digest_of([_digest_of(columns[start : start + _MOST]) for start in range(0, len(columns), _MOST)])
