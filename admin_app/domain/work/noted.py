"""A record's number of notes, and whether a person watches it, for the head of its pages."""

from __future__ import annotations

from sqlalchemy import bindparam, exists, func, select

from admin_app.db.record import Record
from admin_app.domain.permissions.principal import AnyPrincipal
from admin_app.extensions import AnySession, table_of
from admin_app.models.note import Note
from admin_app.models.watch import Watch

_NOTES = select(func.count()).where(
    Note.subject == bindparam("record_table"), Note.subject_id == bindparam("record_key")
)
_WATCH = exists().where(
    Watch.staff_id == bindparam("person_id"),
    Watch.subject == bindparam("record_table"),
    Watch.subject_id == bindparam("record_key"),
)
# Every form runs this statement. Building it anew each time takes four times as long.
_ABOUT = select(_NOTES.scalar_subquery(), _WATCH)


def about(session: AnySession, person: AnyPrincipal, record: Record) -> tuple[int, bool]:
    """Return the number of notes, and whether the person watches the record."""
    asked = {"record_table": table_of(type(record)).name, "record_key": record.id, "person_id": person.id}
    number, is_watched = session.execute(_ABOUT, asked).one()
    return number, bool(is_watched)
