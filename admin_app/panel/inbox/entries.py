"""The entries of the inbox in words. What a person may no longer see leaves an entry without any content."""

from __future__ import annotations

from collections.abc import Sequence

from admin_app.domain.permissions.policy import Action
from admin_app.domain.work import inbox
from admin_app.domain.work.inbox import News
from admin_app.extensions import db
from admin_app.formatting import actor_name, counted, excerpt, sentence_case
from admin_app.models.change_set import Did
from admin_app.models.note import Mention, Note
from admin_app.panel.access.access import access_of_table
from admin_app.panel.inbox.sight import sight
from admin_app.panel.inbox.subjects import Subject, subjects_at
from admin_app.panel.inbox.view_models import Entry, Watched
from admin_app.panel.links import link, record_url

# Characters of a note that an entry shows.
LONGEST_TEXT = 200
UNSEEN = "You were mentioned in a note on a record that you can no longer see."
UNSEEN_RECORD = "A record that you can no longer see"


def mention_entries(found: Sequence[tuple[Mention, Note]]) -> list[Entry]:
    """Draw mentions."""
    subjects = subjects_at(((note.subject, note.subject_id) for _, note in found), Action.VIEW)
    return [_mentioned(mention, note, subjects.get((note.subject, note.subject_id))) for mention, note in found]


def news_entries(staff_id: int) -> list[Entry]:
    """Draw the news about the records that the person watches: changes and notes of each."""
    found = inbox.news(db.session, staff_id, sight())
    subjects = subjects_at(((one.watch.subject, one.watch.subject_id) for one in found), Action.HISTORY)
    return [entry for one in found for entry in _news(one, subjects.get((one.watch.subject, one.watch.subject_id)))]


def watched_records(staff_id: int) -> list[Watched]:
    """List the records that the person watches."""
    found = inbox.watched(db.session, staff_id)
    subjects = subjects_at(((one.subject, one.subject_id) for one in found), Action.HISTORY)
    return [_watched(str(one.id), subjects.get((one.subject, one.subject_id))) for one in found]


def _mentioned(mention: Mention, note: Note, subject: Subject | None) -> Entry:
    key = "" if mention.read_at is not None else f"mention.{mention.id}"
    if subject is None:
        return Entry(key, UNSEEN)
    return Entry(
        key,
        f"{note.author} mentioned you in a note on {subject.title}",
        _note_url(subject, note),
        note.created_at,
        excerpt(note.text, LONGEST_TEXT),
    )


def _news(one: News, subject: Subject | None) -> list[Entry]:
    found = (_changed(one, subject), _noted(one, subject))
    return [entry for entry in found if entry is not None]


def _changed(one: News, subject: Subject | None) -> Entry | None:
    """Draw the changes of a record. A deleted record is named only to a person who sees all records of its model."""
    access = subject.access if subject is not None else access_of_table(one.watch.subject)
    if one.change is None or access is None or (subject is None and access.seen() is not None):
        return None
    change, done = one.change
    title = subject.title if subject is not None else f"{access.resource.noun} “{access.former_title(change)}”"
    more = f" ({counted(one.changes, 'change', 'changes')})" if one.changes > 1 else ""
    return Entry(
        f"watch.{one.watch.id}.{change.id}.0",
        f"{actor_name(done.actor)} {Did(change.act).past} {title}{more}",
        link(access.resource, "history_view", id=change.record_id),
        done.at,
    )


def _noted(one: News, subject: Subject | None) -> Entry | None:
    """Draw the notes on a record, if the person may read them."""
    note = one.note
    if note is None or subject is None or not subject.access.reaches(subject.record, Action.VIEW):
        return None
    more = f" ({counted(one.notes, 'note', 'notes')})" if one.notes > 1 else ""
    return Entry(
        f"watch.{one.watch.id}.0.{note.id}",
        f"{note.author} added a note to {subject.title}{more}",
        _note_url(subject, note),
        note.created_at,
        excerpt(note.text, LONGEST_TEXT),
    )


def _watched(key: str, subject: Subject | None) -> Watched:
    if subject is None:
        return Watched("watch", key, UNSEEN_RECORD)
    return Watched("watch", key, sentence_case(subject.title), record_url(subject.access, subject.record))


def _note_url(subject: Subject, note: Note) -> str:
    """Lead to the page of notes that begins with this one."""
    address = link(subject.access.resource, "notes_view", subject.record, before=note.id + 1)
    return f"{address}#note-{note.id}"
