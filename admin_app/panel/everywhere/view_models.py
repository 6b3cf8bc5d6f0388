"""The view models of the search for everything."""

from __future__ import annotations

from dataclasses import dataclass

from admin_app.selection.search.passages import Piece


@dataclass(frozen=True)
class Found:
    """A record or a place: its name and a second line, with marked hits, and its address.

    `passage` is the text around the hit in the column `passage_label`, if the name has no hit.
    """

    title: tuple[Piece, ...]
    detail: tuple[Piece, ...]
    url: str
    passage: tuple[Piece, ...] = ()
    passage_label: str = ""


@dataclass(frozen=True)
class Group:
    """The finds of one sort. `all_url` leads to their list, which has more if there is an `all_label`. A group that `is_slow` has to be searched there."""

    label: str
    found: tuple[Found, ...] = ()
    count: str = ""
    all_url: str = ""
    all_label: str = ""
    is_slow: bool = False


@dataclass(frozen=True)
class Everything:
    """All groups that are not empty, and a sentence about them."""

    groups: tuple[Group, ...]
    words: str
    # The completion of the last word; "" if there is none.
    completion: str = ""
