"""What the search for everything found, ready to print."""

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
    """What was found of one sort. `all_url` leads to the list, which has more where there is an `all_label`; `is_slow` is one that has to be searched there."""

    label: str
    found: tuple[Found, ...] = ()
    count: str = ""
    all_url: str = ""
    all_label: str = ""
    is_slow: bool = False


@dataclass(frozen=True)
class Everything:
    """All groups, those with nothing in them left out, and what to say of them."""

    groups: tuple[Group, ...]
    words: str
    # What the last word goes on as, "" for nothing.
    completion: str = ""
