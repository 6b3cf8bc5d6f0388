"""The cards of one person's home page, drawn within a time limit for each card and one for all."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeVar

from admin_app.context import today, zone
from admin_app.domain.auth.session_revocation import rights_fingerprint
from admin_app.formatting import local
from admin_app.panel.access.access import Access
from admin_app.panel.cards.cache import cached, known
from admin_app.panel.cards.drawers import Drawer, drawer_of
from admin_app.panel.cards.view_models import CardView
from admin_app.panel.in_time import within

# Seconds for one card, for all cards, and for each other list of the page: together less than one.
LIMIT, WHOLE_LIMIT, LIST_LIMIT = 0.2, 0.5, 0.15
# Seconds for rough numbers, if counting took too long: for one card, and for all cards from the page's beginning.
ROUGH_LIMIT, ROUGH_WHOLE_LIMIT = 0.05, 0.65

T = TypeVar("T")


class Board:
    """Draws cards for one person, as long as there is time."""

    def __init__(self) -> None:
        """Begin to count the time."""
        begun = time.monotonic()
        self._end, self._rough_end = begun + WHOLE_LIMIT, begun + ROUGH_WHOLE_LIMIT

    def declared(self, open_: Sequence[Access]) -> Iterator[CardView]:
        """Yield the cards that these resources declare and the person may have."""
        for access in open_:
            for card in access.resource.cards:
                if (drawer := drawer_of(access, card)) is not None:
                    yield self.drawn(access, card, drawer)

    def drawn(self, access: Access, card: Hashable, drawer: Drawer) -> CardView:
        """Draw a card, with a rough number if counting takes too long; a slow number is shown again for a minute.

        A card that had no time left is not cached as slow: next time other cards come from the cache, and there is time to count it.
        """
        key = (*_person(access), access.resource.endpoint, card)
        is_turn = time.monotonic() < self._end
        found, at = cached(key, partial(self._in_time, drawer)) if is_turn else known(key)
        if at is None and not is_turn:
            found = self._roughly(drawer)
        shown: CardView = found or CardView(drawer.title, drawer.url, is_slow=True)
        return shown if at is None else replace(shown, as_of=f"{local(at, zone()):%H:%M}")

    def _in_time(self, drawer: Drawer) -> CardView | None:
        return within(LIMIT, self._end, drawer.draw) or self._roughly(drawer)

    def _roughly(self, drawer: Drawer) -> CardView | None:
        return within(ROUGH_LIMIT, self._rough_end, drawer.roughly) if drawer.roughly else None


def in_little_time(find: Callable[[], T]) -> T | None:
    """Return another part of the page; None if it takes too long."""
    return within(LIST_LIMIT, time.monotonic() + LIST_LIMIT, find)


def _person(access: Access) -> tuple[Hashable, ...]:
    """Return the part of a cache key that identifies the person, their rights and time zone: nobody else may see their numbers."""
    who = access.authority.principal
    rights = "" if who is None else (who.id, who.email, rights_fingerprint(who))
    return rights, str(zone()), today()
