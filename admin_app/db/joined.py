"""Joined inheritance: a record that is a row in several tables with the same key.

The first class's table, the root, stands for the record: it has the version, and the history knows the record by its
name. Columns of a further table are read by key and written to that table.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import cast

from sqlalchemy import Column, ColumnElement, ForeignKeyConstraint, FromClause, Table, and_, literal, select
from sqlalchemy import inspect as inspect_mapper
from sqlalchemy.orm import ColumnProperty, Mapper

from admin_app.db.keys import key_in, keys_in
from admin_app.errors import ConfigurationError
from admin_app.extensions import AnyColumn, Expression, Statement, TableColumn, table_of


def further_tables(model: type[object]) -> Sequence[Table]:
    """Return the tables besides the root in which a record of the model may have a row, base classes first."""
    # Cached, because every bulk statement reads this.
    if model not in _FURTHER:
        mappers = inspect_mapper(model).self_and_descendants
        tables = dict.fromkeys(table for one in mappers for table in one.tables if isinstance(table, Table))
        _FURTHER[model] = [one for one in tables if one is not table_of(model)]
    return _FURTHER[model]


_FURTHER: dict[type[object], Sequence[Table]] = {}


def is_joined(model: type[object]) -> bool:
    """Whether a record of the model may be a row in several tables."""
    return bool(further_tables(model))


def tables_of(model: type[object]) -> Sequence[Table]:
    """Return all tables in which a record of the model may have a row, the root first."""
    return (table_of(model), *further_tables(model))


def own_tables(model: type[object]) -> Sequence[Table]:
    """Return the tables in which a record of exactly this class has a row, the root first."""
    tables = inspect_mapper(model).tables
    return [one for one in tables_of(model) if one in tables]


def column_in(table: FromClause, column: TableColumn) -> Expression:
    """Return the column for rows of the root, or of its alias. A column of a further table is read by key, and is NULL if that table has no row."""
    if column.table is getattr(table, "element", table):
        return table.c[column.name]
    further = column.table.alias()
    found = select(further.c[column.name]).where(is_same_record(further, table))
    return found.correlate_except(further).scalar_subquery()


def is_same_record(table: FromClause, other: FromClause) -> ColumnElement[bool]:
    """Whether rows of two tables belong to the same record."""
    return and_(*(one == same for one, same in zip(keys_in(table), keys_in(other), strict=True)))


def own_table(column: TableColumn) -> Table:
    """Return the table that has a column."""
    return column.table


def by_table(columns: Mapping[str, TableColumn]) -> Mapping[Table, Mapping[str, TableColumn]]:
    """Group columns by the table that has them."""
    found: dict[Table, dict[str, TableColumn]] = {}
    for name, column in columns.items():
        found.setdefault(own_table(column), {})[name] = column
    return found


def of_root(model: type[object], condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Turn a condition on a model's records into one on rows of the root, which may also have records of other classes."""
    asked = {*select(literal(1)).where(condition).get_final_froms()} if is_joined(model) else set()
    own = own_tables(model)
    further = [one for one in further_tables(model) if one in own or one in asked]
    if not further and inspect_mapper(model).inherits is None:
        return condition
    root = table_of(model)
    whole: FromClause = root
    for one in further:
        whole = whole.join(one, is_same_record(one, root))
    # A condition on related records names the class's table only in its subquery: this adds the table.
    asking = select(key_in(root)).select_from(whole).where(condition, *_of_class(model)).correlate(None)
    key: ColumnElement[bool] = key_in(root).in_(asking)
    return key


def _of_class(model: type[object]) -> list[ColumnElement[bool]]:
    """Return the condition that separates a class's rows from those of others in the same table."""
    told = class_column(model)
    if told is None or has_own_table(model):
        return []
    return [told.in_([one.polymorphic_identity for one in inspect_mapper(model).self_and_descendants])]


