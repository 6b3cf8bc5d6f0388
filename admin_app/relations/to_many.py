"""A to-many relation, whose related records store this side's key: a user's posts."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement
from sqlalchemy.orm.interfaces import ORMOption

from admin_app.db.record import Record
from admin_app.extensions import TableColumn
from admin_app.relations.base import Dependency, Relation, fate_of_key, value_in_record


class ToMany(Relation):
    """To many: counted and listed by the foreign key, never loaded with the record."""

    name = "to_many"
    is_many = True

    @property
    def foreign_key(self) -> TableColumn:
        """The other side's column that stores this side's key."""
        return self.other

    def condition(self, key: object) -> ColumnElement[bool]:
        """Return the condition on the related model's rows to belong to the record with this key."""
        return self.foreign_key == (key if self.is_by_key else value_in_record(self.model, self.own, key))

    def load(self) -> list[ORMOption]:
        """Load nothing: there may be any number of related records."""
        return []

    def keys(self, _record: Record) -> list[int]:
        """Return none: the related records refer to this one."""
        return []

    def on_delete(self) -> Dependency:
        """Return what the model or the foreign key says; a view-only relation has no say."""
        if self.is_view:
            return Dependency.NONE
        return Dependency.CASCADE if self.property.cascade.delete else fate_of_key(self.other_columns)

    def history(self) -> Sequence[str]:
        """Return none: the other side's history stores the relation."""
        return ()
