"""Move the notes and the watchers of a record that is merged into another one."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, func, literal, select

from admin_app.db.dialects import insert_into
from admin_app.db.keys import Key, RecordKey
from admin_app.db.record import Record
from admin_app.domain.audit.bulk import change_rows
from admin_app.extensions import AnySession, table_of
from admin_app.models.change_set import Change
from admin_app.models.note import Note
from admin_app.models.watch import Watch


def move_followers(session: AnySession, survivor: Record, gone_key: Key) -> None:
    """Give the survivor the notes and the watchers of the deleted record (not yet committed).

    An undo gives the notes back. The watchers keep watching the deleted record too, in case it is restored.
    """
    table = table_of(type(survivor)).name
    change_rows(session, Note, and_(Note.subject == table, Note.subject_id == gone_key), {"subject_id": survivor.id})
    columns = ("staff_id", "subject", "subject_id", "seen_change_id", "seen_note_id")
    theirs = select(Watch.staff_id, Watch.subject, literal(survivor.id, RecordKey), *_known_of(table, survivor.id))
    which = theirs.where(Watch.subject == table, Watch.subject_id == gone_key)
    session.execute(
        insert_into(session, Watch).from_select(columns, which, include_defaults=False).on_conflict_do_nothing()
    )


def _known_of(table: str, key: Key) -> tuple[ColumnElement[int], ...]:
    """Return the record's latest change and note: what happened before a person watched it is not news."""
    change = select(func.max(Change.id)).where(Change.model == table, Change.record_id == key)
    note = select(func.max(Note.id)).where(Note.subject == table, Note.subject_id == key)
    return func.coalesce(change.scalar_subquery(), 0), func.coalesce(note.scalar_subquery(), 0)
