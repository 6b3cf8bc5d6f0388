"""By which attributes a model has its table's columns: a column may be called otherwise in the database."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column
from sqlalchemy import inspect as inspect_mapper

from admin_app.extensions import TableColumn


def columns_of(model: type[Any]) -> dict[str, TableColumn]:
    """Return the columns of a model's table by its attributes' names; what the model computes by SQL is none."""
    found = {one.key: one.columns[0] for one in inspect_mapper(model).column_attrs}
    return {name: column for name, column in found.items() if isinstance(column, Column)}


def name_of(model: type[Any], column: TableColumn) -> str:
    """Return the name of the attribute that has a column."""
    return str(inspect_mapper(model).get_property_by_column(column).key)
