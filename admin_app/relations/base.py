"""What every relation answers, so that nobody else reads how SQLAlchemy keeps one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, cast

from sqlalchemy import ColumnElement, select
from sqlalchemy import inspect as inspect_mapper
from sqlalchemy.orm.interfaces import ORMOption, RelationshipDirection

from admin_app.db.attributes import name_of
from admin_app.db.key_parts import CompositeKey
from admin_app.db.keys import key_of, keys_in
from admin_app.db.record import Record
from admin_app.extensions import AnyColumn, Attribute, Relationship, Statement, TableColumn


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


@dataclass(frozen=True, eq=False)
class KeySet:
    """Rows that are told by a set of keys: `found` by it, which is quick while it is small, or each `asked` whether it is in it.

    Of a large set the first rows of an order are soon found by asking; found by the set, all of it would be read and sorted.
    """

    # None where they cannot be told without asking the rows.
    keys: Statement | None
    found: ColumnElement[bool]
    asked: ColumnElement[bool]

    def condition(self, walked: Collection[KeySet]) -> ColumnElement[bool]:
        """Return the condition on the rows, asked of each where this is one of those sets."""
        return self.asked if self in walked else self.found


# What a foreign key's `ON DELETE` says.
_SAID = {"CASCADE": Dependency.CASCADE, "SET NULL": Dependency.CLEARED, "RESTRICT": Dependency.REFUSED}


def fate_of_key(foreign_key: Sequence[TableColumn]) -> Dependency:
    """Say what becomes of the records that hold a key when its record is deleted: as the key says, else as it may be empty."""
    said = {(one.ondelete or "").upper() for column in foreign_key for one in column.foreign_keys}
    found = next((_SAID[one] for one in said if one in _SAID), None)
    return found or (Dependency.OPTIONAL if all(one.nullable for one in foreign_key) else Dependency.REQUIRED)


def one_of(columns: Sequence[TableColumn]) -> TableColumn:
    """Return a column, or the key that is of several."""
    return columns[0] if len(columns) == 1 else cast("TableColumn", CompositeKey(*columns))


def emptied(model: type[Record], columns: Sequence[TableColumn]) -> list[TableColumn]:
    """Return those of a foreign key's columns that are emptied where it points at none: of several, not those that another relation needs, too."""
    empty = [one for one in columns if one.nullable]
    ties = (one for one in inspect_mapper(model).relationships if one.direction is RelationshipDirection.MANYTOONE)
    others = (one.local_columns for one in ties if not one.viewonly and one.local_columns != {*columns})
    needed = {column for found in others for column in found}
    alone = [one for one in empty if one not in needed] if len(columns) > 1 else []
    return alone or empty


def holder_of(model: type[Record], column: TableColumn, key: object) -> ColumnElement[object]:
    """Return what the record of a key has in a column."""
    return select(column).where(key_of(model) == key).correlate(None).scalar_subquery()


def in_alias(alias: object, names: Sequence[str]) -> AnyColumn:
    """Return the same of a model or of an alias of one, by its attributes."""
    found: list[AnyColumn] = [getattr(alias, name) for name in names]
    return found[0] if len(found) == 1 else CompositeKey(*found)


class Relation:
    """A relation of a model, as seen from its side: `own` is this side's column of the pair that ties both, `other` the other's."""

    name: ClassVar[str]
    is_many: ClassVar[bool]

    def __init__(self, relation: Relationship) -> None:
        """Keep it, and the columns that tie both sides."""
        self.property = relation
        if relation.secondary is None:
            # What they tie is a table's own: `relation_of` has seen to it.
            pairs = cast("list[tuple[TableColumn, TableColumn]]", relation.local_remote_pairs)
            self._tie(pairs, of_own=relation.direction is RelationshipDirection.ONETOMANY)

    def _tie(self, pairs: Iterable[tuple[TableColumn, TableColumn]], *, of_own: bool) -> None:
        """Keep which columns tie both sides, in the order of the key that they hold: this side's or the other's."""
        known = [pair[0 if of_own else 1] for pair in pairs]
        keys = keys_in(known[0].table)
        self.is_by_key = set(known) == set(keys)
        in_order = sorted(pairs, key=lambda pair: keys.index(pair[0 if of_own else 1])) if self.is_by_key else [*pairs]
        self.own_columns, self.other_columns = zip(*in_order, strict=True)
        self.own, self.other = one_of(self.own_columns), one_of(self.other_columns)

    @property
    def is_plain(self) -> bool:
        """Whether one column holds the key of a record, which is of one column, too."""
        return self.is_by_key and len(self.own_columns) == 1

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
    def is_told_by(self) -> bool:
        """Whether the other side's records are told by whom they belong to: the key of one is part of theirs, and they keep it."""
        return any(one.primary_key for one in self.other_columns)

    @property
    def own_names(self) -> list[str]:
        """The attributes of this side's columns."""
        return [name_of(self.model, one) for one in self.own_columns]

    @property
    def other_names(self) -> list[str]:
        """The attributes of the other side's columns."""
        return [name_of(self.target, one) for one in self.other_columns]

    @property
    def own_name(self) -> str:
        """The attribute of this side's column."""
        return self.own_names[0] if len(self.own_columns) == 1 else ""

    @property
    def other_name(self) -> str:
        """The attribute of the other side's column."""
        return self.other_names[0] if len(self.other_columns) == 1 else ""

    def holding(self, record: Record | None) -> dict[str, object]:
        """Return what the other side's columns hold, by their names in its table, where its records belong to this one, or to none."""
        if record is None:
            return dict.fromkeys(one.name for one in emptied(self.target, self.other_columns) or self.other_columns)
        pairs = zip(self.own_columns, self.other_columns, strict=True)
        return {other.name: getattr(record, name_of(self.model, own)) for own, other in pairs}

    @property
    def is_links(self) -> bool:
        """Whether the related records are named as a field of this one, though they are many."""
        return False

    def key_set(self, _key: object) -> KeySet | None:
        """Return the set of keys that tells these rows, where no index has the rows themselves."""
        return None

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

    def history(self) -> Sequence[str]:
        """Name the fields by which this side's history keeps it, none where the other side's does."""
        raise NotImplementedError
