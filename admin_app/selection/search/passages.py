"""Cut a text at the hits of a search: the whole text, or a passage around the first hit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from admin_app.formatting import folded, without_markup
from admin_app.selection.search.folding import spellings

# Longer texts are searched up to here.
LONGEST_TEXT = 200_000

Span = tuple[int, int]


@dataclass(frozen=True)
class PassageSize:
    """The size of a passage: its length, the characters before the first hit, and how near the beginning a hit shows it too."""

    longest: int
    before: int
    lead: int = 0


LINES, CELL = PassageSize(160, 50), PassageSize(120, 16, lead=36)


@dataclass(frozen=True)
class Piece:
    """A part of a text, and whether it is a hit."""

    text: str
    is_hit: bool = False


def pieces_of(text: str, terms: Sequence[str]) -> tuple[Piece, ...]:
    """Split a text at its hits; a text without hits is a single piece."""
    return tuple(_cut(text, _spans(text, terms)))


def passage_of(text: str, terms: Sequence[str], room: PassageSize = LINES) -> tuple[Piece, ...]:
    """Return the words around the first hit, () if there is none; of HTML the visible text, if it has the hit."""
    some = text[:LONGEST_TEXT]
    for words in (" ".join(without_markup(some).split()), some):
        if spans := _spans(words, terms):
            return _around(words, spans, room)
    return ()


def has_hit(pieces: Iterable[Piece]) -> bool:
    """Whether one of the pieces is a hit."""
    return any(piece.is_hit for piece in pieces)


def _around(text: str, spans: Sequence[Span], room: PassageSize) -> tuple[Piece, ...]:
    first, last = spans[0]
    start = 0 if last <= room.lead else _word_start(text, max(first - room.before, 0), first)
    end = max(_word_end(text, start + room.longest, last), min(last, start + 2 * room.longest))
    inside = [(one - start, min(other, end) - start) for one, other in spans if one < end]
    found = _cut(text[start:end], inside)
    before, after = [Piece("…")] if start else [], [Piece("…")] if end < len(text) else []
    return (*before, *found, *after)


def _word_start(text: str, place: int, first: int) -> int:
    """Return where the next word begins, but not after the hit."""
    gap = text.find(" ", place, first) if place else -1
    return place if gap < 0 else gap + 1


def _word_end(text: str, place: int, last: int) -> int:
    """Return where the last whole word ends, but not before the end of the hit."""
    if place >= len(text):
        return len(text)
    gap = text.rfind(" ", last, place)
    return place if gap < 0 else gap


def _spans(text: str, terms: Sequence[str]) -> list[Span]:
    """Return where the hits are, in order; touching ones are joined."""
    small = folded(text)
    # If lower-casing changes the length, positions differ between the two texts.
    if len(small) != len(text):
        return []
    found = sorted(span for term in terms for spelling in spellings(term) for span in _places(small, spelling))
    joined: list[Span] = []
    for start, end in found:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _places(small: str, spelling: str) -> Iterator[Span]:
    start = small.find(spelling) if spelling else -1
    while start >= 0:
        end = start + len(spelling)
        yield start, end
        start = small.find(spelling, end)


def _cut(text: str, spans: Sequence[Span]) -> Iterator[Piece]:
    place = 0
    for start, end in spans:
        if start > place:
            yield Piece(text[place:start])
        yield Piece(text[start:end], is_hit=True)
        place = end
    if place < len(text) or not text:
        yield Piece(text[place:])
