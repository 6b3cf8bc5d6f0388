"""Find and replace: what is looked for, what stands in its place, and the text that comes of it, in time linear in the text.

Expressions are RE2's, which never goes back over what it read: no expression makes the server think for ever.
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

# The two fields of the form at which problems are shown.
FIND, WITH = "find", "with"
# Letters of what is looked for, and of what is put there.
LONGEST = 1000
TOO_LONG = "The text would be too long."
# Of what is put into one text: no field holds more.
_MOST_BYTES = 4 * LONGEST_TEXT
# The bytes of UTF-8 that begin no letter.
_INSIDE = range(0x80, 0xC0)
# In the replacement of an expression: a backslash, and what stands behind it.
_SIGNS = {"\\": "\\", "n": "\n", "t": "\t"}

# A piece of a replacement: text, or the number of the group whose text is meant.
Piece = str | int


@dataclass(frozen=True)
class Replacement:
    """One text in place of another, or of what an expression finds; raises `InvalidRecord` for one that cannot be."""

    find: str
    by: str
    matches_case: bool = False
    is_whole_word: bool = False
    is_expression: bool = False

    def __post_init__(self) -> None:
        """Read the expression."""
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
        """Return the text as it becomes; raise `InvalidRecord` for one that no field would hold."""
        # Texts are kept composed, and what is older is looked through as if it were.
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
        """Yield the hits from left to right, none over another."""
        place = 0
        while place <= len(text) and (match := self._expression.search(text, place)) is not None:
            is_hit = not self.is_whole_word or _is_whole(text, match.start(), match.end())
            if is_hit:
                yield match
            # Behind a text that is part of a longer word, it may begin again before it ends. An expression may not:
            # one that reads to the end of the text would read it anew from each of its letters.
            begins_again = match.end() == match.start() or not (is_hit or self.is_expression)
            place = _next(text, match.start()) if begins_again else match.end()

    def _filled(self, match: Any) -> bytes:
        groups = (match.group(piece) or b"" if isinstance(piece, int) else piece.encode() for piece in self._template)
        return b"".join(groups)


def _pieces(template: str) -> Iterator[Piece]:
    r"""Read the replacement of an expression: `\1` is its first group, `\0` all of what was found."""
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
    """Whether what stands there is cut off from the words beside it. Nothing is no word, and no part of one."""
    if start == end:
        return True
    begins = not (_is_of_word(_letter_before(text, start)) and _is_of_word(_letter_at(text, start)))
    return begins and not (_is_of_word(_letter_before(text, end)) and _is_of_word(_letter_at(text, end)))


def _is_of_word(letter: str) -> bool:
    """Whether it belongs to a word: letters and digits of any script, marks upon them, and the low line."""
    return letter == "_" or letter.isalnum() or (letter != "" and unicodedata.category(letter)[0] == "M")


def _letter_at(text: bytes, place: int) -> str:
    return text[place : _next(text, place)].decode()


def _letter_before(text: bytes, place: int) -> str:
    start = place - 1
    while start > 0 and _is_inside(text, start):
        start -= 1
    return text[max(start, 0) : place].decode()


def _next(text: bytes, place: int) -> int:
    """Return where the next letter begins, behind the last one at its end and one further."""
    place += 1
    while place < len(text) and _is_inside(text, place):
        place += 1
    return place


def _is_inside(text: bytes, place: int) -> bool:
    """Whether a byte is not the first one of its letter in UTF-8."""
    return text[place] in _INSIDE
