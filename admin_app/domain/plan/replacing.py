"""Find and replace: the text to find, its replacement, and the new text, in time linear in the text.

Regular expressions are RE2's, which never backtracks: no expression can keep the server busy for ever.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import re2

from admin_app.db.limits import LONGEST_TEXT
from admin_app.errors import InvalidRecord
from admin_app.unicode_text import composed

# The form's fields at which problems are shown.
FIND, WITH = "find", "with"
# Characters of the text to find, and of its replacement.
LONGEST = 1000
TOO_LONG = "The text would be too long."
# Bytes of replacements in one text: no field holds more.
_MOST_BYTES = 4 * LONGEST_TEXT
# Continuation bytes in UTF-8: no letter begins with one.
_INSIDE = range(0x80, 0xC0)
# Escapes in the replacement of a regular expression: the character after the backslash, and its meaning.
_SIGNS = {"\\": "\\", "n": "\n", "t": "\t"}

# A piece of a replacement: text, or the number of a group.
Piece = str | int


@dataclass(frozen=True)
class Replacement:
    """Replaces a text, or the matches of a regular expression; raises `InvalidRecord` if the input is unusable."""

    find: str
    by: str
    matches_case: bool = False
    is_whole_word: bool = False
    is_expression: bool = False

    def __post_init__(self) -> None:
        """Compile the expression and read the replacement, so that a mistake is reported at once."""
        problems = {}
        if not self.find:
            problems[FIND] = "Enter the text to find."
        for name, text in ((FIND, self.find), (WITH, self.by)):
            if len(text) > LONGEST:
                problems[name] = f"Enter {LONGEST:,} characters or fewer; this has {len(text):,}."
        if problems:
            raise InvalidRecord(problems)
        self._template  # noqa: B018 -- it says what is wrong with the expression, and with what refers to its groups

    def __call__(self, text: str) -> str:
        """Return the new text; raise `InvalidRecord` if it is too long for any field."""
        # Texts are stored in composed form; older ones are searched as if they were.
        found, parts, last, length = composed(text).encode(), [], 0, 0
        for match in self._hits(found):
            parts += [found[last : match.start()], self._filled(match)]
            length += len(parts[-1])
            last = match.end()
            if length > _MOST_BYTES:
                raise InvalidRecord({"": TOO_LONG})
        return b"".join([*parts, found[last:]]).decode() if parts else text

    @cached_property
    def _expression(self) -> Any:
        options = re2.Options()
        options.log_errors, options.case_sensitive = False, self.matches_case
        pattern = self.find if self.is_expression else re2.escape(composed(self.find))
        try:
            return re2.compile(pattern, options)
        except re2.error as error:
            words = error.args[0].decode() if isinstance(error.args[0], bytes) else str(error)
            raise InvalidRecord({FIND: f"This expression cannot be read: {words}."}) from error

    @cached_property
    def _template(self) -> Sequence[Piece]:
        groups = self._expression.groups
        pieces = tuple(_pieces(self.by)) if self.is_expression else (self.by,)
        for piece in pieces:
            if isinstance(piece, int) and piece > groups:
                raise InvalidRecord({WITH: f"The expression has no group {piece}."})
        return pieces

    def _hits(self, text: bytes) -> Iterator[Any]:
        """Yield the matches from left to right, without overlaps."""
        place = 0
        while place <= len(text) and (match := self._expression.search(text, place)) is not None:
            is_hit = not self.is_whole_word or _is_whole(text, match.start(), match.end())
            if is_hit:
                yield match
            # A text found inside a longer word may match again from its second letter. An expression may not: one that matches
            # to the end of the text would read the text anew from each letter.
            begins_again = match.end() == match.start() or not (is_hit or self.is_expression)
            place = _next(text, match.start()) if begins_again else match.end()

    def _filled(self, match: Any) -> bytes:
        groups = (match.group(piece) or b"" if isinstance(piece, int) else piece.encode() for piece in self._template)
        return b"".join(groups)


def _pieces(template: str) -> Iterator[Piece]:
    r"""Yield the pieces of an expression's replacement: `\1` is the first group, `\0` the whole match."""
    rest = iter(template)
    for sign in rest:
        if sign != "\\":
            yield sign
            continue
        meant = next(rest, "")
        if meant.isascii() and meant.isdigit():
            yield int(meant)
        elif meant in _SIGNS:
            yield _SIGNS[meant]
        else:
            raise InvalidRecord({WITH: rf"“\{meant}” means nothing here. Write \\ for a backslash."})


def _is_whole(text: bytes, start: int, end: int) -> bool:
    """Whether a match begins and ends at word boundaries. An empty match does."""
    if start == end:
        return True
    begins = not (_is_of_word(_letter_before(text, start)) and _is_of_word(_letter_at(text, start)))
    return begins and not (_is_of_word(_letter_before(text, end)) and _is_of_word(_letter_at(text, end)))


def _is_of_word(letter: str) -> bool:
    """Whether a character belongs to a word: a letter or digit of any script, a combining mark, or an underscore."""
    return letter == "_" or letter.isalnum() or (letter != "" and unicodedata.category(letter)[0] == "M")


def _letter_at(text: bytes, place: int) -> str:
    return text[place : _next(text, place)].decode()


def _letter_before(text: bytes, place: int) -> str:
    start = place - 1
    while start > 0 and _is_inside(text, start):
        start -= 1
    return text[max(start, 0) : place].decode()


def _next(text: bytes, place: int) -> int:
    """Return where the next letter begins; at the end of the text, one position further."""
    place += 1
    while place < len(text) and _is_inside(text, place):
        place += 1
    return place


def _is_inside(text: bytes, place: int) -> bool:
    """Whether a byte is a continuation byte in UTF-8."""
    return text[place] in _INSIDE
