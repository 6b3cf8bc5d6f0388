"""The way from a record to the next one of the list that it was opened from."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

from flask import request

from admin_app.db.keys import print_key
from admin_app.db.record import Record
from admin_app.errors import SelectionError
from admin_app.extensions import db
from admin_app.panel.access.access import Access
from admin_app.panel.in_time import in_time
from admin_app.panel.links import link, return_url
from admin_app.panel.list.selections import selection_of
from admin_app.panel.view_models import Steps
from admin_app.selection.paging.neighbours import Neighbours, neighbours_of


def steps_of(access: Access, record: Record, view: str) -> Steps | None:
    """Return links to the records before and after this one in the list that it was opened from; None if it was not opened from a list."""
    resource, back = access.resource, return_url(access.resource)
    address = urlsplit(back)
    if not request.args.get("url") or address.path != link(resource, "index_view"):
        return None
    found = _neighbours(access, record, address.query)
    if found is None or (found.previous is None and found.following is None):
        return None
    return Steps(
        previous_url=link(resource, view, found.previous, url=back) if found.previous is not None else "",
        next_url=link(resource, view, found.following, url=back) if found.following is not None else "",
        next_id=print_key(found.following.id) if found.following is not None else "",
        position=f"{found.position} of {found.count}" if found.position.is_exact else "",
    )


def _neighbours(access: Access, record: Record, query: str) -> Neighbours | None:
    """Return the neighbours; None if it takes too long, because the page can do without them."""

    def find() -> Neighbours | None:
        selection = selection_of(access, parse_qsl(query, keep_blank_values=True)).changed()
        return neighbours_of(db.session, selection, record)

    try:
        return in_time(find)
    except SelectionError:
        return None
