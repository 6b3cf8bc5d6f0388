"""The unique constraints and indexes of a table: over columns, and over expressions computed from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from sqlalchemy import Column, ColumnElement, Index, Table, TextClause, UniqueConstraint, true
from sqlalchemy.sql.elements import ColumnClause, Grouping, UnaryExpression
from sqlalchemy.sql.visitors import iterate, replacement_traverse

from admin_app.extensions import Expression, TableColumn


def unique_groups(table: Table) -> list[list[TableColumn]]:
    """Return the groups of columns that are unique in a table. Partial indexes and indexes over expressions do not count."""
    constraints = [list(one.columns) for one in table.constraints if isinstance(one, UniqueConstraint)]
    indexes = [list(one.columns) for one in table.indexes if one.unique and not (is_partial(one) or is_computed(one))]
    return [*constraints, *indexes]


def unique_values(table: Table) -> list[Sequence[Expression]]:
    """Return the groups of columns or expressions that are unique in a table, without expressions that are plain SQL text."""
    computed = [one for one in _computed(table) if not is_partial(one)]
    return [*unique_groups(table), *(_values_of(one) for one in computed)]


def unique_where(table: Table, store: str) -> list[tuple[Sequence[Expression], ColumnElement[bool]]]:
    """Return the unique groups of a table, each with the condition on the rows that it applies to: all rows, or those of a partial index."""
    plain = [one for one in table.indexes if one.unique and not is_computed(one)]
    partial = [one for one in (*plain, *_computed(table)) if is_partial(one)]
    some = [(_values_of(one), one.dialect_kwargs.get(f"{store}_where")) for one in partial]
    whole = [(values, true()) for values in unique_values(table)]
    return [*whole, *((values, Grouping(where)) for values, where in some if where is not None)]


def columns_of(values: Sequence[Expression]) -> set[TableColumn]:
    """Return the columns that values are computed from."""
    return {part for one in values for part in iterate(one) if isinstance(part, Column)}


def replaced(value: Expression, by_name: Mapping[str, Expression]) -> Expression:
    """Return an expression with other expressions in place of some columns."""

    def other(element: object, **_: object) -> Expression | None:
        return by_name.get(element.name) if isinstance(element, Column) else None

    return replacement_traverse(value, {}, other)


def is_partial(index: Index) -> bool:
    """Whether an index covers only some of the rows, on at least one of the databases."""
    return any(index.dialect_kwargs.get(f"{store}_where") is not None for store in ("sqlite", "postgresql"))


def is_computed(index: Index) -> bool:
    """Whether an index is over an expression. SQLAlchemy lists the column `name` for `lower(name)`, too."""
    return not index.expressions or not all(isinstance(_sorted_by(one), Column) for one in index.expressions)


def _sorted_by(expression: object) -> object:
    """Return what an expression like `name DESC NULLS LAST` sorts by."""
    while isinstance(expression, UnaryExpression) and expression.modifier is not None:
        expression = expression.element
    return expression


def _computed(table: Table) -> list[Index]:
    """Return the unique indexes over expressions whose columns SQLAlchemy knows."""
    found = [one for one in table.indexes if one.unique and is_computed(one)]
    return [one for one in found if not any(_is_in_words(part) for value in _values_of(one) for part in iterate(value))]


def _is_in_words(part: object) -> bool:
    return isinstance(part, TextClause) or (isinstance(part, ColumnClause) and not isinstance(part, Column))


def _values_of(index: Index) -> list[Expression]:
    return [cast("Expression", _sorted_by(one)) for one in index.expressions]
