"""The saved views that a page shows in its navigation, and the one that it was opened as: read once a request."""

from __future__ import annotations

from flask import g, has_request_context, request

from admin_app.domain.views import ViewAtHand, views_at_hand
from admin_app.extensions import db
from admin_app.selection.selection import VIEW, whole_number
from admin_app.web.login import current_staff

# Below each resource in the navigation; the rest is on the page of all views.
MOST_SHOWN = 6


def current_views(with_id: int = 0) -> list[ViewAtHand]:
    """Return the person's first views of every resource, and the one the address names (or `with_id`), in one statement."""
    if "views" not in g:
        staff = current_staff()
        named = with_id or named_view()
        g.views = views_at_hand(db.session, staff, most=MOST_SHOWN, with_id=named) if staff is not None else []
    views: list[ViewAtHand] = g.views
    return views


def named_view() -> int:
    """Return the id of the view that the address names, or 0."""
    return whole_number(request.args.get(VIEW, "")) if has_request_context() else 0
