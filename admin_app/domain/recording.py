"""The trail of every change, written by the session itself in the transaction of the change: no write path can forget it.

What the ORM writes is noted after each flush and stored when the transaction commits. Statements over many rows go
through `domain.rows`, which records them by one statement more; within a request or a command any other is refused.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import event, insert, select, update
from sqlalchemy import inspect as inspect_mapper
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction

from admin_app.current import Actor, act_under_way
from admin_app.domain.nouns import names_of
from admin_app.extensions import AnySession
from admin_app.models.change_set import LONGEST_ACTOR, LONGEST_SUMMARY, LONGEST_TITLE, Change, ChangeSet, Did, Kind
from admin_app.models.stored import COUNTED, is_recorded, kept_columns, recorded_models, to_json
from admin_app.text import counted, in_words

# Changes kept in memory until the transaction ends; an import has more.
MOST_PENDING = 1000
# Where a session keeps the trail of its transaction, and what that was when each savepoint began.
_TRAIL, _SAVEPOINTS = "trail", "trail's savepoints"
# Where it keeps which set its last commit wrote.
_LAST = "last change set"
# What statements carry that are recorded by who sends them.
RECORDED = {"is_recorded": True, "synchronize_session": False}

_INSERT_SET, _INSERT_CHANGES = insert(ChangeSet.__table__), insert(Change.__table__)

_WORDS = {Did.CREATE: "Created", Did.UPDATE: "Changed", Did.DELETE: "Deleted"}


@dataclass
class Trail:
    """What the present transaction did so far: `pending` are rows to be written, `heading` what was said about the act."""

    set_id: int | None = None
    is_noted: bool = False
    heading: dict[str, Any] = field(default_factory=dict)
    pending: dict[tuple[str, int], dict[str, Any]] = field(default_factory=dict)
    counts: Counter[tuple[Did, str]] = field(default_factory=Counter)
    # Table, key, title and fate of the record that the act is mainly about.
    main: tuple[str, int, str, Did] | None = None


def trail_of(session: AnySession) -> Trail:
    """Return the trail of the session's transaction."""
    trail: Trail = session.info.setdefault(_TRAIL, Trail())
    return trail


def describe(session: AnySession, **heading: Any) -> None:
    """Say what the act in this transaction is: `kind`, `summary`, `reason`, `undoes_id`, `resource` and `record_id`, if it changes anything."""
    trail_of(session).heading.update(heading)


def note(session: AnySession, *, actor: Actor | None = None, **heading: Any) -> None:
    """Record an act that need not change a record: a sign-in, an export."""
    if actor is not None:
        heading.update(actor_id=actor[0], actor=actor[1])
    describe(session, **heading)
    trail_of(session).is_noted = True


def begin_set(session: AnySession) -> int:
    """Return the id of the transaction's change set, written now: a statement over many rows needs it."""
    session.flush()
    return _write(session, trail_of(session))


def count_rows(session: AnySession, did: Did, model: type[Any], number: int) -> None:
    """Add rows that a statement recorded to the numbers of the transaction's change set."""
    trail_of(session).counts[did, model.__table__.name] += number


def last_set(session: AnySession) -> int | None:
    """Return the id of the change set that the session's last commit wrote, if it changed anything."""
    found: int | None = session.info.get(_LAST)
    return found


@event.listens_for(Session, "before_flush")
def _read_before(session: Session, _context: Any, _records: Any) -> None:
    """Read what the history needs to know while it still stands in the database."""
    for record in [*session.dirty, *session.deleted]:
        if is_recorded(type(record)):
            state = inspect_mapper(record)
            for key in state.unloaded & set(kept_columns(type(record))):
                getattr(record, key)
            if unknown := [key for key in kept_columns(type(record)) if _is_unknown(state, key)]:
                session.info.setdefault("unknown", {})[record] = _read(session, record, unknown)


