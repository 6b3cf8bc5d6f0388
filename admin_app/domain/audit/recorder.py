"""The history of every change, written by the session itself in the transaction of the change: no write path can forget it.

What the ORM writes is noted after each flush and stored when the transaction commits. Statements over many rows go
through `domain.audit.bulk`, which records them by one statement more; within a request or a command any other is refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import inspect as inspect_mapper
from sqlalchemy import select, update
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction
from sqlalchemy.orm.exc import StaleDataError

from admin_app import logs
from admin_app.context import Actor, act_under_way
from admin_app.db.compared import compared
from admin_app.db.joined import column_in
from admin_app.db.json_values import COUNTED, history_columns, is_recorded, recorded_tables
from admin_app.db.keys import key_in
from admin_app.db.limits import LONGEST_TITLE
from admin_app.db.record import Record
from admin_app.db.row_locks import lock_where_several
from admin_app.db.session_state import state_of
from admin_app.db.types import utc_now
from admin_app.db.versions import has_counter, version_in
from admin_app.domain.audit.doubts import Doubt
from admin_app.domain.audit.entry import AuditEntry, add_change, can_be_given_back, heading_of, write_entry
from admin_app.domain.audit.links import is_relinked, keys_before, keys_of_new, keys_to_history
from admin_app.extensions import AnySession, Values, table_of
from admin_app.kinds import kind_of
from admin_app.models.change_set import ChangeSet, Did
from admin_app.relations import links_of

# Changes kept in memory until the transaction ends; an import has more.
MOST_PENDING = 1000
# The execution option of statements whose sender records them.
RECORDED = {"is_recorded": True, "synchronize_session": False}


@dataclass
class _Recording:
    """What a session records: the entry of its transaction, and a copy of that entry for each open savepoint."""

    entry: AuditEntry | None = None
    savepoints: dict[SessionTransaction, AuditEntry | None] = field(default_factory=dict)
    # The old values of attributes that were set without having been read.
    unread: dict[Record, Values] = field(default_factory=dict)
    # The change set that the last commit wrote, if it can be undone.
    last: int | None = None
    # The tables of the records that this change set changed.
    tables: frozenset[str] = frozenset()
    # The change set that is written, and whose commit the database has not confirmed yet.
    doubt: Doubt | None = None
    # The facts of each change set for the log, until they are logged.
    untold: list[Values] = field(default_factory=list)


def entry_of(session: AnySession) -> AuditEntry:
    """Return the audit entry of the session's transaction."""
    recording = state_of(session, _Recording)
    if recording.entry is None:
        recording.entry = AuditEntry()
    return recording.entry


def describe(session: AnySession, **heading: object) -> None:
    """Set columns of this transaction's change set: `kind`, `summary`, `reason`, `undoes_id`, `resource`, `record_id`. They are stored only if the transaction changes something."""
    entry_of(session).heading.update(heading)


def record_event(session: AnySession, *, actor: Actor | None = None, **heading: object) -> None:
    """Record an event that need not change a record: a sign-in, an export."""
    if actor is not None:
        heading.update(actor_id=actor[0], actor=actor[1])
    describe(session, **heading)
    entry_of(session).is_noted = True


def begin_change_set(session: AnySession) -> int:
    """Write the transaction's change set now and return its id, for a statement over many rows."""
    session.flush()
    return write_entry(session, entry_of(session))


def resume_change_set(session: AnySession, set_id: int, counts: Mapping[tuple[Did, str], int]) -> None:
    """Continue the change set of an act that takes several transactions; `counts` are the rows that earlier ones counted."""
    entry = entry_of(session)
    entry.set_id = set_id
    entry.counts.update(counts)


def count_rows(session: AnySession, did: Did, model: type[Record], number: int) -> None:
    """Add the rows that a statement recorded to the counts of the transaction's change set."""
    entry_of(session).counts[did, table_of(model).name] += number


def last_change_set(session: AnySession) -> int | None:
    """Return the id of the change set that the session's last commit wrote, if it changed anything that an undo could restore."""
    return state_of(session, _Recording).last


def set_in_doubt(session: AnySession) -> Doubt | None:
    """Return the change set that the session's last transaction wrote, if the database never confirmed the commit."""
    return state_of(session, _Recording).doubt


def last_tables(session: AnySession) -> frozenset[str]:
    """Return the tables of the records that this change set changed."""
    return state_of(session, _Recording).tables


