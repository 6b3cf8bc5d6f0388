"""Erase a person's data, from the record to the history, and check that nothing is left. No undo restores it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Table, delete, func, not_, or_, select, update
from sqlalchemy.exc import IntegrityError

from admin_app.db.joined import by_table, of_root, tables_of
from admin_app.db.keys import Key, key_in, print_key, stored
from admin_app.db.versions import raised
from admin_app.domain.audit.entry import heading_of
from admin_app.domain.audit.recorder import RECORDED, entry_of, record_event
from admin_app.domain.forgetting.accounts import acts_of, is_account, is_in_use, leave_account, require_left
from admin_app.domain.forgetting.held import notes_about
from admin_app.domain.forgetting.pointing import following
from admin_app.domain.forgetting.subject import GONE, Subject
from admin_app.domain.forgetting.texts import Occurrences, occurrences, replace_everywhere, replaced
from admin_app.domain.naming import names_of
from admin_app.errors import ForgettingError
from admin_app.extensions import AnySession, Model, TableColumn, Values, table_of
from admin_app.models.change_set import Change, ChangeSet, Kind
from admin_app.models.draft import Draft
from admin_app.models.forgotten import Forgotten
from admin_app.models.job import Job, JobState
from admin_app.models.note import Mention, Note
from admin_app.models.opened_record import OpenedRecord
from admin_app.models.plan import Plan, PlanLine, PlanState
from admin_app.models.presence import Presence
from admin_app.models.upload import Upload

_WORKING = (JobState.WAITING, JobState.RUNNING)
_UNDER_WAY = (PlanState.PLANNING, PlanState.AGREED)


@dataclass(frozen=True)
class Extent:
    """What an erasure would remove or change: how many of each."""

    is_there: bool
    changes: int
    notes: int
    drafts: int
    plans: int
    jobs: int
    uploads: int
    files: int
    former: int
    acts: int
    # Whether the person is a colleague with an account, and whether that is in use, so that nothing can be erased.
    is_account: bool
    is_in_use: bool
    texts: Sequence[Occurrences]
    elsewhere: Sequence[Occurrences]


@dataclass(frozen=True)
class Removed:
    """The result: the jobs and uploads whose files have to be deleted after the commit, and where a name still occurs."""

    jobs: Sequence[int]
    uploads: Sequence[int]
    elsewhere: Sequence[Occurrences]


def extent_of(session: AnySession, subject: Subject, about: Collection[str]) -> Extent:
    """Count what would be erased; `about` are the resources whose files may contain the person's data."""
    return Extent(
        is_there=bool(
            session.scalar(
                select(func.count())
                .select_from(table_of(subject.model))
                .where(key_in(table_of(subject.model)) == subject.key)
            )
        ),
        changes=_number(session, Change, _changes(subject)),
        notes=len(session.scalars(notes_about(subject)).all()),
        drafts=len(_drafts(session, subject)),
        plans=_number(session, Plan, _plans(subject)),
        jobs=len(_jobs(session, about)),
        uploads=_number(session, Upload, Upload.resource.in_(about)),
        files=len(subject.files),
        former=len(subject.former),
        acts=acts_of(session, subject),
        is_account=is_account(subject),
        is_in_use=is_in_use(session, subject),
        texts=occurrences(session, subject.distinct, _others(subject)),
        elsewhere=occurrences(session, subject.others, _others(subject)),
    )


def forget(session: AnySession, subject: Subject, about: Collection[str], *, reason: str) -> Removed:
    """Erase the person's data (not yet committed); raise `ForgettingError` if a job is running, or if anything would be left."""
    require_left(session, subject)
    _require_rest(session, subject, about)
    jobs = _jobs(session, about)
    uploads = session.scalars(select(Upload.id).where(Upload.resource.in_(about))).all()
    _replace_in_record(session, subject)
    leave_account(session, subject)
    _leave_history(session, subject)
    _leave_notes(session, subject)
    _leave_work(session, subject, jobs, uploads)
    replace_everywhere(session, subject.distinct)
    _mark(session, subject, reason)
    session.flush()
    if left := occurrences(session, subject.distinct):
        words = ", ".join(f"{one.table}.{one.column}" for one in left)
        message = f"Something would be left in {words}. Nothing was removed."
        raise ForgettingError(message)
    return Removed(jobs, uploads, occurrences(session, subject.others))


# ---- marks


