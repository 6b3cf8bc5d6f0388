"""News about the saved views that a person watches: new rows since they looked, counted when the inbox is opened."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from urllib.parse import parse_qsl

from sqlalchemy import select

from admin_app.domain.permissions.policy import Action
from admin_app.domain.permissions.principal import AnyPrincipal
from admin_app.domain.work.saved_views import watched_views
from admin_app.errors import SelectionError
from admin_app.extensions import db
from admin_app.formatting import counted
from admin_app.panel.access.access import Access, access_at
from admin_app.panel.in_time import within
from admin_app.panel.inbox.view_models import Entry, Watched
from admin_app.panel.links import link
from admin_app.panel.list.selections import plain_selection

# New rows are counted up to here; nobody goes through more one by one: "more than 100 new posts".
MOST_NEW = 100
# Seconds for one view, and for all of them.
LIMIT, WHOLE_LIMIT = 0.5, 2.0


@dataclass(frozen=True)
class WatchedView:
    """A view that the person watches and may still list, in plain values: they outlive the transaction."""

    watch_id: int
    view_id: int
    name: str
    arguments: str
    seen: int
    access: Access

    @property
    def url(self) -> str:
        """The address of the view's list."""
        return link(self.access.resource, "index_view", view=self.view_id)


def views_watched_by(person: AnyPrincipal) -> list[WatchedView]:
    """Return the views that a person watches and can see."""
    found = []
    for view, watch in watched_views(db.session, person):
        access = access_at(view.resource)
        if access is not None and access.may(Action.LIST):
            found.append(WatchedView(watch.id, view.id, view.name, view.arguments, watch.seen_id, access))
    return found


def view_entries(views: list[WatchedView]) -> Iterator[Entry]:
    """Yield an entry for each view with new rows. A view that takes too long gets an entry that says so."""
    end = time.monotonic() + WHOLE_LIMIT
    for view in views:
        rows = within(LIMIT, end, partial(_new_rows, view))
        if rows is None:
            yield Entry("", f"Counting what is new in “{view.name}” took too long. Open the view to see it.", view.url)
        elif rows:
            key, moment = rows[0]
            yield Entry(f"view.{view.watch_id}.{key}", _words(view, len(rows)), view.url, moment)


def watched_lists(views: list[WatchedView]) -> list[Watched]:
    """List the views that the person watches."""
    nouns = {one.view_id: one.access.resource.nouns for one in views}
    return [
        Watched("view", str(one.view_id), f"New {nouns[one.view_id]} in the view “{one.name}”", one.url)
        for one in views
    ]


def _new_rows(view: WatchedView) -> list[tuple[int, datetime]]:
    """Return the keys and times of the new rows, the newest first, at most one more than are counted."""
    try:
        selection = plain_selection(view.access, parse_qsl(view.arguments, keep_blank_values=True))
    except SelectionError:
        # The view names a filter or a column that is gone; its own page says so.
        return []
    model = view.access.resource.model
    wanted = select(model.id, model.created_at).where(*selection.criteria, model.id > view.seen)
    newest = wanted.order_by(model.id.desc()).limit(MOST_NEW + 1)
    return [(key, moment) for key, moment in db.session.execute(newest)]


def _words(view: WatchedView, number: int) -> str:
    noun, nouns = view.access.resource.noun, view.access.resource.nouns
    if number > MOST_NEW:
        return f"More than {MOST_NEW} new {nouns} in “{view.name}”"
    return f"{counted(number, f'new {noun}', f'new {nouns}')} in “{view.name}”"
