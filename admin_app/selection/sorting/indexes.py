"""The indexes that a list's declared sorts need, put into the tables' metadata so that `manage.py db migrate` makes them.

So a model's pages are found by key at any depth because its resource declares a sort, not because somebody remembered.
What is archived is left out of a second index for each, and alone in a third one for the list's usual order: the archive is
mostly old, and a list would walk through all of it to its oldest row, or to count the others.
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

# How an index of some rows is called at its end.
_SHOWN, _ARCHIVED = "_shown", "_archived"

Rows = tuple[str, ColumnElement[bool]]


def declare_indexes(schema: ListSchema, archived: ColumnElement[bool] | None = None) -> None:
    """Declare an index for every sort, and one for the default sort within each parent whose page lists these rows.

    `archived` says which rows the list leaves out, if it has an archive.
    """
    for sort in schema.sorts.values():
        # Children are counted by their foreign key, which has its index.
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
    """Declare an index of the rows that are shown for every sort, and one of the archive for the default sort.

    No index asks a column of another table: a model of several has them in the table that says what is archived.
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
    """Declare an index for the two columns of the default sort, where one can have both: a text would have to be the second."""
    names = (schema.default_sort, schema.default_then)
    first, second = (schema.sorts.get(name.removeprefix("-")) for name in names)
    is_one_way = len({name.startswith("-") for name in names}) == 1
    if first is None or second is None or not (first.is_own and second.is_own and is_one_way):
        return
    before = stored_column(first.column)
    if before is not None and _fits(before) and not is_short_text(before):
        _declare(second, within=before)


def _declare(sort: SortKey, within: TableColumn | None = None, *, rows: Rows | None = None) -> None:
    """Declare the index of an order: in the table of the sort's column, after the column that a parent's rows share.

    `rows` restricts it to some rows, which the order of a text does not support.
    """
    column = stored_column(sort.column)
    if column is None or not _fits(column) or not may_be_altered(column.table):
        return
    if within is not None and within.table is not column.table:
        # No index has columns of two tables: the rows within a parent are sorted when they are asked for.
        return
    if is_short_text(column):
        if rows is None:
            text_indexes.declare(column, within)
        return
    before = [] if within is None else [within]
    columns = [*before, column, *(one for one in keys_in(column.table) if one is not column)]
    _add(column.table, columns) if rows is None else _add_some(column.table, columns, *rows)


def _fits(column: TableColumn) -> bool:
    """Whether a store can keep an index of it: not of long values, nor of what is computed whenever it is read."""
    is_kept = column.computed is None or column.computed.persisted is True
    return is_kept and kind_of(column).is_ordered


def _add(table: Table, columns: list[TableColumn]) -> None:
    """Add an index unless there is one that serves, a unique column's own among them."""
    names = [column.name for column in columns]
    is_there = any([column.name for column in index.columns] == names for index in filter(is_whole, table.indexes))
    if not (columns[0].primary_key or columns[0].unique or is_there):
        Index(None, *columns)


def _add_some(table: Table, columns: list[TableColumn], end: str, rows: ColumnElement[bool]) -> None:
    """Add an index that has these rows alone."""
    name = conv("_".join(["ix", table.name, *(column.name for column in columns)]) + end)
    if not any(index.name == name for index in table.indexes):
        Index(name, *columns, sqlite_where=rows, postgresql_where=rows)
