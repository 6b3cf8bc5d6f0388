"""Which JSON columns tell `null` from no value: those of records. A type of the application's own reads both as SQLAlchemy does."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy

from sqlalchemy import JSON, ColumnElement, event
from sqlalchemy import inspect as inspect_mapper
from sqlalchemy.orm import Mapper

from admin_app.db.json_exact import NoneAs
from admin_app.db.types import VARIANTS, variants_of
from admin_app.extensions import ColumnType

# What says at a column's type how None is stored. A dialect makes types of its own of these, and hands on to them what
# they are made with.
MARK = "none_as"
Types = Mapping[ColumnElement[object], ColumnType]


def tell_nulls(model: type) -> None:
    """Give the JSON columns of a model types that are theirs alone, and mark those: columns may share one, also with other tables."""
    mapper: Mapper[object] = inspect_mapper(model)
    shared: Types = {one: one.type for one in mapper.local_table.columns if _is_to_mark(one.type)}
    own: Types = {one: _marked(of, NoneAs.SQL if one.nullable else NoneAs.JSON) for one, of in shared.items()}
    _set(own)
    # `MutableDict.as_mutable(type)` finds the columns to track by that very type, when their mapper is configured.
    event.listen(mapper, "before_mapper_configured", lambda *_: _set(shared))
    event.listen(mapper, "mapper_configured", lambda *_: _set(own))


def _is_to_mark(of: ColumnType) -> bool:
    """Whether it is JSON on some database. A class that shares another one's table finds that one's columns marked."""
    types = [one for one in variants_of(of) if isinstance(one, JSON)]
    return bool(types) and not any(MARK in vars(one) for one in types)


def _marked(of: ColumnType, none_as: NoneAs) -> ColumnType:
    made = copy(of)
    if isinstance(made, JSON):
        vars(made)[MARK] = none_as
    if variants := vars(of).get(VARIANTS):
        vars(made)[VARIANTS] = type(variants)({name: _marked(one, none_as) for name, one in variants.items()})
    return made


def _set(types: Types) -> None:
    for column, of in types.items():
        column.type = of
