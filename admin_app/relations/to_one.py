"""A relation to one other record, whose key this side keeps: a post's user."""

from __future__ import annotations

from sqlalchemy import ColumnElement
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.interfaces import ORMOption

from admin_app.db.record import Record
from admin_app.extensions import TableColumn
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
        return not self.foreign_key.nullable

    @property
    def is_tree(self) -> bool:
        """Whether it leads to another record of the model, so that none may come to be below itself, unless the relation says that one may."""
        return self.target is self.model and not self.property.info.get("may_be_circular")

    def condition(self, key: object) -> ColumnElement[bool]:
        """Return the condition on this model's rows to point at the record of this key."""
        return self.foreign_key == key

    def load(self) -> list[ORMOption]:
        """Join it: one statement, however many rows."""
        return [joinedload(self.attribute)]

    def keys(self, record: Record) -> list[int]:
        """Return the other record's key, if there is one."""
        key = getattr(record, self.own_name)
        return [] if key is None else [key]

    def on_delete(self) -> Dependency:
        """Leave the other record alone."""
        return Dependency.NONE

    def history(self) -> str:
        """Name the foreign key."""
        return self.own_name
