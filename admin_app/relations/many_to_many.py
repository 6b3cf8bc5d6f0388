"""A relation to many others by a table between, which holds a row for each two that belong together: an article's tags."""

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
    """Many to many: one side has the links as a field, the other side lists the linked records."""

    name = "many_to_many"
    is_many = True

    def __init__(self, relation: Relationship) -> None:
        """Keep the association table, and its column for either side."""
        super().__init__(relation)
        self.is_by_key = True
        self.table = cast("Table", relation.secondary)
        if self.is_view:
            # Whatever is between, it is only looked at: the keys are the records' own.
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
        """Whether this side keeps the links: the only one that has the relation, or the one that the table names first."""
        return self.is_view or not self.back or self.own_link is self._first_link

    @property
    def _first_link(self) -> TableColumn:
        links = (self.own_link, self.other_link)
        return next(column for column in self.table.columns if column in links)

    @override
    def condition(self, key: object) -> ColumnElement[bool]:
        """Return the condition on the rows of the side that keeps the links to be linked with the record of this key."""
        return self.linked([key]).found

    @override
    def key_set(self, key: object) -> KeySet:
        """Return the links' own."""
        return self.linked([key])

    def linked(self, keys: Sequence[object] | None = None) -> KeySet:
        """Return the rows of the side that keeps the links that are linked with any of these, or with anything."""
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
        """Return the keys of the records that keep links to any of these."""
        return select(self.own_link).where(self.other_link.in_(keys))

    @override
    def load(self) -> list[ORMOption]:
        """Read what this side keeps by one statement more, however many rows."""
        return [selectinload(self.attribute)] if self.is_links else []

    @override
    def keys(self, record: Record) -> list[int]:
        """Return the keys of the linked records, in their order, as far as this side keeps them."""
        return sorted(map(self.key_of, getattr(record, self.key))) if self.is_links else []

    def key_of(self, other: Record) -> Any:
        """Return the key by which a record of the other side is linked."""
        return getattr(other, self.other_name)

    @override
    def on_delete(self) -> Dependency:
        """Leave the other records as they are: they lose a link."""
        return Dependency.NONE

    @override
    def history(self) -> Sequence[str]:
        """Name the relation itself where this side keeps it."""
        return [self.key] if self.is_links and not self.is_view else ()
