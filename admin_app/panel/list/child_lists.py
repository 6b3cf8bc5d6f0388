"""The records that belong to a record: on its page, one list for each to-many relation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from flask import request

from admin_app.db.keys import print_key
from admin_app.db.record import Record
from admin_app.domain.permissions.policy import Action
from admin_app.panel.access.access import Access
from admin_app.panel.filters.declared import filters_shown
from admin_app.panel.links import ListLinks, link, list_links
from admin_app.panel.list.bulk_bar import bulk_bar
from admin_app.panel.list.selections import child_schema, plain_selection
from admin_app.panel.list.table import Table
from admin_app.panel.list.view_models import Listing
from admin_app.relations import Relation
from admin_app.selection.selection import Parent, Selection
from admin_app.web.urls import own_path

# A list with so few rows needs no search box.
MOST_UNSEARCHED = 10


def child_lists(access: Access, record: Record) -> list[Listing]:
    """Return a table for each to-many relation of this record whose model has a resource."""
    return [_table(child, relation, record) for relation, child in children_of(access)]


def children_of(access: Access) -> Iterator[tuple[Relation, Access]]:
    """Yield the relations whose other side is listed on a record's page, with the person's access to it."""
    for name, relation in access.resource.relations.items():
        child = access.beyond(name)
        is_listed = access.resource.is_to_many(name) and access.shows(name) and bool(relation.back)
        if is_listed and child is not None and child.may(Action.LIST):
            yield relation, child


def _table(child: Access, relation: Relation, record: Record) -> Listing:
    back, prefix = relation.back, f"{relation.key}."
    arguments = list(request.args.items(multi=True))
    others = [(key, value) for key, value in arguments if not key.startswith(prefix)]
    parent = Parent(getattr(child.resource.model, back), record)
    selection = Selection.parse(child_schema(child, back), arguments, parent=parent, prefix=prefix)
    links = ListLinks(own_path(), others)
    table = Table(child, selection, links)
    # The resource's own list shows a chip with the record, and leads back to it.
    listing = replace(table.listing(relation.key, hide=back), archive=table.archive_links(("", "Leave archived out")))
    new_url = (
        link(child.resource, "create_view", url=links.to(selection), **{back: print_key(record.id)})
        if listing.new_url
        else ""
    )
    is_short = not listing.is_narrowed and not listing.total and len(listing.rows) <= MOST_UNSEARCHED
    listing = replace(listing, search=None if is_short else listing.search)
    whole = _whole(child, selection, f"{back}__is", record)
    if whole is None:
        return replace(listing, new_url=new_url)
    return replace(
        listing,
        new_url=new_url,
        list_url=list_links(child.resource).to(whole.changed(sort="")),
        bulk=bulk_bar(child, listing, whole, url=f"{links.to(selection)}#{relation.key}"),
    )


def _whole(child: Access, selection: Selection, key: str, record: Record) -> Selection | None:
    """Return the same rows in the resource's own list, without the search; None if there is no filter for them.

    It keeps the page number of the child list, by which selected rows are known.
    """
    name, _, slug = key.rpartition("__")
    if not any(one.slug == slug for one in filters_shown(child).get(name, ())):
        return None
    whole = plain_selection(child, [(key, print_key(record.id))])
    return replace(
        whole, sort=selection.sort, then=selection.then, archived=selection.archived, page=max(selection.page, 1)
    )
