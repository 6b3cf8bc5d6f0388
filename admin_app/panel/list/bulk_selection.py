"""Ticked rows: a form around the list, and the way from there to an act on exactly these rows, or on all of the list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any

from flask import abort, request

from admin_app.domain.permissions import Act
from admin_app.panel.access.access import Access
from admin_app.panel.links import ListLinks, link, list_links
from admin_app.panel.list.selections import selection_of
from admin_app.panel.list.view_models import Listing, TickAct, Ticks
from admin_app.panel.page import Page, lead_on
from admin_app.selection.selection import Selection
from admin_app.web.notices import warn

# What the form sends: a ticked row's key, and the view of the act that was pressed.
TICK, ACT = "tick", "act"


@dataclass(frozen=True)
class RowsAct:
    """An act on rows: `view` does it, or asks how, for the rows that its address means; `verb` stands on its buttons."""

    view: str
    verb: str
    act: Act


# What can be done with rows of a list, ticked ones or all.
ROWS_ACTS = (RowsAct("export_page", "Export", Act.EXPORT),)


class BulkSelection(Page):
    """The way on from the ticked rows. Nothing is done here."""

    def respond(self) -> Any:
        """Lead on to the act that was pressed, with the ticked rows for its selection."""
        arguments = [pair for pair in request.args.items(multi=True) if pair[0] not in {TICK, ACT}]
        selection, keys = selection_of(self.access, arguments), request.args.getlist(TICK)
        view = request.args.get(ACT, "")
        if view not in {one.view for one in ROWS_ACTS}:
            abort(HTTPStatus.NOT_FOUND)
        if not keys:
            noun, nouns = self.resource.noun, self.resource.nouns
            warn(f"No {noun} was ticked. Tick the {nouns} that you mean, then press the button again.")
            return lead_on(list_links(self.resource).to(selection))
        return lead_on(list_links(self.resource, view).to(selection.ticked(keys)))


def ticks_of(access: Access, listing: Listing, selection: Selection, links: ListLinks) -> Ticks | None:
    """Return the form of a list's tick boxes, where there is something to be done with its rows."""
    acts = tuple(_acts_of(access, listing, selection)) if listing.rows else ()
    hidden = tuple(links.hidden(replace(selection, is_counted=False)))
    return Ticks(link(access.resource, "ticked_view"), hidden, acts) if acts else None


def _acts_of(access: Access, listing: Listing, selection: Selection) -> Sequence[TickAct]:
    """Return what this person may do with rows here."""
    count = f"{'of ' if listing.count_url else ''}{listing.counted}"
    return [
        TickAct(
            view=one.view,
            words=f"{one.verb} ticked",
            all_words=f"{one.verb} all {count}" if listing.counted else "",
            all_url=list_links(access.resource, one.view).to(selection.changed()) if listing.counted else "",
        )
        for one in ROWS_ACTS
        if access.may(one.act)
    ]
