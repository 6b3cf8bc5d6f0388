"""The base of relations, and the only module that reads SQLAlchemy's relation internals."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, cast

from sqlalchemy import ColumnElement, select
from sqlalchemy import inspect as inspect_mapper
from sqlalchemy.orm.interfaces import ORMOption, RelationshipDirection
from sqlalchemy.sql.elements import BooleanClauseList
from sqlalchemy.sql.operators import and_, eq

from admin_app.db.attributes import name_of
from admin_app.db.key_parts import CompositeKey
from admin_app.db.keys import key_of, keys_in
from admin_app.db.record import Record
from admin_app.extensions import AnyColumn, Attribute, Expression, Relationship, Statement, TableColumn


class Dependency(StrEnum):
    """What happens to the related records when this one is deleted."""

    # The related records stay as they are.
    NONE = "none"
    # The related records can stay without this one, be given to another, or be deleted too.
    OPTIONAL = "optional"
    # The related records need this one, so they are given to another or deleted too.
    REQUIRED = "required"
    # The model or the database decides: the related records are deleted, stay without this one, or prevent the deletion.
    CASCADE = "cascade"
    CLEARED = "cleared"
    REFUSED = "refused"

    @property
    def is_decided(self) -> bool:
        """Whether the outcome is fixed, so that nobody is asked."""
        return self in {Dependency.CASCADE, Dependency.CLEARED}


@dataclass(frozen=True, eq=False)
class KeySet:
    """A set of rows given by keys: `found` looks the keys up, which is fast for a small set; `asked` tests each row.

    Tests soon find the first rows of an ordered list, even if the set is large; a lookup would read and sort all of it.
    """

    # None if only tests can tell which rows belong to the set.
    keys: Statement | None
    found: ColumnElement[bool]
    asked: ColumnElement[bool]

    def condition(self, walked: Collection[KeySet]) -> ColumnElement[bool]:
        """Return the condition on the rows; it tests them one by one if this set is in `walked`."""
        return self.asked if self in walked else self.found


# The values of a foreign key's `ON DELETE`.
_SAID = {"CASCADE": Dependency.CASCADE, "SET NULL": Dependency.CLEARED, "RESTRICT": Dependency.REFUSED}


def fate_of_key(foreign_key: Sequence[TableColumn]) -> Dependency:
    """Return what a foreign key does to referring records on deletion: its `ON DELETE`, else what its nullability allows."""
    said = {(one.ondelete or "").upper() for column in foreign_key for one in column.foreign_keys}
    found = next((_SAID[one] for one in said if one in _SAID), None)
    return found or (Dependency.OPTIONAL if all(one.nullable for one in foreign_key) else Dependency.REQUIRED)


def one_of(columns: Sequence[Expression]) -> TableColumn:
    """Return the only column, or the composite key of several."""
    return cast("TableColumn", columns[0] if len(columns) == 1 else CompositeKey(*columns))


def clearable_columns(model: type[Record], columns: Sequence[TableColumn]) -> list[TableColumn]:
    """Return the columns of a foreign key that become NULL when it refers to nothing, without those that another relation shares."""
    empty = [one for one in columns if one.nullable]
    ties = (one for one in inspect_mapper(model).relationships if one.direction is RelationshipDirection.MANYTOONE)
    others = (one.local_columns for one in ties if not one.viewonly and one.local_columns != {*columns})
    needed = {column for found in others for column in found}
    alone = [one for one in empty if one not in needed] if len(columns) > 1 else []
    return alone or empty


def value_in_record(model: type[Record], column: TableColumn, key: object) -> ColumnElement[object]:
    """Return a column's value in the record with this key, as a subquery."""
    return select(column).where(key_of(model) == key).correlate(None).scalar_subquery()


def in_alias(alias: object, names: Sequence[str]) -> AnyColumn:
    """Return the attribute of a model or alias with this name, or the composite key of several."""
    found: list[AnyColumn] = [getattr(alias, name) for name in names]
    return found[0] if len(found) == 1 else CompositeKey(*found)


