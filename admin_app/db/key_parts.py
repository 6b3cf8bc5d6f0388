"""Composite keys, such as an order line's order and number: a tuple in Python, one expression in SQL.

The expression is compared column by column, as a row value, so that the index of the key is used. When it is selected or
stored, it is one text, `k:["12","3"]`: the stored form of each value.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sqlalchemy import (
    ClauseElement,
    ClauseList,
    ColumnElement,
    Dialect,
    Text,
    and_,
    literal,
    literal_column,
    not_,
    or_,
    select,
    tuple_,
    type_coerce,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import Select, operators
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.selectable import SelectBase
from sqlalchemy.types import TypeDecorator
from typing_extensions import override

from admin_app.db.key_values import KeyValue, printed_value, stored_sql, stored_value, value_from, value_sql
from admin_app.extensions import AnyColumn, ColumnType, Expression

# A key, several keys, or SQL that returns one.
Operand = Any
# A comparison operator of SQLAlchemy's.
Operator = Callable[..., ColumnElement[bool]]

PARTS = "k:"


class Parts(tuple[KeyValue, ...]):
    """The values of a composite key, in the order of its columns."""

    __slots__ = ()

    def __str__(self) -> str:
        """Return the key for people: "12, 3"."""
        return ", ".join(map(printed_value, self))


def stored_parts(key: Iterable[KeyValue]) -> str:
    """Return the stored text of a key, the same in both databases."""
    return PARTS + json.dumps(list(map(stored_value, key)), ensure_ascii=False, separators=(",", ":"))


def parts_from(text: str) -> Parts:
    """Read a stored key."""
    return Parts(map(value_from, json.loads(text[len(PARTS) :])))


class _Comparator(TypeDecorator.Comparator[Parts]):
    """Compares keys by their columns."""

    def operate(self, op: Operator, *other: Operand, **arguments: Operand) -> Operand:
        """Compare column by column. If both sides are stored texts, compare the texts."""
        if op in _ORDERING:
            return ClauseList(*(op(one) for one in spread([self.expr])))
        mine, theirs = self.expr, _element(other[0]) if other else None
        if not isinstance(mine, CompositeKey) and isinstance(theirs, CompositeKey) and op in _MIRRORED:
            return _COMPARING[_MIRRORED[op]](theirs, mine)
        if isinstance(mine, CompositeKey) and op in _COMPARING:
            return _COMPARING[op](mine, theirs)
        return super().operate(op, *other, **arguments)


class KeyOfParts(TypeDecorator[Parts]):
    """The type of a composite key as one value."""

    impl = Text
    cache_ok = True
    comparator_factory = _Comparator

    def __init__(self, types: tuple[ColumnType, ...]) -> None:
        """Keep the types of the columns."""
        super().__init__()
        self.types = types

    @override
    def process_bind_param(self, value: Iterable[KeyValue] | None, dialect: Dialect) -> str | None:
        """Write the stored text."""
        return None if value is None else stored_parts(value)

    @override
    def process_result_value(self, value: str | None, dialect: Dialect) -> Parts | None:
        """Read the stored text."""
        return None if value is None else parts_from(value)


class CompositeKey(FunctionElement[Parts]):
    """The columns of a composite key as one expression."""

    inherit_cache = True
    name = "composite_key"
    # Its column name when it is selected.
    key = "id"

    def __init__(self, *columns: AnyColumn) -> None:
        """Keep the columns."""
        super().__init__(*columns)
        self.type = KeyOfParts(tuple(one.type for one in self.clauses))


class _PartFrom(FunctionElement[KeyValue]):
    """One value of a key that is stored as text."""

    inherit_cache = True
    name = "key_part_from"

    def __init__(self, key: Expression, place: int, of: ColumnType) -> None:
        """Keep its position and type: SQLAlchemy's statement cache distinguishes both."""
        super().__init__(key, type_coerce(literal_column(str(place)), of))
        self.place = place
        self.type = of


def spread(columns: Iterable[AnyColumn]) -> list[AnyColumn]:
    """Replace a composite key by its columns, for comparing and sorting."""
    return [one for column in columns for one in _columns_of(_element(column))]


def spread_values(columns: Sequence[AnyColumn], values: Sequence[Operand]) -> list[Operand]:
    """Return the values to compare with the `spread` columns."""
    pairs = zip(columns, values, strict=True)
    return [one for column, value in pairs for one in (value if isinstance(column.type, KeyOfParts) else (value,))]


def parts_in(columns: Iterable[AnyColumn], stored: Expression) -> list[Expression]:
    """Return the value of each of these columns in a stored key."""
    return [_PartFrom(stored, place, one.type) for place, one in enumerate(columns)]


def _element(value: Operand) -> Operand:
    """Return the SQL of a model's attribute."""
    found = getattr(value, "__clause_element__", None)
    return value if found is None else found()


def _columns_of(element: Operand) -> list[Operand]:
    return list(element.clauses) if isinstance(element, CompositeKey) else [element]


_ORDERING = {operators.asc_op, operators.desc_op}
_MIRRORED: dict[Operator, Operator] = {
    operators.eq: operators.eq,
    operators.ne: operators.ne,
    operators.lt: operators.gt,
    operators.le: operators.ge,
    operators.gt: operators.lt,
    operators.ge: operators.le,
    operators.is_distinct_from: operators.is_distinct_from,
}


