"""The columns of a table that are unique, alone or together."""

from __future__ import annotations

from sqlalchemy import Column, ColumnElement, Index, Table, UniqueConstraint, true
from sqlalchemy.sql.elements import Grouping, UnaryExpression

from admin_app.extensions import TableColumn


def unique_groups(table: Table) -> list[list[TableColumn]]:
    """Return the groups of columns that are unique in a table. Partial indexes and indexes over expressions do not count."""
    constraints = [list(one.columns) for one in table.constraints if isinstance(one, UniqueConstraint)]
    indexes = [list(one.columns) for one in table.indexes if one.unique and not (is_partial(one) or is_computed(one))]
    return [*constraints, *indexes]


def unique_where(table: Table, store: str) -> list[tuple[list[TableColumn], ColumnElement[bool]]]:
    """Return the unique groups with the rows that they apply to: all rows, or those of a database's partial index."""
    whole = [(columns, true()) for columns in unique_groups(table)]
    found = [one for one in table.indexes if one.unique and is_partial(one) and not is_computed(one)]
    some = [(list(one.columns), one.dialect_kwargs.get(f"{store}_where")) for one in found]
    return [*whole, *((columns, Grouping(where)) for columns, where in some if where is not None)]


def is_partial(index: Index) -> bool:
    """Whether an index has only some of the rows, on one of the stores at least."""
    return any(index.dialect_kwargs.get(f"{store}_where") is not None for store in ("sqlite", "postgresql"))


def is_computed(index: Index) -> bool:
    """Whether an index has what is computed from columns. Of `lower(name)`, too, SQLAlchemy lists the column `name`."""
    return not index.expressions or not all(isinstance(_sorted_by(one), Column) for one in index.expressions)


def _sorted_by(expression: object) -> object:
    """Return what an expression like `name DESC NULLS LAST` sorts by."""
    while isinstance(expression, UnaryExpression) and expression.modifier is not None:
        expression = expression.element
    return expression
