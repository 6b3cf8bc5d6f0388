"""Find whom a note mentions by "@Anna". A word that fits nobody or several people becomes a question."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from admin_app.db.ordering import in_order
from admin_app.extensions import AnySession
from admin_app.models.staff import Staff
from admin_app.unicode_text import caseless

# The answer that the word mentions nobody.
NOBODY = "nobody"
# An "@" inside a word, an address or a path is not a mention: "ann@example.com".
_AT = re.compile(r"(?<![\w.@+/-])@(?=(?P<word>\w(?:[\w.'\u2019-]*\w)?))")
_EMAIL = re.compile(r"[\w.+'-]+@[\w-]+(?:\.[\w-]+)+")
# Characters after an "@" that are searched for a name: no name is longer.
_FAR = 100


@dataclass(frozen=True)
class Colleague:
    """A person who can be mentioned."""

    id: int
    name: str
    email: str


@dataclass(frozen=True)
class Question:
    """A word after an "@" that fits nobody, or several people."""

    word: str
    people: tuple[Colleague, ...]


@dataclass(frozen=True)
class Meant:
    """Whom a text mentions, and the questions that have to be answered first."""

    people: tuple[Colleague, ...] = ()
    questions: tuple[Question, ...] = ()


def colleagues(session: AnySession) -> Sequence[Colleague]:
    """Return everybody who can sign in, by name."""
    wanted = select(Staff.id, Staff.name, Staff.email).where(Staff.is_active).order_by(in_order(Staff.name), Staff.id)
    return [Colleague(*row) for row in session.execute(wanted)]


def has_mentions(text: str) -> bool:
    """Whether a text may mention anybody at all."""
    return _AT.search(text) is not None


def meant_by(text: str, people: Sequence[Colleague], answers: Mapping[str, str]) -> Meant:
    """Find whom a text mentions. `answers` give, by word, the key of the person who is meant, or `NOBODY`."""
    found: dict[int, Colleague] = {}
    questions: dict[str, Question] = {}
    for word, fitting in _mentioned(text, people):
        answer = answers.get(caseless(word), "")
        chosen = [one for one in fitting if str(one.id) == answer] or fitting
        if answer == NOBODY:
            continue
        if len(chosen) == 1:
            found[chosen[0].id] = chosen[0]
        else:
            questions[caseless(word)] = Question(word, tuple(fitting))
    return Meant(tuple(found.values()), tuple(questions.values()))


def is_begun(one: Colleague, begun: str) -> bool:
    """Whether a person's name, a part of it or their email begins with this text."""
    called = _called(one)
    return any(name.startswith(caseless(begun)) for name in (called.name, *called.words, called.email))


@dataclass(frozen=True)
class _Called:
    """The names of a person, computed once: a long note may have thousands of words after an "@"."""

    person: Colleague
    name: str
    email: str
    # The single words by which people can be mentioned: the parts of their name, and the part of their email before
    # the "@".
    words: frozenset[str]


def _called(one: Colleague) -> _Called:
    name, email = caseless(one.name), caseless(one.email)
    return _Called(one, name, email, frozenset([*name.split(), caseless(one.email.partition("@")[0])]))


def _mentioned(text: str, people: Sequence[Colleague]) -> Iterator[tuple[str, list[Colleague]]]:
    """Yield the word after each "@", with the people that it fits."""
    known = [_called(one) for one in people]
    for at in _AT.finditer(text):
        rest = text[at.end() : at.end() + _FAR].partition("\n")[0]
        if email := _EMAIL.match(rest):
            wanted = caseless(email[0])
            yield email[0], [one.person for one in known if one.email == wanted]
        elif whole := _whole_names(caseless(rest), known):
            yield whole[0].name, whole
        else:
            word = caseless(at["word"])
            yield at["word"], [one.person for one in known if word in one.words]


def _whole_names(text: str, known: Sequence[_Called]) -> list[Colleague]:
    """Return the people whose whole name the text begins with; the longest, if both "Ann" and "Ann Lee" fit."""
    there = [one for one in known if _begins_with(text, one.name)]
    longest = max((len(one.name) for one in there), default=0)
    return [one.person for one in there if len(one.name) == longest]


def _begins_with(text: str, name: str) -> bool:
    return text.startswith(name) and not text[len(name) : len(name) + 1].isalnum()
