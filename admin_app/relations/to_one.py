"""A to-one relation, whose key this side stores: a post's user."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import cast

from sqlalchemy import ColumnElement, Table, select
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.interfaces import ORMOption

from admin_app.db.attributes import name_of
from admin_app.db.key_parts import Parts
from admin_app.db.keys import Key, key_of
from admin_app.db.record import Record
from admin_app.db.unique_together import unique_groups
from admin_app.db.versions import may_be_altered
from admin_app.extensions import AnyColumn, AnySession, TableColumn, Values
from admin_app.relations.base import Dependency, Relation, clearable_columns


class ToOne(Relation):
    """To one: compared by the foreign key, without a join."""

    name = "to_one"
    is_many = False

    @property
    def foreign_key(self) -> TableColumn:
        """The column that stores the other side's key."""
        return self.own

    @property
    def is_required(self) -> bool:
        """Whether a related record is required."""
        return not any(one.nullable for one in self.own_columns)

    @property
    def is_tree(self) -> bool:
        """Whether it forms a tree of the model's own records, in which none may be below itself; `may_be_circular` permits that."""
        return self.is_plain and self.target is self.model and not self.property.info.get("may_be_circular")

    @cached_property
    def is_unique(self) -> bool:
        """Whether no two records may have the same related record."""
        own = {*self.own_columns}
        return any({*columns} == own for columns in unique_groups(cast("Table", self.own_columns[0].table)))

    @cached_property
    def cleared_names(self) -> Sequence[str]:
        """The attributes of the columns that are cleared for no related record; of several, without those that another relation shares."""
        return [name_of(self.model, one) for one in clearable_columns(self.model, self.own_columns)]

    @property
    def may_dangle(self) -> bool:
        """Whether its one column may point at a record that is not there: a table that we may not alter can lack the foreign key."""
        return len(self.own_columns) == 1 and not (self.own.foreign_keys and may_be_altered(self.own.table))

    def values_for(self, other: Record | None) -> Values:
        """Return the foreign key values, by attribute, for a related record, or for none."""
        if other is None:
            return dict.fromkeys(self.cleared_names)
        pairs = zip(self.own_names, self.other_names, strict=True)
        return {own: getattr(other, name) for own, name in pairs}

    def reference_in(self, values: Values) -> object:
        """Return the related record's key according to these values, `Parts` for several columns; None for no record."""
        if any(values.get(name) is None for name in self.own_names):
            return None
        held = [values[name] for name in self.own_names]
        return held[0] if len(held) == 1 else Parts(held)

    def referenced_record(self, session: AnySession, values: Values) -> Record | None:
        """Return the related record according to these values, None if there is none."""
        told = self.reference_in(values)
        if told is None:
            return None
        if self.is_by_key:
            found: Record | None = session.get(self.target, told)
            return found
        return session.scalars(select(self.target).where(self.other == told)).first()

    def condition(self, key: object) -> ColumnElement[bool]:
        """Return the condition on this model's rows to refer to the record with this key."""
        if self.is_by_key:
            return self.foreign_key == key
        return self.among([key])

    def among(self, keys: Sequence[object]) -> ColumnElement[bool]:
        """Return the condition on this model's rows to refer to one of the records with these keys."""
        return self.among_in(self.foreign_key, keys)

    def among_in(self, foreign_key: AnyColumn, keys: Sequence[object]) -> ColumnElement[bool]:
        """Return the condition on an alias's rows, given its foreign key."""
        if self.is_by_key:
            return foreign_key.in_(keys)
        pointed_at = select(self.other).where(key_of(self.target).in_(keys))
        return foreign_key.in_(pointed_at.correlate(None))

    def load(self) -> list[ORMOption]:
        """Join the related record: one statement, however many rows there are."""
        return [joinedload(self.attribute)]

    def keys(self, record: Record) -> list[int]:
        """Return the related record's key, if there is one."""
        key = getattr(record, self.own_name) if self.is_plain else None
        return [] if key is None else [key]

    def on_delete(self) -> Dependency:
        """Keep the related record."""
        return Dependency.NONE

    def history(self) -> Sequence[str]:
        """Return the foreign key's attributes."""
        return self.own_names


def dangling_key(record: object, relation: ToOne) -> Key | None:
    """Return the key by which a record, whose related record was looked for and not found, points at one all the same; None for no key."""
    key = relation.reference_in({name: getattr(record, name) for name in relation.own_names})
    # A text of blanks names nothing that a person could read.
    is_blank = isinstance(key, str) and not key.strip()
    return None if is_blank else cast("Key | None", key)
