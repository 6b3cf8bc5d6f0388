"""Changes of many records by one statement each, recorded by one more: memory and statements do not grow with the rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Delete, Update, delete, func, insert, literal, null, select, update
from sqlalchemy import inspect as inspect_mapper

from admin_app.db.json_values import is_recorded, kept_columns
from admin_app.db.keys import Key, stored_key
from admin_app.db.record import Record
from admin_app.db.versions import raised, version_after, version_made
from admin_app.domain.audit.recorder import RECORDED, begin_change_set, count_rows
from admin_app.errors import RecordGone
from admin_app.extensions import AnySession, Expression, table_of
from admin_app.kinds import kind_of
from admin_app.kinds.history import json_of, title_of
from admin_app.models.change_set import Change, Did, JsonValues


def change_rows(
    session: AnySession, model: type[Record], which: ColumnElement[bool], values: Mapping[str, object]
) -> int:
    """Set these columns of these records (not yet committed), and count their versions up; return how many there were."""
    recorded = None
    if is_recorded(model):
        columns = {key: kept_columns(model)[key] for key in values}
        before = json_of(columns, _dialect(session))
        after = literal({key: kind_of(columns[key]).to_history(value) for key, value in values.items()}, JsonValues)
        recorded = _record(session, model, which, Did.UPDATE, before=before, after=after)
    return _send(session, update(model).where(which).values({**values, **raised(table_of(model))}), recorded)


def delete_rows(session: AnySession, model: type[Record], which: ColumnElement[bool]) -> int:
    """Delete these records (not yet committed); return how many there were. What hangs on them is the caller's to settle."""
    recorded = None
    if is_recorded(model):
        before = json_of(kept_columns(model), _dialect(session))
        recorded = _record(session, model, which, Did.DELETE, before=before, after=null())
    return _send(session, delete(model).where(which), recorded)


def _send(session: AnySession, statement: Update | Delete, recorded: int | None) -> int:
    """Change the rows; raise `RecordGone` where others than the recorded ones came under the statement meanwhile."""
    result: Any = session.execute(statement, execution_options=RECORDED)
    number = int(result.rowcount)
    if recorded not in {None, number}:
        message = "Someone else changed some of these records at the same time. Nothing was saved."
        raise RecordGone(message)
    return number


def add_rows(session: AnySession, model: type[Record], rows: Sequence[Mapping[str, object]]) -> list[Key]:
    """Make records with the same columns each (not yet committed); return their keys."""
    keys = list(session.scalars(insert(model).returning(model.id), rows, execution_options=RECORDED))
    record_new_rows(session, model, model.id.in_(keys))
    return keys


def record_new_rows(session: AnySession, model: type[Record], which: ColumnElement[bool]) -> int:
    """Record that these rows were made, after they were (not yet committed); return how many there are."""
    after = json_of(kept_columns(model), _dialect(session))
    return _record(session, model, which, Did.CREATE, before=null(), after=after)


def _record(
    session: AnySession,
    model: type[Record],
    which: ColumnElement[bool],
    did: Did,
    *,
    before: Expression,
    after: Expression,
) -> int:
    """Write a change for each of the rows, before they change or after they came; return how many."""
    version = version_made(table_of(model)) if did is Did.CREATE else version_after(table_of(model))
    set_id = begin_change_set(session)
    columns = ("change_set_id", "model", "record_id", "act", "title", "version", "before", "after")
    key = inspect_mapper(model).primary_key[0]
    name = inspect_mapper(model).local_table.name
    chosen = select(
        literal(set_id), literal(name), stored_key(key), literal(did.value), title_of(model), version, before, after
    )
    changes = table_of(Change)
    statement = insert(changes).from_select(columns, chosen.where(which), include_defaults=False)
    if session.get_bind().dialect.name == "postgresql" and did is not Did.CREATE:
        # Nobody else may change them between the two statements; SQLite lets one writer in at a time anyway.
        session.execute(select(func.count()).select_from(select(key).where(which).with_for_update().subquery()))
    result = session.connection().execute(statement, execution_options={"preserve_rowcount": True})
    number = int(result.rowcount)
    count_rows(session, did, model, number)
    return number


def _dialect(session: AnySession) -> str:
    return str(session.get_bind().dialect.name)
