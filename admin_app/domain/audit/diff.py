"""The word-by-word difference of two texts; hostile and very long texts cost no more than a page of prose."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

# Most words compared of each text; differences beyond them are shown as one replacement.
MOST_WORDS = 2000
# The letters of a piece that are shown: nobody reads a megabyte.
LONGEST_PIECE = 2000
# Unchanged letters shown on either side of a difference.
AROUND = 60
# A longer run of letters is no word: it is base64 or an attack.
LONGEST_WORD = 200
# In longer texts: the most differences, the greatest length of a difference in words, and how many equal letters end it.
MOST_PLACES, LONGEST_PLACE, ALIKE = 25, 400, 32
_WORDS = re.compile(rf"\w{{1,{LONGEST_WORD}}}|\s{{1,{LONGEST_WORD}}}|.", re.DOTALL)


class PieceKind(StrEnum):
    """What became of a piece of text."""

    SAME = "same"
    GONE = "gone"
    CAME = "came"
    GAP = "gap"


@dataclass(frozen=True)
class Piece:
    """Some text and what became of it; `url` leads to the record that it names."""

    kind: PieceKind
    text: str
    url: str = ""


def words_diff(old: str, new: str) -> tuple[Piece, ...]:
    """Return the old and the new text as pieces: removed, added and unchanged ones. Long unchanged pieces are shortened."""
    start = _common(old, new)
    end = _common(old[start:][::-1], new[start:][::-1])
    was, now = old[start : len(old) - end], new[start : len(new) - end]
    # A changed word is shown whole, not only from its first changed letter on.
    head, tail = _broken_word(old[:start], before=True), _broken_word(old[len(old) - end :], before=False)
    pieces = [
        Piece(PieceKind.SAME, old[: start - len(head)]),
        *_compared(head + was + tail, head + now + tail),
        Piece(PieceKind.SAME, old[len(old) - end + len(tail) :]),
    ]
    pieces = [piece for piece in pieces if piece.text]
    last = len(pieces) - 1
    return tuple(
        short
        for place, piece in enumerate(pieces)
        for short in _shortened(piece, is_first=place == 0, is_last=place == last)
    )


def replaced(old: str, new: str) -> tuple[Piece, ...]:
    """Show the whole new value in place of the whole old one."""
    return Piece(PieceKind.GONE, cut(old)), Piece(PieceKind.CAME, cut(new))


def _common(one: str, other: str) -> int:
    """Return the length of the common beginning, by bisection: comparing slices is quick, a loop over letters is not."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _broken_word(text: str, *, before: bool) -> str:
    near = text[-LONGEST_WORD:] if before else text[:LONGEST_WORD]
    found = re.search(r"\w+\Z" if before else r"\A\w+", near)
    return found[0] if found else ""


def _compared(old: str, new: str) -> Iterator[Piece]:
    was, now = _WORDS.findall(old[: MOST_WORDS * 10]), _WORDS.findall(new[: MOST_WORDS * 10])
    is_whole = len(old) <= MOST_WORDS * 10 and len(new) <= MOST_WORDS * 10
    if not is_whole or max(len(was), len(now)) > MOST_WORDS:
        yield from _compared_along(old, new)
        return
    for kind, i, j, k, m in SequenceMatcher(None, was, now).get_opcodes():
        if kind == "equal":
            yield Piece(PieceKind.SAME, "".join(was[i:j]))
            continue
        yield Piece(PieceKind.GONE, "".join(was[i:j]))
        yield Piece(PieceKind.CAME, "".join(now[k:m]))


def _compared_along(old: str, new: str) -> Iterator[Piece]:
    """Compare two long texts difference by difference; show the rest after the last one as replaced."""
    places = 0
    while True:
        alike = _common(old, new)
        head = len(_broken_word(old[:alike], before=True))
        yield Piece(PieceKind.SAME, old[: alike - head])
        old, new = old[alike - head :], new[alike - head :]
        if max(len(old), len(new)) <= LONGEST_PLACE:
            yield from _compared(old, new)
            return
        end = _end_of_difference(old, new, head) if places < MOST_PLACES else None
        if end is None:
            yield Piece(PieceKind.GONE, old)
            yield Piece(PieceKind.CAME, new)
            return
        yield from _compared(old[: end[0]], new[: end[1]])
        old, new = old[end[0] :], new[end[1] :]
        places += 1


def _end_of_difference(old: str, new: str, start: int) -> tuple[int, int] | None:
    """Return the position in each text at which both are equal again, after a whole word; None if there is none nearby."""
    near = new[: LONGEST_PLACE + ALIKE]
    for place in range(start, min(LONGEST_PLACE, len(old) - ALIKE) + 1):
        there = near.find(old[place : place + ALIKE], start)
        if there >= 0:
            rest = _broken_word(old[place:], before=False) if _broken_word(old[:place], before=True) else ""
            more = len(rest) if new.startswith(rest, there) else 0
            return place + more, there + more
    return None


def _shortened(piece: Piece, *, is_first: bool, is_last: bool) -> list[Piece]:
    if piece.kind is not PieceKind.SAME:
        return [Piece(piece.kind, cut(piece.text))]
    if len(piece.text) <= 3 * AROUND:
        return [piece]
    head = [] if is_first else [Piece(PieceKind.SAME, piece.text[:AROUND])]
    tail = [] if is_last else [Piece(PieceKind.SAME, piece.text[-AROUND:])]
    return [*head, Piece(PieceKind.GAP, "…"), *tail]


def cut(text: str) -> str:
    """Cut a long text, and say how long it is."""
    return text if len(text) <= LONGEST_PIECE else f"{text[:LONGEST_PIECE]}… ({len(text):,} characters)"
