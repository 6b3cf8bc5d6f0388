"""Saved views on the list page. Opening one leads to the list's whole address, so that no second path decides rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import abort, request
from flask_admin import expose

from admin_app.domain.permissions import Act
from admin_app.domain.views import ViewAtHand, may_change
from admin_app.errors import SelectionError
from admin_app.panel.at_hand import at_hand, named_view
from admin_app.panel.choosing import Choosing
from admin_app.panel.draft import Draft
from admin_app.panel.elements import Hidden, Link
from admin_app.panel.links import ListLinks
from admin_app.panel.list_elements import Listing, ViewBar
from admin_app.selection.conditions import reader_of
from admin_app.selection.selection import OWN_KEYS, PER_PAGE, SORT, VIEW, WHERE, WHOLE, Selection, whole_number
from admin_app.selection.where import in_one_order, parse_where
from admin_app.text import in_words
from admin_app.web.login import current_person


class Opening(Choosing):
    """The way into a view, what of it is gone, and what was changed since."""

    gone_template = "resource/view_gone.html"

    @expose("/")
    def index_view(self) -> Any:
        """Show the list; a view's own address, and the plain one of who has a default view, lead to the whole address."""
        arguments = list(request.args.items(multi=True))
        default = self.settings.default_view_id or 0
        view = self._at_hand(default if not arguments else named_view())
        if view is None:
            return abort(404) if _is_bare(arguments) else super().index_view()
        stored = _pairs_of(view)
        is_way_in = not arguments or _is_bare(arguments)
        asked = stored if is_way_in else [pair for pair in arguments if pair[0] != VIEW]
        gone = [pair for pair in asked if pair in stored and self._is_gone(pair)]
        address = self._address(view, [pair for pair in asked if pair not in gone])
        if any(key not in OWN_KEYS or key == WHERE for key, _ in gone):
            return self._gone_view_page(view, gone, address)
        return self.redirect(address) if gone or is_way_in else super().index_view()

    def selection(self, arguments: Sequence[tuple[str, str]], *, act: Act = Act.LIST) -> Selection:
        """Read an address; one that names a view and nothing else means that view's rows, never the whole list."""
        if not _is_bare(arguments):
            return super().selection(arguments, act=act)
        view = self._at_hand(whole_number(arguments[0][1]))
        if view is None:
            message = "This view does not exist, or it is not shared with you."
            raise SelectionError(message)
        return super().selection([*_pairs_of(view), *arguments], act=act)

    def listing(
        self, selection: Selection, links: ListLinks, *, identity: str, hide: str = "", draft: Draft | None = None
    ) -> Listing:
        """Add what can be done with the view that is open, or the way to make one."""
        listing = super().listing(selection, links, identity=identity, hide=hide, draft=draft)
        if selection.parent is not None:
            return listing
        view = self._at_hand(selection.view)
        words = self._words_about(view, selection) if selection.view else []
        return replace(listing, views=self._view_bar(view, selection), messages=(*words, *listing.messages))

    def stored_arguments(self, selection: Selection) -> list[Hidden]:
        """Print a selection for keeping: with its columns and its rows a page, whatever the reader prefers, from its start."""
        whole = replace(selection.changed(), view=0, columns=self.visible_columns(selection))
        pairs = [(key, value) for key, value in whole.arguments() if key != PER_PAGE]
        return [*pairs, (PER_PAGE, str(whole.per_page))]

    def _comparable(self, pairs: Sequence[Hidden]) -> list[Hidden]:
        """Return the same for the same list, in whatever order its conditions and groups were typed."""
        return sorted((key, self._in_one_order(value) if key == WHERE else value) for key, value in pairs)

    def _in_one_order(self, where: str) -> str:
        try:
            return in_one_order([parse_where(where, reader_of(self.offer()))])
        except SelectionError:
            # It names a filter that is gone: that is a change.
            return where

    def _at_hand(self, number: int) -> ViewAtHand | None:
        views = at_hand(number).views if number else []
        return next((one for one in views if one.id == number and one.resource == self.endpoint), None)

    def _address(self, view: ViewAtHand, pairs: Sequence[Hidden]) -> str:
        return f"{self.link('index_view')}?{urlencode([*pairs, (VIEW, str(view.id))])}"

    def _is_gone(self, pair: Hidden) -> bool:
        """Whether this list knows nothing of an argument any more."""
        if pair[0] in self.filters_by_key:
            return False
        try:
            super().selection([pair])
        except SelectionError:
            return True
        return False

    def _gone_view_page(self, view: ViewAtHand, gone: Sequence[Hidden], address: str) -> Any:
        """Show no rows: without its filter a view would show more of them than its name says."""
        return self.render(
            self.gone_template,
            resource=self,
            name=view.name,
            lost=[_words_of(pair) for pair in gone],
            without_url=address,
            all_url=self.link("views_view"),
            whole_url=self.link("index_view", view=WHOLE),
        )

    def _words_about(self, view: ViewAtHand | None, selection: Selection) -> list[str]:
        """Say what the address's view has that the list shows no more."""
        if view is None:
            return ["This view was deleted, or it is not shared with you. The list shows what the address says."]
        present = self.stored_arguments(selection)
        gone = [_words_of(pair) for pair in _pairs_of(view) if pair not in present and self._is_gone(pair)]
        return [f"No longer in this list, so left out of the view: {in_words(gone)}."] if gone else []

    def _view_bar(self, view: ViewAtHand | None, selection: Selection) -> ViewBar:
        save_as_url = ListLinks(self.link("new_view")).to(selection.changed())
        person = current_person()
        if view is None or person is None:
            return ViewBar(save_as_url=save_as_url)
        is_changed = self._comparable(self.stored_arguments(selection)) != self._comparable(_pairs_of(view))
        is_own = may_change(person, view)
        return ViewBar(
            name=view.name,
            is_changed=is_changed,
            save_url=ListLinks(self.link("save_view")).to(selection.changed()) if is_changed and is_own else "",
            save_as_url=save_as_url,
            discard_url=self.link("index_view", view=view.id) if is_changed else "",
            edit_url=self.link("change_view", id=view.id) if is_own else "",
            whole_url=self.link("index_view", view=WHOLE),
        )

    def view_links(self) -> tuple[Link, ...]:
        """Link the views of this resource for the navigation, the open one marked."""
        is_here = request.blueprint == self.endpoint and request.endpoint == f"{self.endpoint}.index_view"
        return tuple(
            Link(view.name, self.link("index_view", view=view.id), is_current=is_here and view.id == named_view())
            for view in at_hand().views
            if view.resource == self.endpoint
        )


def _is_bare(arguments: Sequence[tuple[str, str]]) -> bool:
    """Whether an address names a view and nothing else."""
    return [key for key, _ in arguments] == [VIEW] and arguments[0][1] not in {WHOLE, ""}


def _pairs_of(view: ViewAtHand) -> list[Hidden]:
    return parse_qsl(view.arguments, keep_blank_values=True)


def _words_of(pair: Hidden) -> str:
    key, value = pair
    return f"sorted by “{value.removeprefix('-')}”" if key == SORT else f"filter “{key}” with “{value}”"
