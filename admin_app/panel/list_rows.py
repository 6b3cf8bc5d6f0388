"""The rows of a list: their cells, what may be done with each of them, and where that leads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement

from admin_app.domain.permissions.policy import Action
from admin_app.extensions import db
from admin_app.panel.cells import cell_of
from admin_app.panel.columns import Columns
from admin_app.panel.engine import with_id
from admin_app.panel.filtering import Narrowings, narrowed
from admin_app.panel.list_elements import Row
from admin_app.panel.registry import resource_of
from admin_app.selection.paging.counting import Count, counts_of_children
from admin_app.web.flash import marks

Counts = Mapping[str, Mapping[Any, Count]]


class ListRows(Columns):
    """Records as rows. What is asked of the database is asked for all of them at once."""

    def rows_drawn(self, records: Sequence[Any], names: Sequence[str], here: str, narrow: Narrowings) -> Iterator[Row]:
        """Draw a page's records, for a list at the address `here`."""
        counts = self.child_counts(names, records)
        self.look_beyond(names, records)
        editable, deletable = (self.reached(records, act) for act in (Action.EDIT, Action.DELETE))
        may_view, marked = self.may(Action.VIEW), marks()
        edit, view, delete = (self.link(name, url=here) for name in ("edit_view", "details_view", "delete_view"))
        for record in records:
            edit_url = with_id(edit, record) if record.id in editable else ""
            view_url = with_id(view, record) if may_view and not edit_url else ""
            cells = ((name, cell_of(self, record, name, counts=counts, is_whole=False)) for name in names)
            yield Row(
                id=str(record.id),
                title=self.title_of(record),
                url=edit_url or view_url,
                edit_url=edit_url,
                delete_url=with_id(delete, record) if record.id in deletable else "",
                cells=tuple(
                    narrowed(cell, getattr(record, name), narrow[name]) if name in narrow else cell
                    for name, cell in cells
                ),
                is_marked=self.mark_of(record) in marked,
            )

    def child_counts(self, names: Sequence[str], rows: Sequence[Any]) -> Counts:
        """Count the children of all these rows that the person may see, one statement a column."""
        keys = [row.id for row in rows]
        return {
            name: counts_of_children(db.session, getattr(self.model, name), keys, rows=self.seen_beyond(name))
            for name in names
            if self.is_to_many(name)
        }

    def seen_beyond(self, name: str) -> ColumnElement[bool] | None:
        """Return the condition on a relation's other side: which of its records the person may see; None: all."""
        relation = self.relation(name)
        other = resource_of(relation.mapper.class_) if relation is not None else None
        return None if other is None else other.seen()

    def look_beyond(self, names: Iterable[str], records: Sequence[Any]) -> None:
        """Find out which of the records that these point at the person may see, by one statement a relation at most."""
        for name in names:
            relation = self.relation(name)
            other = resource_of(relation.mapper.class_) if relation is not None and not relation.uselist else None
            if other is not None and other.seen() is not None:
                other.look(one for record in records if (one := getattr(record, name)) is not None)

    def mark_of(self, record: Any) -> str:
        """Name the record among all of all resources."""
        return f"{self.endpoint}:{record.id}"
