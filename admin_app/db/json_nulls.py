"""Which JSON columns tell `null` from no value: those of records. A type of the application's own reads both as SQLAlchemy does."""

from __future__ import annotations

from sqlalchemy import JSON, FromClause

from admin_app.db.types import variants_of

# What is noted at a column's type: whether the column may have no value. A dialect makes types of its own of these, and
# hands on to them what they are made with.
NOTE = "has_nulls"


def tell_nulls(table: FromClause) -> None:
    """Note it at the JSON columns of a table."""
    for column in table.columns:
        for one in variants_of(column.type):
            if isinstance(one, JSON):
                one.__dict__[NOTE] = column.nullable
