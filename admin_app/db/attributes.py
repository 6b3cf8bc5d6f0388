"""By which attributes a model has its table's columns: a column may be called otherwise in the database."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column
from sqlalchemy import inspect as inspect_mapper

from admin_app.errors import ConfigurationError
from admin_app.extensions import TableColumn


def columns_of(model: type[Any]) -> dict[str, TableColumn]:
    """Return the columns of a model's table by its attributes' names; what the model computes by SQL is none."""
    found = {one.key: one.columns[0] for one in inspect_mapper(model).column_attrs}
    return {name: column for name, column in found.items() if isinstance(column, Column)}


def name_of(model: type[Any], column: TableColumn) -> str:
    """Return the name of the attribute that has a column."""
    return str(inspect_mapper(model).get_property_by_column(column).key)


def require_whole(model: type[Any]) -> None:
    """Raise `ConfigurationError` where a row may have columns of a subclass alone: the history would not give them back."""
    base = inspect_mapper(model).base_mapper
    own = set(columns_of(base.class_).values())
    for one in base.self_and_descendants:
        if further := [name for name, column in columns_of(one.class_).items() if column not in own]:
            message = f"{one.class_.__name__}.{further[0]} is a column of a subclass alone: declare it in {base.class_.__name__}."
            raise ConfigurationError(message)