def read_before_flush(session: Session, _context: object, _records: object) -> None:
    """Read the old state that the history needs while the database still has it."""
    for record in [*session.dirty, *session.deleted]:
        if is_recorded(type(record)):
            _read_links(session, record)
            _require_as_read(session, record)
            state = inspect_mapper(record)
            for key in state.unloaded & set(history_columns(type(record))):
                getattr(record, key)
            if unknown := [key for key in history_columns(type(record)) if _is_unknown(state, key)]:
                state_of(session, _Recording).unread[record] = _read(session, record, unknown)


def note_flush(session: Session, _context: object) -> None:
    """Note what a flush wrote, while the session still knows the old values."""
    rows = [
        *(_created(record) for record in session.new if is_recorded(type(record))),
        *(_updated(session, record) for record in session.dirty if is_recorded(type(record))),
        *(_deleted(session, record) for record in session.deleted if is_recorded(type(record))),
    ]
    _forget_versions(session)
    recording = state_of(session, _Recording)
    recording.unread.clear()
    for row in filter(None, rows):
        entry = entry_of(session)
        add_change(entry, row)
        entry.main = entry.main or (row["model"], row["record_id"], row["title"], row["act"])
    if recording.entry is not None and len(recording.entry.pending) >= MOST_PENDING:
        write_entry(session, recording.entry)


def finish_set(session: Session) -> None:
    """Store the transaction's change set, as the last thing that it does or before another act in it."""
    if session.in_nested_transaction():
        return
    session.flush()
    recording = state_of(session, _Recording)
    recording.last = recording.doubt = None
    entry = recording.entry
    if entry is None or not (entry.pending or entry.set_id or entry.is_noted):
        return
    was_begun, can_undo = entry.set_id is not None, can_be_given_back(entry)
    write_entry(session, entry)
    if was_begun:
        # The set of an open transaction is not part of the history yet: only now are its numbers known.
        sets = table_of(ChangeSet)
        session.connection().execute(update(sets).where(sets.c.id == entry.set_id).values(**heading_of(entry)))
    recording.entry, recording.last = None, entry.set_id if can_undo else None
    recording.tables = frozenset(table for _, table in entry.counts)
    recording.untold += _facts(entry)
    act = act_under_way()
    if act is not None and act.request_id and entry.set_id is not None:
        recording.doubt = Doubt(entry.set_id, act.request_id)


def tell(session: Session) -> None:
    """Log the committed change set, if logging of changes is on."""
    recording = state_of(session, _Recording)
    recording.doubt = None
    for facts in recording.untold:
        logs.write(logs.CHANGES, "change", **facts)
    recording.untold.clear()


def forget_untold(session: Session) -> None:
    """Drop the facts of a change set that was not committed."""
    state_of(session, _Recording).untold.clear()


def _facts(entry: AuditEntry) -> list[Values]:
    """Return who did what to how many records, without any of their values; nothing if changes are not logged."""
    if not logs.is_wanted(logs.CHANGES):
        return []
    heading = heading_of(entry)
    named = ("kind", "actor_id", "resource", "record_id", "count", "reason", "request_id")
    fields = sorted(entry.fields)
    return [{"set": entry.set_id, **{name: heading.get(name) for name in named}, "fields": fields}]


def remember_savepoint(session: Session, transaction: SessionTransaction) -> None:
    """Copy the entry when a savepoint begins."""
    if transaction.nested:
        recording = state_of(session, _Recording)
        recording.savepoints[transaction] = deepcopy(recording.entry)


def forget_since_savepoint(session: Session, transaction: SessionTransaction) -> None:
    """Restore the entry as it was when the savepoint that is rolled back began."""
    recording = state_of(session, _Recording)
    recording.entry = recording.savepoints.pop(transaction, None)


def forget_transaction(session: Session, transaction: SessionTransaction) -> None:
    """Begin the next transaction with an empty history."""
    if transaction.parent is None:
        recording = state_of(session, _Recording)
        recording.entry = None
        recording.savepoints.clear()


def refuse_unrecorded(state: ORMExecuteState) -> None:
    """Refuse a bulk statement that nobody records. Code outside of requests and commands, such as a test's set-up, may send them."""
    if not (state.is_insert or state.is_update or state.is_delete) or act_under_way() is None:
        return
    table = str(getattr(state.statement, "table", ""))
    if table in recorded_tables() and not state.execution_options.get("is_recorded"):
        message = f"This statement would change records of {table} without a trace: use domain.audit.bulk."
        raise TypeError(message)


