"""What every relation answers, so that nobody else reads how SQLAlchemy keeps one."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar, cast

from sqlalchemy import ColumnElement
from sqlalchemy import inspect as inspect_mapper
from sqlalchemy.orm.interfaces import ORMOption

from admin_app.db.record import Record
from admin_app.extensions import Attribute, Relationship, TableColumn


class Dependency(StrEnum):
    """How the records on the other side depend on this one: what its deletion has to settle."""

    # The records on the other side stay as they are.
    NONE = "none"
    # They may stay without this one, be given to another, or go along.
    OPTIONAL = "optional"
    # They are nothing without it: they are given to another, or go along.
    REQUIRED = "required"
    # The model, or the database, says beforehand: they go along, they stay without it, or they keep it from being deleted.
    CASCADE = "cascade"
    CLEARED = "cleared"
    REFUSED = "refused"

    @property
    def is_decided(self) -> bool:
        """Whether nobody is asked."""
        return self in {Dependency.CASCADE, Dependency.CLEARED}


# What a foreign key's `ON DELETE` says.
_SAID = {"CASCADE": Dependency.CASCADE, "SET NULL": Dependency.CLEARED, "RESTRICT": Dependency.REFUSED}


def fate_of_key(foreign_key: TableColumn) -> Dependency:
    """Say what becomes of the records that hold a key when its record is deleted: as the key says, else as it may be empty."""
    said = {(one.ondelete or "").upper() for one in foreign_key.foreign_keys}
    found = next((_SAID[one] for one in said if one in _SAID), None)
    return found or (Dependency.OPTIONAL if foreign_key.nullable else Dependency.REQUIRED)


class Relation:
    """A relation of a model, as seen from its side: `own` is this side's column of the pair that ties both, `other` the other's."""

    name: ClassVar[str]
    is_many: ClassVar[bool]

    def __init__(self, relation: Relationship) -> None:
        """Keep it, and the columns that tie both sides."""
        self.property = relation
        # What they tie is a table's own: `relation_of` has seen to it.
        self.own, self.other = cast("list[tuple[TableColumn, TableColumn]]", relation.local_remote_pairs)[0]

    @property
    def key(self) -> str:
        """What the attribute is called."""
        return str(self.property.key)

    @property
    def attribute(self) -> Attribute:
        """The model's attribute."""
        attribute: Attribute = self.property.class_attribute
        return attribute

    @property
    def model(self) -> type[Record]:
        """The model that has it."""
        model: type[Record] = self.property.parent.class_
        return model

    @property
    def target(self) -> type[Record]:
        """The model on the other side."""
        target: type[Record] = self.property.mapper.class_
        return target

    @property
    def back(self) -> str:
        """The other side's name of it, "" where that has none."""
        return self.property.back_populates or ""

    @property
    def is_view(self) -> bool:
        """Whether it is to look at only, and says nothing about what is stored."""
        return bool(self.property.viewonly)

    @property
    def own_name(self) -> str:
        """The attribute of this side's column."""
        return str(inspect_mapper(self.model).get_property_by_column(self.own).key)

    @property
    def other_name(self) -> str:
        """The attribute of the other side's column."""
        return str(inspect_mapper(self.target).get_property_by_column(self.other).key)

    @property
    def is_links(self) -> bool:
        """Whether the related records are named as a field of this one, though they are many."""
        return False

    def condition(self, key: object) -> ColumnElement[bool]:
        """Return the condition on the rows that hold the foreign key to be tied to the record of this key."""
        raise NotImplementedError

    def load(self) -> list[ORMOption]:
        """Return how the other side is read along with this one."""
        raise NotImplementedError

    def keys(self, record: Record) -> list[int]:
        """Return the keys of the records that this one points at; reads nothing."""
        raise NotImplementedError

    def on_delete(self) -> Dependency:
        """Say what becomes of the other side when a record of this one is deleted."""
        raise NotImplementedError

    def history(self) -> str:
        """Name the field by which this side's history keeps it, "" where the other side's does."""
        raise NotImplementedError
