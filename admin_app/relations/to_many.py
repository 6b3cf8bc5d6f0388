"""A relation to many other records, which keep this side's key: a user's posts."""

from __future__ import annotations

from sqlalchemy import ColumnElement
from sqlalchemy.orm.interfaces import ORMOption

from admin_app.db.record import Record
from admin_app.extensions import TableColumn
from admin_app.relations.base import Dependency, Relation


class ToMany(Relation):
    """To many: counted and listed by their foreign key, never loaded with the record."""

    name = "to_many"
    is_many = True

    @property
    def foreign_key(self) -> TableColumn:
        """The other side's column that keeps this side's key."""
        return self.other

    def condition(self, key: object) -> ColumnElement[bool]:
        """Return the condition on the other model's rows to belong to the record of this key."""
        return self.foreign_key == key

    def load(self) -> list[ORMOption]:
        """Load nothing: there may be any number of them."""
        return []

    def keys(self, _record: Record) -> list[int]:
        """Return none: the others point at this record, and not this one at them."""
        return []

    def on_delete(self) -> Dependency:
        """Ask, unless the relation is only to look at; whether they may stay, the foreign key says."""
        if self.is_view:
            return Dependency.NONE
        return Dependency.OPTIONAL if self.foreign_key.nullable else Dependency.REQUIRED

    def history(self) -> str:
        """Name none: the others' history keeps it."""
        return ""
