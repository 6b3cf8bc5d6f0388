"""Write a plan's lines: in one statement where the database can compute the new values, else record by record."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, NamedTuple

from sqlalchemy import (
    Column,
    ColumnElement,
    Engine,
    MetaData,
    String,
    Table,
    Text,
    and_,
    case,
    false,
    func,
    insert,
    literal,
    literal_column,
    null,
    or_,
    select,
    true,
)
from sqlalchemy.orm import Session

from admin_app.db.compared import compared_field
from admin_app.db.connection import with_snapshot
from admin_app.db.dialects import dialect_of, is_postgres
from admin_app.db.json_values import history_columns
from admin_app.db.keys import Key, is_numbered, stored_key
from admin_app.db.record import Record
from admin_app.domain.audit.links import keys_to_history
from admin_app.domain.plan.changes import Operation, present_value
from admin_app.domain.plan.computed import Computed, certain
from admin_app.domain.records.dependent_counts import dependent_counts
from admin_app.errors import InvalidRecord
from admin_app.extensions import AnySession, Expression, Statement, TableColumn, Values, table_of
from admin_app.kinds import kind_of
from admin_app.kinds.history import json_of, pair_of
from admin_app.models.change_set import JsonValues
from admin_app.models.plan import PlanLine, Verdict
from admin_app.relations import links_of
from admin_app.selection.paging.planner import planned
from admin_app.selection.selection import Selection

# Records read at a time, so that memory use doesn't depend on the length of the list.
BATCH = 1000
# Lines that one transaction copies: about 60 ms of SQLite's write lock, half of the pause that follows.
PART = 50_000
NOT_YOURS = "You may not do this with this record."

_COLUMNS = ("plan_id", "number", "record_id", "version", "verdict", "problem", "before", "after", "hanging")
Line = Values

_LINES = table_of(PlanLine)
# Lines are made here before they are copied in parts. A temporary table needs no lock that others wait for.
_STAGED = Table(
    "staged_plan_line", MetaData(), *(Column(name, _LINES.c[name].type) for name in _COLUMNS), prefixes=["TEMPORARY"]
)


class Limit(NamedTuple):
    """The rows that an operation allows, and the refusal of all others."""

    rows: ColumnElement[bool]
    words: str

    @property
    def is_beyond(self) -> ColumnElement[bool]:
        """Whether a record is not among them. If an empty field leaves the condition undecided, it is not."""
        return ~func.coalesce(self.rows, false())


@dataclass(frozen=True)
class Scope:
    """The records that a plan is about, and the rows that the person may change like this (None: all).

    An operation may have `limits` of its own. They restrict the records before the change, `rows` before and after it.
    """

    selection: Selection
    rows: ColumnElement[bool] | None = None
    limits: tuple[Limit, ...] = ()

    @property
    def model(self) -> type[Record]:
        """The model of the records."""
        model: type[Record] = self.selection.schema.model
        return model

    @property
    def refusal(self) -> Expression:
        """Why this may not be done with a record; "" if it may."""
        refusals = [(one.is_beyond, literal(one.words)) for one in self._all_limits]
        return case(*refusals, else_=literal("")) if refusals else literal("")

    @property
    def is_refused(self) -> ColumnElement[bool]:
        """Whether this may not be done with a record."""
        return or_(literal(value=False), *(one.is_beyond for one in self._all_limits))

    @property
    def _all_limits(self) -> Sequence[Limit]:
        return self.limits if self.rows is None else (Limit(self.rows, NOT_YOURS), *self.limits)

    def criteria(self, session: AnySession) -> Sequence[ColumnElement[bool]]:
        """Return the conditions that select the records."""
        return planned(session, self.selection).criteria


def write_values(session: AnySession, plan_id: int, scope: Scope, values: Mapping[str, object]) -> None:
    """Plan the same new values for every record, in one statement (not yet committed)."""
    _write(session, _LINES, _constant_lines(session, plan_id, scope, values))


def write_deletions(session: AnySession, plan_id: int, scope: Scope) -> None:
    """Plan to delete every record, in one statement (not yet committed)."""
    _write(session, _LINES, _deletion_lines(session, plan_id, scope))


def stage_lines(session: AnySession, plan_id: int, scope: Scope, values: Mapping[str, object] | None) -> int:
    """Plan new values (None: a deletion) in a temporary table on SQLite (not yet committed); return the number of lines.

    The lines are of one moment, and nobody is kept from writing meanwhile; `copy_lines` brings them into the plan.
    PostgreSQL keeps nobody from writing, so there the lines go into the plan at once.
    """
    made = (
        _deletion_lines(session, plan_id, scope) if values is None else _constant_lines(session, plan_id, scope, values)
    )
    return _stage(session, made)


def stage_computed(session: AnySession, plan_id: int, scope: Scope, computed: Mapping[str, Computed]) -> int:
    """Stage lines with values that the database computes, for the records for which they are certain (not yet committed)."""
    return _stage(session, _computed_lines(session, plan_id, scope, computed).where(certain(computed)))


def copy_lines(session: AnySession, first: int) -> int:
    """Copy the staged lines after position `first`, a part of them, into the plan (not yet committed); return how many."""
    row: ColumnElement[int] = literal_column("rowid")
    return _write(session, _LINES, select(_STAGED).where(row > first, row <= first + PART))


def read_changes(
    engine: Engine,
    plan_id: int,
    scope: Scope,
    operation: Operation,
    write: Callable[[Sequence[Line]], object],
) -> None:
    """Plan an operation by reading each record; `write` gets the lines one batch at a time."""
    with with_snapshot(engine).connect() as connection, Session(connection, autoflush=False) as session:
        read_some(session, plan_id, scope, operation, which=true(), write=write)


def read_some(
    session: Session,
    plan_id: int,
    scope: Scope,
    operation: Operation,
    *,
    which: ColumnElement[bool],
    write: Callable[[Sequence[Line]], object],
    first: int = 1,
) -> None:
    """Plan an operation for the records that meet `which`, by reading them. Without numeric keys, lines are numbered from `first`."""
    numbers = count(first)
    for records, refused in _batches(session, scope, which):
        write([_numbered(plan_id, one, operation, refused.get(one.id, ""), numbers) for one in records])


def insert_lines(session: AnySession, lines: Sequence[Line]) -> None:
    """Write lines (not yet committed)."""
    session.connection().execute(insert(PlanLine), lines)


def line_of(session: AnySession, scope: Scope, record: Record, operation: Operation) -> Line:
    """Return what an operation would do with one record, without a plan."""
    return _line(0, record, operation, _refused(session, scope, [record.id]).get(record.id, "")) | {"number": 0}


def _write(session: AnySession, table: Table, lines: Statement) -> int:
    statement = insert(table).from_select(_COLUMNS, lines, include_defaults=False)
    result = session.connection().execute(statement, execution_options={"preserve_rowcount": True})
    return int(result.rowcount)


def _stage(session: AnySession, made: Statement) -> int:
    if is_postgres(session):
        return _write(session, _LINES, made)
    _STAGED.create(session.connection())
    return _write(session, _STAGED, made)


def _constant_lines(session: AnySession, plan_id: int, scope: Scope, values: Mapping[str, object]) -> Statement:
    """Select the lines of records that all get the same values."""
    columns = {name: history_columns(scope.model)[name] for name in values}
    differs = {name: _is_other(column, values[name]) for name, column in columns.items()}
    before, after = _json_of_differing(columns, differs, session), _json_of_constants(columns, differs, values)
    return _change_lines(session, plan_id, scope, is_changed=or_(*differs.values()), before=before, after=after)


def _computed_lines(session: AnySession, plan_id: int, scope: Scope, computed: Mapping[str, Computed]) -> Statement:
    """Select the lines of records whose new values the database computes."""
    columns = {name: history_columns(scope.model)[name] for name in computed}
    differs = {name: column.is_distinct_from(computed[name].value) for name, column in columns.items()}
    dialect = dialect_of(session)
    new = {name: pair_of(name, column, dialect, computed[name].value) for name, column in columns.items()}
    before, after = _json_of_differing(columns, differs, session), _joined(new, differs)
    return _change_lines(session, plan_id, scope, is_changed=or_(*differs.values()), before=before, after=after)


def _change_lines(
    session: AnySession,
    plan_id: int,
    scope: Scope,
    *,
    is_changed: ColumnElement[bool],
    before: Expression,
    after: Expression,
) -> Statement:
    """Select the lines of the records in scope, whether or not they change."""
    verdict = case(
        (scope.is_refused, literal(Verdict.REFUSED)),
        (is_changed, literal(Verdict.CHANGE)),
        else_=literal(Verdict.SAME),
    )
    told = and_(~scope.is_refused, is_changed)
    values = [case((told, one), else_=null()) for one in (before, after)]
    return _lines_of(session, plan_id, scope, verdict=verdict, before=values[0], after=values[1])


def _is_other(column: TableColumn, value: object) -> ColumnElement[bool]:
    comparable = kind_of(column).comparable
    return comparable(column).is_distinct_from(comparable(literal(value, column.type)))


def _deletion_lines(session: AnySession, plan_id: int, scope: Scope) -> Statement:
    """Select the lines of records that are deleted."""
    verdict = case((scope.is_refused, literal(Verdict.REFUSED)), else_=literal(Verdict.CHANGE))
    dependents = dependent_counts(scope.model)
    return _lines_of(session, plan_id, scope, verdict=verdict, before=null(), after=null(), dependents=dependents)


def _lines_of(
    session: AnySession,
    plan_id: int,
    scope: Scope,
    *,
    verdict: Expression,
    before: Expression,
    after: Expression,
    dependents: Expression | None = None,
) -> Statement:
    """Select the lines of all records in scope."""
    model = scope.model
    number = model.id if is_numbered(model) else func.row_number().over(order_by=model.id.asc())
    what = (literal(plan_id), number, stored_key(model.id), model.version)
    chosen = select(*what, verdict, scope.refusal, before, after, null() if dependents is None else dependents)
    return chosen.where(*scope.criteria(session))


def _json_of_differing(
    columns: Mapping[str, TableColumn], differs: Mapping[str, ColumnElement[bool]], session: AnySession
) -> Expression:
    """Write the present values of the fields that change as JSON."""
    dialect = dialect_of(session)
    if len(columns) == 1:
        return json_of(columns, dialect)
    return _joined({name: pair_of(name, column, dialect) for name, column in columns.items()}, differs)


def _json_of_constants(
    columns: Mapping[str, TableColumn], differs: Mapping[str, ColumnElement[bool]], values: Mapping[str, object]
) -> Expression:
    """Write the new values of the fields that change as JSON."""
    kept = {name: kind_of(column).to_history(values[name]) for name, column in columns.items()}
    if len(columns) == 1:
        return literal(kept, JsonValues)
    parts = {name: literal(_as_json({name: value})[1:-1], String) for name, value in kept.items()}
    return _joined(parts, differs)


def _joined(parts: Mapping[str, Expression], differs: Mapping[str, ColumnElement[bool]]) -> Expression:
    """Join the JSON members of the fields that change into one object."""
    pieces = [case((differs[name], part.concat(",")), else_=literal("", String)) for name, part in parts.items()]
    whole: Expression = literal("", String)
    for piece in pieces:
        whole = whole.concat(piece)
    return literal("{", String).concat(func.rtrim(whole, ",", type_=Text())).concat("}")


def _as_json(values: Values) -> str:
    """Write values in the JSON form of the history."""
    text = JsonValues().process_bind_param(values, None)  # type: ignore[arg-type]  # it is the same on every database
    return str(text)


def _batches(
    session: Session, scope: Scope, which: ColumnElement[bool]
) -> Iterator[tuple[Sequence[Any], Mapping[Key, str]]]:
    """Yield the records in batches, with the refusals by key."""
    meant = select(scope.model).where(*scope.criteria(session), which).order_by(scope.model.id.asc())
    for records in session.scalars(meant, execution_options={"yield_per": BATCH}).partitions():
        yield records, _refused(session, scope, [one.id for one in records])


def _refused(session: AnySession, scope: Scope, keys: Sequence[Key]) -> Mapping[Key, str]:
    if scope.rows is None and not scope.limits:
        return {}
    found = select(scope.model.id, scope.refusal).where(scope.model.id.in_(keys), scope.is_refused)
    return dict(map(tuple, session.execute(found)))


def _numbered(plan_id: int, record: Record, operation: Operation, refusal: str, numbers: Iterator[int]) -> Line:
    number = record.id if is_numbered(type(record)) else next(numbers)
    return _line(plan_id, record, operation, refusal) | {"number": number}


def _line(plan_id: int, record: Record, operation: Operation, refusal: str) -> Line:
    """Return what an operation would do with one record, as a line."""
    line: Line = {"plan_id": plan_id, "record_id": record.id, "version": record.version}
    line |= {"verdict": Verdict.REFUSED, "problem": refusal, "before": None, "after": None}
    if refusal:
        return line
    try:
        values = operation.new_values(record)
    except InvalidRecord as error:
        return line | {"verdict": Verdict.WRONG, "problem": str(error)[:300]}
    new = {name: value for name, value in values.items() if _differs(record, name, value)}
    before = {name: _to_history(record, name, present_value(record, name)) for name in new}
    after = {name: _to_history(record, name, value) for name, value in new.items()}
    verdict = Verdict.CHANGE if new else Verdict.SAME
    return line | {"verdict": verdict, "problem": "", "before": before, "after": after}


def _differs(record: Record, name: str, value: object) -> bool:
    one, other = (compared_field(type(record), name, of) for of in (value, present_value(record, name)))
    return one != other


def _to_history(record: Record, name: str, value: Any) -> object:
    """Return a field's value in the JSON form of the history."""
    links = links_of(type(record))
    if name in links:
        return keys_to_history(links[name], value)
    return kind_of(history_columns(type(record))[name]).to_history(value)
