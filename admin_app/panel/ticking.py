"""Ticked rows: a form around the list, and the way from there to an act on exactly these rows, or on all of the list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any, ClassVar

from flask import abort, request
from flask_admin import expose

from admin_app.panel.draft import Draft
from admin_app.panel.links import ListLinks
from admin_app.panel.list_elements import Listing, TickAct, Ticks
from admin_app.panel.opening import Opening
from admin_app.selection.selection import Selection
from admin_app.web.notices import warn

# What the form sends: a ticked row's key, and the view of the act that was pressed.
TICK, ACT = "tick", "act"


@dataclass(frozen=True)
class RowsAct:
    """An act on rows: `view` does it, or asks how, for the rows that its address means; `verb` stands on its buttons."""

    view: str
    verb: str


class Ticking(Opening):
    """Tick boxes, where there is something to be done with the rows that are ticked."""

    # What can be done with rows of the list, ticked ones or all. The view's right is asked as for every view.
    rows_acts: ClassVar[tuple[RowsAct, ...]] = ()

    @expose("/ticked/")
    def ticked_view(self) -> Any:
        """Lead on to the act that was pressed, with the ticked rows for its selection; nothing is done here."""
        arguments = [pair for pair in request.args.items(multi=True) if pair[0] not in {TICK, ACT}]
        selection, keys = self.selection(arguments), request.args.getlist(TICK)
        view = request.args.get(ACT, "")
        if view not in {one.view for one in self.rows_acts}:
            abort(HTTPStatus.NOT_FOUND)
        if not keys:
            warn(f"No {self.noun} is selected. Select {self.nouns}, then press the button again.")
            return self.redirect(ListLinks(self.link("index_view")).to(selection))
        return self.redirect(ListLinks(self.link(view)).to(selection.ticked(keys)))

    def listing(
        self, selection: Selection, links: ListLinks, *, identity: str, hide: str = "", draft: Draft | None = None
    ) -> Listing:
        """Add the boxes' form."""
        listing = super().listing(selection, links, identity=identity, hide=hide, draft=draft)
        acts = tuple(self._acts_of(listing, selection)) if selection.parent is None and listing.rows else ()
        hidden = tuple(links.hidden(replace(selection, is_counted=False)))
        return replace(listing, ticks=Ticks(self.link("ticked_view"), hidden, acts) if acts else None)

    def _acts_of(self, listing: Listing, selection: Selection) -> Sequence[TickAct]:
        """Return what this person may do with rows here."""
        count = f"{'of ' if listing.count_url else ''}{listing.counted}"
        return [
            TickAct(
                view=one.view,
                words=f"{one.verb} selected",
                all_words=f"{one.verb} all {count}" if listing.counted else "",
                all_url=ListLinks(self.link(one.view)).to(selection.changed()) if listing.counted else "",
            )
            for one in self.rows_acts
            if self.may(self.acts[one.view])
        ]