def marks(session: AnySession) -> Sequence[Forgotten]:
    """Return the marks of all erased records, the oldest first."""
    return session.scalars(select(Forgotten).order_by(Forgotten.id)).all()


def values_of_marks(session: AnySession) -> list[Values]:
    """Return the marks as plain values, for another database."""
    names = ("model", "record_id", "at", "actor", "reason")
    return [{name: getattr(one, name) for name in names} for one in marks(session)]


def add_missing(session: AnySession, known: Sequence[Values]) -> int:
    """Add the marks that a restored backup lacks (not yet committed); return how many."""
    there = {(one.model, one.record_id) for one in marks(session)}
    missing = [one for one in known if (one["model"], one["record_id"]) not in there]
    session.add_all(Forgotten(**one) for one in missing)
    return len(missing)


def is_back(session: AnySession, subject: Subject) -> bool:
    """Whether an erased record has its data again, in the record or in the history, because a backup was restored."""
    table = table_of(subject.model)
    held = [_differs(column, subject.stand_ins[name]) for name, column in subject.columns.items()]
    has_some = of_root(subject.model, or_(*held))
    wanted = select(func.count()).select_from(table).where(key_in(table) == subject.key, has_some)
    return bool(subject.values or session.scalar(wanted))


# ---- what goes


def _require_rest(session: AnySession, subject: Subject, about: Collection[str]) -> None:
    is_carried_out = Plan.state.in_(_UNDER_WAY) & (Plan.model == subject.table)
    is_running = _number(session, Plan, is_carried_out) or [
        one for one in _asked(session, about) if one.state in _WORKING
    ]
    if is_running:
        message = (
            "A job that reads or changes these records is under way. Wait until it has ended. Nothing was removed."
        )
        raise ForgettingError(message)


def _replace_in_record(session: AnySession, subject: Subject) -> None:
    try:
        with following(session, subject):
            _leave_record(session, subject)
    except IntegrityError as error:
        # For example from a table that the dashboard does not know.
        message = (
            "The database refuses it: another record refers to a value that would be removed, or has the value that would "
            "take its place. Nothing was removed."
        )
        raise ForgettingError(message) from error


def _leave_record(session: AnySession, subject: Subject) -> None:
    """Replace the personal values in the record by stand-ins. The record stays, with its dependents."""
    root = table_of(subject.model)
    counted = raised(root)
    for table, columns in {**({root: {}} if counted else {}), **by_table(subject.columns)}.items():
        values = {column.name: subject.stand_ins[name] for name, column in columns.items()}
        more = counted if table is root else {}
        statement = update(table).where(key_in(table) == subject.key).values({**values, **more})
        session.execute(statement, execution_options=RECORDED)


def _leave_history(session: AnySession, subject: Subject) -> None:
    """Replace the personal values in the history. Nothing else ever changes its rows."""
    changes, sets = table_of(Change), table_of(ChangeSet)
    stand_ins = subject.stand_ins
    for row in session.execute(select(Change.id, Change.before, Change.after).where(_changes(subject))).all():
        before, after = (_without(values, stand_ins) for values in (row.before, row.after))
        _rewrite(session, changes, row.id, title=GONE, before=before, after=after)
    chosen = select(ChangeSet.id, ChangeSet.summary, ChangeSet.reason).where(_sets(subject))
    for one in session.execute(chosen).all():
        summary = replaced(one.summary, subject.values)
        reason = replaced(one.reason, subject.values) if one.reason else one.reason
        _rewrite(session, sets, one.id, summary=summary, reason=reason)


def _leave_notes(session: AnySession, subject: Subject) -> None:
    """Delete the notes about the record, and their texts in the history."""
    changes = table_of(Change)
    for row in session.execute(select(Change.id, Change.before, Change.after).where(_of_notes(session, subject))).all():
        before, after = (_without(values, {"text": GONE}) for values in (row.before, row.after))
        _rewrite(session, changes, row.id, title=GONE, before=before, after=after)
    notes = [one.id for one in session.scalars(notes_about(subject)).all()]
    session.execute(delete(Mention).where(Mention.note_id.in_(notes)))
    session.execute(delete(Note).where(Note.id.in_(notes)), execution_options=RECORDED)


