"""Read the history: of a record, of everybody, of one change set. Every page is found by key, and nothing is counted as a whole."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from heapq import merge
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, exists, false, func, not_, or_, select

from admin_app.db.connection import rows_changed
from admin_app.db.joined import of_root
from admin_app.db.json_values import history_columns
from admin_app.db.keys import Key, is_record, key_of, stored_key
from admin_app.db.record import Record
from admin_app.domain.audit.links import links_state
from admin_app.domain.audit.recorder import record_event
from admin_app.extensions import AnySession, Statement, Values, table_of
from admin_app.kinds import kind_of
from admin_app.models.change_set import (
    ABOUT_ACCESS,
    ABOUT_NOTES,
    CHANGING,
    MERGED,
    REDID,
    UNDID,
    Change,
    ChangeSet,
    Kind,
)
from admin_app.models.note import Note
from admin_app.selection.list_schema import ListSchema, SearchColumn
from admin_app.selection.paging.counting import Count, bounded, number_of
from admin_app.selection.paging.planner import planned
from admin_app.selection.selection import COUNT_LIMIT, Selection

PAGE_SIZE = 20
ACTIVITY_SIZE = 50
# Change sets are numbered and dated when they begin, but two transactions may cross: this many numbers are checked
# around a date's own.
CROSSING = 1000
# A record with more changes has "more than 100": its tab has no room for larger numbers.
HISTORY_LIMIT = 100
# How many acts of a person are searched for the records that they changed last.
LATELY = 200
# Rows that pruning takes at a time: others get their turn between two batches.
BATCH = 1000

# The condition on the visible rows, by model.
VisibleRows = Mapping[type[Record], ColumnElement[bool]]

LIST_SCHEMA = ListSchema(
    model=ChangeSet,
    search={"summary": SearchColumn(ChangeSet.summary), "actor": SearchColumn(ChangeSet.actor)},
    default_sort="-id",
)


@dataclass(frozen=True)
class Timeline:
    """A page of a record's history, newest first: its changes, and change sets that concern access to it or its notes and change no field.

    The next page begins below the change and the change set that `older` names, if there is one.
    """

    entries: Sequence[tuple[Change | None, ChangeSet]]
    older: tuple[int, int] | None = None


@dataclass(frozen=True)
class ActivityFilter:
    """Selects change sets by person, resource (a table), kinds (none means all), time and words."""

    person: int | None = None
    # Whether to select the change sets of the command line, which belong to no person.
    is_nobody: bool = False
    resource: str = ""
    kinds: Collection[str] = field(default=())
    since: datetime | None = None
    until: datetime | None = None
    search: str = ""
    # Tables whose history the person may not see.
    hidden: Collection[str] = field(default=())
    # By model, the rows whose history the person may see, where that is not every row.
    rows: VisibleRows = field(default_factory=dict)
    # The person whose change sets about no record in particular are always shown: oneself.
    own: int | None = None
    # Tables whose records' names are hidden: a search must not match these names either.
    unnamed: Collection[str] = field(default=())


@dataclass(frozen=True)
class Activity:
    """A page of change sets, newest first, with the starts of the previous and next pages (0: there is none)."""

    sets: Sequence[ChangeSet]
    count: Count
    newer: int = 0
    older: int = 0


def timeline(session: AnySession, model: type[Record], record_id: Key, *, before: int, before_set: int) -> Timeline:
    """Return a page of a record's history, whether the record still exists or not."""
    changed = (
        select(Change, ChangeSet)
        .join(ChangeSet, ChangeSet.id == Change.change_set_id)
        .where(Change.model == table_of(model).name, Change.record_id == record_id)
        .order_by(Change.id.desc())
        .limit(PAGE_SIZE + 1)
    )
    acts = select(ChangeSet).order_by(ChangeSet.id.desc()).limit(PAGE_SIZE + 1)
    acts = acts.where(ChangeSet.id < before_set) if before_set else acts
    asked = {"record_table": table_of(model).name, "record_key": record_id}
    changes = session.execute(changed.where(Change.id < before) if before else changed)
    # Both keep their own order: of two change sets at the same moment, the one that began first may have ended last.
    pairs: tuple[Iterable[tuple[Change | None, ChangeSet]], ...] = (
        ((row[0], row[1]) for row in changes),
        # Each has an index of its own.
        ((None, one) for one in session.scalars(acts.where(_ACCESS_ACTS), asked)),
        ((None, one) for one in session.scalars(acts.where(_NOTE_ACTS), asked)),
        ((None, one) for one in session.scalars(acts.where(_FURTHER_NOTE_ACTS), asked)),
    )
    both = list(merge(*pairs, key=lambda pair: -pair[1].id))
    shown = both[:PAGE_SIZE]
    if len(both) == len(shown):
        return Timeline(shown)
    lowest_change = min((change.id for change, _ in shown if change is not None), default=before)
    lowest_set = min((one.id for change, one in shown if change is None), default=before_set)
    return Timeline(shown, (lowest_change, lowest_set))


