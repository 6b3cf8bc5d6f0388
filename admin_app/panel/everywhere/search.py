"""Search everything: the record that is meant exactly, then where a name leads, then each resource's own search.

Each resource is asked by itself, for a limited time: one that is slow is named with the way to its own list.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeVar

from admin_app import formatting
from admin_app.domain.permissions.policy import Action
from admin_app.panel.access.access import Access, access_to
from admin_app.panel.everywhere.places import places_of
from admin_app.panel.everywhere.recent import recent_of
from admin_app.panel.everywhere.records import exactly, first_of, in_list
from admin_app.panel.everywhere.view_models import Everything, Group
from admin_app.panel.in_time import within
from admin_app.panel.list.selections import plain_selection, schema_for
from admin_app.panel.registry import resources
from admin_app.selection.search.search import MOST_WORDS, is_cut, terms_of
from admin_app.selection.selection import SEARCH

# Seconds for one resource, and for all of them: a palette that takes longer is slower than the lists themselves.
LIMIT, WHOLE_LIMIT = 1.0, 3.0
# So many letters of what was typed are said again.
LONGEST_SAID = 80

T = TypeVar("T")


def everything(text: str) -> Everything:
    """Find what a text means, of all that the person at the screen may list; without one, what they changed last."""
    open_ = [access for one in resources() if (access := access_to(one)).may(Action.LIST)]
    if not terms_of(text):
        recent = Group("Changed by you lately", tuple(recent_of(open_)))
        return Everything((recent,) if recent.found else (), "")
    searched = [access for access in open_ if schema_for(access).search]
    groups = tuple(one for one in _groups(open_, searched, text) if one.found or one.is_slow)
    return Everything(groups, _words(groups, searched, text))


def _groups(open_: Sequence[Access], searched: Sequence[Access], text: str) -> Iterator[Group]:
    end = time.monotonic() + WHOLE_LIMIT
    exact = _in_time(lambda: [one for access in open_ for one in exactly(access, text)], end) or []
    yield Group("Exactly this", tuple(exact))
    yield Group("Go to", places_of(open_, terms_of(text)))
    for access in searched:
        yield _in_time(partial(first_of, access, text, [one.url for one in exact]), end) or _slow(access, text)


def _in_time(find: Callable[[], T], end: float) -> T | None:
    """Return what is found; None where that takes too long, or the time for all is used up."""
    return within(LIMIT, end, find)


def _slow(access: Access, text: str) -> Group:
    return replace(in_list(access, plain_selection(access, [(SEARCH, text)])), is_slow=True)


def _words(groups: Sequence[Group], searched: Sequence[Access], text: str) -> str:
    """Say how much is shown, for who hears the page."""
    shown = sum(len(one.found) for one in groups)
    if not groups:
        where = formatting.in_words([access.resource.nouns for access in searched])
        return f"Nothing matches “{text[:LONGEST_SAID]}”{f' in {where}' if where else ''}."
    cut = f" The search is too long: only its first {MOST_WORDS} words are used." if is_cut(text) else ""
    return f"{formatting.counted(shown, 'result', 'results')}.{cut}"
