"""The page that changes or deletes one's own note. Nobody changes another person's note."""

from __future__ import annotations

from http import HTTPStatus

from flask import request
from flask.typing import ResponseReturnValue

from admin_app.db.record import Record
from admin_app.domain.audit.recorder import last_change_set
from admin_app.domain.work import notes
from admin_app.extensions import db
from admin_app.models.note import Note
from admin_app.panel.drafts import answers, drop_sent_draft, shown_draft
from admin_app.panel.notes.note_form import TEXT, NoteForm, read_form
from admin_app.panel.notes.notes_page import requested_note, told, writing_notes
from admin_app.panel.page import Page, lead_on
from admin_app.panel.record.head import head_of
from admin_app.panel.record.tabs import NOTES
from admin_app.web.flash import announce
from admin_app.web.urls import here

VERSION = "_version"
# The button beside a note.
DELETE = "delete"
CHANGED = "You changed this note in another window. Nothing was saved. Save again to replace that text with this one."


class NotePage(Page):
    """The form of an existing note."""

    def respond(self) -> ResponseReturnValue:
        """Show the form, save it, or delete the note."""
        record, note = requested_note(self, self._key())
        if DELETE in request.form:
            return self._delete(record, note)
        if request.method != "POST":
            draft = shown_draft()
            return self._page(record, note, NoteForm(answers(draft).get(TEXT, note.text)))
        known = notes.mentions_of(db.session, [note])[note.id]
        form = read_form(self.access, record, request.form, known)
        if form.errors:
            return self._page(record, note, form, HTTPStatus.UNPROCESSABLE_ENTITY)
        if request.form.get(VERSION) != str(note.version):
            return self._page(record, note, NoteForm(form.typed, problems={"": CHANGED}), HTTPStatus.CONFLICT)
        with writing_notes():
            notes.change_note(db.session, record, note, text=form.text, mentioned=form.keys)
            drop_sent_draft()
        announce(f"Note saved.{told(form.people)}", undo=last_change_set(db.session))
        return self._back(record)

    def kept_names(self) -> set[str]:
        """Keep what was typed."""
        return {TEXT}

    def again(self, words: str) -> ResponseReturnValue:
        """Draw the form filled with what was sent."""
        record, note = requested_note(self, self._key())
        sent = NoteForm(request.form.get(TEXT, ""), problems={"": words})
        return self._page(record, note, sent, HTTPStatus.BAD_REQUEST)

    def _delete(self, record: Record, note: Note) -> ResponseReturnValue:
        """Delete the note; the message has an undo button."""
        with writing_notes():
            notes.delete_note(db.session, record, note)
        announce("Note deleted.", undo=last_change_set(db.session))
        return self._back(record)

    def _key(self) -> str:
        return str((request.view_args or {}).get("note", ""))

    def _back(self, record: Record) -> ResponseReturnValue:
        return lead_on(self.link("notes_view", record, url=self.return_url()))

    def _page(
        self, record: Record, note: Note, form: NoteForm, status: HTTPStatus = HTTPStatus.OK
    ) -> ResponseReturnValue:
        page = self.render(
            "resource/note.html",
            record_title=self.access.title_of(record),
            head=head_of(self.access, record, NOTES),
            form=form,
            draft=shown_draft(),
            version=note.version,
            form_url=here(),
            people_url=self.link("notes_view", record),
            return_url=self.link("notes_view", record, url=self.return_url()),
        )
        return page, status