class Relation:
    """A relation of a model, seen from that model: `own` is its column of the join, `other` the related model's column."""

    name: ClassVar[str]
    is_many: ClassVar[bool]

    def __init__(self, relation: Relationship) -> None:
        """Keep the relation and the columns of its join."""
        self.property = relation
        if relation.secondary is None:
            # Both are columns of tables: `relation_of` has checked this.
            pairs = cast("list[tuple[TableColumn, TableColumn]]", relation.local_remote_pairs)
            self._tie(pairs, of_own=relation.direction is RelationshipDirection.ONETOMANY)

    def _tie(self, pairs: Iterable[tuple[TableColumn, TableColumn]], *, of_own: bool) -> None:
        """Keep the columns of the join, in the order of the primary key among them, which is this side's or the other's."""
        known = [pair[0 if of_own else 1] for pair in pairs]
        keys = keys_in(known[0].table)
        self.is_by_key = set(known) == set(keys)
        in_order = sorted(pairs, key=lambda pair: keys.index(pair[0 if of_own else 1])) if self.is_by_key else [*pairs]
        self.own_columns, self.other_columns = zip(*in_order, strict=True)
        self.own, self.other = one_of(self.own_columns), one_of(self.other_columns)

    @property
    def is_plain(self) -> bool:
        """Whether the relation joins one column with a primary key of one column."""
        return self.is_by_key and len(self.own_columns) == 1

    @property
    def is_by_columns_alone(self) -> bool:
        """Whether it joins the columns under no further condition, so that a key without a related record leads to none."""
        whole = self.property.primaryjoin
        is_several = isinstance(whole, BooleanClauseList) and whole.operator is and_
        parts = list(whole.get_children()) if is_several else [whole]
        return len(parts) == len(self.own_columns) and all(getattr(one, "operator", None) is eq for one in parts)

    @property
    def key(self) -> str:
        """The name of the model's attribute."""
        return str(self.property.key)

    @property
    def attribute(self) -> Attribute:
        """The model's attribute."""
        attribute: Attribute = self.property.class_attribute
        return attribute

    @property
    def model(self) -> type[Record]:
        """The model that has the relation."""
        model: type[Record] = self.property.parent.class_
        return model

    @property
    def target(self) -> type[Record]:
        """The related model."""
        target: type[Record] = self.property.mapper.class_
        return target

    @property
    def back(self) -> str:
        """The name of the reverse relation, "" for none."""
        return self.property.back_populates or ""

    @property
    def is_view(self) -> bool:
        """Whether the relation is view-only."""
        return bool(self.property.viewonly)

    @property
    def is_identifying(self) -> bool:
        """Whether the foreign key is part of the related records' primary key, so that they can never be given to another record."""
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
        """The attribute of this side's only column, "" for several."""
        return self.own_names[0] if len(self.own_columns) == 1 else ""

    @property
    def other_name(self) -> str:
        """The attribute of the other side's only column, "" for several."""
        return self.other_names[0] if len(self.other_columns) == 1 else ""

    def foreign_key_values(self, record: Record | None) -> dict[str, object]:
        """Return the foreign key values, by column name, of records that refer to this one; for None, of records that refer to none."""
        if record is None:
            return dict.fromkeys(
                one.name for one in clearable_columns(self.target, self.other_columns) or self.other_columns
            )
        pairs = zip(self.own_columns, self.other_columns, strict=True)
        return {other.name: getattr(record, name_of(self.model, own)) for own, other in pairs}

    @property
    def is_links(self) -> bool:
        """Whether the related records are a field of this one, although there are many."""
        return False

    def key_set(self, _key: object) -> KeySet | None:
        """Return the key set of the rows, for relations without an index that finds the rows directly."""
        return None

    def condition(self, key: object) -> ColumnElement[bool]:
        """Return the condition on the rows with the foreign key to be related to the record with this key."""
        raise NotImplementedError

    def load(self) -> list[ORMOption]:
        """Return the loader options that read the related records."""
        raise NotImplementedError

    def keys(self, record: Record) -> list[int]:
        """Return the keys of the related records that this record stores; reads nothing."""
        raise NotImplementedError

    def on_delete(self) -> Dependency:
        """Return what happens to the related records when a record of this side is deleted."""
        raise NotImplementedError

    def history(self) -> Sequence[str]:
        """Return the fields under which this side's history stores the relation; none if the other side's history does."""
        raise NotImplementedError
