"""A relation to one other record, whose key this side keeps: a post's user."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from sqlalchemy import ColumnElement, UniqueConstraint, select
from sqlalchemy import inspect as inspect_mapper
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.interfaces import ORMOption, RelationshipDirection

from admin_app.db.attributes import name_of
from admin_app.db.key_parts import Parts
from admin_app.db.keys import key_of
from admin_app.db.record import Record
from admin_app.extensions import AnyColumn, AnySession, TableColumn, Values, table_of
from admin_app.relations.base import Dependency, Relation


class ToOne(Relation):
    """To one: compared by the foreign key, without a join."""

    name = "to_one"
    is_many = False

    @property
    def foreign_key(self) -> TableColumn:
        """The column that keeps the other side's key."""
        return self.own

    @property
    def is_required(self) -> bool:
        """Whether there has to be another record."""
        return not any(one.nullable for one in self.own_columns)

    @property
    def is_tree(self) -> bool:
        """Whether it leads to another record of the model, so that none may come to be below itself, unless the relation says that one may."""
        return self.is_plain and self.target is self.model and not self.property.info.get("may_be_circular")

    @cached_property
    def is_unique(self) -> bool:
        """Whether no two records of this side point at the same one."""
        if len(self.own_columns) == 1:
            return bool(self.own_columns[0].unique)
        constraints = (one for one in table_of(self.model).constraints if isinstance(one, UniqueConstraint))
        return any(set(one.columns) == set(self.own_columns) for one in constraints)

    @cached_property
    def cleared_names(self) -> Sequence[str]:
        """The attributes of the columns that are emptied where it points at none: of several, not those that another relation needs, too."""
        empty = [one for one in self.own_columns if one.nullable]
        alone = [one for one in empty if one not in self._columns_of_others()] if len(self.own_columns) > 1 else []
        return [name_of(self.model, one) for one in alone or empty]

    def _columns_of_others(self) -> set[object]:
        """Return the columns by which the model's other relations to one point at records."""
        others = (one for one in inspect_mapper(self.model).relationships if one is not self.property)
        to_one = (one for one in others if one.direction is RelationshipDirection.MANYTOONE and not one.viewonly)
        return {column for one in to_one for column in one.local_columns}

    def values_for(self, other: Record | None) -> Values:
        """Return what this side's columns hold, by their attributes, where a record points at another one, or at none."""
        if other is None:
            return dict.fromkeys(self.cleared_names)
        pairs = zip(self.own_names, self.other_names, strict=True)
        return {own: getattr(other, name) for own, name in pairs}

    def told_by(self, values: Values) -> object:
        """Return what these values of this side's attributes tell another record by: one value, or one of several; None for no record."""
        if any(values.get(name) is None for name in self.own_names):
            return None
        held = [values[name] for name in self.own_names]
        return held[0] if len(held) == 1 else Parts(held)

    def record_told_by(self, session: AnySession, values: Values) -> Record | None:
        """Return the other record that these values tell, as long as it is there."""
        told = self.told_by(values)
        if told is None:
            return None
        if self.is_by_key:
            found: Record | None = session.get(self.target, told)
            return found
        return session.scalars(select(self.target).where(self.other == told)).first()

    def condition(self, key: object) -> ColumnElement[bool]:
        """Return the condition on this model's rows to point at the record of this key."""
        if self.is_by_key:
            return self.foreign_key == key
        return self.among([key])

    def among(self, keys: Sequence[object]) -> ColumnElement[bool]:
        """Return the condition on this model's rows to point at one of the records of these keys."""
        return self.among_in(self.foreign_key, keys)

    def among_in(self, foreign_key: AnyColumn, keys: Sequence[object]) -> ColumnElement[bool]:
        """Return the same of an alias, by its foreign key."""
        if self.is_by_key:
            return foreign_key.in_(keys)
        pointed_at = select(self.other).where(key_of(self.target).in_(keys))
        return foreign_key.in_(pointed_at.correlate(None))

    def load(self) -> list[ORMOption]:
        """Join it: one statement, however many rows."""
        return [joinedload(self.attribute)]

    def keys(self, record: Record) -> list[int]:
        """Return the other record's key, if there is one."""
        key = getattr(record, self.own_name) if self.is_plain else None
        return [] if key is None else [key]

    def on_delete(self) -> Dependency:
        """Leave the other record alone."""
        return Dependency.NONE

    def history(self) -> Sequence[str]:
        """Name the foreign key's columns."""
        return self.own_names
