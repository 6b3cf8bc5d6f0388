"""Redirect from the URL of a merged record to the record that survived."""

from __future__ import annotations

from flask import Response, abort, request

from admin_app.db.keys import Key, read_key
from admin_app.domain.permissions.policy import Action
from admin_app.domain.records.redirects import survivor_of
from admin_app.extensions import db
from admin_app.panel.access.access import Access
from admin_app.panel.links import link, return_url
from admin_app.panel.page import lead_on
from admin_app.web.flash import call_attention

# An argument of a history's URL: show the merged record's own history instead of redirecting.
OWN = "own"


def require_way_to_survivor(access: Access, view: str) -> Response:
    """Redirect to the record that the requested one was merged into; 404 if there is none."""
    return way_to_survivor(access, view) or abort(404)


def way_to_survivor(access: Access, view: str) -> Response | None:
    """Redirect to the record that the requested one was merged into; None if the person may see none."""
    key = read_key(access.resource.model, request.args.get("id", ""))
    return None if request.method == "POST" or key is None else way_on(access, view, key)


def way_on(access: Access, view: str, key: Key) -> Response | None:
    """Redirect to the record that this key's record was merged into; None if the person may see none."""
    target = survivor_of(db.session, access.resource.model, key)
    survivor = None if target is None else access.find_key(target)
    if survivor is None:
        return None
    call_attention(f"{access.number_of(key)} was merged into this {access.resource.noun}.", links=_history(access, key))
    return lead_on(link(access.resource, view, survivor, url=return_url(access.resource)))


def _history(access: Access, key: Key) -> list[tuple[str, str]]:
    """Link the merged record's own history, which only a person without row rules may read."""
    if not access.may(Action.HISTORY) or access.seen() is not None:
        return []
    return [(f"History of {access.resource.noun} {key}", link(access.resource, "history_view", id=key, **{OWN: 1}))]
