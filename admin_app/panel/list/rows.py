"""The rows of a list: their cells, and the links to what the person may do with each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from admin_app.db.keys import print_key
from admin_app.db.record import Record
from admin_app.domain.permissions.policy import Action
from admin_app.extensions import db
from admin_app.panel.access.access import Access
from admin_app.panel.filters.narrowing import Narrowings, narrowed
from admin_app.panel.links import link, with_key
from admin_app.panel.list.editable import editable_cells, editable_columns
from admin_app.panel.list.hits import NO_HITS, Hits
from admin_app.panel.list.peeking import peek_url, peeked
from admin_app.panel.list.row_actions import links_by_record
from admin_app.panel.list.view_models import Row
from admin_app.panel.record_cells import Counts, drawing_of
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
    has_peeks: bool = False,
) -> Iterator[Row]:
    """Build the rows of a page's records, for a list at the URL `here`, with search hits marked and links to the side panel.

    It queries the database for all records at once.
    """
    counts = _child_counts(access, names, records)
    access.look_beyond(names, records)
    editable, deletable = (access.reached(records, action) for action in (Action.EDIT, Action.DELETE))
    columns = editable_columns(access, names)
    may_view, marked = access.may(Action.VIEW), marks()
    may_peek, beside = has_peeks and may_view, peeked() if has_peeks else ""
    actions = links_by_record(access, records, here)
    edit, view, delete = (
        link(access.resource, name, url=here) for name in ("edit_view", "details_view", "delete_view")
    )
    drawings = [(name, drawing_of(access, name, counts=counts, is_whole=False), narrow.get(name, ())) for name in names]
    for record in records:
        printed = print_key(record.id)
        edit_url = with_key(edit, printed) if record.id in editable else ""
        view_url = with_key(view, printed) if may_view and not edit_url else ""
        yield Row(
            id=printed,
            key=record.id,
            title=access.title_of(record),
            url=edit_url or view_url,
            edit_url=edit_url,
            delete_url=with_key(delete, printed) if record.id in deletable else "",
            cells=tuple(
                hits.marked(narrowed(draw(record), record, name, operators), record, name)
                for name, draw, operators in drawings
            ),
            is_marked=bool(marked) and mark_of(access.resource, record) in marked,
            editable=editable_cells(access, record, columns) if edit_url else (),
            actions=tuple(actions.get(record.id, ())),
            peek_url=peek_url(here, printed) if may_peek else "",
            is_peeked=may_peek and printed == beside,
        )


def mark_of(resource: Resource, record: Record) -> str:
    """Return a name for the record that is unique across resources."""
    return f"{resource.endpoint}:{print_key(record.id)}"


def _child_counts(access: Access, names: Sequence[str], rows: Sequence[Record]) -> Counts:
    """Count each row's children that the person may see, by one statement a column."""
    keys, resource = [row.id for row in rows], access.resource
    return {
        name: counts_of_children(db.session, getattr(resource.model, name), keys, rows=access.seen_beyond(name))
        for name in names
        if resource.is_to_many(name)
    }
