"""Notes on a record: add, change, delete and read them. The caller checks who may do so."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, exists, select

from admin_app.db.json_values import recorded_models
from admin_app.db.keys import is_record
from admin_app.db.limits import as_key
from admin_app.db.record import Record
from admin_app.db.types import utc_now
from admin_app.domain.audit.recorder import describe
from admin_app.domain.audit.undo import subject_of
from admin_app.domain.naming import noun_of
from admin_app.domain.permissions.principal import AnyPrincipal
from admin_app.errors import InvalidRecord
from admin_app.extensions import AnySession, table_of
from admin_app.formatting import excerpt, plain_lines
from admin_app.models.change_set import Change, ChangeSet, Kind
from admin_app.models.note import Mention, Note
from admin_app.unicode_text import composed, has_something_to_see, trimmed

PAGE_SIZE = 20
LONGEST_NOTE = 10_000
# Notes deleted at a time: other writers get their turn between two batches.
BATCH = 1000
# The most characters of a record's name in the history's summary of a note.
LONGEST_NAME = 100
_ADDED, _CHANGED, _DELETED = "Added a note to", "Changed a note on", "Deleted a note on"


@dataclass(frozen=True)
class SomeNotes:
    """A page of a record's notes, newest first; the next page begins below the note with the id `older` (0: there is none)."""

    notes: Sequence[Note]
    older: int = 0


def text_of(typed: str) -> str:
    """Return a note's text as it is stored; raise `InvalidRecord` for a text that is invisible, too long or cannot be stored."""
    text = composed(trimmed(plain_lines(typed)))
    if "\0" in text:
        raise InvalidRecord({"text": "The note contains a NUL character, which cannot be stored. Remove it."})
    if not has_something_to_see(text):
        raise InvalidRecord({"text": "Enter a note."})
    if len(text) > LONGEST_NOTE:
        words = f"The note must be {LONGEST_NOTE:,} characters or fewer; it has {len(text):,}."
        raise InvalidRecord({"text": words})
    return text


def notes_of(session: AnySession, record: Record, *, before: int) -> SomeNotes:
    """Return a page of a record's notes."""
    mine = select(Note).where(Note.subject == _table(record), Note.subject_id == record.id)
    wanted = mine.where(Note.id < before) if before else mine
    found = session.scalars(wanted.order_by(Note.id.desc()).limit(PAGE_SIZE + 1)).all()
    shown = found[:PAGE_SIZE]
    return SomeNotes(shown, shown[-1].id if len(found) > len(shown) else 0)


def find_note(session: AnySession, record: Record, key: str) -> Note | None:
    """Return a note of the record by the id in an address; None if there is none."""
    number = as_key(Note, key)
    note: Note | None = session.get(Note, number) if number is not None else None
    is_its = note is not None and (note.subject, note.subject_id) == (_table(record), record.id)
    return note if is_its else None


def mentions_of(session: AnySession, notes: Collection[Note]) -> Mapping[int, list[int]]:
    """Return the keys of the people that each of these notes mentions, by the note's key."""
    found: dict[int, list[int]] = {note.id: [] for note in notes}
    wanted = select(Mention.note_id, Mention.staff_id).where(Mention.note_id.in_(found)).order_by(Mention.id)
    for note_id, staff_id in session.execute(wanted):
        found[note_id].append(staff_id)
    return found


def add_note(
    session: AnySession, record: Record, *, author: AnyPrincipal, text: str, mentioned: Collection[int]
) -> Note:
    """Write a note about a record (not yet committed), and put it into the inboxes of the people it mentions."""
    note = Note(subject=_table(record), subject_id=record.id, author_id=author.id, author=author.name, text=text)
    session.add(note)
    _describe(session, record, _ADDED)
    session.flush()
    _mention(session, note, mentioned)
    return note


def change_note(session: AnySession, record: Record, note: Note, *, text: str, mentioned: Collection[int]) -> None:
    """Change a note (not yet committed). People it no longer mentions lose the inbox entry, and newly mentioned people get one."""
    if text != note.text:
        note.text, note.edited_at = text, utc_now()
    _describe(session, record, _CHANGED)
    session.flush()
    session.execute(delete(Mention).where(Mention.note_id == note.id, Mention.staff_id.not_in(mentioned)))
    _mention(session, note, mentioned)


def delete_note(session: AnySession, record: Record, note: Note) -> None:
    """Delete a note (not yet committed)."""
    _describe(session, record, _DELETED)
    session.delete(note)


def forget_lost(session: AnySession) -> int:
    """Delete some notes of deleted records that the history no longer has, so that no undo can restore them (not yet committed).

    Return how many were deleted, 0 when none is left. The deletion is not recorded: the history is being pruned.
    """
    for table, model in recorded_models().items():
        is_there = exists(select(1).where(is_record(table_of(model), Note.subject_id)).correlate(Note))
        is_known = exists(select(1).where(Change.model == table, Change.record_id == Note.subject_id).correlate(Note))
        lost = select(Note.id).where(Note.subject == table, ~is_there, ~is_known).limit(BATCH)
        if keys := session.scalars(lost).all():
            notes = table_of(Note)
            session.execute(delete(Mention).where(Mention.note_id.in_(keys)))
            session.execute(notes.delete().where(notes.c.id.in_(keys)))
            return len(keys)
    return 0


def is_about_note(done: ChangeSet) -> bool:
    """Whether a change set is an act on a note, or the undo of one."""
    return subject_of(done.summary).startswith((_ADDED, _CHANGED, _DELETED))


def _mention(session: AnySession, note: Note, mentioned: Collection[int]) -> None:
    """Create the missing inbox entries. Nobody gets one for their own note."""
    known = set(session.scalars(select(Mention.staff_id).where(Mention.note_id == note.id)))
    new = dict.fromkeys(key for key in mentioned if key not in known and key != note.author_id)
    session.add_all(Mention(note_id=note.id, staff_id=key) for key in new)


def _describe(session: AnySession, record: Record, did: str) -> None:
    """Describe the change set: the history shows an act on a note as an act on its record."""
    summary = f"{did} {noun_of(type(record))} “{excerpt(str(record), LONGEST_NAME)}”"
    describe(session, kind=Kind.NOTE, summary=summary, resource=_table(record), record_id=record.id)


def _table(record: Record) -> str:
    return str(table_of(type(record)).name)