@event.listens_for(Session, "after_flush")
def _note_flush(session: Session, _context: Any) -> None:
    """Note what a flush wrote, while the session still knows what was there before."""
    rows = [
        *(_created(record) for record in session.new if is_recorded(type(record))),
        *(_updated(session, record) for record in session.dirty if is_recorded(type(record))),
        *(_deleted(session, record) for record in session.deleted if is_recorded(type(record))),
    ]
    session.info.pop("unknown", None)
    for row in filter(None, rows):
        trail = trail_of(session)
        _remember(trail, row)
        trail.main = trail.main or (row["model"], row["record_id"], row["title"], row["act"])
    if _TRAIL in session.info and len(trail_of(session).pending) >= MOST_PENDING:
        _write(session, trail_of(session))


@event.listens_for(Session, "before_commit")
def _finish(session: Session) -> None:
    """Store the trail as the last thing that the transaction does."""
    if session.in_nested_transaction():
        return
    session.flush()
    session.info.pop(_LAST, None)
    trail = session.info.get(_TRAIL)
    if trail is None or not (trail.pending or trail.set_id or trail.is_noted):
        return
    was_begun = trail.set_id is not None
    _write(session, trail)
    if was_begun:
        # A set whose transaction is still open is no part of the trail yet: now its numbers are known.
        sets: Any = ChangeSet.__table__
        session.connection().execute(update(sets).where(sets.c.id == trail.set_id).values(**_heading(trail)))
    session.info.pop(_TRAIL)
    session.info[_LAST] = trail.set_id


@event.listens_for(Session, "after_transaction_create")
def _remember_savepoint(session: Session, transaction: SessionTransaction) -> None:
    if transaction.nested:
        session.info.setdefault(_SAVEPOINTS, {})[transaction] = deepcopy(session.info.get(_TRAIL))


@event.listens_for(Session, "after_soft_rollback")
def _forget_since_savepoint(session: Session, transaction: SessionTransaction) -> None:
    before = session.info.get(_SAVEPOINTS, {}).pop(transaction, None)
    session.info.pop(_TRAIL, None)
    if before is not None:
        session.info[_TRAIL] = before


