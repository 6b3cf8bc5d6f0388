"""In which spellings a text is looked for: capitals make no difference, also where a letter has two small forms, or none."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice, product

from admin_app.formatting import folded
from admin_app.unicode_text import caseless, composed

# Each spelling is one condition more on the database. Of four letters that are written in two ways, all are looked for.
MOST_SPELLINGS = 16
# No word has a longer run of "s".
_LONGEST_RUN = 6

# Both indexes hold pieces of three letters; PostgreSQL's of letters and digits only.
PIECE = re.compile(r"[^\W_]{3}")
_TWOFOLD = re.compile("(s{2,}|\u03c3)")
_FINAL = re.compile("(?<=\\w)\u03c3(?!\\w)")


def spellings(term: str) -> tuple[str, ...]:
    """Return the lower-case spellings in which a text may contain the typed word: nearly always one.

    There are more if the word has a sigma, whose capital is also that of the final sigma; "ss" or "ß", whose capital
    it is; or a letter like "ﬁ" that stands for others. If the index can find the word but not one of its spellings,
    that spelling is left out: "css" does not find "cß", and is as fast as any other word. A decomposed word is also
    searched for as typed.
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
    """Write a text in every way, the plain one first."""
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