def _is_same(mine: Expression, other: Operand) -> ColumnElement[bool]:
    if other is None:
        return _is_none(mine, None)
    return and_(*(own == value for own, value in _pairs(mine, other)))


def _is_other(mine: Expression, other: Operand) -> ColumnElement[bool]:
    if other is None:
        return _is_one(mine, None)
    return not_(_is_same(mine, other))


def _is_none(mine: Expression, _nothing: None) -> ColumnElement[bool]:
    """Whether the key counts as missing: one value is missing, as in the databases' foreign keys."""
    return or_(*(own.is_(None) for own in _columns_of(mine)))


def _is_one(mine: Expression, _nothing: None) -> ColumnElement[bool]:
    return and_(*(own.is_not(None) for own in _columns_of(mine)))


def _differs(mine: Expression, other: Operand) -> ColumnElement[bool]:
    return or_(*(own.is_distinct_from(value) for own, value in _pairs(mine, other)))


def _is_among(mine: Expression, others: Operand) -> ColumnElement[bool]:
    columns = _columns_of(mine)
    if isinstance(others, Select):
        (key,) = (_element(one) for one in others.selected_columns)
        return tuple_(*columns).in_(others.with_only_columns(*_parts_of(mine, key), maintain_column_froms=True))
    if isinstance(others, SelectBase):
        (key,) = others.subquery().c
        return tuple_(*columns).in_(select(*_parts_of(mine, key)))
    return tuple_(*columns).in_([tuple(one) for one in others])


def _is_not_among(mine: Expression, others: Operand) -> ColumnElement[bool]:
    return not_(_is_among(mine, others))


def _by_order(op: Operator) -> Operator:
    def compare(mine: Expression, other: Operand) -> ColumnElement[bool]:
        own, theirs = zip(*_pairs(mine, other), strict=True)
        bound = (literal(value, column.type) for column, value in zip(own, theirs, strict=True))
        found: ColumnElement[bool] = op(tuple_(*own), tuple_(*bound))
        return found

    return compare


_COMPARING: dict[Operator, Operator] = {
    operators.eq: _is_same,
    operators.ne: _is_other,
    operators.is_: _is_none,
    operators.is_not: _is_one,
    operators.is_distinct_from: _differs,
    operators.in_op: _is_among,
    operators.not_in_op: _is_not_among,
    **{one: _by_order(one) for one in (operators.lt, operators.le, operators.gt, operators.ge)},
}


def _pairs(mine: Expression, other: Operand) -> list[tuple[Expression, Operand]]:
    """Pair each column with the value or column that it is compared with."""
    columns = _columns_of(mine)
    if other is None:
        return [(one, None) for one in columns]
    return list(zip(columns, _parts_of(mine, other) if isinstance(other, ClauseElement) else other, strict=True))


def _parts_of(mine: Expression, other: Operand) -> list[Operand]:
    """Return the columns of another key, or each value of a stored one."""
    if isinstance(other, CompositeKey):
        return _columns_of(other)
    return parts_in(_columns_of(mine), type_coerce(other, mine.type))


@compiles(CompositeKey)
def _on_postgres(element: CompositeKey, compiler: SQLCompiler, **kw: object) -> str:
    return _as_text(element, compiler, "CAST(to_json({}) AS TEXT)", **kw)


@compiles(CompositeKey, "sqlite")
def _on_sqlite(element: CompositeKey, compiler: SQLCompiler, **kw: object) -> str:
    # A key that lacks a value counts as missing, as on PostgreSQL.
    return _as_text(element, compiler, "nullif(json_quote({}), 'null')", **kw)


def _as_text(element: CompositeKey, compiler: SQLCompiler, quoted: str, **kw: object) -> str:
    """Write the SQL of the stored text."""
    on_sqlite = compiler.dialect.name == "sqlite"
    columns = [(one.type, compiler.process(one, **kw)) for one in element.clauses]
    parts = (quoted.format(stored_sql(of, sql, on_sqlite=on_sqlite)) for of, sql in columns)
    listed = " || ',' || ".join(parts)
    return f"('{PARTS}[' || {listed} || ']')"


@compiles(_PartFrom)
def _part_on_postgres(element: _PartFrom, compiler: SQLCompiler, **kw: object) -> str:
    inner = compiler.process(element.clauses.clauses[0], **kw)
    # Rows of other models hold other kinds of keys, and PostgreSQL may evaluate those before it filters them out.
    text = f"(CASE WHEN left({inner}, 2) = '{PARTS}' THEN CAST(substr({inner}, 3) AS JSON) END ->> {element.place})"
    return value_sql(element.type, text, on_sqlite=False)


@compiles(_PartFrom, "sqlite")
def _part_on_sqlite(element: _PartFrom, compiler: SQLCompiler, **kw: object) -> str:
    inner = compiler.process(element.clauses.clauses[0], **kw)
    text = (
        f"json_extract(CASE WHEN substr({inner}, 1, 2) = '{PARTS}' THEN substr({inner}, 3) END, '$[{element.place}]')"
    )
    return value_sql(element.type, text, on_sqlite=True)
