"""Create the new records of a plan in a few statements: their keys, the records, and their history entries."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Table,
    and_,
    case,
    cast,
    func,
    insert,
    literal,
    select,
    text,
    update,
)
from sqlalchemy import inspect as inspect_mapper
from sqlalchemy.dialects.postgresql import REGCLASS

from admin_app.db.defaults import as_stored, server_default_of
from admin_app.db.dialects import dialect_of, is_postgres
from admin_app.db.joined import own_tables
from admin_app.db.json_values import has_key, history_columns
from admin_app.db.keys import is_numbered, key_from, key_in, stored_key, values_from
from admin_app.db.limits import highest_to_give
from admin_app.db.record import Record
from admin_app.domain.audit.bulk import record_new_rows
from admin_app.domain.audit.links import put_links
from admin_app.domain.plan.spans import spanned
from admin_app.extensions import AnySession, Expression, TableColumn, table_of
from admin_app.kinds.history import from_json_sql
from admin_app.models.plan import PlanLine, Verdict
from admin_app.relations import links_of

_LINE = table_of(PlanLine)


def create_records(session: AnySession, plan_id: int, model: type[Record], lines: ColumnElement[bool]) -> int:
    """Create the records of a plan's new lines (not yet committed); return how many. Lines without a key get one."""
    new = and_(lines, _LINE.c.verdict == Verdict.NEW)
    if is_numbered(model):
        _give_keys(session, plan_id, model, and_(new, _LINE.c.record_id.is_(None)))
    table = table_of(model)
    for one in own_tables(model):
        values = _values(session, model, one)
        chosen = select(*values.values()).where(new).order_by(_LINE.c.number)
        session.connection().execute(insert(one).from_select(list(values), chosen, include_defaults=False))
    for link in links_of(model).values():
        put_links(session, link, _LINE, new)
    mine = key_in(table).in_(select(key_from(table, _LINE.c.record_id)).where(new))
    return record_new_rows(session, model, and_(spanned(session, table, new), mine))


def _values(session: AnySession, model: type[Record], table: Table) -> dict[str, Expression]:
    """Return a new record's values for one table, by column name."""
    dialect = dialect_of(session)
    found: dict[str, Expression] = {}
    by_name = {column.name: name for name, column in history_columns(model).items() if column.table is table}
    keys = values_from(table, _LINE.c.record_id)
    mapper = inspect_mapper(model)
    for column in (one for one in table.columns if one.computed is None):
        name, default = by_name.get(column.name), default_of(column, dialect)
        if column.name in keys:
            found[column.name] = keys[column.name]
        elif column is mapper.polymorphic_on:
            # The discriminator's value follows from the model.
            found[column.name] = literal(mapper.polymorphic_identity, column.type)
        elif name is not None:
            given = from_json_sql(column, _LINE.c.after, name, dialect)
            found[column.name] = case((has_key(_LINE.c.after, name, dialect), given), else_=default)
        else:
            found[column.name] = default
    return found


def default_of(column: TableColumn, dialect: str) -> Expression:
    """Return a column's value if the line has none. Defaults that Python computes per record are in the line already; a time is the same for all."""
    default: Any = column.default
    if default is None or default.is_sequence:
        return server_default_of(column, dialect)
    if default.is_clause_element:
        return as_stored(default.arg, column, dialect)
    value = default.arg(None) if default.is_callable else default.arg
    is_one_for_all = default.is_scalar or isinstance(value, datetime)
    return literal(value if is_one_for_all else None, column.type)


def _give_keys(session: AnySession, plan_id: int, model: type[Record], lines: ColumnElement[bool]) -> None:
    """Give free keys to lines in their order; none that another line of the plan brings."""
    brought = session.scalar(select(func.max(_key(model))).where(_LINE.c.plan_id == plan_id)) or 0
    numbered = select(_LINE.c.number).where(lines).order_by(_LINE.c.number).subquery()
    if is_postgres(session):
        _pass_over(session, model, brought)
        key: Expression = func.nextval(_sequence(session, model), type_=BigInteger())
    else:
        key = literal(max(brought, _highest(session, model))) + func.row_number().over(order_by=numbered.c.number)
    # In a CTE, because a subquery would run for each line and take new keys each time.
    given = select(numbered.c.number, key.label("key")).cte("given")
    mine = and_(_LINE.c.plan_id == plan_id, _LINE.c.number == given.c.number)
    session.connection().execute(update(_LINE).where(mine).values(record_id=stored_key(given.c.key)))


def _key(model: type[Record]) -> Expression:
    return key_from(table_of(model), _LINE.c.record_id)


def _highest(session: AnySession, model: type[Record]) -> int:
    """Return the highest key that SQLite ever gave: it gives none twice."""
    name = table_of(model).name
    given = session.scalar(text("SELECT seq FROM sqlite_sequence WHERE name = :name"), {"name": name}) or 0
    return max(given, session.scalar(select(func.max(model.id))) or 0)


def _sequence(session: AnySession, model: type[Record]) -> Expression:
    """Return the name of the sequence from which PostgreSQL takes a model's keys."""
    table = session.get_bind().dialect.identifier_preparer.format_table(table_of(model))
    return func.pg_get_serial_sequence(table, inspect_mapper(model).primary_key[0].name)


def _pass_over(session: AnySession, model: type[Record], brought: int) -> None:
    """Move PostgreSQL's sequence past the keys that a file or another program brings; SQLite does this itself."""
    sequence = _sequence(session, model)
    room = highest_to_give(inspect_mapper(model).primary_key[0])
    highest = func.greatest(brought, select(func.max(model.id)).where(model.id <= room).scalar_subquery())
    is_behind = func.coalesce(func.pg_sequence_last_value(cast(sequence, REGCLASS)), 0) < highest
    # A sequence never goes back, so no key is given twice.
    session.execute(select(func.setval(sequence, func.greatest(highest, func.nextval(sequence)))).where(is_behind))