def _read_links(session: Session, record: Record) -> None:
    """Read a record's links, and increment its version if they changed, as any other change does."""
    for name in links_of(type(record)):
        # Only after that does the session know the changes made from the other side of the relation.
        getattr(record, name)
        if record in session.dirty and is_relinked(record, name) and has_counter(table_of(type(record))):
            record.updated_at = utc_now()


def _require_as_read(session: Session, record: Record) -> None:
    """Raise `StaleDataError` if the row is no longer as it was read, for tables without the ORM's version counter."""
    table = table_of(type(record))
    seen: object = inspect_mapper(record).dict.get("version")
    if has_counter(table) or seen is None:
        return
    is_it = key_in(table) == record.id
    lock_where_several(session, type(record), is_it)
    row = select(version_in(table)).where(is_it).with_for_update()
    if session.connection().scalar(row) != seen:
        message = f"{type(record).__name__} {record.id} was changed or deleted meanwhile."
        raise StaleDataError(message)


def _forget_versions(session: Session) -> None:
    """Expire the versions of written records that have no counter, so that they are read again."""
    for record in session.dirty:
        if is_recorded(type(record)) and not has_counter(table_of(type(record))):
            session.expire(record, ["version"])


def _is_unknown(state: Any, key: str) -> bool:
    """Whether an attribute was set without its old value having been read."""
    history = state.attrs[key].history
    return bool(history.added) and not history.deleted


def _read(session: Session, record: Record, keys: Sequence[str]) -> Values:
    columns = history_columns(type(record))
    table = table_of(type(record))
    wanted = select(*(column_in(table, columns[key]) for key in keys)).where(key_in(table) == record.id)
    found = session.connection().execute(wanted).first()
    return dict(zip(keys, found or [None] * len(keys), strict=True))


def _created(record: Record) -> Values:
    columns = history_columns(type(record))
    values: Values = {key: kind_of(column).to_history(getattr(record, key)) for key, column in columns.items()}
    for name, relation in links_of(type(record)).items():
        values[name] = keys_to_history(relation, keys_of_new(record, relation))
    return _row(record, Did.CREATE, 0, None, values)


def _deleted(session: Session, record: Record) -> Values:
    columns = history_columns(type(record))
    values: Values = {key: kind_of(column).to_history(_old(session, record, key)) for key, column in columns.items()}
    for name, relation in links_of(type(record)).items():
        values[name] = keys_to_history(relation, keys_before(record, relation))
    return _row(record, Did.DELETE, 1, values, None)


def _updated(session: Session, record: Any) -> Values | None:
    """Return the changed values. A changed column that the history does not keep appears without its values, so that the change is still visible."""
    state = inspect_mapper(record)
    keys = [one.key for one in state.mapper.column_attrs if one.key not in COUNTED]
    changed = [key for key in keys if state.attrs[key].history.added]
    columns = history_columns(type(record))
    old = {key: _old(session, record, key) for key in changed if key in columns}
    differing = {
        key: value
        for key, value in old.items()
        if compared(columns[key].type, value) != compared(columns[key].type, getattr(record, key))
    }
    relinked = {name: one for name, one in links_of(type(record)).items() if is_relinked(record, name)}
    if not differing and not relinked and not set(changed) - set(columns):
        return None
    before: Values = {key: kind_of(columns[key]).to_history(value) for key, value in differing.items()}
    after: Values = {key: kind_of(columns[key]).to_history(getattr(record, key)) for key in differing}
    for name, relation in relinked.items():
        before[name] = keys_to_history(relation, keys_before(record, relation))
        after[name] = keys_to_history(relation, relation.keys(record))
    return _row(record, Did.UPDATE, 0, before, after)


def _old(session: Session, record: Any, key: str) -> object:
    """Return what the database held before this flush."""
    history = inspect_mapper(record).attrs[key].history
    if history.deleted:
        return history.deleted[0]
    unknown = state_of(session, _Recording).unread.get(record, {})
    return unknown[key] if key in unknown else getattr(record, key)


def _row(record: Record, did: Did, step: int, before: object, after: object) -> Values:
    """Return the row of a change. Its version is the record's plus `step`, or 0 without a version counter."""
    return {
        "model": table_of(type(record)).name,
        "record_id": record.id,
        "act": did,
        "title": str(record)[:LONGEST_TITLE],
        "version": record.version + step if has_counter(table_of(type(record))) else 0,
        "before": before,
        "after": after,
    }
