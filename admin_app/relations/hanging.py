"""Dependents of a record over a foreign key that its model declares no relation for."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, ForeignKeyConstraint
from sqlalchemy import inspect as inspect_mapper
from typing_extensions import override

from admin_app.db.joined import has_own_table, local_table, tables_of, ties_row
from admin_app.db.keys import foreign_keys_of
from admin_app.db.record import Record
from admin_app.relations import Relation, ToMany, relations_of
from admin_app.relations.base import Dependency, fate_of_key, holder_of


class Hanging(Relation):
    """The reverse of a foreign key, seen from the model that it points at and that declares no relation for it."""

    name = "hanging"
    is_many = True

    def __init__(self, model: type[Record], target: type[Record], key: ForeignKeyConstraint) -> None:
        """Keep the model that is pointed at, and the columns of `target` that point."""
        self._model, self._target = model, target
        self._tie([(one.column, one.parent) for one in key.elements], of_own=True)
        columns = set(self.other_columns)
        mine = (one for one in relations_of(target).values() if not one.is_many and set(one.own_columns) == columns)
        self._back = next((one.key for one in mine), "")

    @property
    @override
    def key(self) -> str:
        """A name made of table and column, since neither side has one."""
        return f"{self.other_columns[0].table.name}.{'_'.join(one.name for one in self.other_columns)}"

    @property
    @override
    def model(self) -> type[Record]:
        """The model that is pointed at."""
        return self._model

    @property
    @override
    def target(self) -> type[Record]:
        """The model that points."""
        return self._target

    @property
    @override
    def back(self) -> str:
        """The other side's relation, "" for none."""
        return self._back

    @property
    @override
    def is_view(self) -> bool:
        """It is never view-only."""
        return False

    @override
    def condition(self, key: object) -> ColumnElement[bool]:
        """Return the condition on the rows that point at the record of this key."""
        return self.other == (key if self.is_by_key else holder_of(self.model, self.own, key))

    @override
    def on_delete(self) -> Dependency:
        """Do as the foreign key says."""
        return fate_of_key(self.other_columns)

    @override
    def history(self) -> Sequence[str]:
        """Name none: the others' history keeps it."""
        return ()


def hanging_relations(model: type[Record]) -> list[Relation]:
    """Return the relations whose records hang on this model's, its own and those of others; one that is only for looking has rows that the database lets go."""
    found = [*relations_of(model).values(), *unknown_dependents(model)]
    return [one for one in found if one.on_delete() is not Dependency.NONE]


# What `unknown_dependents` has found out.
_BY_MODEL: dict[type[Record], Sequence[Relation]] = {}


def unknown_dependents(model: type[Record]) -> Sequence[Relation]:
    """Return the dependents of a model's records that it declares no relation for, as far as they have a history."""
    if model not in _BY_MODEL:
        _BY_MODEL[model] = _find_unknown(model)
    return _BY_MODEL[model]


def _find_unknown(model: type[Record]) -> list[Relation]:
    known = {frozenset(one.other_columns) for one in relations_of(model).values() if _has_whole_column(one)}
    mappers = inspect_mapper(model).registry.mappers
    firsts = (one for one in mappers if issubclass(one.class_, Record) and has_own_table(one.class_))
    models = sorted((one.class_ for one in firsts), key=lambda one: one.__name__)
    return [
        Hanging(model, target, key)
        for target in models
        for key in foreign_keys_of(local_table(target))
        if frozenset(key.columns) not in known and key.referred_table in tables_of(model) and not ties_row(model, key)
    ]


def _has_whole_column(relation: Relation) -> bool:
    """Whether all records that hold the key are of the other side's class: a class that derives may have it from the first one's table."""
    target = relation.target
    is_own = has_own_table(target) and local_table(target) is relation.other_columns[0].table
    return isinstance(relation, ToMany) and is_own
