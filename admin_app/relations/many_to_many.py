"""A many-to-many relation with an association table, which has a row for each pair: an article's tags."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, literal, select
from sqlalchemy.orm import selectinload
from sqlalchemy.orm.interfaces import ORMOption
from typing_extensions import override

from admin_app.db.keys import key_of, keys_in
from admin_app.db.record import Record
from admin_app.extensions import Relationship, Statement, TableColumn, table_of
from admin_app.relations.base import Dependency, KeySet, Relation


class ManyToMany(Relation):
    """Many to many: one side has the links as a field; the other side's pages list the linked records."""

    name = "many_to_many"
    is_many = True

    def __init__(self, relation: Relationship) -> None:
        """Keep the association table, and its column for each side."""
        super().__init__(relation)
        self.is_by_key = True
        self.table = cast("Table", relation.secondary)
        if self.is_view:
            # A view-only relation may have anything between: here each side stands for its own primary key.
            self.own, self.other = (key_of(one) for one in (self.model, self.target))
            self.own_columns, self.other_columns = (tuple(keys_in(table_of(one))) for one in (self.model, self.target))
            return
        self.own, self.own_link = cast("tuple[TableColumn, TableColumn]", relation.synchronize_pairs[0])
        pair = relation.secondary_synchronize_pairs or ()
        self.other, self.other_link = cast("tuple[TableColumn, TableColumn]", pair[0])
        self.own_columns, self.other_columns = (self.own,), (self.other,)

    @property
    @override
    def is_links(self) -> bool:
        """Whether this side owns the links: it is the only one with the relation, or its column comes first in the association table."""
        return self.is_view or not self.back or self.own_link is self._first_link

    @property
    def _first_link(self) -> TableColumn:
        links = (self.own_link, self.other_link)
        return next(column for column in self.table.columns if column in links)

    @override
    def condition(self, key: object) -> ColumnElement[bool]:
        """Return the condition on the owning side's rows to be linked with the record with this key."""
        return self.linked([key]).found

    @override
    def key_set(self, key: object) -> KeySet:
        """Return the key set of the rows linked with this record."""
        return self.linked([key])

    def linked(self, keys: Sequence[object] | None = None) -> KeySet:
        """Return the owning side's rows that are linked with any of these records, or with any record at all."""
        if self.is_view:
            seen = self.attribute.any() if keys is None else self.attribute.any(self.other.in_(keys))
            return KeySet(None, seen, seen)
        row, link, other = self.own, self.own_link, self.other_link
        if not self.is_links:
            row, link, other = self.other, other, link
        wanted = [] if keys is None else [other == keys[0] if len(keys) == 1 else other.in_(keys)]
        linked = select(link).where(*wanted)
        asked = select(literal(1)).where(link == row, *wanted).correlate(row.table).exists()
        return KeySet(linked, row.in_(linked), asked)

    def owners_of(self, keys: Statement) -> Statement:
        """Return the keys of the records that own links to any of these."""
        return select(self.own_link).where(self.other_link.in_(keys))

    @override
    def load(self) -> list[ORMOption]:
        """Read the owned links with one more statement, however many rows there are."""
        return [selectinload(self.attribute)] if self.is_links else []

    @override
    def keys(self, record: Record) -> list[int]:
        """Return the sorted keys of the linked records; none if the other side owns the links."""
        return sorted(map(self.key_of, getattr(record, self.key))) if self.is_links else []

    def key_of(self, other: Record) -> Any:
        """Return the key by which a record of the other side is linked."""
        return getattr(other, self.other_name)

    @override
    def on_delete(self) -> Dependency:
        """Keep the other records: they only lose a link."""
        return Dependency.NONE

    @override
    def history(self) -> Sequence[str]:
        """Return the relation itself if this side owns the links."""
        return [self.key] if self.is_links and not self.is_view else ()
