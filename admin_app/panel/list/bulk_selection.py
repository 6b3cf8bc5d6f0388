"""Ticked rows: a form around the list, and the way from there to an action on exactly these rows, or on all of the list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from http import HTTPStatus
from typing import Any

from flask import abort, request

from admin_app.domain.permissions.policy import Action
from admin_app.panel.access.access import Access
from admin_app.panel.links import ListLinks, link, list_links
from admin_app.panel.list.selections import selection_of
from admin_app.panel.list.view_models import BulkButton, BulkForm, Listing
from admin_app.panel.page import Page, lead_on
from admin_app.panel.resource import BulkAction
from admin_app.selection.selection import Selection
from admin_app.web.flash import warn

# What the form sends: a ticked row's key, and the view of the action that was pressed.
TICK, ACT = "tick", "act"


class BulkSelection(Page):
    """The way on from the ticked rows. Nothing is done here."""

    def respond(self) -> Any:
        """Lead on to the action that was pressed, with the ticked rows for its selection."""
        arguments = [pair for pair in request.args.items(multi=True) if pair[0] not in {TICK, ACT}]
        selection, keys = selection_of(self.access, arguments), request.args.getlist(TICK)
        view = request.args.get(ACT, "")
        if view not in {one.view for one in self.resource.offered_bulk_actions()}:
            abort(HTTPStatus.NOT_FOUND)
        if not keys:
            noun, nouns = self.resource.noun, self.resource.nouns
            warn(f"No {noun} is selected. Select {nouns}, then press the button again.")
            return lead_on(list_links(self.resource).to(selection))
        return lead_on(list_links(self.resource, view).to(selection.ticked(keys)))


def bulk_form(access: Access, listing: Listing, selection: Selection, links: ListLinks) -> BulkForm | None:
    """Return the form of a list's tick boxes, where there is something to be done with its rows."""
    actions = tuple(_buttons(access, listing, selection)) if listing.rows else ()
    hidden = tuple(links.hidden(replace(selection, is_counted=False)))
    return BulkForm(link(access.resource, "ticked_view"), hidden, actions) if actions else None


def _buttons(access: Access, listing: Listing, selection: Selection) -> Sequence[BulkButton]:
    """Return what this person may do with rows here."""
    count = f"{'of ' if listing.count_url else ''}{listing.counted}"
    return [
        BulkButton(
            view=one.view,
            words=f"{one.verb} selected",
            all_words=f"{one.verb} all {count}" if listing.counted else "",
            all_url=list_links(access.resource, one.view).to(selection.changed()) if listing.counted else "",
        )
        for one in access.resource.offered_bulk_actions()
        if access.may(one.action) and (not one.is_plan or access.may(Action.BULK)) and _may_write(access, one)
    ]


def _may_write(access: Access, action: BulkAction) -> bool:
    """Whether the person may write one of the fields that an action is about."""
    names = None if action.fields is None else action.fields(access.resource)
    return names is None or any(access.may_write(name, action.action) for name in names)
