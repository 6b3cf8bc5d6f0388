"""Undo: reverse a change set by a few statements over the history, however many records it changed.

The undo is a change set, too: undoing it is a redo. Records that changed since are left alone unless a person
insists, record by record. So are records whose old state would break uniqueness or refer to something that is gone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, bindparam, exists, func, select, tuple_
from sqlalchemy.sql.ddl import sort_tables

from admin_app.db.dialects import dialect_of
from admin_app.db.joined import is_joined, of_root, tables_of
from admin_app.db.json_values import history_columns, keys_in, recorded_models
from admin_app.db.keys import is_record
from admin_app.db.record import Record
from admin_app.domain.audit.links import keys_from_history, linked_records
from admin_app.domain.audit.recorder import begin_change_set, describe
from admin_app.domain.audit.undo_conflicts import UndoConflict, conflict_of
from admin_app.domain.audit.undo_sql import UndoStatements
from admin_app.domain.naming import noun_of
from admin_app.domain.permissions import privileges
from admin_app.domain.permissions.principal import AnyPrincipal
from admin_app.domain.permissions.privileges import Privileges
from admin_app.errors import UndoError
from admin_app.extensions import AnySession, table_of
from admin_app.kinds import kind_of
from admin_app.models.change_set import REDID, UNDID, Change, ChangeSet, Did, Kind
from admin_app.models.plan import Plan, PlanState
from admin_app.relations import row_links

# Sign-ins, sign-outs and exports cannot be undone.
UNDOABLE = frozenset({Kind.FORM, Kind.BULK, Kind.IMPORT, Kind.COMMAND, Kind.UNDO, Kind.RESTORE, Kind.NOTE})
# The number of skipped records that are listed with their reasons.
MOST_LISTED = 50


@dataclass(frozen=True)
class UndoResult:
    """What an undo did: how many records it restored, how many it skipped, and why it skipped the first of them.

    `has_unseen` says that it skipped a record that the person insisted on, because the record is no longer as they saw it.
    """

    given_back: int
    left: int
    conflicts: Sequence[UndoConflict]
    has_unseen: bool = False


def is_undoable(change_set: ChangeSet) -> bool:
    """Whether there is anything that an undo could restore."""
    return change_set.kind in UNDOABLE and change_set.count > 0


def keeps_former(change: Change) -> bool:
    """Whether the history has the value that a change replaced. It has no passwords, so their changes cannot be undone."""
    return change.act != Did.UPDATE or bool(change.before)


def is_undo(change_set: ChangeSet) -> bool:
    """Whether a change set is an undo, so that undoing it is a redo. A redo counts as an ordinary change set."""
    return change_set.kind == Kind.UNDO and change_set.summary.startswith(UNDID)


def is_redo(change_set: ChangeSet) -> bool:
    """Whether a change set reversed an undo."""
    return change_set.kind == Kind.UNDO and change_set.summary.startswith(REDID)


def subject_of(summary: str) -> str:
    """Return the summary of the original act: that of an undo without its first word."""
    return summary.removeprefix(UNDID).removeprefix(REDID)


def undone_by(session: AnySession, change_set: ChangeSet) -> ChangeSet | None:
    """Return the latest change set that undid this one, if one did and was not undone itself."""
    latest = select(ChangeSet).where(ChangeSet.undoes_id == change_set.id).order_by(ChangeSet.id.desc()).limit(1)
    found: ChangeSet | None = session.scalar(latest)
    return found if found is None or undone_by(session, found) is None else None


# Every form runs this statement. Building it anew each time takes twice as long.
_UNDOING = select(ChangeSet).where(ChangeSet.undoes_id.in_(bindparam("set_ids", expanding=True))).order_by(ChangeSet.id)


def undone_among(session: AnySession, set_ids: Collection[int]) -> Mapping[int, ChangeSet]:
    """Return the change set that undid each of these change sets, by the id of the undone one; others are left out."""
    undoing = session.scalars(_UNDOING, {"set_ids": list(set_ids)}).all()
    found = [one for one in undoing if undone_by(session, one) is None]
    return {one.undoes_id: one for one in found if one.undoes_id is not None}


def touches_rows_beyond(
    session: AnySession, set_id: int, model: type[Record], rows: ColumnElement[bool], did: Collection[Did]
) -> bool:
    """Whether a change set has a change of these kinds to a record of the model that is not among these rows, or does not exist."""
    mine = is_record(table_of(model), Change.record_id), of_root(model, rows)
    there = exists(select(1).where(*mine).correlate(Change))
    which = (Change.change_set_id == set_id, Change.model == table_of(model).name, Change.act.in_(did))
    return session.scalar(select(Change.id).where(*which, ~there).limit(1)) is not None


def fields_changed(session: AnySession, set_id: int, model: type[Record]) -> set[str]:
    """Name the columns of a model that a change set changed, and that an undo would change back."""
    which = (Change.change_set_id == set_id, Change.model == table_of(model).name, Change.act == Did.UPDATE)
    before: Any = Change.before
    return keys_in(session, before, and_(*which), dialect_of(session))


def undo(
    session: AnySession,
    change_set: ChangeSet,
    *,
    by: AnyPrincipal | None = None,
    insisted: Mapping[int, int] = MappingProxyType({}),
) -> UndoResult:
    """Undo a change set (not yet committed); `insisted` are ids of changes to undo although their records changed since, each with the record's version that the person saw.

    Raises `UndoError` if nothing can be undone or the act is still running, and `PrivilegeError` if the change set
    concerns rights that the person lacks, or nobody could manage staff any more. `by` is None for a command.
    """
    if not is_undoable(change_set):
        message = "This cannot be undone: no record was changed."
        raise UndoError(message)
    if _is_under_way(session, change_set.id):
        message = "This is still being carried out. Wait until it is done, or stop it."
        raise UndoError(message)
    describe(
        session,
        kind=Kind.UNDO,
        undoes_id=change_set.id,
        summary=_summary(change_set.summary),
        resource=change_set.resource,
        record_id=change_set.record_id,
    )
    begin_change_set(session)
    power = (
        privileges.locked_privileges(session, by) if privileges.is_about_privileges(session, change_set.id) else None
    )
    if power is not None:
        privileges.require_over_touched(session, power, change_set.id)
    given_back = _give_back(session, change_set.id)
    session.expire_all()
    # Read all of them first: a record may have several changes, and undoing one changes its version.
    agreed = _changes_as_seen(session, change_set.id, insisted)
    given_back += sum(_insist(session, change) for change in agreed)
    session.flush()
    if power is not None:
        _settle_power(session, power)
    return replace(_outcome(session, change_set.id, given_back), has_unseen=len(agreed) < len(insisted))


def restore_record(session: AnySession, change: Change, *, by: AnyPrincipal | None = None) -> None:
    """Restore a deleted record (not yet committed), but nothing else that its deletion changed.

    Raises `UndoError` if something is in the way, and `PrivilegeError` if the record is an account or a role with more rights than the person has.
    """
    power = privileges.locked_privileges(session, by) if change.model in privileges.PRIVILEGED_TABLES else None
    describe(session, kind=Kind.RESTORE, resource=change.model, record_id=change.record_id)
    model = recorded_models()[change.model]
    describe(session, summary=f"Restored deleted {noun_of(model)} “{change.title}”")
    statements = UndoStatements(session, change.change_set_id, model, only=change.id)
    if not statements.restore_deleted():
        conflict = conflict_of(session, change)
        raise UndoError(conflict.words, conflict.other, tells=conflict.tells)
    statements.restore_links()
    if power is not None:
        _settle_power(session, power)


def _is_under_way(session: AnySession, set_id: int) -> bool:
    """Whether the plan that makes these changes is still being carried out: more changes would follow the undo."""
    # Lock the plan, so that nobody resumes a stopped one before the undo is committed.
    states = session.scalars(select(Plan.state).where(Plan.change_set_id == set_id).with_for_update())
    return PlanState.AGREED in states.all()


def _give_back(session: AnySession, set_id: int) -> int:
    names = set(session.scalars(select(Change.model).where(Change.change_set_id == set_id).distinct()))
    known = recorded_models()
    models = _parents_first([known[name] for name in sorted(names & known.keys())])
    rounds = _most_changes_of_a_record(session, set_id)
    given_back = 0
    for round_ in range(1, rounds + 1):
        parts = [UndoStatements(session, set_id, model, round_, rounds) for model in models]
        # Parents are created before the records that refer to them, and deleted after them.
        given_back += sum(part.restore_deleted() for part in parts)
        for part in parts:
            part.restore_links()
        for part in parts:
            # A restored record may need a unique value that a changed record gives up.
            given_back += part.restore_fields() + part.restore_deleted()
            part.restore_links()
        for part in reversed(parts):
            taken = part.delete_created()
            # And a changed record may need a unique value of one that the act created.
            given_back += taken + (part.restore_fields() if taken and part.has_unique else 0)
    return given_back


def _parents_first(models: Sequence[type[Record]]) -> list[type[Record]]:
    """Sort models so that each comes after those that it refers to or is linked with."""
    by_table = {table_of(one): one for one in models}
    first = {(table_of(one.target), table_of(model)) for model in models for one in row_links(model).values()}
    first |= {pair for model in models for pair in _pointing_joined(model)}
    known = {(one, other) for one, other in first if one in by_table and other in by_table and one is not other}
    further = [(one, other) for one, other in known if (other, one) not in known]
    return [by_table[table] for table in sort_tables(by_table, extra_dependencies=further)]


def _pointing_joined(model: type[Record]) -> Iterator[tuple[Table, Table]]:
    """Yield the foreign keys from and to the further tables of a model, as pairs of root tables."""
    roots = {table: table_of(one) for one in recorded_models().values() for table in tables_of(one)}
    root = table_of(model)
    for table, other in roots.items():
        for key in table.foreign_keys:
            if key.column.table in roots and (other is root or roots[key.column.table] is root) and is_joined(model):
                yield roots[key.column.table], other


def _most_changes_of_a_record(session: AnySession, set_id: int) -> int:
    counts = (
        select(func.count().label("number"))
        .where(Change.change_set_id == set_id)
        .group_by(Change.model, Change.record_id)
        .subquery()
    )
    return int(session.scalar(select(func.max(counts.c.number))) or 0)


def _changes_as_seen(session: AnySession, set_id: int, seen: Mapping[int, int]) -> list[Change]:
    """Return those changes of the set whose records still have the version that the person saw, by the ids of the changes in `seen`."""
    changes = session.scalars(select(Change).where(Change.change_set_id == set_id, Change.id.in_(seen)))
    return [change for change in changes if conflict_of(session, change).version == seen[change.id]]


def _insist(session: AnySession, change: Change) -> bool:
    """Undo one change although others followed it; return whether that was possible."""
    if not conflict_of(session, change).can_insist:
        return False
    record = session.get(recorded_models()[change.model], change.record_id)
    if change.act == Did.CREATE:
        session.delete(record)
        return True
    columns = history_columns(type(record))
    links = row_links(recorded_models()[change.model])
    for name, value in (change.before or {}).items():
        if name in links:
            keys = keys_from_history(links[name], value)
            setattr(record, name, linked_records(session, links[name], keys))
        else:
            setattr(record, name, kind_of(columns[name]).from_history(value))
    return True


def _settle_power(session: AnySession, power: Privileges) -> None:
    """Enforce the rules of every change of rights: nobody gains privileges, and one owner remains."""
    privileges.require_over_touched(session, power, begin_change_set(session))
    privileges.require_sound(session)


def _outcome(session: AnySession, set_id: int, given_back: int) -> UndoResult:
    touched = select(Change.model, Change.record_id)
    # Subtract two lists in Python: PostgreSQL has no statistics yet of what this transaction wrote, and would compare
    # every pair of changes.
    rest = touched.where(Change.change_set_id == set_id).except_(
        touched.where(Change.change_set_id == begin_change_set(session))
    )
    left = session.scalar(select(func.count()).select_from(rest.subquery())) or 0
    if not left:
        return UndoResult(given_back, 0, ())
    keys = [(model, key) for model, key in session.execute(rest.limit(MOST_LISTED))]
    ones = select(Change).where(Change.change_set_id == set_id, tuple_(Change.model, Change.record_id).in_(keys))
    listed = session.scalars(ones.order_by(Change.id).limit(MOST_LISTED)).all()
    return UndoResult(given_back, left, [conflict_of(session, change) for change in listed])


def _summary(of: str) -> str:
    """Return the summary of an undo, or of a redo if an undo is undone."""
    return (REDID if of.startswith(UNDID) else UNDID) + subject_of(of)
