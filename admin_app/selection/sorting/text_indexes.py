"""The indexes for lists sorted by a text and for pages of similar texts: over the text's key and the primary key, see `db.ordering`.

SQLAlchemy doesn't see such an index on SQLite, and Alembic loses it there when it rebuilds a table, so they are tracked here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import Connection, MetaData, text

from admin_app.db.keys import keys_in
from admin_app.db.ordering import Likeness
from admin_app.db.quoting import NAME, fitted, names_in, quoted, unquoted
from admin_app.db.versions import may_be_altered
from admin_app.extensions import AnyColumn, TableColumn

# The key for the declared indexes in the metadata, and for the present ones in a connection during migrations.
_DECLARED = _KEPT = "sort_indexes"
_SORT_KEY = "sort_key"
_FUNCTIONS = "|".join((_SORT_KEY, *Likeness))
_OWN = re.compile(rf"ix_.+_({_FUNCTIONS})", re.DOTALL)
# Parts of the CREATE statement in both databases: the preceding column, if there is one, and the text column.
_COLUMNS = re.compile(rf"\((?:({NAME}), )?({_FUNCTIONS})\(\(?({NAME})\)?")

# The primary key, one column or several, which come last.
_KEY = re.compile(rf"((?:, {NAME})+)\)")
_BETWEEN = ", "


class SortIndex(NamedTuple):
    """An index over the key of a text `column`, after the column `within` ("" for none).

    `function` computes the text's key: see `db.ordering.Likeness`. `key` names the columns of the primary key, with commas.
    """

    table: str
    column: str
    within: str = ""
    function: str = _SORT_KEY
    key: str = "id"

    @property
    def name(self) -> str:
        """The index's name."""
        return f"{self._beginning}_{self.function}"

    @property
    def _beginning(self) -> str:
        return "_".join(filter(None, ("ix", self.table, self.within, self.column)))

    def name_on(self, dialect: str) -> str:
        """Return the index's name in a database."""
        return self.name if dialect == "sqlite" else fitted(self._beginning, self.function)


def declare(column: AnyColumn, within: TableColumn | None = None, *, likeness: Likeness | None = None) -> None:
    """Declare that lists are sorted by a text column, or within a parent, or that similar texts are searched in it."""
    if not may_be_altered(column.table):
        return
    before, key = "" if within is None else within.name, _key_of(column)
    index = SortIndex(column.table.name, column.name, before, likeness or _SORT_KEY, key)
    column.table.metadata.info.setdefault(_DECLARED, set()).add(index)


def declared(metadata: MetaData) -> set[SortIndex]:
    """Return the declared indexes."""
    indexes: set[SortIndex] = metadata.info.get(_DECLARED, set())
    return indexes


def is_sorted(column: AnyColumn) -> bool:
    """Whether a declared index covers all rows of a text column."""
    index = SortIndex(column.table.name, column.name, key=_key_of(column))
    return index in declared(column.table.metadata)


def _key_of(column: AnyColumn) -> str:
    return _BETWEEN.join(one.name for one in keys_in(column.table))


def is_own(name: str | None) -> bool:
    """Whether an index in the database is one of these, which Alembic must leave alone."""
    return name is not None and _OWN.fullmatch(name) is not None


def present(connection: Connection) -> set[SortIndex]:
    """Return the text indexes in the database."""
    found = connection.execute(text(_ON_SQLITE if connection.dialect.name == "sqlite" else _ON_POSTGRES))
    return {_read(table, made) for table, name, made in found if is_own(name)}


_ON_SQLITE = "SELECT tbl_name, name, sql FROM sqlite_schema WHERE type = 'index' AND name LIKE 'ix%'"
_ON_POSTGRES = (
    "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema() AND indexname LIKE 'ix%'"
)


def _read(table: str, made: str) -> SortIndex:
    [(within, function, column)] = _COLUMNS.findall(made)
    key = _BETWEEN.join(names_in(_KEY.findall(made)[-1]))
    return SortIndex(table, unquoted(column), unquoted(within), function, key)


def creation(dialect: str, index: SortIndex) -> str:
    """Return the statement that creates the index."""
    column, within = quoted(index.column), f"{quoted(index.within)}, " if index.within else ""
    key = f"{index.function}({column})" + ("" if dialect == "sqlite" else ' COLLATE "C"')
    own = ", ".join(map(quoted, index.key.split(_BETWEEN)))
    # With the text in the index, PostgreSQL reads the keys from it instead of computing them again.
    include = "" if dialect == "sqlite" or index.function == _SORT_KEY else f" INCLUDE ({column})"
    return f"CREATE INDEX {quoted(index.name_on(dialect))} ON {quoted(index.table)} ({within}{key}, {own}){include}"


def removal(dialect: str, index: SortIndex) -> str:
    """Return the statement that removes the index."""
    return f"DROP INDEX IF EXISTS {quoted(index.name_on(dialect))}"


def keep(connection: Connection) -> None:
    """Remember the present indexes before a migration runs."""
    connection.info[_KEPT] = present(connection)


def forget(connection: Connection, index: SortIndex) -> None:
    """Forget an index that a migration removes on purpose."""
    connection.info.get(_KEPT, set()).discard(index)


def repair(connection: Connection) -> None:
    """Create indexes again that SQLite dropped: Alembic changes a table by copying it and dropping the old one."""
    kept: Iterable[SortIndex] = connection.info.get(_KEPT, set())
    there = present(connection)
    for index in sorted({*kept} - there):
        if _has_table(connection, index.table):
            connection.exec_driver_sql(creation(connection.dialect.name, index))
    keep(connection)


def _has_table(connection: Connection, table: str) -> bool:
    return connection.dialect.has_table(connection, table)
