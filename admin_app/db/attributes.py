"""A model's attributes: columns of its table, or SQL that computes a value (`column_property`, `hybrid_property`)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from sqlalchemy import Column
from sqlalchemy import inspect as inspect_mapper
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.hybrid import HybridExtensionType
from sqlalchemy.sql.visitors import iterate

from admin_app.db.key_parts import KeyOfParts
from admin_app.extensions import AnyColumn, TableColumn, table_of


def attribute_of(model: type[object], name: str) -> Any:
    """Return a model's attribute; None for a hybrid property that only Python can compute."""
    return getattr(model, name, None)


def stored_column(attribute: AnyColumn) -> TableColumn | None:
    """Return the table's column behind an attribute; None for a computed attribute."""
    columns = getattr(getattr(attribute, "property", None), "columns", (attribute,))
    return columns[0] if isinstance(columns[0], Column) else None


def stored_columns(model: type[object]) -> Mapping[str, TableColumn]:
    """Return the columns of a model's table, by attribute name."""
    # Cached, because every cell that names another record reads this.
    if model not in _STORED:
        found = {one.key: one.columns[0] for one in inspect_mapper(model).column_attrs}
        _STORED[model] = MappingProxyType({name: one for name, one in found.items() if isinstance(one, Column)})
    return _STORED[model]


_STORED: dict[type[object], Mapping[str, TableColumn]] = {}


def followed_columns(model: type[object]) -> frozenset[str]:
    """Return the columns whose changes ON UPDATE passes on to referring rows, which no history records.

    Keys are left out, because nobody changes them.
    """
    if model not in _FOLLOWED:
        keys = (key for table in table_of(model).metadata.tables.values() for key in table.foreign_keys)
        passed = {key.target_fullname for key in keys if (key.onupdate or "").upper() in _PASSED_ON}
        columns = stored_columns(model).items()
        found = (name for name, one in columns if f"{one.table.fullname}.{one.name}" in passed and not one.primary_key)
        _FOLLOWED[model] = frozenset(found)
    return _FOLLOWED[model]


_FOLLOWED: dict[type[object], frozenset[str]] = {}
_PASSED_ON = ("CASCADE", "SET NULL", "SET DEFAULT")


def is_nullable(attribute: AnyColumn) -> bool:
    """Whether the value can be missing. A computed attribute counts as nullable, a composite key doesn't."""
    column = stored_column(attribute)
    return not isinstance(attribute.type, KeyOfParts) if column is None else bool(column.nullable)


def is_unique(attribute: AnyColumn) -> bool:
    """Whether no two records have the same value."""
    column = stored_column(attribute)
    return column is not None and bool(column.unique)


def is_key(attribute: AnyColumn) -> bool:
    """Whether the attribute is part of the record's key."""
    column = stored_column(attribute)
    return column is not None and bool(column.primary_key)


def is_computed(model: type[object], name: str) -> bool:
    """Whether the name is an attribute that SQL or Python computes, and not a column of the table."""
    is_mapped = name in inspect_mapper(model).column_attrs
    return name in hybrids(model) or (is_mapped and name not in stored_columns(model))


def hybrids(model: type[object]) -> list[str]:
    """Name the hybrid properties of a model."""
    descriptors = inspect_mapper(model).all_orm_descriptors
    found = (name for name, one in descriptors.items() if one.extension_type is HybridExtensionType.HYBRID_PROPERTY)
    # We map a key of several columns to `id` ourselves.
    return [name for name in found if name != "id"]


def is_sql(model: type[object], name: str) -> bool:
    """Whether SQL can compute the attribute. Python alone computes some hybrid properties."""
    try:
        getattr(model, name).__clause_element__()
    except (AttributeError, TypeError, ArgumentError):
        return False
    return True


def is_secret(attribute: AnyColumn) -> bool:
    """Whether an attribute is a secret, or is computed from one."""
    column = stored_column(attribute)
    return any(one.info.get("secret") for one in (_columns_in(attribute) if column is None else (column,)))


def read_by_computed(model: type[object]) -> Mapping[str, tuple[str, ...]]:
    """Return a model's computed attributes, each with the columns that it reads. Whoever may not see one of them may not see the result."""
    # Cached, because every page reads this for people with restricted fields.
    if model not in _READ:
        _READ[model] = _find_read(model)
    return _READ[model]


_READ: dict[type[object], Mapping[str, tuple[str, ...]]] = {}


def _find_read(model: type[object]) -> Mapping[str, tuple[str, ...]]:
    stored = {column: name for name, column in stored_columns(model).items()}
    names = [*inspect_mapper(model).column_attrs.keys(), *hybrids(model)]
    computed = [name for name in names if is_computed(model, name) and is_sql(model, name)]
    return {name: tuple(stored[one] for one in _columns_in(getattr(model, name)) if one in stored) for name in computed}


def hides_secret(model: type[object], name: str) -> bool:
    """Whether the attribute is a secret. If only Python can compute it, its author is responsible."""
    return is_sql(model, name) and is_secret(getattr(model, name))


def _columns_in(attribute: AnyColumn) -> list[TableColumn]:
    """Return the table columns that the SQL of an attribute uses."""
    found = [one for one in iterate(attribute.__clause_element__()) if isinstance(one, Column)]
    return [one.table.c[one.key] for one in found]


def name_of(model: type[object], column: TableColumn) -> str:
    """Return the name of a column's attribute. The database may call the column something else."""
    return str(inspect_mapper(model).get_property_by_column(column).key)


def classes_of_table(model: type[object]) -> list[type[object]]:
    """Return the classes whose records are rows of a model's table: the model and the classes derived from it."""
    return [one.class_ for one in inspect_mapper(model).self_and_descendants]