def _leave_work(session: AnySession, subject: Subject, jobs: Sequence[int], uploads: Sequence[int]) -> None:
    """Delete drafts, plans, exports and uploads that may hold the data. All of them expire within days anyway."""
    session.execute(delete(Draft).where(Draft.key.in_(_drafts(session, subject))))
    session.execute(delete(Plan).where(_plans(subject)), execution_options={"synchronize_session": False})
    session.execute(delete(Job).where(Job.id.in_(jobs)))
    session.execute(delete(Upload).where(Upload.id.in_(uploads)))
    for model in (Presence, OpenedRecord):
        session.execute(delete(model).where(model.table == subject.table, model.record_id.in_(subject.keys)))


def _mark(session: AnySession, subject: Subject, reason: str) -> None:
    noun, _ = names_of(subject.model)
    record_event(
        session,
        kind=Kind.FORGET,
        summary=f"Removed all personal data of {noun} {print_key(subject.key)}",
        reason=reason,
        resource=subject.table,
        record_id=subject.key,
    )
    actor = heading_of(entry_of(session))["actor"]
    # Also for records merged into this one: a restored backup may contain them.
    session.add_all(Forgotten(model=subject.table, record_id=one, actor=actor, reason=reason) for one in subject.keys)


def _changes(subject: Subject) -> ColumnElement[bool]:
    return (Change.model == subject.table) & Change.record_id.in_(subject.keys)


def _sets(subject: Subject) -> ColumnElement[bool]:
    """Select the change sets that are about the record, or changed it."""
    about = (ChangeSet.resource == subject.table) & ChangeSet.record_id.in_(subject.keys)
    return or_(ChangeSet.id.in_(select(Change.change_set_id).where(_changes(subject))), about)


def _others(subject: Subject) -> Mapping[str, ColumnElement[bool]]:
    """Select, in the tables with rows of the record itself, all other rows."""
    of_record = notes_about(subject).with_only_columns(Note.id).order_by(None)
    return {
        **{one.name: key_in(one) != subject.key for one in tables_of(subject.model)},
        "change": not_(_changes(subject)),
        "change_set": not_(_sets(subject)),
        "note": Note.id.not_in(of_record),
    }


def _plans(subject: Subject) -> ColumnElement[bool]:
    """Select the plans that list the record or that create records: these may hold its data."""
    lines = select(PlanLine.plan_id).where(PlanLine.record_id.is_(None) | PlanLine.record_id.in_(subject.keys))
    return (Plan.model == subject.table) & Plan.id.in_(lines)


def _drafts(session: AnySession, subject: Subject) -> list[str]:
    """Return the keys of the drafts that contain any of the values."""
    rows = session.execute(select(Draft.key, Draft.fields)).all()
    return [key for key, fields in rows if any(replaced(text, subject.values) != text for _, text in fields)]


def _asked(session: AnySession, about: Collection[str]) -> list[Job]:
    return [one for one in session.scalars(select(Job)).all() if one.arguments.get("resource") in about]


def _jobs(session: AnySession, about: Collection[str]) -> list[int]:
    return [one.id for one in _asked(session, about) if one.state not in _WORKING]


def _of_notes(session: AnySession, subject: Subject) -> ColumnElement[bool]:
    """Select the changes of notes about the record, existing and deleted ones."""
    of_notes: ColumnElement[bool] = Change.model == Note.__tablename__
    keys: set[Key] = {one.id for one in session.scalars(notes_about(subject)).all()}
    for row in session.execute(select(Change.record_id, Change.before, Change.after).where(of_notes)).all():
        if any(_is_about(values, subject) for values in (row.before, row.after)):
            keys.add(row.record_id)
    return of_notes & Change.record_id.in_(keys)


def _is_about(values: Values | None, subject: Subject) -> bool:
    said = values or {}
    return said.get("subject") == subject.table and said.get("subject_id") in {
        *subject.keys,
        *map(stored, subject.keys),
    }


def _differs(column: TableColumn, stand_in: object) -> ColumnElement[bool]:
    # NULL is no personal value either: it was the stand-in before the column became one that needs a value.
    return column.is_not(None) if stand_in is None else column != stand_in


def _without(values: Values | None, stand_ins: Values) -> Values | None:
    return None if values is None else {name: stand_ins.get(name, value) for name, value in values.items()}


def _rewrite(session: AnySession, table: Table, key: int, **values: object) -> None:
    session.execute(update(table).where(table.c.id == key).values(values))


def _number(session: AnySession, model: type[Model], which: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(model).where(which)) or 0
