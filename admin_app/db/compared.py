"""Comparable forms of a column's values, because Python considers some values equal that the database distinguishes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time

from sqlalchemy import ARRAY, JSON, FromClause, Time

from admin_app.db.attributes import stored_columns
from admin_app.db.json_spelling import spelled
from admin_app.db.list_of import ListOf
from admin_app.db.unreadable import Unreadable
from admin_app.extensions import ColumnType


def compared(of: ColumnType, value: object) -> object:
    """Return the comparable form of a value of this type: JSON by its spelling, a time of day with its offset."""
    if value is None or isinstance(value, Unreadable):
        return value
    if isinstance(of, JSON):
        # In Python 1, 1.0 and True are equal.
        return spelled(value)
    if isinstance(of, Time) and isinstance(value, time):
        # In Python 09:30+02:00 and 08:30+01:00 are equal.
        return value, value.utcoffset()
    if isinstance(of, ARRAY | ListOf) and isinstance(value, list):
        item = of.item if isinstance(of, ListOf) else of.item_type
        return [compared(item, one) for one in value]
    return value


def compared_field(model: type[object], name: str, value: object) -> object:
    """Return the comparable form of a value of this attribute."""
    column = stored_columns(model).get(name)
    return value if column is None else compared(column.type, value)


def tell_apart(table: FromClause) -> None:
    """Let the ORM compare the values of a table's columns in this form: it does not write a value that equals the stored one."""
    for column in table.columns:
        if isinstance(column.type, JSON | Time | ARRAY):
            # An attribute takes the function from its column's type.
            column.type.__dict__["compare_values"] = _comparison(column.type)


def _comparison(of: ColumnType) -> Callable[[object, object], bool]:
    own = type(of).compare_values

    def is_same(one: object, other: object) -> bool:
        return bool(own(of, one, other)) and compared(of, one) == compared(of, other)

    return is_same
