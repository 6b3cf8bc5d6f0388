r"""Groups of filters in an address, written as people read them: `where=name contains Ann or email ends "@example.org"`.

any       = all { "or" all }
all       = one { "and" one }
one       = "(" any ")" | field operator value
value     = word | "text in quotation marks, in which \" and \\ stand for " and \"
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from admin_app.errors import SelectionError
from admin_app.selection.conditions import (
    DEEPEST_GROUP,
    MOST_CONDITIONS,
    TOO_DEEP,
    Condition,
    Member,
    ReadCondition,
    group_of,
)
from admin_app.selection.list_schema import LONGEST_VALUE

# The length of the longest conditions with every character escaped.
LONGEST = MOST_CONDITIONS * (2 * LONGEST_VALUE + 200)
# Possessive, without backtracking: a lone quotation mark costs one pass, not one per character.
_TOKEN = re.compile(
    r'\s*+(?:(?P<sign>[()])|(?P<quoted>"(?:[^"\\]|\\.)*+")|(?P<word>[^\s()"]++)|(?P<end>\Z))', re.DOTALL
)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
# Texts that need no quotation marks: words, numbers, dates, addresses.
_PLAIN = re.compile(r"[\w.,:@+%/*-]+")
_JOINS = ("and", "or")


def parse_where(text: str, read: ReadCondition) -> Member:
    """Read groups of conditions; `read` makes a condition of its key and text. Raise `SelectionError` with the position of an error."""
    if len(text) > LONGEST:
        message = f"“where” can have {LONGEST:,} characters at most; this address has {len(text):,}."
        raise SelectionError(message)
    return _Reader(text, read).whole()


def print_where(members: Iterable[Member]) -> str:
    """Write groups, all of which must be true, so that `parse_where` can read them."""
    whole = group_of(members, is_any=False)
    return _printed(whole)


def in_canonical_form(members: Iterable[Member]) -> str:
    """Write groups in a sorted form, which doesn't depend on the order in which they were typed."""
    return _printed(group_of(members, is_any=False), is_sorted=True)


def _printed(member: Member, *, is_inner: bool = False, is_sorted: bool = False) -> str:
    if isinstance(member, Condition):
        field, _, operator = member.key.rpartition("__")
        return f"{field} {operator} {_quoted(member.text)}"
    parts = [_printed(one, is_inner=True, is_sorted=is_sorted) for one in member.members]
    text = (" or " if member.is_any else " and ").join(sorted(parts) if is_sorted else parts)
    return f"({text})" if is_inner else text


def _quoted(text: str) -> str:
    if _PLAIN.fullmatch(text) and text.lower() not in _JOINS:
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


@dataclass(frozen=True)
class _Token:
    """A token of the text: its kind, its text, and its position from 1."""

    kind: str
    text: str
    place: int


class _Reader:
    """A recursive descent parser, with one method per rule of the grammar."""

    def __init__(self, text: str, read: ReadCondition) -> None:
        self.read = read
        self.tokens = _tokens(text)
        self.next = next(self.tokens)

    def whole(self) -> Member:
        found = self._any(0)
        if self.next.kind != "end":
            self._refuse("“and”, “or” or the end")
        return found

    def _any(self, depth: int) -> Member:
        members = [self._all(depth)]
        while self._takes("or"):
            members.append(self._all(depth))
        return group_of(members, is_any=True)

    def _all(self, depth: int) -> Member:
        members = [self._one(depth)]
        while self._takes("and"):
            members.append(self._one(depth))
        return group_of(members, is_any=False)

    def _one(self, depth: int) -> Member:
        if not self._is_sign("("):
            return self._condition()
        if depth == DEEPEST_GROUP:
            raise SelectionError(TOO_DEEP)
        self._take()
        found = self._any(depth + 1)
        if not self._is_sign(")"):
            self._refuse("“and”, “or” or “)”")
        self._take()
        return found

    def _condition(self) -> Condition:
        field = self._take("word", "a field")
        operator = self._take("word", "an operator")
        if self.next.kind == "word" and self.next.text.lower() in _JOINS:
            self._refuse("a value")
        value = self._take("word" if self.next.kind == "word" else "quoted", "a value")
        return self.read(f"{field}__{operator}", value)

    def _is_sign(self, sign: str) -> bool:
        return self.next.kind == "sign" and self.next.text == sign

    def _takes(self, word: str) -> bool:
        if self.next.kind != "word" or self.next.text.lower() != word:
            return False
        self._take()
        return True

    def _take(self, kind: str = "", wanted: str = "") -> str:
        taken = self.next
        if kind and taken.kind != kind:
            self._refuse(wanted)
        self.next = next(self.tokens)
        return taken.text

    def _refuse(self, wanted: str) -> None:
        there = "it ends" if self.next.kind == "end" else f"there is “{self.next.text[:20]}”"
        message = f"“where” is not valid: at character {self.next.place} {there}, and {wanted} was expected."
        raise SelectionError(message)


def _tokens(text: str) -> Iterator[_Token]:
    position = 0
    while True:
        match = _TOKEN.match(text, position)
        if match is None:
            place = len(text) - len(text[position:].lstrip()) + 1
            message = f"“where” is not valid: the quotation mark at character {place} is not closed."
            raise SelectionError(message)
        kind = match.lastgroup or ""
        piece = match[kind]
        yield _Token(kind, _ESCAPE.sub(r"\1", piece[1:-1]) if kind == "quoted" else piece, match.start(kind) + 1)
        position = match.end()
