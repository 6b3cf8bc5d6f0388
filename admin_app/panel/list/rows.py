"""The rows of a list: their cells, what may be done with each of them, and where that leads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from admin_app.db.keys import print_key
from admin_app.db.record import Record
from admin_app.domain.permissions.policy import Action
from admin_app.extensions import db
from admin_app.panel.access.access import Access
from admin_app.panel.filters.narrowing import Narrowings, narrowed
from admin_app.panel.links import link, with_id
from admin_app.panel.list.editable import editable_cells, editable_columns
from admin_app.panel.list.hits import NO_HITS, Hits
from admin_app.panel.list.row_actions import links_by_record
from admin_app.panel.list.view_models import Row
from admin_app.panel.record_cells import Counts, cell_of
from admin_app.panel.resource import Resource
from admin_app.selection.paging.counting import counts_of_children
from admin_app.web.flash import marks


def rows_of(
    access: Access,
    records: Sequence[Record],
    names: Sequence[str],
    here: str,
    narrow: Narrowings,
    *,
    hits: Hits = NO_HITS,
) -> Iterator[Row]:
    """Draw a page's records, for a list at the address `here`, with what a search found in them. What is asked of the database is asked for all of them at once."""
    counts = _child_counts(access, names, records)
    access.look_beyond(names, records)
    editable, deletable = (access.reached(records, action) for action in (Action.EDIT, Action.DELETE))
    columns = editable_columns(access, names)
    may_view, marked = access.may(Action.VIEW), marks()
    actions = links_by_record(access, records, here)
    edit, view, delete = (
        link(access.resource, name, url=here) for name in ("edit_view", "details_view", "delete_view")
    )
    for record in records:
        edit_url = with_id(edit, record) if record.id in editable else ""
        view_url = with_id(view, record) if may_view and not edit_url else ""
        cells = ((name, cell_of(access, record, name, counts=counts, is_whole=False)) for name in names)
        yield Row(
            id=print_key(record.id),
            key=record.id,
            title=access.title_of(record),
            url=edit_url or view_url,
            edit_url=edit_url,
            delete_url=with_id(delete, record) if record.id in deletable else "",
            cells=tuple(
                hits.marked(
                    narrowed(cell, getattr(record, name), narrow[name]) if name in narrow else cell, record, name
                )
                for name, cell in cells
            ),
            is_marked=mark_of(access.resource, record) in marked,
            editable=editable_cells(access, record, columns) if edit_url else (),
            actions=tuple(actions.get(record.id, ())),
        )


def mark_of(resource: Resource, record: Record) -> str:
    """Name the record among all of all resources."""
    return f"{resource.endpoint}:{print_key(record.id)}"


def _child_counts(access: Access, names: Sequence[str], rows: Sequence[Record]) -> Counts:
    """Count the children of all these rows that the person may see, one statement a column."""
    keys, resource = [row.id for row in rows], access.resource
    return {
        name: counts_of_children(db.session, getattr(resource.model, name), keys, rows=access.seen_beyond(name))
        for name in names
        if resource.is_to_many(name)
    }
