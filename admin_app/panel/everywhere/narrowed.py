"""The lists that a search with typed filters means: `user:ann created:last-month` means posts, because users have only one of these filters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from admin_app.formatting import in_sentence
from admin_app.panel.access.access import Access
from admin_app.panel.everywhere.records import searching
from admin_app.panel.everywhere.view_models import Found
from admin_app.panel.filters.declared import filters_shown
from admin_app.panel.filters.typed import typed_filters
from admin_app.panel.links import list_links
from admin_app.selection.search.passages import Piece
from admin_app.selection.selection import Selection


@dataclass(frozen=True)
class Narrowed:
    """A resource's list with the filters and the words of a search."""

    access: Access
    selection: Selection


def narrowed(open_: Sequence[Access], text: str) -> list[Narrowed]:
    """Return the lists that have the most of the typed filters; none if no filter was typed."""
    # A filter has a colon. Without one the search need not be parsed for every list.
    found = [one for access in open_ if (one := _narrowed(access, text))] if ":" in text else []
    most = max((len(one.selection.filters) for one in found), default=0)
    return [one for one in found if len(one.selection.filters) == most]


def problem_of(open_: Sequence[Access], text: str) -> str:
    """Say which typed filter cannot be read, in the words of the first list that has it; "" if there is none."""
    for access in open_ if ":" in text else ():
        schema = searching(access, text).schema
        for one in typed_filters(text, schema, filters_shown(access)).conditions:
            if one.problem:
                return f"{access.resource.plural}: {in_sentence(one.sentence())}? {one.problem}"
    return ""


def place_of(one: Narrowed) -> Found:
    """Return a link to the list, in the words of its chips: "Posts: no user, created last month"."""
    words = [in_sentence(member.sentence()) for member in one.selection.filters]
    label = f"{one.access.resource.plural}: {', '.join([*words, *_searched(one.selection)])}"
    return Found((Piece(label),), (Piece("List"),), list_links(one.access.resource).to(one.selection))


def _narrowed(access: Access, text: str) -> Narrowed | None:
    plain = searching(access, text)
    typed = typed_filters(plain.search, plain.schema, filters_shown(access))
    if not typed.conditions or any(one.problem for one in typed.conditions):
        return None
    return Narrowed(access, searching(access, typed.rest).with_filters(typed.conditions))


def _searched(selection: Selection) -> list[str]:
    return [f"with “{selection.search}”"] if selection.search else []
