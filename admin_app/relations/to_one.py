"""A relation to one other record, whose key this side keeps: a post's user."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.interfaces import ORMOption

from admin_app.db.keys import key_of
from admin_app.db.record import Record
from admin_app.extensions import AnyColumn, TableColumn
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

    def history(self) -> str:
        """Name the foreign key."""
        return self.own_name
