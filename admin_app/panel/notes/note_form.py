"""Read the form of a note: its text, and whom it mentions."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from admin_app.db.record import Record
from admin_app.domain.work.drafts import storable
from admin_app.domain.work.mentions import Colleague
from admin_app.domain.work.notes import text_of
from admin_app.errors import InvalidRecord
from admin_app.panel.access.access import Access
from admin_app.panel.notes.mentioning import WHO, WhoIsMeant, answers_of, asked, people_meant
from admin_app.panel.view_models import Hidden
from admin_app.unicode_text import caseless

TEXT = "text"


@dataclass(frozen=True)
class NoteForm:
    """A sent note, its problems by control ("" for the whole note), and the open questions. Without problems and questions it can be saved."""

    typed: str
    text: str = ""
    people: tuple[Colleague, ...] = ()
    questions: Sequence[WhoIsMeant] = ()
    problems: Mapping[str, str] = field(default_factory=dict)
    # Earlier answers, as hidden controls.
    settled: Sequence[Hidden] = ()

    @property
    def errors(self) -> list[tuple[str, str]]:
        """The problems and questions, each with the id of its control."""
        return [*self.problems.items(), *((one.id, one.words) for one in self.questions)]

    @property
    def keys(self) -> list[int]:
        """The keys of the mentioned people."""
        return [one.id for one in self.people]


def read_form(access: Access, record: Record, sent: Mapping[str, str], known: Collection[int] = ()) -> NoteForm:
    """Read a sent note; `known` are the people whom it mentioned before."""
    typed, answers = storable(sent.get(TEXT, "")), answers_of(sent)
    try:
        text = text_of(sent.get(TEXT, ""))
    except InvalidRecord as error:
        return NoteForm(typed, problems=error.problems, settled=_settled(answers, ()))
    meant = people_meant(record, text, answers, known)
    questions = asked(access, meant.questions)
    return NoteForm(typed, text, meant.people, questions, settled=_settled(answers, questions))


def _settled(answers: Mapping[str, str], questions: Sequence[WhoIsMeant]) -> list[Hidden]:
    """Return earlier answers whose questions are not asked again."""
    again = {caseless(one.name) for one in questions}
    return [(f"{WHO}{word}", value) for word, value in answers.items() if caseless(f"{WHO}{word}") not in again]
