"""Check a file's rows as a whole: repeated records, repeated or taken unique values, new records out of the row scope."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from sqlalchemy import ColumnElement, FromClause, bindparam, exists, func, literal, select, update

from admin_app.db.caseless import is_caseless, same_in
from admin_app.db.dialects import dialect_of
from admin_app.db.json_values import has_key, row_columns
from admin_app.db.keys import key_from, key_in, key_of, stored_key
from admin_app.db.record import Record
from admin_app.domain.plan.checks import OUTSIDE_SCOPE, Judgement, is_moving, with_values
from admin_app.domain.plan.imported_keys import USED
from admin_app.domain.plan.row_matcher import LONGEST_CELL, RowMatcher, group_of
from admin_app.extensions import AnySession, Expression, TableColumn, table_of
from admin_app.formatting import number
from admin_app.kinds import placeholder
from admin_app.kinds.history import from_json_sql
from admin_app.models.plan import OPEN, PlanLine, Verdict

# Lines that one statement judges.
BATCH = 1000
_STREAMED = {"yield_per": BATCH}
TWICE_IN_FILE = "the same as in another row."

_LINE = table_of(PlanLine)


class WrongCell(NamedTuple):
    """A problem with one cell of a line: the column's key, the end of the sentence, the cell, and the group of such lines."""

    number: int
    name: str
    said: str
    cell: str
    group: str


def wrong_cells(session: AnySession, plan_id: int, matcher: RowMatcher) -> Iterator[WrongCell]:
    """Yield every wrong cell of the lines as they are now. A wrong line keeps its record's present unique values."""
    yield from repeated_records(session, plan_id, matcher.match)
    for name, column in matcher.columns.items():
        if column.unique:
            yield from repeated_values(session, plan_id, matcher.model, name)
            yield from taken_values(session, plan_id, matcher.model, name, seen=matcher.seen)


def repeated_records(session: AnySession, plan_id: int, match: str) -> Iterator[WrongCell]:
    """Yield the lines that are about the same record as another line: the file doesn't say which of them counts."""
    mine = (_LINE.c.plan_id == plan_id, _LINE.c.record_id.is_not(None), _LINE.c.verdict.in_((*OPEN, Verdict.SAME)))
    for row, key, other in _together(session, _LINE.c.record_id, _LINE.c.record_id, mine):
        yield WrongCell(row, match, f"the same as in row {number(other)}.", str(key), group_of(match, TWICE_IN_FILE))


def repeated_values(session: AnySession, plan_id: int, model: type[Record], name: str) -> Iterator[WrongCell]:
    """Yield the lines that would give the same unique value to several records."""
    column = row_columns(model)[name]
    value = _value(session, column, name)
    folded = func.caseless(value) if is_caseless(column) else value
    mine = (_LINE.c.plan_id == plan_id, _LINE.c.verdict.in_(OPEN), value.is_not(None))
    for row, cell, other in _together(session, folded, value, mine):
        said = f"the same as in row {number(other)}."
        yield WrongCell(row, name, said, str(cell), group_of(name, TWICE_IN_FILE))


def taken_values(
    session: AnySession, plan_id: int, model: type[Record], name: str, *, seen: ColumnElement[bool] | None
) -> Iterator[WrongCell]:
    """Yield the lines whose unique value another record has and keeps. The problem names that record only if it is `seen`."""
    column = row_columns(model)[name]
    owner, moving = column.table.alias("owner"), _LINE.alias("moving")
    value = _value(session, column, name)
    gives = (has_key(moving.c.after, name, dialect_of(session)), literal(placeholder(column) is not None))
    lets_go = is_moving(plan_id, owner, moving, *gives)
    wrong = select(func.min(moving.c.number)).where(
        moving.c.plan_id == plan_id, moving.c.record_id == stored_key(key_in(owner))
    )
    wrong_row = wrong.where(moving.c.verdict == Verdict.WRONG).scalar_subquery()
    found = (
        select(_LINE.c.number, value, key_in(owner), wrong_row, _is_among(model, seen, owner))
        .join_from(_LINE, owner, same_in(column, owner.c[column.name], value))
        .where(_LINE.c.plan_id == plan_id, _LINE.c.verdict.in_(OPEN), value.is_not(None))
        .where(key_in(owner).is_distinct_from(key_from(owner, _LINE.c.record_id)), ~lets_go)
    )
    for row, cell, other, wrong_row, is_seen in session.execute(found, execution_options=_STREAMED):
        said = f"already used by ID {other}." if is_seen else USED
        if wrong_row is not None:
            # A wrong line changes nothing, so its record keeps the value.
            said = f"already used by ID {other}, and row {number(wrong_row)}, which would change that, is wrong."
        yield WrongCell(row, name, said, str(cell), group_of(name, USED))


def new_outside_scope(session: AnySession, model: type[Record], rows: ColumnElement[bool]) -> Judgement:
    """Return the lines whose new records would be outside these rows."""
    stays = with_values(model, rows, lambda name, column: _value(session, column, name))
    return Judgement(~func.coalesce(stays, literal(value=False)), Verdict.REFUSED, OUTSIDE_SCOPE, Verdict.NEW)


def left_out(problem: str) -> Judgement:
    """Return the lines that are wrong for this reason and that the person chose to leave out."""
    return Judgement(_LINE.c.problem == problem, Verdict.LEFT, problem, Verdict.WRONG)


def batched(found: Iterator[WrongCell]) -> Iterator[list[WrongCell]]:
    """Yield the wrong cells in batches that fit one statement."""
    while some := list(islice(found, BATCH)):
        yield some


def mark(session: AnySession, plan_id: int, found: Sequence[WrongCell]) -> None:
    """Mark open lines as wrong (not yet committed)."""
    statement = (
        update(_LINE)
        .where(_LINE.c.plan_id == plan_id, _LINE.c.number == bindparam("line"), _LINE.c.verdict != Verdict.WRONG)
        .values(verdict=Verdict.WRONG, problem=bindparam("group"), cells=bindparam("wrong", type_=_LINE.c.cells.type))
        .values(before=None, after=None)
    )
    # A line reports one problem at a time. Once it is corrected, the next check finds the next one.
    first = {one.number: one for one in reversed(found)}
    given = [
        {"line": row, "group": one.group, "wrong": {one.name: [one.said, one.cell[:LONGEST_CELL]]}}
        for row, one in sorted(first.items())
    ]
    if given:
        session.connection().execute(statement, given)


def _together(
    session: AnySession, key: Expression, shown: Expression, mine: Sequence[ColumnElement[bool]]
) -> Iterator[tuple[int, object, int]]:
    """Yield each line that shares a key with another: its number, the value to show, and the other line's number."""
    before = func.lag(_LINE.c.number).over(partition_by=key, order_by=_LINE.c.number)
    after = func.lead(_LINE.c.number).over(partition_by=key, order_by=_LINE.c.number)
    other = func.coalesce(before, after).label("other")
    some = select(_LINE.c.number, shown.label("shown"), other).where(*mine).subquery()
    for row in session.execute(
        select(some).where(some.c.other.is_not(None)).order_by(some.c.number), execution_options=_STREAMED
    ):
        yield tuple(row)


def _is_among(model: type[Record], seen: ColumnElement[bool] | None, owner: FromClause) -> Expression:
    """Whether the person may see the record that has the value; None means every row."""
    if seen is None:
        return literal(value=True)
    return exists(select(1).select_from(model).where(key_of(model) == key_in(owner), seen).correlate(owner))


def _value(session: AnySession, column: TableColumn, name: str) -> Expression:
    return from_json_sql(column, _LINE.c.after, name, dialect_of(session))
