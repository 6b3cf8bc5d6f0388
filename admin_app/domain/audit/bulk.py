"""Changes of many records by one statement each, recorded by one more: memory and statements do not grow with the rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, Delete, Update, and_, delete, func, insert, literal, null, select, update

from admin_app.db.connection import rows_changed
from admin_app.db.dialects import dialect_of
from admin_app.db.joined import by_table, column_in, further_tables, held_by, is_joined, of_root
from admin_app.db.json_values import history_columns, is_recorded, row_columns
from admin_app.db.keys import Key, key_from, key_in, key_of, stored_key
from admin_app.db.record import Record
from admin_app.db.row_locks import lock_rows
from admin_app.db.versions import raised, stamped, version_after, version_made
from admin_app.domain.audit.links import links_json
from admin_app.domain.audit.recorder import RECORDED, begin_change_set, count_rows, entry_of
from admin_app.errors import RecordGone
from admin_app.extensions import AnySession, Expression, Statement, table_of
from admin_app.kinds import kind_of
from admin_app.kinds.history import json_of, title_of
from admin_app.models.change_set import Change, Did, JsonValues
from admin_app.relations import ManyToMany, links_into, row_links


def change_rows(
    session: AnySession, model: type[Record], which: ColumnElement[bool], values: Mapping[str, object]
) -> int:
    """Set these columns of these records and increment their versions (not yet committed); return how many were changed."""
    recorded = earlier = None
    which = of_root(model, which)
    if is_recorded(model):
        earlier = _last_change(session) if is_joined(model) else None
        columns = {key: history_columns(model)[key] for key in values}
        before = json_of(columns, dialect_of(session), of=table_of(model))
        after = literal({key: kind_of(columns[key]).to_history(value) for key, value in values.items()}, JsonValues)
        recorded = _record(session, model, which, Did.UPDATE, before=before, after=after)
        entry_of(session).fields.update(values)
    if earlier is not None:
        # The update of one table may alter what the condition tests, so the rows are taken from the recorded changes.
        which = key_of(model).in_(_recorded_since(session, model, earlier, Did.UPDATE))
        return _change_joined(session, model, which, values, recorded)
    return _send(session, update(model).where(which).values({**values, **raised(table_of(model))}), recorded)


def _change_joined(
    session: AnySession,
    model: type[Record],
    which: ColumnElement[bool],
    values: Mapping[str, object],
    recorded: int | None,
) -> int:
    """Set each column in its own table, and increment the version in the root table."""
    root, columns = table_of(model), history_columns(model)
    tables = by_table({key: columns[key] for key in values})
    for table, some in tables.items():
        if table is not root:
            given = {column.name: values[key] for key, column in some.items()}
            mine = key_in(table).in_(select(key_in(root)).where(which))
            session.execute(update(table).where(mine).values(given), execution_options=RECORDED)
    own = {column.name: values[key] for key, column in tables.get(root, {}).items()}
    return _send(session, update(root).where(which).values(stamped(root, own)), recorded)


def delete_rows(session: AnySession, model: type[Record], which: ColumnElement[bool]) -> int:
    """Delete these records (not yet committed); return how many were deleted. The caller settles their dependents first."""
    recorded = None
    which = of_root(model, which)
    if is_recorded(model):
        earlier = _last_change(session) if _is_linked(model) or is_joined(model) else None
        recorded = _record(session, model, which, Did.DELETE, before=_whole(session, model), after=null())
        if earlier is not None:
            # The condition may test the links, which are deleted first, so the rows are taken from the recorded changes.
            which = key_of(model).in_(_recorded_since(session, model, earlier, Did.DELETE))
            lose_links(session, model, which)
            for relation in row_links(model).values():
                own = held_by(model, which, relation.own, relation.own.table)
                session.connection().execute(delete(relation.table).where(relation.own_link.in_(own)))
    return _delete(session, model, which, recorded)


def _delete(session: AnySession, model: type[Record], which: ColumnElement[bool], recorded: int | None) -> int:
    """Delete rows; for records in several tables, the referring rows first."""
    if not is_joined(model):
        return _send(session, delete(model).where(which), recorded)
    root = table_of(model)
    for table in reversed(further_tables(model)):
        mine = key_in(table).in_(select(key_in(root)).where(which))
        session.execute(delete(table).where(mine), execution_options=RECORDED)
    return _send(session, delete(root).where(which), recorded)


def lose_links(session: AnySession, model: type[Record], which: ColumnElement[bool]) -> None:
    """Remove other records' links with these, which are to be deleted (not yet committed). It counts as a change of each of the other records."""
    for relation in links_into(model):
        gone = held_by(model, which, relation.other, relation.other.table).correlate(None)
        _record_loss(session, relation, gone)
        session.connection().execute(delete(relation.table).where(relation.other_link.in_(gone)))