_CHANGED = and_(Change.model == bindparam("record_table"), Change.record_id == bindparam("record_key"))
_ABOUT = and_(ChangeSet.resource == bindparam("record_table"), ChangeSet.record_id == bindparam("record_key"))
_ACCESS_ACTS, _NOTE_ACTS = and_(ABOUT_ACCESS, _ABOUT), and_(ABOUT_NOTES, _ABOUT)
# What else was done with the notes that the record has: taken back, or done while another record had them, which was merged.
_NOTES = select(stored_key(key_of(Note))).where(
    Note.subject == bindparam("record_table"), Note.subject_id == bindparam("record_key")
)
_FURTHER_NOTE_ACTS = and_(
    ChangeSet.id.in_(
        select(Change.change_set_id).where(Change.model == Note.__table__.name, Change.record_id.in_(_NOTES))
    ),
    not_(and_(ChangeSet.kind == Kind.NOTE, _ABOUT)),
)
# Every form asks all of them. A statement that is put together anew each time takes twice as long as these.
_NUMBER = select(
    number_of(select(Change.id).where(_CHANGED).limit(HISTORY_LIMIT + 1))
    + number_of(select(ChangeSet.id).where(_ACCESS_ACTS).limit(HISTORY_LIMIT + 1))
    + number_of(select(ChangeSet.id).where(_NOTE_ACTS).limit(HISTORY_LIMIT + 1))
    + number_of(select(ChangeSet.id).where(_FURTHER_NOTE_ACTS).limit(HISTORY_LIMIT + 1))
)
_LAST = (
    select(Change, ChangeSet)
    .join(ChangeSet, ChangeSet.id == Change.change_set_id)
    .where(_CHANGED)
    .order_by(Change.id.desc())
    .limit(bindparam("most"))
)


def count_of_history(session: AnySession, model: type[Record], record_id: Key) -> Count:
    """Count the entries of a record's timeline, up to a limit that is reached quickly."""
    asked = {"record_table": table_of(model).name, "record_key": record_id}
    return bounded(session.scalar(_NUMBER, asked) or 0, HISTORY_LIMIT)


def last_changes(
    session: AnySession, model: type[Record], record_id: Key, *, most: int
) -> Sequence[tuple[Change, ChangeSet]]:
    """Return the latest changes of a record, the newest first."""
    asked = {"record_table": table_of(model).name, "record_key": record_id, "most": most}
    return [(row[0], row[1]) for row in session.execute(_LAST, asked)]


def recently_changed(
    session: AnySession, staff_id: int, tables: Collection[str], *, most: int
) -> Sequence[tuple[str, Key]]:
    """Return the table and key of each record in these tables that a person changed lately, each once, whether it still exists or not."""
    # The limit keeps a long history without such changes from being read whole.
    last = select(ChangeSet.id).where(ChangeSet.actor_id == staff_id).order_by(ChangeSet.id.desc()).limit(LATELY)
    acts = select(ChangeSet.resource, ChangeSet.record_id).where(
        ChangeSet.id.in_(last.scalar_subquery()),
        ChangeSet.kind.in_([Kind.FORM, Kind.UNDO, Kind.RESTORE]),
        ChangeSet.resource.in_(tables),
        ChangeSet.record_id.is_not(None),
    )
    found = session.execute(acts.order_by(ChangeSet.id.desc()))
    return list(dict.fromkeys((table, key) for table, key in found if key is not None))[:most]


def changes_of(
    session: AnySession, set_id: int, hidden: Collection[str], *, rows: VisibleRows | None = None, after: int = 0
) -> tuple[Sequence[Change], int]:
    """Return a page of a change set's changes, without hidden tables and rows, and where the next page begins."""
    wanted = (
        select(Change)
        .where(Change.change_set_id == set_id, Change.id > after, Change.model.not_in(hidden))
        .where(*(or_(Change.model != _table(model), there) for model, there in _there(rows or {}, Change.record_id)))
        .order_by(Change.id)
        .limit(ACTIVITY_SIZE + 1)
    )
    found = session.scalars(wanted).all()
    shown = found[:ACTIVITY_SIZE]
    return shown, shown[-1].id if len(found) > len(shown) else 0


