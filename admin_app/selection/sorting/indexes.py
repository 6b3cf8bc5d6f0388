"""Declare the indexes for a list's sorts in the tables' metadata, so that `manage.py db migrate` creates them.

That way pages are found by key at any depth because the resource declares a sort, not because somebody remembered an index.
If a model has an archive, each sort gets a second index without it, and the default sort a third one of it alone: the
archive is mostly old, and a list would walk through all of it to its oldest row, or to count the others.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, Index, Table, not_
from sqlalchemy.sql.elements import conv

from admin_app.db.attributes import stored_column, stored_columns
from admin_app.db.keys import keys_in
from admin_app.db.leading_index import is_whole
from admin_app.db.ordering import is_short_text
from admin_app.db.versions import may_be_altered
from admin_app.extensions import TableColumn
from admin_app.kinds import kind_of
from admin_app.relations import ToOne, relations_of
from admin_app.selection.list_schema import ListSchema, SortKey
from admin_app.selection.sorting import text_indexes

# Suffixes of the names of partial indexes.
_SHOWN, _ARCHIVED = "_shown", "_archived"

Rows = tuple[str, ColumnElement[bool]]


def declare_indexes(schema: ListSchema, archived: ColumnElement[bool] | None = None) -> None:
    """Declare an index for every sort, and one for the default sort within each parent whose page lists these rows.

    `archived` is the condition of the archive, if there is one.
    """
    for sort in schema.sorts.values():
        # Children are counted along the index of their foreign key.
        if not sort.is_count:
            _declare(sort)
    if archived is not None:
        _declare_parts(schema, archived)
    default = schema.sorts.get(schema.default_sort.removeprefix("-"))
    _declare_pair(schema)
    if default is None or default.is_count or default.relation is not None:
        return
    for relation in relations_of(schema.model).values():
        if isinstance(relation, ToOne) and relation.back and len(relation.own_columns) == 1:
            _declare(default, within=relation.foreign_key)


def _declare_parts(schema: ListSchema, archived: ColumnElement[bool]) -> None:
    """Declare an index of the rows outside the archive for every sort, and one of the archive for the default sort.

    A partial index needs all its columns in one table: that of the column that says what is archived.
    """
    said = stored_columns(schema.model)[schema.model.__archived_at__]
    for name, sort in schema.sorts.items():
        column = stored_column(sort.column) if sort.is_own else None
        if column is None or column.table is not said.table:
            continue
        _declare(sort, rows=(_SHOWN, not_(archived)))
        if name == schema.default_sort.removeprefix("-"):
            _declare(sort, rows=(_ARCHIVED, archived))


def _declare_pair(schema: ListSchema) -> None:
    """Declare an index for both columns of the default sort, if one index can have both: a text could only be the second."""
    names = (schema.default_sort, schema.default_then)
    first, second = (schema.sorts.get(name.removeprefix("-")) for name in names)
    is_one_way = len({name.startswith("-") for name in names}) == 1
    if first is None or second is None or not (first.is_own and second.is_own and is_one_way):
        return
    before = stored_column(first.column)
    if before is not None and _fits(before) and not is_short_text(before):
        _declare(second, within=before)


def _declare(sort: SortKey, within: TableColumn | None = None, *, rows: Rows | None = None) -> None:
    """Declare a sort's index in its column's table, after the foreign key if it is for the rows of a parent.

    `rows` makes it a partial index, which text indexes don't support.
    """
    column = stored_column(sort.column)
    if column is None or not _fits(column) or not may_be_altered(column.table):
        return
    if within is not None and within.table is not column.table:
        # No index has columns of two tables, so rows within a parent are sorted by each query.
        return
    if is_short_text(column):
        if rows is None:
            text_indexes.declare(column, within)
        return
    before = [] if within is None else [within]
    columns = [*before, column, *(one for one in keys_in(column.table) if one is not column)]
    _add(column.table, columns) if rows is None else _add_some(column.table, columns, *rows)


def _fits(column: TableColumn) -> bool:
    """Whether a database can index the column: not if its values are long, or computed when read."""
    is_kept = column.computed is None or column.computed.persisted is True
    return is_kept and kind_of(column).is_ordered


def _add(table: Table, columns: list[TableColumn]) -> None:
    """Add an index, unless one exists that serves, such as a unique column's own."""
    names = [column.name for column in columns]
    is_there = any([column.name for column in index.columns] == names for index in filter(is_whole, table.indexes))
    if not (columns[0].primary_key or columns[0].unique or is_there):
        _name_apart(Index(None, *columns), table)


def _name_apart(index: Index, table: Table) -> None:
    """Give an index another name than its columns give it if one of some rows only has that already."""
    if any(one is not index and one.name == index.name for one in table.indexes):
        index.name = conv(f"{index.name}_all")


def _add_some(table: Table, columns: list[TableColumn], end: str, rows: ColumnElement[bool]) -> None:
    """Add a partial index of these rows."""
    name = conv("_".join(["ix", table.name, *(column.name for column in columns)]) + end)
    if not any(index.name == name for index in table.indexes):
        Index(name, *columns, sqlite_where=rows, postgresql_where=rows)