def held_by(model: type[object], which: ColumnElement[bool], wanted: AnyColumn, table: FromClause) -> Statement:
    """Return the values of these records in one or several columns, whichever table has them."""
    mine = of_root(model, which)
    if not is_joined(model):
        return select(wanted).where(mine)
    root = table_of(model)
    return select(wanted).where(key_in(table).in_(select(key_in(root)).where(mine).correlate(None)))


def class_column(model: type[object]) -> TableColumn | None:
    """Return the root's column that holds a record's class; None for a model without subclasses."""
    told = inspect_mapper(model).polymorphic_on
    return told if isinstance(told, Column) else None


def classes_in(model: type[object], table: Table) -> Sequence[object]:
    """Return the values of the class column for the classes with a row in this table."""
    mappers = inspect_mapper(model).base_mapper.self_and_descendants
    return [one.polymorphic_identity for one in mappers if table in one.tables]


def has_own_table(model: type[object]) -> bool:
    """Whether a class is the first one mapped to its table."""
    mapper = inspect_mapper(model)
    return mapper.inherits is None or mapper.local_table is not mapper.inherits.local_table


def local_table(model: type[object]) -> Table:
    """Return the table that has the columns a class declares."""
    return cast("Table", inspect_mapper(model).local_table)


def ties_row(model: type[object], key: ForeignKeyConstraint) -> bool:
    """Whether a foreign key only connects a record's row to its row in a base class's table."""
    tables = tables_of(model)
    return key.table in tables and key.referred_table in tables and set(key.columns) == set(keys_in(key.table))


def require_whole(model: type[object]) -> None:
    """Raise `ConfigurationError` if it is ambiguous which tables a record has, or which column a value belongs to."""
    if not is_joined(model):
        return
    base = inspect_mapper(model).base_mapper
    mappers = [*base.self_and_descendants]
    problem = _problem_with_root(base) or next(filter(None, map(_problem_with_class, mappers)), "")
    problem = problem or _problem_with_names(mappers)
    if problem:
        raise ConfigurationError(problem)


def _problem_with_root(base: Mapper[object]) -> str:
    name = base.class_.__name__
    told = base.polymorphic_on
    if not (isinstance(told, Column) and told.table is base.local_table):
        return f"{name}: a class that derives from it has a table of its own, and no column of {name} says which records it has: name it in `polymorphic_on`."
    return ""


def _problem_with_class(mapper: Mapper[object]) -> str:
    """Return the problem if the key of a class's table is not also the key of the root."""
    name, table = mapper.class_.__name__, mapper.local_table
    if mapper.concrete:
        return f"{name} is a concrete class, whose records the first class's table does not have: give it a model of its own."
    if mapper.inherits is None or table is mapper.inherits.local_table:
        return ""
    keys = zip(keys_in(table), keys_in(mapper.inherits.local_table), strict=False)
    is_one = len(keys_in(table)) == len(keys_in(mapper.inherits.local_table))
    if not is_one or any({one.column for one in own.foreign_keys} != {other} for own, other in keys):
        return f"{name}: let the key of its table be the foreign key to that of {mapper.inherits.class_.__name__}, and nothing else."
    return ""


def _problem_with_names(mappers: Iterable[Mapper[object]]) -> str:
    """Return the problem if the history would confuse values of two columns."""
    known: dict[str, tuple[str, object]] = {}
    for mapper in mappers:
        for one in (*mapper.column_attrs, *mapper.relationships):
            columns = one.columns if isinstance(one, ColumnProperty) else [one]
            if len(columns) > 1 and not all(isinstance(each, Column) and each.primary_key for each in columns):
                return f"{mapper.class_.__name__}.{one.key} stands for a column in each of two tables: call one of them something else."
            # A key also stands for that of the first class's table, which comes last.
            column = columns[-1]
            name, other = known.setdefault(one.key, (mapper.class_.__name__, column))
            if other is not column:
                return f"{mapper.class_.__name__}.{one.key} and {name}.{one.key} are not the same: call one of them something else."
    return ""