def changes_of_one_record(
    session: AnySession, set_ids: Collection[int], hidden: Collection[str], *, rows: VisibleRows
) -> Sequence[Change]:
    """Return the changes of those change sets that concern a single record, without hidden tables and rows."""
    if not set_ids:
        return []
    wanted = (
        select(Change)
        .where(Change.change_set_id.in_(set_ids), Change.model.not_in(hidden))
        .where(*(or_(Change.model != _table(model), there) for model, there in _there(rows, Change.record_id)))
    )
    return session.scalars(wanted).all()


def activity(session: AnySession, wanted: ActivityFilter, *, before: int = 0, after: int = 0) -> Activity:
    """Return a page of change sets: the newest, those before a change set, or those after one."""
    words = planned(session, Selection(schema=LIST_SCHEMA, search=wanted.search))
    criteria = [*_criteria(session, wanted), *words.criteria]
    # Whether a change set may be seen takes longer to find out than whether a list's row may.
    limit = min(words.count_limit, COUNT_LIMIT)
    some = select(ChangeSet.id).where(*criteria).limit(limit + 1).subquery()
    count = bounded(session.scalar(select(func.count()).select_from(some)) or 0, limit)
    statement: Statement = select(ChangeSet).where(*criteria).limit(ACTIVITY_SIZE + 1)
    if after:
        found = session.scalars(statement.where(ChangeSet.id > after).order_by(ChangeSet.id)).all()
        shown = found[:ACTIVITY_SIZE][::-1]
        has_newer, has_older = len(found) > len(shown), bool(shown)
    else:
        statement = statement.where(ChangeSet.id < before) if before else statement
        found = session.scalars(statement.order_by(ChangeSet.id.desc())).all()
        shown = found[:ACTIVITY_SIZE]
        has_newer, has_older = bool(before and shown), len(found) > len(shown)
    return Activity(shown, count, shown[0].id if has_newer else 0, shown[-1].id if has_older else 0)


def acts(session: AnySession, wanted: ActivityFilter, *, most: int) -> Sequence[ChangeSet]:
    """Return the newest wanted change sets, without pages and without a count."""
    words = planned(session, Selection(schema=LIST_SCHEMA, search=wanted.search))
    statement = select(ChangeSet).where(*_criteria(session, wanted), *words.criteria)
    return session.scalars(statement.order_by(ChangeSet.id.desc()).limit(most)).all()


def newest_changes(session: AnySession, wanted: ActivityFilter, *, most: int) -> Sequence[ChangeSet]:
    """Return the newest wanted change sets that changed records, searching only the last ones and without a count."""
    person = [] if wanted.person is None else [ChangeSet.actor_id == wanted.person]
    # Bounded, because most change sets may concern nothing that this person sees.
    last = select(ChangeSet.id).where(*person, ChangeSet.kind.in_(CHANGING)).order_by(ChangeSet.id.desc()).limit(LATELY)
    shown = [ChangeSet.id.in_(last.scalar_subquery()), *_criteria(session, wanted)]
    return session.scalars(select(ChangeSet).where(*shown).order_by(ChangeSet.id.desc()).limit(most)).all()


def is_shown(session: AnySession, change_set: ChangeSet, wanted: ActivityFilter) -> bool:
    """Whether a change set is among the wanted ones."""
    found = select(ChangeSet.id).where(ChangeSet.id == change_set.id, *_criteria(session, wanted))
    return session.scalar(found) is not None


def state_of(record: Record) -> Values:
    """Return the record's present values in the history's JSON form, without fields that the history does not keep."""
    columns = history_columns(type(record)).items()
    return {**{key: kind_of(column).to_history(getattr(record, key)) for key, column in columns}, **links_state(record)}


def state_at(session: AnySession, record: Record, change: Change) -> Values:
    """Return the record's values after an earlier change, in the history's JSON form: the later changes are reversed one by one."""
    state = state_of(record)
    later = (
        select(Change.before)
        .where(Change.model == change.model, Change.record_id == change.record_id, Change.id > change.id)
        .order_by(Change.id.desc())
    )
    for before in session.scalars(later):
        state |= before or {}
    return state


