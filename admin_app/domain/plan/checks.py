"""What of a plan cannot be, seen over all of its lines: a unique value twice, a record that would leave its person's sight."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Update, and_, case, exists, func, select, update
from sqlalchemy.sql.visitors import replacement_traverse

from admin_app.db.caseless import is_caseless, same_in
from admin_app.db.json_values import has_key, kept_columns
from admin_app.db.record import Record
from admin_app.extensions import AnySession, Expression, TableColumn
from admin_app.formatting import label
from admin_app.kinds.history import from_json_sql
from admin_app.models.plan import PlanLine, Verdict

OUT_OF_SIGHT = "After this change you could no longer see it."

_LINE: Any = PlanLine.__table__


def refuse_taken(session: AnySession, plan_id: int, model: type[Record], name: str) -> None:
    """Find the lines whose value of a unique field another record has, or gets, too (not yet committed)."""
    column = kept_columns(model)[name]
    value = _value(session, column, name, _LINE)
    taken = f"{label(name)} is already used by another record."
    _judge(session, plan_id, _is_taken(plan_id, model, column, value), Verdict.WRONG, taken)
    other = _LINE.alias("other")
    mine = (other.c.plan_id == plan_id, other.c.verdict == Verdict.CHANGE)
    same = _as_compared(column, _value(session, column, name, other))
    several = select(same).where(*mine).group_by(same).having(func.count(same) > 1)
    twice = f"{label(name)} would be the same for several records."
    _judge(session, plan_id, _as_compared(column, value).in_(several), Verdict.WRONG, twice)


def refuse_out_of_sight(session: AnySession, plan_id: int, model: type[Record], rows: ColumnElement[bool]) -> None:
    """Find the lines whose records would no longer be among these rows (not yet committed)."""
    table: Any = model.__table__
    columns = {column.name: (name, column) for name, column in kept_columns(model).items()}

    def as_it_becomes(element: Any, **_: object) -> Any:
        known = columns.get(element.name) if getattr(element, "table", None) is table else None
        return known and case((_has(session, known[0]), _value(session, known[1], known[0], _LINE)), else_=known[1])

    stays = replacement_traverse(rows, {}, as_it_becomes)
    there = exists(select(1).select_from(table).where(table.c.id == _LINE.c.record_id, stays).correlate(_LINE))
    _judge(session, plan_id, ~there, Verdict.REFUSED, OUT_OF_SIGHT)


def spare(session: AnySession, plan_id: int, spared: Mapping[int, str]) -> None:
    """Leave out the lines of these records, for the reasons by their keys (not yet committed)."""
    for key, why in spared.items():
        _judge(session, plan_id, _LINE.c.record_id == key, Verdict.REFUSED, why)


def _is_taken(plan_id: int, model: type[Record], column: TableColumn, value: Expression) -> ColumnElement[bool]:
    """Whether a record has the value, and keeps it."""
    table: Any = model.__table__
    owner, moving = table.alias("owner"), _LINE.alias("moving")
    lets_go = exists(
        select(1)
        .select_from(moving)
        .where(moving.c.plan_id == plan_id, moving.c.number == owner.c.id, moving.c.verdict == Verdict.CHANGE)
        .correlate(owner)
    )
    has_it = same_in(column, owner.c[column.name], value)
    found = select(1).select_from(owner).where(has_it, owner.c.id != _LINE.c.record_id, ~lets_go)
    return exists(found.correlate(_LINE))


def _judge(session: AnySession, plan_id: int, which: ColumnElement[bool], verdict: Verdict, problem: str) -> None:
    mine = and_(_LINE.c.plan_id == plan_id, _LINE.c.verdict == Verdict.CHANGE)
    statement: Update = update(_LINE).where(mine, which).values(verdict=verdict, problem=problem)
    session.connection().execute(statement)


def _value(session: AnySession, column: TableColumn, name: str, line: Any) -> Expression:
    return from_json_sql(column, line.c.after, name, str(session.get_bind().dialect.name))


def _has(session: AnySession, name: str) -> ColumnElement[bool]:
    return has_key(_LINE.c.after, name, str(session.get_bind().dialect.name))


def _as_compared(column: TableColumn, value: Expression) -> Expression:
    """Return what of a value may not be twice in its column."""
    return func.caseless(value) if is_caseless(column) else value
