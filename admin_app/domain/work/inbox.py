"""The inbox: notes that mention a person, and news about records that they watch, which are read from the history.

Nothing is written when a watched record changes, so watching does not slow down a change of a hundred thousand records.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, bindparam, exists, func, or_, select, update

from admin_app.db.joined import of_root
from admin_app.db.keys import is_record
from admin_app.db.types import utc_now
from admin_app.domain.audit.reader import VisibleRows
from admin_app.extensions import AnyColumn, AnySession, Statement, table_of
from admin_app.models.change_set import Change, ChangeSet
from admin_app.models.note import Mention, Note
from admin_app.models.watch import ViewWatch, Watch

PAGE_SIZE = 20
# Unread entries of one kind are counted up to here; for more a page says "99+".
MOST_UNREAD = 100


@dataclass(frozen=True)
class Sight:
    """The tables whose history a person may see, and the condition on the rows of those that they see in part."""

    tables: Sequence[str]
    rows: VisibleRows


@dataclass(frozen=True)
class News:
    """What others did to a watched record since its watcher looked: the last change and the last note, and how many of each.

    `change` is None if there are only notes, `note` if there are only changes.
    """

    watch: Watch
    change: tuple[Change, ChangeSet] | None
    changes: int
    note: Note | None
    notes: int


def unread(session: AnySession, staff_id: int, sight: Sight) -> int:
    """Count a person's unread entries: each mention, up to `MOST_UNREAD`, and for each watched record one for changes and one for notes."""
    asked = _UNREAD if not sight.rows else _unread(list(_within(sight.rows)))
    return session.scalar(asked, {"person_id": staff_id, "tables": list(sight.tables)}) or 0


def mentions(session: AnySession, staff_id: int, *, are_read: bool, before: int = 0) -> Sequence[tuple[Mention, Note]]:
    """Return a person's mentions with their notes, newest first: the unread ones, or a page of the read ones and one more."""
    mine = select(Mention, Note).join(Note, Note.id == Mention.note_id).where(Mention.staff_id == staff_id)
    state = Mention.read_at.is_not(None) if are_read else Mention.read_at.is_(None)
    wanted = mine.where(state, *([Mention.id < before] if before else []))
    most = PAGE_SIZE + 1 if are_read else MOST_UNREAD
    return [(one, note) for one, note in session.execute(wanted.order_by(Mention.id.desc()).limit(most))]


def watched(session: AnySession, staff_id: int) -> Sequence[Watch]:
    """Return a person's watches of records, the newest first."""
    return session.scalars(select(Watch).where(Watch.staff_id == staff_id).order_by(Watch.id.desc())).all()


def news(session: AnySession, staff_id: int, sight: Sight) -> Sequence[News]:
    """Return the news about the records that a person watches and whose history they may see."""
    parts = (_last(_CHANGES, Change.id), _number(_CHANGES), _last(_NOTES, Note.id), _number(_NOTES))
    mine = (Watch.staff_id == staff_id, Watch.subject.in_(sight.tables), *_within(sight.rows))
    rows = session.execute(select(Watch, *parts).where(*mine, _has_news()).order_by(Watch.id.desc())).all()
    changes = select(Change, ChangeSet).join(ChangeSet, ChangeSet.id == Change.change_set_id)
    done = {one.id: (one, of) for one, of in session.execute(changes.where(Change.id.in_([row[1] for row in rows])))}
    notes = {one.id: one for one in session.scalars(select(Note).where(Note.id.in_([row[3] for row in rows])))}
    return [
        News(watch, done.get(change), changes, notes.get(note), number) for watch, change, changes, note, number in rows
    ]


def mark_mention(session: AnySession, staff_id: int, mention_id: int) -> None:
    """Mark a mention as read (not yet committed)."""
    mine = (Mention.id == mention_id, Mention.staff_id == staff_id, Mention.read_at.is_(None))
    session.execute(update(Mention).where(*mine).values(read_at=utc_now()))


def mark_watch(session: AnySession, staff_id: int, watch_id: int, *, change: int, note: int) -> None:
    """Mark the news about a record as read, up to a change and a note (not yet committed); later ones stay unread."""
    mine = (Watch.id == watch_id, Watch.staff_id == staff_id)
    for column, seen in ((Watch.seen_change_id, change), (Watch.seen_note_id, note)):
        session.execute(update(Watch).where(*mine, column < seen).values({column: seen}))


def mark_view(session: AnySession, staff_id: int, watch_id: int, *, seen: int) -> None:
    """Mark the new rows of a view as read, up to this key (not yet committed)."""
    mine = (ViewWatch.id == watch_id, ViewWatch.staff_id == staff_id, ViewWatch.seen_id < seen)
    session.execute(update(ViewWatch).where(*mine).values(seen_id=seen))


# The changes that others made to a watched record since its watcher looked. A record's changes are committed in the
# order of their numbers, because each waits for the one before, so none appears later below a number that was seen.
_CHANGES = (
    select(Change.id)
    .join(ChangeSet, ChangeSet.id == Change.change_set_id)
    .where(
        Change.model == Watch.subject,
        Change.record_id == Watch.subject_id,
        Change.id > Watch.seen_change_id,
        or_(ChangeSet.actor_id.is_(None), ChangeSet.actor_id != Watch.staff_id),
    )
    .correlate(Watch)
)
_NOTES = (
    select(Note.id)
    .where(
        Note.subject == Watch.subject,
        Note.subject_id == Watch.subject_id,
        Note.id > Watch.seen_note_id,
        Note.author_id != Watch.staff_id,
        # The inbox shows a mention by itself.
        ~exists(select(1).where(Mention.note_id == Note.id, Mention.staff_id == Watch.staff_id).correlate(Note, Watch)),
    )
    .correlate(Watch)
)


def _last(found: Statement, key: AnyColumn) -> ColumnElement[int]:
    """Return the last key. With the limit PostgreSQL looks it up in the index for each record, and never scans the table."""
    return found.order_by(key.desc()).limit(1).scalar_subquery()


def _number(found: Statement) -> ColumnElement[int]:
    some = found.limit(MOST_UNREAD).subquery()
    return select(func.count()).select_from(some).scalar_subquery()


def _has_news() -> ColumnElement[bool]:
    return or_(_last(_CHANGES, Change.id).is_not(None), _last(_NOTES, Note.id).is_not(None))


def _within(rows: VisibleRows) -> Iterator[ColumnElement[bool]]:
    """Yield, for each model of which a person sees only some rows, the condition that a watched record is among them."""
    for model, which in rows.items():
        mine = is_record(table_of(model), Watch.subject_id), of_root(model, which)
        there = exists(select(1).where(*mine).correlate(Watch))
        yield or_(Watch.subject != table_of(model).name, there)


def _unread(within: Sequence[ColumnElement[bool]]) -> Statement:
    told = and_(Mention.staff_id == bindparam("person_id"), Mention.read_at.is_(None))
    mentioned = select(Mention.id).join(Note, Note.id == Mention.note_id).where(told).limit(MOST_UNREAD).subquery()
    mine = (Watch.staff_id == bindparam("person_id"), Watch.subject.in_(bindparam("tables", expanding=True)))
    # `count` of a subquery is 0 if it finds nothing, else 1.
    kinds = [func.count(_last(_CHANGES, Change.id)), func.count(_last(_NOTES, Note.id))]
    records = select(kinds[0] + kinds[1]).select_from(Watch).where(*mine, *within)
    return select(select(func.count()).select_from(mentioned).scalar_subquery() + records.scalar_subquery())


# Built once: every page runs it.
_UNREAD = _unread(())