def move_links(session: AnySession, relation: ManyToMany, gone: object, heir: object) -> None:
    """Replace one record by another in the links of third records (not yet committed). It counts as a change of each third record."""
    owner, dialect = relation.model, dialect_of(session)
    touched: ColumnElement[bool] = relation.own.in_(select(relation.own_link).where(relation.other_link == gone))
    if table_of(relation.target) is table_of(owner):
        touched = and_(touched, relation.own.not_in([gone, heir]))
    before, after = (
        json_of(
            {},
            dialect,
            further={
                relation.key: links_json(relation, column_in(table_of(owner), relation.own), dialect, instead=instead)
            },
        )
        for instead in (None, (gone, heir))
    )
    number = _record(session, owner, touched, Did.UPDATE, before=before, after=after)
    _count_up(session, owner, touched, number)
    there = select(relation.own_link).where(relation.other_link == heir)
    new = select(relation.own, literal(heir, relation.other_link.type)).where(touched, relation.own.not_in(there))
    links, connection = [relation.own_link.name, relation.other_link.name], session.connection()
    connection.execute(insert(relation.table).from_select(links, new, include_defaults=False))
    mine = relation.own_link.in_(select(relation.own).where(touched))
    connection.execute(delete(relation.table).where(relation.other_link == gone, mine))


def _is_linked(model: type[Record]) -> bool:
    return bool(row_links(model) or links_into(model))


def _last_change(session: AnySession) -> int:
    # Flush first: earlier changes of the session are recorded before the following ones.
    begin_change_set(session)
    return session.scalar(select(func.max(Change.id))) or 0


def _recorded_since(session: AnySession, model: type[Record], earlier: int, did: Did) -> Statement:
    """Return the keys of the records whose changes of this kind were recorded after the change `earlier`."""
    mine = (
        Change.change_set_id == begin_change_set(session),
        Change.model == table_of(model).name,
        Change.id > earlier,
    )
    return select(key_from(table_of(model), Change.record_id)).where(*mine, Change.act == did)


def _record_loss(session: AnySession, relation: ManyToMany, gone: Statement) -> None:
    """Record which records lose links with the `gone` ones, and increment their versions."""
    owner, dialect = relation.model, dialect_of(session)
    touched: ColumnElement[bool] = relation.own.in_(select(relation.own_link).where(relation.other_link.in_(gone)))
    if table_of(relation.target) is table_of(owner):
        # Records that are deleted too have entries of their own.
        touched = and_(touched, relation.own.not_in(gone))
    before, after = (
        json_of(
            {},
            dialect,
            further={
                relation.key: links_json(relation, column_in(table_of(owner), relation.own), dialect, without=without)
            },
        )
        for without in (None, gone)
    )
    number = _record(session, owner, touched, Did.UPDATE, before=before, after=after)
    _count_up(session, owner, touched, number)


def _count_up(session: AnySession, model: type[Record], touched: ColumnElement[bool], number: int) -> None:
    """Increment the versions of records whose links changed. A table that must not be altered has no counter."""
    if counter := raised(table_of(model)):
        target = table_of(model) if is_joined(model) else model
        _send(session, update(target).where(of_root(model, touched)).values(counter), number)


def _whole(session: AnySession, model: type[Record]) -> Expression:
    """Return the SQL of a row's full state as the history keeps it."""
    dialect = dialect_of(session)
    links = {
        name: links_json(one, column_in(table_of(model), one.own), dialect) for name, one in row_links(model).items()
    }
    return json_of(row_columns(model), dialect, of=table_of(model), further=links)


def _send(session: AnySession, statement: Update | Delete, recorded: int | None) -> int:
    """Run the statement; raise `RecordGone` if it changed another number of rows than were recorded."""
    number = rows_changed(session.execute(statement, execution_options=RECORDED))
    if recorded not in {None, number}:
        message = "Some of these records were changed at the same moment. Nothing was saved."
        raise RecordGone(message)
    return number


def add_rows(session: AnySession, model: type[Record], rows: Sequence[Mapping[str, object]]) -> list[Key]:
    """Create records that all have the same columns (not yet committed); return their keys."""
    keys = list(session.scalars(insert(model).returning(model.id), rows, execution_options=RECORDED))
    record_new_rows(session, model, model.id.in_(keys))
    return keys


def record_new_rows(session: AnySession, model: type[Record], which: ColumnElement[bool]) -> int:
    """Record rows as created that another statement has inserted (not yet committed); return how many there are."""
    return _record(session, model, which, Did.CREATE, before=null(), after=_whole(session, model))


def _record(
    session: AnySession,
    model: type[Record],
    which: ColumnElement[bool],
    did: Did,
    *,
    before: Expression,
    after: Expression,
) -> int:
    """Write a change for each of the rows, before they are changed or after they were inserted; return how many."""
    version = version_made(table_of(model)) if did is Did.CREATE else version_after(table_of(model))
    set_id = begin_change_set(session)
    columns = ("change_set_id", "model", "record_id", "act", "title", "version", "before", "after")
    key = key_of(model)
    name, which = table_of(model).name, of_root(model, which)
    chosen = select(
        literal(set_id), literal(name), stored_key(key), literal(did.value), title_of(model), version, before, after
    )
    changes = table_of(Change)
    statement = insert(changes).from_select(columns, chosen.where(which), include_defaults=False)
    if did is not Did.CREATE:
        # Nobody else may change them between the two statements.
        lock_rows(session, model, which)
    result = session.connection().execute(statement, execution_options={"preserve_rowcount": True})
    number = int(result.rowcount)
    count_rows(session, did, model, number)
    return number
