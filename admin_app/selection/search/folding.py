"""The spellings in which a text is searched: case makes no difference, even for letters with two small forms or none."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice, product

from admin_app.formatting import folded
from admin_app.unicode_text import caseless, composed

# Each spelling is one more condition. Up to four letters with two spellings, all combinations are searched.
MOST_SPELLINGS = 16
# No word has a longer run of "s".
_LONGEST_RUN = 6

# Both indexes hold pieces of three letters; PostgreSQL's of letters and digits only.
PIECE = re.compile(r"[^\W_]{3}")
_TWOFOLD = re.compile("(s{2,}|\u03c3)")
_FINAL = re.compile("(?<=\\w)\u03c3(?!\\w)")


def spellings(term: str) -> tuple[str, ...]:
    """Return the lower-case spellings in which a text may contain the typed word: nearly always one.

    There are more if the word has a sigma (the final sigma has the same capital), "ss" or "ß" (whose capital is "SS"), or a
    ligature like "ﬁ". A spelling that the index can't find is left out if the word itself is indexed: "css" doesn't find "cß",
    and is as fast as any other word. A decomposed word is also searched as typed.
    """
    typed, verbatim = folded(composed(term)), folded(term)
    plain = folded(caseless(typed))
    if typed.isascii() and "ss" not in typed:
        return (typed,)
    capitals = folded(composed(typed.upper()))
    others = [capitals] if caseless(capitals) == plain else []
    found = dict.fromkeys(
        (typed, _FINAL.sub("\u03c2", plain), *islice(_written(plain), MOST_SPELLINGS), *others, verbatim)
    )
    is_known = PIECE.search(plain) is not None
    return tuple(one for one in found if one == typed or not is_known or PIECE.search(one))


def _written(plain: str) -> Iterator[str]:
    """Yield all spellings of a text, the plain one first."""
    parts = _TWOFOLD.split(plain)
    # Every second part is a separator of the split.
    choices = [_ways(part) if place % 2 else (part,) for place, part in enumerate(parts)]
    return map("".join, product(*choices))


def _ways(part: str) -> Iterable[str]:
    if part == "\u03c3":
        return ("\u03c3", "\u03c2")
    return _tilings(len(part)) if len(part) <= _LONGEST_RUN else (part,)


def _tilings(length: int) -> list[str]:
    """Return all spellings of a run of "s", with each pair as it is or as one "ß"."""
    if length < len("ss"):
        return ["s" * length]
    return [f"s{rest}" for rest in _tilings(length - 1)] + [f"ß{rest}" for rest in _tilings(length - 2)]
