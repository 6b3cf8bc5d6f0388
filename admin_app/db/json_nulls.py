"""Let the JSON columns of records distinguish `null` from NULL. An application's own type reads both as SQLAlchemy does."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy

from sqlalchemy import JSON, ColumnElement, event
from sqlalchemy import inspect as inspect_mapper
from sqlalchemy.orm import Mapper

from admin_app.db.json_exact import NoneAs
from admin_app.db.types import VARIANTS, variants_of
from admin_app.extensions import ColumnType

# The mark at a column's type that says how None is stored. A dialect derives its own types from a column's, and passes
# their arguments on.
MARK = "none_as"
Types = Mapping[ColumnElement[object], ColumnType]


def tell_nulls(model: type) -> None:
    """Give each JSON column of a model a marked type of its own: columns may share a type, even with other tables."""
    mapper: Mapper[object] = inspect_mapper(model)
    shared: Types = {one: one.type for one in mapper.local_table.columns if _is_to_mark(one.type)}
    own: Types = {one: _marked(of, NoneAs.SQL if one.nullable else NoneAs.JSON) for one, of in shared.items()}
    _set(own)
    # `MutableDict.as_mutable(type)` finds the columns to track by that very type, when their mapper is configured.
    event.listen(mapper, "before_mapper_configured", lambda *_: _set(shared))
    event.listen(mapper, "mapper_configured", lambda *_: _set(own))


def _is_to_mark(of: ColumnType) -> bool:
    """Whether a type is JSON on one of the databases and not marked yet: classes that share a table share its columns."""
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
