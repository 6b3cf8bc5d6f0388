"""The columns of a model that the history stores, and those that the JSON of a change has."""

from __future__ import annotations

from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement, cast, func, select

from admin_app.db.attributes import classes_of_table, stored_columns
from admin_app.db.joined import tables_of
from admin_app.db.keys import key_names
from admin_app.db.record import Record
from admin_app.extensions import AnySession, Expression, TableColumn

# The history stores these elsewhere: the version in its own column, the time as the time of the change.
COUNTED = ("version", "updated_at")


def is_recorded(model: type[object]) -> bool:
    """Whether the history records changes of this model."""
    return issubclass(model, Record)


def recorded() -> list[type[Record]]:
    """Return the models with a history. If several classes share a table's keys, the first class stands for all."""
    mappers = [one for one in Record.registry.mappers if one.inherits is None]
    return sorted((one.class_ for one in mappers if is_recorded(one.class_)), key=lambda one: one.__name__)


@cache
def recorded_models() -> dict[str, type[Record]]:
    """Return the models with a history, by the names of their tables."""
    return {str(tables_of(one)[0].name): one for one in recorded()}


@cache
def recorded_tables() -> frozenset[str]:
    """Return the names of these records' tables; with joined inheritance, all of them."""
    return frozenset(table.name for model in recorded_models().values() for table in tables_of(model))


def history_columns(model: type[object]) -> dict[str, TableColumn]:
    """Return the columns whose values the history stores, by attribute name.

    Raises `TypeError` for a model that has a secret column and no `__history__`, so that no secret gets in by mistake.
    """
    # Cached, because each save reads this several times.
    if model not in _KEPT:
        _KEPT[model] = _find_kept(model)
    return _KEPT[model]


_KEPT: dict[type[object], dict[str, TableColumn]] = {}


def row_columns(model: type[object]) -> dict[str, TableColumn]:
    """Return the stored columns of a whole row, with those of subclasses in single-table inheritance."""
    found = history_columns(model)
    for one in classes_of_table(model):
        found = history_columns(one) | found
    return found


def _find_kept(model: type[Any]) -> dict[str, TableColumn]:
    # Computed columns are left out: the database computes them again, and nobody can write them.
    columns = {
        key: column for key, column in stored_columns(model).items() if column.computed is None and key != "version"
    }
    if model.__history__ is not None:
        always = (*key_names(model), "created_at", "updated_at")
        return {key: column for key, column in columns.items() if key in model.__history__ or key in always}
    if any(column.info.get("secret") for column in columns.values()):
        message = f"{model.__name__} has a secret column: name in __history__ the columns that the history may keep."
        raise TypeError(message)
    return columns


def has_key(values: Expression, name: str, dialect: str) -> ColumnElement[bool]:
    """Return the SQL condition that the history's JSON has this column."""
    if dialect == "sqlite":
        return func.json_type(values, f'$."{name}"').is_not(None)
    return func.json_extract_path(cast(values, sa.JSON), name).is_not(None)


def keys_in(session: AnySession, values: Expression, which: ColumnElement[bool], dialect: str) -> set[str]:
    """Return the columns that the JSON of these changes has."""
    if dialect == "sqlite":
        entries = func.json_each(values).table_valued("key", joins_implicitly=True)
        return set(session.scalars(select(entries.c.key).where(which).distinct()))
    return set(session.scalars(select(func.json_object_keys(cast(values, sa.JSON))).where(which).distinct()))
