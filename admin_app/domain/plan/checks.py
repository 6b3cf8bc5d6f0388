"""Check a plan's lines as a whole: repeated unique values, and records that would leave the person's row scope."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    FromClause,
    MetaData,
    Table,
    Update,
    and_,
    case,
    exists,
    func,
    insert,
    literal_column,
    select,
    update,
)
from sqlalchemy.sql.visitors import replacement_traverse

from admin_app.db.caseless import is_caseless, same_in
from admin_app.db.connection import rows_changed
from admin_app.db.dialects import dialect_of
from admin_app.db.joined import column_in, further_tables, own_table
from admin_app.db.json_values import has_key, row_columns
from admin_app.db.keys import Key, is_record, key_in, keys_in, stored_key
from admin_app.db.record import Record
from admin_app.extensions import AnySession, Expression, TableColumn, table_of
from admin_app.formatting import label
from admin_app.kinds.history import from_json_sql
from admin_app.models.plan import PlanLine, Verdict

OUTSIDE_SCOPE = "After this change you could no longer see it."

_LINE = table_of(PlanLine)
_STAGED = Table("staged_judgement", MetaData(), Column("number", _LINE.c.number.type), prefixes=["TEMPORARY"])


@dataclass(frozen=True)
class Judgement:
    """Lines of a plan that can't be carried out, their new verdict, and why; `of` is the verdict that they have so far."""

    which: ColumnElement[bool]
    verdict: Verdict
    problem: str
    of: Verdict = Verdict.CHANGE


def taken(session: AnySession, plan_id: int, model: type[Record], name: str) -> Iterator[Judgement]:
    """Yield the lines whose unique value another record has already, or gets from this plan too."""
    column = row_columns(model)[name]
    value = _value(session, column, name, _LINE)
    used = f"{label(name)} is already used by another record."
    yield Judgement(_is_taken(plan_id, column, value), Verdict.WRONG, used)
    other = _LINE.alias("other")
    mine = (other.c.plan_id == plan_id, other.c.verdict == Verdict.CHANGE)
    same = _as_compared(column, _value(session, column, name, other))
    several = select(same).where(*mine).group_by(same).having(func.count(same) > 1)
    twice = f"{label(name)} would be the same for several records."
    yield Judgement(_as_compared(column, value).in_(several), Verdict.WRONG, twice)


def outside_scope(session: AnySession, model: type[Record], rows: ColumnElement[bool]) -> Judgement:
    """Return the lines whose records would be outside these rows after the change."""
    table = table_of(model)

    def becomes(name: str, column: TableColumn) -> Expression:
        return case((_has(session, name), _value(session, column, name, _LINE)), else_=column_in(table, column))

    stays = with_values(model, rows, becomes)
    there = exists(select(1).select_from(table).where(is_record(table, _LINE.c.record_id), stays).correlate(_LINE))
    return Judgement(~there, Verdict.REFUSED, OUTSIDE_SCOPE)


def with_values(
    model: type[Record], rows: ColumnElement[bool], becomes: Callable[[str, TableColumn], Expression]
) -> ColumnElement[bool]:
    """Return the condition of the rows with each column replaced by its new value."""
    columns = {(own_table(one), one.name): (name, one) for name, one in row_columns(model).items()}
    root = table_of(model)
    for table in further_tables(model):
        keys = zip(keys_in(table), keys_in(root), strict=True)
        columns |= {(table, own.name): columns[root, key.name] for own, key in keys}

    def replaced(element: Any, **_: object) -> Any:
        known = columns.get((element.table, element.name)) if isinstance(element, Column) else None
        return known and becomes(*known)

    return replacement_traverse(rows, {}, replaced)


def protect(protected: Mapping[Key, str]) -> Iterator[Judgement]:
    """Yield a judgement for each of these records, with its reason."""
    for key, why in protected.items():
        yield Judgement(_LINE.c.record_id == key, Verdict.REFUSED, why)


def judge(session: AnySession, plan_id: int, judgement: Judgement) -> None:
    """Judge the open lines in one statement (not yet committed)."""
    session.connection().execute(_judged(judgement).where(_meant(plan_id, judgement)))


def stage_judgement(session: AnySession, plan_id: int, judgement: Judgement) -> None:
    """Put the numbers of these lines, as of one moment, into a temporary table (not yet committed). This blocks no writer."""
    _STAGED.create(session.connection(), checkfirst=True)
    session.connection().execute(_STAGED.delete())
    found = select(_LINE.c.number).where(_meant(plan_id, judgement)).order_by(_LINE.c.number)
    session.connection().execute(insert(_STAGED).from_select(["number"], found))


def judge_staged(session: AnySession, first: int, *, plan_id: int, judgement: Judgement, most: int) -> int:
    """Judge up to `most` of the staged lines after position `first` (not yet committed); return how many."""
    row: ColumnElement[int] = literal_column("rowid")
    numbers = select(_STAGED.c.number).where(row > first, row <= first + most)
    statement = _judged(judgement).where(_LINE.c.plan_id == plan_id, _LINE.c.number.in_(numbers))
    return rows_changed(session.connection().execute(statement))


def is_moving(plan_id: int, owner: FromClause, line: FromClause, *further: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether a `line` of the plan changes the owner of a value, so that the value may become free."""
    changes = (
        line.c.plan_id == plan_id,
        line.c.record_id == stored_key(key_in(owner)),
        line.c.verdict == Verdict.CHANGE,
    )
    return exists(select(1).select_from(line).where(*changes, *further).correlate(owner))


def _is_taken(plan_id: int, column: TableColumn, value: Expression) -> ColumnElement[bool]:
    """Whether another record has the value and keeps it."""
    owner = column.table.alias("owner")
    lets_go = is_moving(plan_id, owner, _LINE.alias("moving"))
    has_it = same_in(column, owner.c[column.name], value)
    found = select(1).select_from(owner).where(has_it, ~is_record(owner, _LINE.c.record_id), ~lets_go)
    return exists(found.correlate(_LINE))


def _judged(judgement: Judgement) -> Update:
    return update(_LINE).values(verdict=judgement.verdict, problem=judgement.problem)


def _meant(plan_id: int, judgement: Judgement) -> ColumnElement[bool]:
    return and_(_LINE.c.plan_id == plan_id, _LINE.c.verdict == judgement.of, judgement.which)


def _value(session: AnySession, column: TableColumn, name: str, line: Any) -> Expression:
    return from_json_sql(column, line.c.after, name, dialect_of(session))


def _has(session: AnySession, name: str) -> ColumnElement[bool]:
    return has_key(_LINE.c.after, name, dialect_of(session))


def _as_compared(column: TableColumn, value: Expression) -> Expression:
    """Return the form of the value that has to be unique."""
    return func.caseless(value) if is_caseless(column) else value
