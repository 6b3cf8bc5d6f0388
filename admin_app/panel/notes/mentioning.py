"""The colleagues whom a note mentions, among those who may read it, and the questions for ambiguous names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from admin_app.db.record import Record
from admin_app.domain.permissions.policy import Action
from admin_app.domain.work.mentions import NOBODY, Meant, Question, colleagues, has_mentions, is_begun, meant_by
from admin_app.extensions import db, table_of
from admin_app.models.staff import Staff
from admin_app.panel.access.access import Access, accesses_of_table
from admin_app.panel.access.authority import acting_for
from admin_app.unicode_text import caseless

# The prefix of a control's name; the word in question follows.
WHO = "who:"
# The most people offered for a word; others can be mentioned by their email.
MOST_ASKED = 10
# The most completions of a name: the rights of each person have to be checked.
MOST_NAMED, MOST_TRIED = 6, 20


@dataclass(frozen=True)
class WhoIsMeant:
    """A question of the form: its control's id and name, its words, and its answers as (value, label)."""

    id: str
    name: str
    words: str
    choices: tuple[tuple[str, str], ...]


def answers_of(sent: Mapping[str, str]) -> dict[str, str]:
    """Read the form's answers: who is meant, by word."""
    return {caseless(name.removeprefix(WHO)): value for name, value in sent.items() if name.startswith(WHO)}


def people_meant(record: Record, text: str, answers: Mapping[str, str], known: Collection[int]) -> Meant:
    """Find whom a text mentions, among people who may read notes on this record; `known` are people mentioned before."""
    if not has_mentions(text):
        return Meant()
    people = colleagues(db.session)
    first = meant_by(text, people, answers)
    asked = {one.id for question in first.questions for one in question.people[:MOST_ASKED]}
    unable = {key for key in {one.id for one in first.people} | asked if not may_read(record, key)}
    answered = {**_answered_by(first.questions, set(known) - unable), **answers}
    return meant_by(text, [one for one in people if one.id not in unable], answered)


def names_begun(record: Record, begun: str) -> list[str]:
    """Return completions for a begun name: colleagues' names, or emails where several have the same name.

    Only of people who may read notes on this record, and only the first ones: another letter finds the others.
    """
    people = colleagues(db.session)
    names = Counter(caseless(one.name) for one in people)
    found = [one for one in people if begun and is_begun(one, begun)][:MOST_TRIED]
    able = [one for one in found if may_read(record, one.id)][:MOST_NAMED]
    return [one.name if names[caseless(one.name)] == 1 else one.email for one in able]


def may_read(record: Record, staff_id: int) -> bool:
    """Whether a colleague may see the record, and so the notes on it."""
    staff = db.session.get(Staff, staff_id)
    if staff is None:
        return False
    with acting_for(staff):
        found = accesses_of_table(table_of(type(record)).name)
        return any(
            theirs.may(Action.VIEW) and theirs.find_key(record.id) is not None and theirs.reaches(record, Action.VIEW)
            for theirs in found
        )


def asked(access: Access, questions: Collection[Question]) -> list[WhoIsMeant]:
    """Return the questions as the form's controls."""
    return [_asked(number, access.resource.noun, one) for number, one in enumerate(questions, start=1)]


def _asked(number: int, noun: str, question: Question) -> WhoIsMeant:
    word = f"“@{question.word}”"
    choices = [(str(one.id), f"{one.name} ({one.email})") for one in question.people[:MOST_ASKED]]
    words = f"Who do you mean by {word}?"
    if not choices:
        words = f"No colleague who can see this {noun} is called {word}. Correct the name, or leave it as text."
    return WhoIsMeant(
        f"who-{number}", f"{WHO}{question.word}", words, (*choices, (NOBODY, f"Nobody: {word} is only text"))
    )


def _answered_by(questions: Collection[Question], known: Collection[int]) -> dict[str, str]:
    """Answer the questions that only one of these people fits."""
    fitting = {one.word: [person.id for person in one.people if person.id in known] for one in questions}
    return {caseless(word): str(keys[0]) for word, keys in fitting.items() if len(keys) == 1}