def titles_of(session: AnySession, table: str, keys: Iterable[Key]) -> Mapping[Key, str]:
    """Return the latest titles of records by their keys, deleted records included."""
    last = (
        select(func.max(Change.id)).where(Change.model == table, Change.record_id.in_(keys)).group_by(Change.record_id)
    )
    found = session.execute(select(Change.record_id, Change.title).where(Change.id.in_(last)))
    return {row[0]: row[1] for row in found}


def prune_batch(session: AnySession, before: datetime) -> tuple[int, int]:
    """Delete some of the change sets before a moment; return how many change sets and how many rows were deleted, both 0 when none is left.

    The caller commits each batch, so that other writers get their turn in between.
    """
    oldest = select(ChangeSet.id).where(ChangeSet.at < before).order_by(ChangeSet.at).limit(BATCH)
    keys = session.scalars(oldest).all()
    # Changes are deleted first, so that an interrupted run leaves no change without its change set.
    if gone := _forget(session, Change.__table__, Change.change_set_id.in_(keys)):
        return 0, gone
    number = _forget(session, ChangeSet.__table__, ChangeSet.id.in_(keys))
    return number, number


def record_pruning(session: AnySession, before: datetime, number: int) -> None:
    """Record in the history how many change sets were deleted (not yet committed)."""
    summary = f"Shortened the history: deleted what was done before {before:%Y-%m-%d}"
    record_event(session, kind=Kind.PRUNE, summary=summary, count=number)


def _forget(session: AnySession, table: Any, which: ColumnElement[bool]) -> int:
    batch = select(table.c.id).where(which).limit(BATCH)
    return rows_changed(session.execute(table.delete().where(table.c.id.in_(batch))))


def _there(rows: VisibleRows, record_id: Any) -> Iterator[tuple[type[Record], ColumnElement[bool]]]:
    """Yield each model with the condition that the record with this key is among its visible rows."""
    for model, which in rows.items():
        mine = is_record(table_of(model), record_id), of_root(model, which)
        yield model, exists(select(1).where(*mine).correlate(record_id.class_))


def _is_shown(model: type[Record], there: ColumnElement[bool], own: int | None) -> ColumnElement[bool]:
    is_own = and_(ChangeSet.record_id.is_(None), ChangeSet.actor_id == own)
    return or_(ChangeSet.resource != _table(model), there, is_own)


def _table(model: type[Record]) -> str:
    return str(table_of(model).name)


def _is_merge() -> ColumnElement[bool]:
    """Whether a change set is a merge: its summary names the deleted record, so the search of a person who sees only some rows must not match it."""
    return or_(*(ChangeSet.summary.startswith(f"{before}{MERGED} ") for before in ("", UNDID, REDID)))


# Each bound in time becomes the number of a change set, looked up in the index of their times.
_ids = select(ChangeSet.id).limit(1)


def _criteria(session: AnySession, wanted: ActivityFilter) -> list[ColumnElement[bool]]:
    found = [
        (wanted.person is not None, ChangeSet.actor_id == wanted.person),
        (wanted.is_nobody, ChangeSet.actor_id.is_(None)),
        (bool(wanted.resource), ChangeSet.resource == wanted.resource),
        (bool(wanted.kinds), ChangeSet.kind.in_(wanted.kinds)),
        (bool(wanted.hidden), ChangeSet.resource.not_in(wanted.hidden)),
    ]
    criteria = [criterion for is_wanted, criterion in found if is_wanted]
    criteria += [_is_shown(model, there, wanted.own) for model, there in _there(wanted.rows, ChangeSet.record_id)]
    if wanted.since is not None:
        first = session.scalar(_ids.where(ChangeSet.at >= wanted.since).order_by(ChangeSet.at))
        criteria += [false()] if first is None else [ChangeSet.at >= wanted.since, ChangeSet.id >= first - CROSSING]
    if wanted.until is not None:
        last = session.scalar(_ids.where(ChangeSet.at < wanted.until).order_by(ChangeSet.at.desc()))
        criteria += [false()] if last is None else [ChangeSet.at < wanted.until, ChangeSet.id <= last + CROSSING]
    if wanted.search:
        criteria.append(ChangeSet.resource.not_in(wanted.unnamed))
        criteria += [or_(ChangeSet.resource != _table(model), ~_is_merge()) for model in wanted.rows]
    return criteria
