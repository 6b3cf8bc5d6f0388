"""The notes on a record, newest first, and a form to add one. Everyone who may view the record may read and add notes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http import HTTPStatus

from flask import abort, jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from admin_app.db.limits import as_key
from admin_app.db.record import Record
from admin_app.db.transaction import transaction
from admin_app.domain.audit.recorder import last_change_set
from admin_app.domain.permissions.policy import Action
from admin_app.domain.records.refusals import refusals_of
from admin_app.domain.work import notes
from admin_app.domain.work.idempotency import claim, digest_of, new_key, settle
from admin_app.domain.work.mentions import Colleague
from admin_app.errors import InvalidRecord
from admin_app.extensions import db, table_of
from admin_app.formatting import in_words
from admin_app.models.note import Note
from admin_app.panel.drafts import answers, drop_sent_draft, shown_draft
from admin_app.panel.notes.mentioning import names_begun
from admin_app.panel.notes.note_form import TEXT, NoteForm, read_form
from admin_app.panel.notes.rows import rows_of
from admin_app.panel.page import Page, lead_on
from admin_app.panel.record.head import head_of
from admin_app.panel.record.merged import require_way_to_survivor
from admin_app.panel.record.noted import noted_of
from admin_app.panel.record.tabs import NOTES
from admin_app.web.auth.login import signed_in_principal
from admin_app.web.flash import announce
from admin_app.web.urls import here

# The form's key: a form that is sent twice creates one note.
ONCE = "_once"
# The argument with the beginning of a colleague's name; the answer is a list of names.
WHO = "who"


class NotesPage(Page):
    """A page of a record's notes, with the form of a new one."""

    def respond(self) -> ResponseReturnValue:
        """Show the notes, or add one."""
        try:
            record = self.access.requested(Action.VIEW)
        except NotFound:
            return require_way_to_survivor(self.access, "notes_view")
        if request.method == "POST":
            return self._add(record)
        return self._page(record) if WHO not in request.args else jsonify(names=self._names(record))

    def _names(self, record: Record) -> list[str]:
        """Return completions for a name that the person has begun to type."""
        return names_begun(record, request.args.get(WHO, ""))

    def kept_names(self) -> set[str]:
        """Keep what was typed."""
        return {TEXT}

    def again(self, words: str) -> ResponseReturnValue | None:
        """Draw the form filled with what was sent."""
        record = self.access.find(request.args.get("id", ""))
        if record is None or not self.access.reaches(record, Action.VIEW):
            return None
        sent = NoteForm(request.form.get(TEXT, ""), problems={"": words})
        return self._page(record, sent, HTTPStatus.BAD_REQUEST)

    def _add(self, record: Record) -> ResponseReturnValue:
        form = read_form(self.access, record, request.form)
        if form.errors:
            return self._page(record, form, HTTPStatus.UNPROCESSABLE_ENTITY)
        with writing_notes():
            self._write(record, form)
            drop_sent_draft()
        announce(f"Note added.{told(form.people)}", undo=last_change_set(db.session))
        return self.back(record)

    def _write(self, record: Record, form: NoteForm) -> None:
        """Write the note, unless this form has created it already."""
        person = signed_in_principal()
        sent = [(ONCE, request.form.get(ONCE, "")), (TEXT, form.text)]
        digest = digest_of(person, f"note on {table_of(type(record)).name} {record.id}", sent)
        if request.form.get(ONCE) and claim(db.session, person, digest) is not None:
            return
        note = notes.add_note(db.session, record, author=person, text=form.text, mentioned=form.keys)
        settle(db.session, digest, note.id)

    def back(self, record: Record) -> ResponseReturnValue:
        """Lead to the record's notes."""
        return lead_on(self.link("notes_view", record, url=self.return_url()))

    def _page(
        self, record: Record, form: NoteForm | None = None, status: HTTPStatus = HTTPStatus.OK
    ) -> ResponseReturnValue:
        before = as_key(Note, request.args.get("before", "")) or 0
        found = notes.notes_of(db.session, record, before=before)
        draft = shown_draft()
        page = self.render(
            "resource/notes.html",
            record_title=self.access.title_of(record),
            head=head_of(self.access, record, NOTES),
            noted=noted_of(self.access, record),
            notes=rows_of(self.access, record, found.notes),
            form=form or NoteForm(answers(draft).get(TEXT, "")),
            draft=draft,
            once=request.form.get(ONCE) or new_key(),
            form_url=here(),
            people_url=self.link("notes_view", record),
            older_url=self._link(record, before=found.older) if found.older else "",
            newest_url=self._link(record) if before else "",
        )
        return page, status

    def _link(self, record: Record, **arguments: object) -> str:
        return self.link("notes_view", record, **arguments, url=self.return_url())


def requested_note(page: Page, key: str) -> tuple[Record, Note]:
    """Return a record and the person's own note on it; answer 404 if they do not see it, and 403 if another person wrote it."""
    record = page.access.requested(Action.VIEW)
    note = notes.find_note(db.session, record, key)
    if note is None:
        abort(HTTPStatus.NOT_FOUND)
    if note.author_id != signed_in_principal().id:
        abort(HTTPStatus.FORBIDDEN)
    return record, note


@contextmanager
def writing_notes() -> Iterator[None]:
    """Commit what the block writes; answer 409 if an account that it concerns was deleted at the same moment."""
    try:
        with refusals_of(Note), transaction(db.session):
            yield
    except InvalidRecord:
        abort(HTTPStatus.CONFLICT)


def told(people: Sequence[Colleague]) -> str:
    """Say who has the note in their inbox now; "" if nobody has."""
    names = [one.name for one in people if one.id != signed_in_principal().id]
    return f" {in_words(names)} will see it in the inbox." if names else ""
