"""The version of a row: our counter, or, in a table that must not be altered, what the store knows about the row."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from sqlalchemy import FromClause, Integer, Table, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from admin_app.db.types import utc_now
from admin_app.extensions import Expression, Values

# Marks of a table that must not be altered, and of one that nobody writes.
LEGACY, READ_ONLY = "is_legacy", "is_read_only"
# How many values SQLite passes to a function at once.
_MOST = 100


class RowVersion(FunctionElement[int]):
    """A number that changes when the row changes: `xmin` on PostgreSQL, a digest of the columns on SQLite."""

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
    """Return the version of a table's, or an alias's, rows."""
    return table.c.version if has_counter(table) else RowVersion(*table.c)


def version_after(table: FromClause) -> Expression:
    """Return the version that the history notes for a change: 0 without a counter."""
    return table.c.version + 1 if has_counter(table) else literal(0)


def version_made(table: FromClause) -> Expression:
    """Return the version that the history notes for a new row."""
    return table.c.version if has_counter(table) else literal(0)


def raised(table: FromClause) -> Values:
    """Return the assignments that an update adds: the counter, if there is one."""
    return {"version": table.c.version + 1} if has_counter(table) else {}


def stamps(table: FromClause) -> Values:
    """Return the assignments that a bulk update adds: the counter and the time.

    Without a counter it is an assignment that changes nothing: an update that only links records would otherwise be
    empty.
    """
    key = next(iter(table.primary_key))
    return {**raised(table), "updated_at": utc_now()} if has_counter(table) else {key.name: key}


def digest(*values: object) -> int:
    """Return a number of 31 bits that another row is unlikely to have: SQLite's `row_digest`."""
    return int.from_bytes(hashlib.blake2b(repr(values).encode(), digest_size=4).digest()) & 0x7FFFFFFF


@compiles(RowVersion)
def _by_xmin(element: RowVersion, compiler: SQLCompiler, **kw: object) -> str:
    of, _, _ = compiler.process(element.clauses.clauses[0], **kw).rpartition(".")
    xmin = f"{of}.xmin" if of else "xmin"
    return f"(CAST(CAST({xmin} AS TEXT) AS BIGINT) & 2147483647)::INTEGER"


@compiles(RowVersion, "sqlite")
def _by_digest(element: RowVersion, compiler: SQLCompiler, **kw: object) -> str:
    columns = [compiler.process(one, **kw) for one in element.clauses.clauses]
    return _digest_of(columns)


def _digest_of(columns: Sequence[str]) -> str:
    """Write the function call; for many columns, a call over several calls."""
    if len(columns) <= _MOST:
        return f"row_digest({', '.join(columns)})"
    return _digest_of([_digest_of(columns[start : start + _MOST]) for start in range(0, len(columns), _MOST)])
