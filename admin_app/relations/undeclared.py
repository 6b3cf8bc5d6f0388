"""Dependents through foreign keys for which the model declares no relation."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, ForeignKeyConstraint
from sqlalchemy import inspect as inspect_mapper
from typing_extensions import override

from admin_app.db.joined import has_own_table, local_table, tables_of, ties_row
from admin_app.db.keys import foreign_keys_of
from admin_app.db.record import Record
from admin_app.relations import Relation, ToMany, relations_of
from admin_app.relations.base import Dependency, fate_of_key, value_in_record


class UndeclaredDependents(Relation):
    """The reverse of a foreign key whose target model declares no relation for it."""

    name = "dependents"
    is_many = True

    def __init__(self, model: type[Record], target: type[Record], key: ForeignKeyConstraint) -> None:
        """Keep the target model, and the referring columns of `target`."""
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
        """The model that is referred to."""
        return self._model

    @property
    @override
    def target(self) -> type[Record]:
        """The model that refers to it."""
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
        """Return the condition on the rows to refer to the record with this key."""
        return self.other == (key if self.is_by_key else value_in_record(self.model, self.own, key))

    @override
    def on_delete(self) -> Dependency:
        """Return what the foreign key says."""
        return fate_of_key(self.other_columns)

    @override
    def history(self) -> Sequence[str]:
        """Return none: the other side's history stores the relation."""
        return ()


def relations_to_dependents(model: type[Record]) -> list[Relation]:
    """Return the relations whose related records depend on this model's, declared or not. View-only ones are covered by the others."""
    found = [*relations_of(model).values(), *undeclared_dependents(model)]
    return [one for one in found if one.on_delete() is not Dependency.NONE]


# Cache of `undeclared_dependents`.
_BY_MODEL: dict[type[Record], Sequence[Relation]] = {}


def undeclared_dependents(model: type[Record]) -> Sequence[Relation]:
    """Return the dependents for which the model declares no relation, if they have a history."""
    if model not in _BY_MODEL:
        _BY_MODEL[model] = _find_undeclared(model)
    return _BY_MODEL[model]


def _find_undeclared(model: type[Record]) -> list[Relation]:
    known = {frozenset(one.other_columns) for one in relations_of(model).values() if _has_whole_column(one)}
    mappers = inspect_mapper(model).registry.mappers
    firsts = (one for one in mappers if issubclass(one.class_, Record) and has_own_table(one.class_))
    models = sorted((one.class_ for one in firsts), key=lambda one: one.__name__)
    return [
        UndeclaredDependents(model, target, key)
        for target in models
        for key in foreign_keys_of(local_table(target))
        if frozenset(key.columns) not in known and key.referred_table in tables_of(model) and not ties_row(model, key)
    ]


def _has_whole_column(relation: Relation) -> bool:
    """Whether the relation covers all rows with the foreign key. A subclass may have only some rows of a parent's table."""
    target = relation.target
    is_own = has_own_table(target) and local_table(target) is relation.other_columns[0].table
    return isinstance(relation, ToMany) and is_own
