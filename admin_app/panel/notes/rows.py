"""Notes as their page shows them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from admin_app.db.record import Record
from admin_app.domain.work.notes import mentions_of
from admin_app.extensions import db
from admin_app.models.note import Note
from admin_app.models.staff import Staff
from admin_app.panel.access.access import Access
from admin_app.panel.kinds import value_cell
from admin_app.panel.links import link, return_url
from admin_app.panel.notes.view_models import NoteRow
from admin_app.web.auth.login import signed_in_principal


def rows_of(access: Access, record: Record, notes: Sequence[Note]) -> list[NoteRow]:
    """Draw notes. The people whom they mention are read by two statements for all notes."""
    mentioned = mentions_of(db.session, notes)
    keys = {key for people in mentioned.values() for key in people}
    found = select(Staff.id, Staff.name).where(Staff.id.in_(keys))
    names = {row[0]: row[1] for row in db.session.execute(found)} if keys else {}
    return [_row(access, record, one, [names[key] for key in mentioned[one.id] if key in names]) for one in notes]


def _row(access: Access, record: Record, note: Note, mentions: list[str]) -> NoteRow:
    arguments = {"note": note.id, "url": return_url(access.resource)}
    is_own = note.author_id == signed_in_principal().id
    return NoteRow(
        id=note.id,
        author=note.author,
        at=value_cell(note.created_at, is_whole=False),
        is_edited=note.edited_at is not None,
        text=note.text,
        mentions=tuple(mentions),
        edit_url=link(access.resource, "note_view", record, **arguments) if is_own else "",
    )
