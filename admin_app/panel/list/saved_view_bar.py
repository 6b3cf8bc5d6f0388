"""The bar of the saved view that a list shows: lost filters, changes, and buttons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from flask import request

from admin_app.db.keys import is_numbered
from admin_app.domain.work.saved_views import ViewAtHand, may_change
from admin_app.domain.work.watching import watched_views
from admin_app.errors import SelectionError
from admin_app.extensions import db
from admin_app.formatting import in_words
from admin_app.models.saved_view import MINE
from admin_app.panel.access.access import Access
from admin_app.panel.filters.declared import filters_shown
from admin_app.panel.links import link, list_links
from admin_app.panel.list.columns import Columns
from admin_app.panel.list.open_view import open_view, pairs_of
from admin_app.panel.list.selections import plain_selection, schema_for
from admin_app.panel.list.view_models import ViewBar
from admin_app.panel.resource import Resource, by_key
from admin_app.panel.shell import named_view, shell
from admin_app.panel.view_models import Hidden, Link
from admin_app.selection.conditions import reader_of
from admin_app.selection.selection import PER_PAGE, SORT, THEN, WHERE, WHOLE, Selection
from admin_app.selection.where import in_canonical_form, parse_where
from admin_app.web.auth.login import current_principal


class SavedViewBar:
    """The bar above a list about the view that its address names."""

    def __init__(self, access: Access, selection: Selection) -> None:
        """Look the view up."""
        self._access = access
        self._resource = access.resource
        self._selection = selection
        self._view = open_view(access.resource, selection.view)

    def bar(self) -> ViewBar:
        """Return the bar with the buttons for the open view, or for saving a new one."""
        view, person, resource = self._view, current_principal(), self._resource
        selection = self._selection.unticked().changed()
        save_as_url = list_links(resource, "new_view").to(selection)
        whole_url, links = link(resource, "index_view", view=WHOLE), view_links(resource)
        anyway = ViewBar(
            save_as_url=save_as_url,
            whole_url=whole_url,
            links=links,
            shared=frozenset(
                link(resource, "index_view", view=one.id) for one in shell().views if one.audience != MINE
            ),
            manage_url=link(resource, "views_view"),
            counted_url=link(resource, "views_view", part="menu", view=named_view() or None),
        )
        if view is None or person is None:
            return anyway
        is_changed, is_own = self._is_changed(view), may_change(person, view)
        save_url = list_links(resource, "save_view").to(selection)
        return replace(
            anyway,
            name=view.name,
            is_changed=is_changed,
            save_url=save_url if is_changed and is_own else "",
            discard_url=link(resource, "index_view", view=view.id) if is_changed else "",
            edit_url=link(resource, "change_view", id=view.id) if is_own else "",
            id=view.id,
            watch_url=link(resource, "follow_view") if is_numbered(resource.model) else "",
            is_watched=view.id in watched_views(db.session, person),
        )

    def words(self) -> list[str]:
        """Describe the parts of the view's address that the list no longer has."""
        if not self._selection.view:
            return []
        if self._view is None:
            return ["This view was deleted, or it is not shared with you. The list shows what the address says."]
        present = stored_arguments(self._access, self._selection)
        gone = [
            argument_in_words(pair)
            for pair in pairs_of(self._view)
            if pair not in present and is_gone(self._access, pair)
        ]
        return [f"No longer in this list, so left out of the view: {in_words(gone)}."] if gone else []

    def _is_changed(self, view: ViewAtHand) -> bool:
        return self._comparable(stored_arguments(self._access, self._selection)) != self._comparable(pairs_of(view))

    def _comparable(self, pairs: Sequence[Hidden]) -> list[Hidden]:
        """Return the arguments in a canonical order, so that the same list compares equal however its conditions were typed."""
        return sorted((key, self._in_one_order(value) if key == WHERE else value) for key, value in pairs)

    def _in_one_order(self, where: str) -> str:
        try:
            return in_canonical_form([parse_where(where, reader_of(schema_for(self._access)))])
        except SelectionError:
            # It names a filter that is gone, which counts as a change.
            return where


def stored_arguments(access: Access, selection: Selection) -> list[Hidden]:
    """Return a selection's arguments for storing: with columns and page size, which override the reader's settings, but without the page."""
    whole = replace(selection.unticked().changed(), view=0, columns=Columns(access).visible(selection))
    pairs = [(key, value) for key, value in whole.arguments() if key != PER_PAGE]
    return [*pairs, (PER_PAGE, str(whole.per_page))]


def is_gone(access: Access, pair: Hidden) -> bool:
    """Whether this list no longer has what an argument names."""
    if pair[0] in by_key(filters_shown(access)):
        return False
    try:
        plain_selection(access, [pair])
    except SelectionError:
        return True
    return False


def argument_in_words(pair: Hidden) -> str:
    """Return an argument of a view in words."""
    key, value = pair
    if key in (SORT, THEN):
        return f"{'sorted' if key == SORT else 'then'} by “{value.removeprefix('-')}”"
    return f"filter “{key}” with “{value}”"


def view_links(resource: Resource) -> tuple[Link, ...]:
    """Return links to the resource's views for the navigation, with the open one marked."""
    is_here = request.blueprint == resource.endpoint and request.endpoint == f"{resource.endpoint}.index_view"
    return tuple(
        Link(view.name, link(resource, "index_view", view=view.id), is_current=is_here and view.id == named_view())
        for view in shell().views
        if view.resource == resource.endpoint
    )
