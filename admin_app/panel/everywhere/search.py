"""Search everything: exact matches first, then places, then each resource's own search.

Each resource is searched by itself, for a limited time. A slow one only gets a link to its own list.
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
from admin_app.panel.everywhere.completion import completion_of
from admin_app.panel.everywhere.narrowed import Narrowed, narrowed, place_of, problem_of
from admin_app.panel.everywhere.places import commands_of, places_of
from admin_app.panel.everywhere.recent import recent_of
from admin_app.panel.everywhere.records import exactly, first_of, in_list, searching
from admin_app.panel.everywhere.view_models import Everything, Group
from admin_app.panel.in_time import within
from admin_app.panel.list.selections import schema_for
from admin_app.panel.registry import resources
from admin_app.selection.search.search import MOST_WORDS, is_cut, terms_of
from admin_app.selection.selection import Selection

# Seconds for one resource, and for all of them: a palette that takes longer is slower than the lists themselves.
LIMIT, WHOLE_LIMIT = 1.0, 3.0
# The most letters of the search that messages repeat.
LONGEST_SAID = 80
# A search that begins with this finds only commands.
COMMANDS = ">"
GO_TO = "Go to"

T = TypeVar("T")


def everything(text: str) -> Everything:
    """Search everything that the person may list; without a text, return what they opened and changed last."""
    open_ = [access for one in resources() if (access := access_to(one)).may(Action.LIST)]
    if text.startswith(COMMANDS):
        return _commands(open_, text)
    if not terms_of(text):
        return Everything(tuple(recent_of(open_)), "")
    searched = [access for access in open_ if schema_for(access).search]
    groups = tuple(one for one in _groups(open_, searched, text) if one.found or one.is_slow)
    is_read = any(one.label == GO_TO for one in groups)
    problem = None if is_read else within(LIMIT, time.monotonic() + LIMIT, lambda: problem_of(open_, text))
    words = " ".join(filter(None, [_words(groups, searched, text), problem]))
    return Everything(groups, words, completion_of(open_, text))


def _commands(open_: Sequence[Access], text: str) -> Everything:
    found = commands_of(open_, terms_of(text.removeprefix(COMMANDS)))
    groups = [Group("Commands", found)] if found else []
    return Everything(tuple(groups), _words(groups, (), text))


def _groups(open_: Sequence[Access], searched: Sequence[Access], text: str) -> Iterator[Group]:
    end = time.monotonic() + WHOLE_LIMIT
    exact = _in_time(lambda: [one for access in open_ for one in exactly(access, text)], end) or []
    yield Group("Exactly this", tuple(exact))
    lists = _in_time(lambda: narrowed(open_, text), end) or []
    places = _in_time(lambda: [place_of(one) for one in lists], end) or []
    yield Group(GO_TO, (*places, *places_of(open_, terms_of(text))))
    # If filters were typed, only the lists that have them are meant.
    for one in lists or (Narrowed(access, searching(access, text)) for access in searched):
        first = partial(first_of, one.access, one.selection, [found.url for found in exact])
        yield _in_time(first, end) or _slow(one.access, one.selection)


def _in_time(find: Callable[[], T], end: float) -> T | None:
    """Return what is found; None if it takes too long, or if the time for all resources is used up."""
    return within(LIMIT, end, find)


def _slow(access: Access, selection: Selection) -> Group:
    return replace(in_list(access, selection), is_slow=True)


def _words(groups: Sequence[Group], searched: Sequence[Access], text: str) -> str:
    """Say how much was found, for people who hear the page."""
    shown = sum(len(one.found) for one in groups)
    if not groups:
        where = formatting.in_words([access.resource.nouns for access in searched])
        return f"Nothing matches “{text[:LONGEST_SAID]}”{f' in {where}' if where else ''}."
    cut = f" The search is too long: only its first {MOST_WORDS} words are used." if is_cut(text) else ""
    return f"{formatting.counted(shown, 'result', 'results')}.{cut}"