@event.listens_for(Session, "after_transaction_end")
def _forget(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        session.info.pop(_TRAIL, None)
        session.info.pop(_SAVEPOINTS, None)


@event.listens_for(Session, "do_orm_execute")
def _refuse_unrecorded(state: ORMExecuteState) -> None:
    """Refuse a statement over many records that nobody records; what runs outside of every act, a test's set-up, may."""
    if not (state.is_insert or state.is_update or state.is_delete) or act_under_way() is None:
        return
    table = str(getattr(state.statement, "table", ""))
    if table in recorded_models() and not state.execution_options.get("is_recorded"):
        message = f"This statement would change records of {table} without a trace: use domain.rows."
        raise TypeError(message)


def _remember(trail: Trail, row: dict[str, Any]) -> None:
    """Add what a flush did to a record; what an earlier flush of the transaction did to it becomes one change with it."""
    first = trail.pending.pop((row["model"], row["record_id"]), None)
    merged: dict[str, Any] | None = row
    if first is not None:
        trail.counts[first["act"], row["model"]] -= 1
        trail.counts = +trail.counts
        merged = _merged(first, row)
    if merged is not None:
        trail.pending[row["model"], row["record_id"]] = merged
        trail.counts[merged["act"], row["model"]] += 1


def _merged(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any] | None:
    """Return two changes of a record as one; None where nothing is left of them."""
    was_made, is_gone = first["act"] is Did.CREATE, second["act"] is Did.DELETE
    if was_made and is_gone:
        return None
    before = None if was_made else {**(second["before"] or {}), **first["before"]}
    after = None if is_gone else {**(first["after"] or {}), **second["after"]}
    act = first["act"] if was_made else second["act"]
    if before and after:
        same = {key for key in before if before[key] == after[key]}
        before, after = ({key: one[key] for key in one if key not in same} for one in (before, after))
        if not before:
            return None
    return {**second, "act": act, "before": before, "after": after}


def _is_unknown(state: Any, key: str) -> bool:
    """Whether an attribute was set without its old value having been read."""
    history = state.attrs[key].history
    return bool(history.added) and not history.deleted


def _read(session: Session, record: Any, keys: Sequence[str]) -> dict[str, Any]:
    columns = kept_columns(type(record))
    table = type(record).__table__
    found = session.connection().execute(select(*(columns[key] for key in keys)).where(table.c.id == record.id)).first()
    return dict(zip(keys, found or [None] * len(keys), strict=True))


def _created(record: Any) -> dict[str, Any]:
    columns = kept_columns(type(record))
    values = {key: to_json(column, getattr(record, key)) for key, column in columns.items()}
    return _row(record, Did.CREATE, record.version, None, values)


def _deleted(session: Session, record: Any) -> dict[str, Any]:
    columns = kept_columns(type(record))
    values = {key: to_json(column, _old(session, record, key)) for key, column in columns.items()}
    return _row(record, Did.DELETE, record.version + 1, values, None)


def _updated(session: Session, record: Any) -> dict[str, Any] | None:
    """Return what differs; a column that the history does not keep leaves an empty trace, so that no change is unseen."""
    state = inspect_mapper(record)
    keys = [key for key in state.mapper.column_attrs.keys() if key not in COUNTED]  # noqa: SIM118 -- no mapping
    changed = [key for key in keys if state.attrs[key].history.added]
    columns = kept_columns(type(record))
    old = {key: _old(session, record, key) for key in changed if key in columns}
    differing = {key: value for key, value in old.items() if value != getattr(record, key)}
    if not differing and not set(changed) - set(columns):
        return None
    before = {key: to_json(columns[key], value) for key, value in differing.items()}
    after = {key: to_json(columns[key], getattr(record, key)) for key in differing}
    return _row(record, Did.UPDATE, record.version, before, after)


def _old(session: Session, record: Any, key: str) -> Any:
    """Return what the database held before this flush."""
    history = inspect_mapper(record).attrs[key].history
    if history.deleted:
        return history.deleted[0]
    unknown = session.info.get("unknown", {}).get(record, {})
    return unknown[key] if key in unknown else getattr(record, key)


def _row(record: Any, did: Did, version: int, before: Any, after: Any) -> dict[str, Any]:
    return {
        "model": type(record).__table__.name,
        "record_id": record.id,
        "act": did,
        "title": str(record)[:LONGEST_TITLE],
        "version": version,
        "before": before,
        "after": after,
    }


def _write(session: AnySession, trail: Trail) -> int:
    """Write the set, if that was not done yet, and what is pending; return the set's id."""
    connection = session.connection()
    if trail.set_id is None:
        key: Any = connection.execute(_INSERT_SET, _heading(trail)).inserted_primary_key
        trail.set_id = int(key[0])
    if trail.pending:
        rows = [{**row, "change_set_id": trail.set_id} for row in trail.pending.values()]
        trail.pending.clear()
        connection.execute(_INSERT_CHANGES, rows)
    return trail.set_id


def _heading(trail: Trail) -> dict[str, Any]:
    """Return the columns of the change set, as far as they are known by now."""
    acting = act_under_way()
    if "actor" not in trail.heading and acting is not None:
        # Asked once: the act may take the account of whoever acts away.
        trail.heading["actor_id"], trail.heading["actor"] = acting.who()
    heading = {**trail.heading, "actor": trail.heading.get("actor", "")[:LONGEST_ACTOR]}
    model, record_id, _, _ = trail.main or ("", None, "", Did.UPDATE)
    return {
        "kind": acting.kind if acting is not None else Kind.COMMAND,
        "request_id": acting.request_id if acting is not None else "",
        "resource": model,
        "record_id": record_id,
        "count": sum(trail.counts.values()),
        **heading,
        "summary": str(heading.get("summary") or _summary(trail))[:LONGEST_SUMMARY],
    }


def _summary(trail: Trail) -> str:
    """Say in one line what was changed: "Deleted user “Ann” and changed 17 posts"."""
    main, _, title, did = trail.main or ("", None, "", Did.UPDATE)
    parts: list[str] = []
    for (act, table), number in sorted(trail.counts.items(), key=lambda pair: pair[0] != (did, main)):
        noun, nouns = names_of(recorded_models()[table])
        named = f"{noun} “{title}”" if number == 1 and (act, table) == (did, main) else counted(number, noun, nouns)
        parts.append(f"{_WORDS[act] if not parts else _WORDS[act].lower()} {named}")
    return in_words(parts)
