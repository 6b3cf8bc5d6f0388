"""A person's pins: a saved view as a number, a summary as a card of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from urllib.parse import parse_qsl

from admin_app.domain.permissions.policy import Action
from admin_app.domain.permissions.principal import AnyPrincipal
from admin_app.domain.work.pins import pins_of
from admin_app.errors import SelectionError
from admin_app.extensions import db
from admin_app.models.pin import Pin
from admin_app.models.saved_view import SavedView
from admin_app.panel.access.access import Access, access_at
from admin_app.panel.cards.board import Board
from admin_app.panel.cards.drawers import Drawer, counted
from admin_app.panel.cards.summarised import roughly_summarised, summarised
from admin_app.panel.cards.view_models import CardView
from admin_app.panel.links import link
from admin_app.panel.list.selections import plain_selection
from admin_app.panel.summary.summary import narrowed_words, summary_of

# The text of a card whose list the person may no longer see as it was pinned.
GONE = "It uses a field or a filter that no longer exists, or that you may not see."


def pinned(person: AnyPrincipal, board: Board) -> Iterator[CardView]:
    """Yield the cards of a person's pins in their order; a pin of a resource that they may no longer see is left out."""
    # Read all pins before the first is counted: the board ends the transaction after each card.
    for key, access, said, drawer in list(_read(person)):
        card = (
            CardView(_name(access, said), "", note=GONE) if drawer is None else board.drawn(access, (key, said), drawer)
        )
        yield replace(card, pin=key)


def _read(person: AnyPrincipal) -> Iterator[tuple[int, Access, tuple[str, str], Drawer | None]]:
    """Yield each pin's number, access, name with its arguments, and drawer (None if its view is gone)."""
    for pin, view in pins_of(db.session, person):
        access = access_at(pin.resource)
        if access is not None and access.may(Action.LIST):
            said = ("", pin.arguments) if view is None else (view.name, view.arguments)
            yield pin.id, access, said, _drawer(access, pin, view)


def _drawer(access: Access, pin: Pin, view: SavedView | None) -> Drawer | None:
    try:
        return _summary(access, parse_qsl(pin.arguments)) if view is None else _view(access, view)
    except SelectionError:
        return None


def _name(access: Access, said: tuple[str, str]) -> str:
    return said[0] or f"Summary of {access.resource.nouns}"


def _view(access: Access, view: SavedView) -> Drawer:
    url = link(access.resource, "index_view", view=view.id)
    return counted(access, view.name, plain_selection(access, parse_qsl(view.arguments, keep_blank_values=True)), url)


def _summary(access: Access, pairs: Sequence[tuple[str, str]]) -> Drawer | None:
    one = summary_of(access, pairs)
    if one is None:
        return None
    title = ", ".join([one.title, *narrowed_words(one)])
    return Drawer(title, one.url, lambda: summarised(one, title), lambda: roughly_summarised(one, title))
