"""Start or stop watching a record or a saved view: what happens to it from then on is news."""

from __future__ import annotations

from sqlalchemy import ColumnElement, delete, func, select

from admin_app.db.dialects import insert_into
from admin_app.db.keys import is_numbered
from admin_app.db.record import Record
from admin_app.domain.permissions.principal import AnyPrincipal
from admin_app.errors import InvalidRecord
from admin_app.extensions import AnySession, table_of
from admin_app.models.change_set import Change
from admin_app.models.note import Note
from admin_app.models.saved_view import SavedView
from admin_app.models.watch import ViewWatch, Watch

# Limits of one person: the inbox queries each view, and every page queries each record.
MOST_WATCHED, MOST_VIEWS = 200, 20


def watch_record(session: AnySession, person: AnyPrincipal, record: Record) -> None:
    """Let a person watch a record (not yet committed); raise `InvalidRecord` if they watch too many."""
    _require_room(session, Watch.staff_id == person.id, MOST_WATCHED, "records")
    table = table_of(type(record)).name
    change = select(func.max(Change.id)).where(Change.model == table, Change.record_id == record.id)
    note = select(func.max(Note.id)).where(Note.subject == table, Note.subject_id == record.id)
    _insert(
        session,
        Watch,
        staff_id=person.id,
        subject=table,
        subject_id=record.id,
        seen_change_id=session.scalar(change) or 0,
        seen_note_id=session.scalar(note) or 0,
    )


def stop_watching(session: AnySession, person: AnyPrincipal, record: Record) -> None:
    """Stop watching a record (not yet committed)."""
    its = (Watch.subject == table_of(type(record)).name, Watch.subject_id == record.id)
    session.execute(delete(Watch).where(Watch.staff_id == person.id, *its))


def stop(session: AnySession, person: AnyPrincipal, watch_id: int) -> None:
    """Stop watching by the watch's id, for a record that the person may no longer see."""
    session.execute(delete(Watch).where(Watch.staff_id == person.id, Watch.id == watch_id))


def watch_view(session: AnySession, person: AnyPrincipal, view: SavedView, model: type[Record]) -> None:
    """Let a person watch a view for new rows (not yet committed); raise `InvalidRecord` if they watch too many."""
    if not is_numbered(model):
        raise InvalidRecord({"": "This list cannot be watched: its records have no numbers that tell the newer ones."})
    _require_room(session, ViewWatch.staff_id == person.id, MOST_VIEWS, "views")
    last = session.scalar(select(func.max(model.id))) or 0
    _insert(session, ViewWatch, staff_id=person.id, view_id=view.id, seen_id=last)


def stop_watching_view(session: AnySession, person: AnyPrincipal, view_id: int) -> None:
    """Stop watching a view (not yet committed)."""
    session.execute(delete(ViewWatch).where(ViewWatch.staff_id == person.id, ViewWatch.view_id == view_id))


def watched_views(session: AnySession, person: AnyPrincipal) -> set[int]:
    """Return the keys of the views that a person watches."""
    return set(session.scalars(select(ViewWatch.view_id).where(ViewWatch.staff_id == person.id)))


def _require_room(session: AnySession, own: ColumnElement[bool], most: int, nouns: str) -> None:
    if (session.scalar(select(func.count()).where(own)) or 0) >= most:
        raise InvalidRecord({"": f"You are already watching {most} {nouns}. Stop watching one first."})


def _insert(session: AnySession, model: type[Watch | ViewWatch], **values: object) -> None:
    """Insert a row unless it exists, even if two windows do so at the same moment."""
    session.execute(insert_into(session, model).values(**values).on_conflict_do_nothing())
