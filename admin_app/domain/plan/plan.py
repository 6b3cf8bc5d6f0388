"""The verbs of a plan: begin it, judge its lines, agree to it, resume it, stop it, remove it when it expired."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, Delete, Update, delete, func, or_, select, update

from admin_app.db.connection import analyse_table, rows_changed
from admin_app.db.json_values import recorded_models, row_columns
from admin_app.db.keys import Key
from admin_app.db.record import Record
from admin_app.db.types import utc_now
from admin_app.domain.audit.undo import undone_by
from admin_app.domain.clock import latest
from admin_app.domain.plan.checks import Judgement, judge, outside_scope, protect, taken
from admin_app.errors import NotFoundError
from admin_app.extensions import AnyRow, AnySession, table_of
from admin_app.models.change_set import ChangeSet
from admin_app.models.plan import Plan, PlanLine, PlanState, Verdict

# A plan describes the records as they are now, so it expires soon.
LIFETIME = timedelta(hours=24)
# What a plan did is kept as long as people ask about it.
REPORT_LIFETIME = timedelta(days=30)
# Lines removed at a time: more would keep other writers waiting.
MOST_REMOVED = 5000
# From this many lines on, a plan is large enough for new table statistics.
MANY = 2000
# Reasons listed per plan. Records with other reasons are only counted.
MOST_REASONS = 50


@dataclass(frozen=True)
class LineCounts:
    """How many lines have each verdict, and the most frequent reasons: [verdict, reason, how many]."""

    counts: dict[str, int]
    reasons: list[AnyRow]
    # If one field changes: how many of the records have no value in it yet. None for several fields.
    empty: int | None


def begin(
    session: AnySession,
    *,
    staff_id: int | None,
    resource: str,
    model: type[Record],
    operation: str,
    arguments: Mapping[str, object],
    fields: Sequence[str] = (),
    scope: str = "",
    listed: int | None = None,
) -> Plan:
    """Create a plan that has no lines yet (not yet committed)."""
    plan = Plan(
        staff_id=staff_id,
        resource=resource,
        model=table_of(model).name,
        operation=operation,
        arguments=dict(arguments),
        fields=list(fields),
        scope=scope,
        listed=listed,
        state=PlanState.PLANNING,
        expires_at=utc_now() + LIFETIME,
    )
    session.add(plan)
    session.flush()
    return plan


def judgements(
    session: AnySession, plan: Plan, *, rows: ColumnElement[bool] | None, protected: Mapping[Key, str] | None = None
) -> Sequence[Judgement]:
    """Return the checks of the lines as a whole, to be applied in this order.

    `protected` are records that the operation itself needs unchanged, with the reasons.
    """
    model = model_of(plan)
    columns = row_columns(model)
    unique = [name for name in plan.fields if name in columns and columns[name].unique]
    found = [*protect(protected or {}), *(one for name in unique for one in taken(session, plan.id, model, name))]
    return [*found, *([outside_scope(session, model, rows)] if rows is not None and plan.fields else [])]


def judge_lines(
    session: AnySession, plan: Plan, *, rows: ColumnElement[bool] | None, protected: Mapping[Key, str] | None = None
) -> None:
    """Judge the lines as a whole, one statement per check (not yet committed)."""
    for one in judgements(session, plan, rows=rows, protected=protected):
        judge(session, plan.id, one)


def await_agreement(session: AnySession, plan: Plan, counted: LineCounts) -> bool:
    """Let a plan whose lines are complete wait for agreement (not yet committed)."""
    if sum(counted.counts.values()) >= MANY:
        analyse_table(session, PlanLine)
    return _move(session, plan, PlanState.PLANNING, {"state": PlanState.PLANNED, **asdict(counted)})


def clear_lines(session: AnySession, plan: Plan) -> int:
    """Remove some lines of a plan that expired or is made again (not yet committed); return how many."""
    some = select(PlanLine.number).where(PlanLine.plan_id == plan.id).limit(MOST_REMOVED)
    statement = delete(PlanLine).where(PlanLine.plan_id == plan.id, PlanLine.number.in_(some))
    return _changed(session, statement)


def agree(session: AnySession, plan: Plan, *, reason: str = "") -> bool:
    """Agree to a plan (not yet committed); False if somebody did so before, or the plan is no longer available."""
    now = utc_now()
    values = {"state": PlanState.AGREED, "agreed_at": now, "expires_at": now + REPORT_LIFETIME, "reason": reason}
    return _move(session, plan, PlanState.PLANNED, values)


def go_on(session: AnySession, plan: Plan) -> bool:
    """Resume a plan that was stopped (not yet committed); False if what it did was undone.

    Its change set can be undone only once and as a whole: changes added after an undo could not be undone.
    """
    # An undo checks whether the plan is running: if both come at once, the second waits here.
    session.execute(select(Plan.id).where(Plan.id == plan.id).with_for_update())
    done = None if plan.change_set_id is None else session.get(ChangeSet, plan.change_set_id)
    if done is not None and undone_by(session, done) is not None:
        return False
    return _move(session, plan, PlanState.STOPPED, {"state": PlanState.AGREED, "finished_at": None})


def stop(session: AnySession, plan: Plan, counted: LineCounts) -> bool:
    """Stop a plan (not yet committed); finished lines stay done."""
    values = {"state": PlanState.STOPPED, "finished_at": utc_now(), **asdict(counted)}
    return _move(session, plan, PlanState.AGREED, values)


def finish(session: AnySession, plan: Plan, counted: LineCounts) -> bool:
    """Mark a plan as done: every line is settled (not yet committed)."""
    values = {"state": PlanState.DONE, "finished_at": utc_now(), **asdict(counted)}
    return _move(session, plan, PlanState.AGREED, values)


def give_up(session: AnySession, plan: Plan) -> None:
    """Let a plan that nobody will agree to expire now (not yet committed)."""
    _move(session, plan, PlanState.PLANNED, {"expires_at": utc_now()})


def is_over(plan: Plan) -> bool:
    """Whether a plan waited too long for agreement, or was made by a clock that was ahead."""
    return not plan.created_at <= latest(utc_now()) or plan.expires_at < utc_now()


def model_of(plan: Plan) -> type[Record]:
    """Return the model of a plan's records; raise `NotFoundError` if the dashboard no longer has it."""
    try:
        return recorded_models()[plan.model]
    except KeyError as error:
        message = f"The dashboard no longer has {plan.model} records."
        raise NotFoundError(message) from error


def counted_lines(session: AnySession, plan: Plan) -> LineCounts:
    """Count the lines by verdict and reason. For a million lines this takes a while, so callers do it in a read transaction."""
    number = func.count()
    found = select(PlanLine.verdict, PlanLine.problem, number).where(PlanLine.plan_id == plan.id)
    grouped = session.execute(found.group_by(PlanLine.verdict, PlanLine.problem).order_by(number.desc()))
    counts: Counter[str] = Counter()
    reasons: list[AnyRow] = []
    for verdict, problem, count in grouped:
        counts[verdict] += count
        if problem and len(reasons) < MOST_REASONS:
            reasons.append([verdict, problem, count])
    return LineCounts(dict(counts), reasons, _number_of_empty(session, plan))


def _number_of_empty(session: AnySession, plan: Plan) -> int | None:
    """Count the open lines whose one field has no value yet. The number is fixed once the plan is agreed to."""
    if len(plan.fields) != 1 or plan.state != PlanState.PLANNING:
        return plan.empty
    mine = (PlanLine.plan_id == plan.id, PlanLine.verdict == Verdict.CHANGE, PlanLine.before == _empty(plan))
    return session.scalar(select(func.count()).select_from(PlanLine).where(*mine))


def _empty(plan: Plan) -> dict[str, None]:
    """Return the old values of a record whose field is empty, as its line holds them."""
    return dict.fromkeys(plan.fields)


def lines(
    session: AnySession,
    plan: Plan,
    *,
    verdicts: Sequence[str] = (),
    is_filled: bool = False,
    after: int | None = None,
    limit: int,
) -> Sequence[PlanLine]:
    """Return lines in order after a line number; with `is_filled` only those whose one field has a value.

    Numbers may be below 1, so only None means the first line.
    """
    mine = [PlanLine.plan_id == plan.id]
    mine += [] if after is None else [PlanLine.number > after]
    mine += [PlanLine.verdict.in_(verdicts)] if verdicts else []
    mine += [PlanLine.before != _empty(plan)] if is_filled else []
    return session.scalars(select(PlanLine).where(*mine).order_by(PlanLine.number).limit(limit)).all()


def waiting_of(session: AnySession, staff_id: int, *, most: int) -> Sequence[Plan]:
    """Return a person's plans that wait for agreement, the newest first."""
    mine = Plan.staff_id == staff_id, Plan.state == PlanState.PLANNED, Plan.expires_at > utc_now()
    return session.scalars(select(Plan).where(*mine).order_by(Plan.id.desc()).limit(most)).all()


def expired(session: AnySession) -> Plan | None:
    """Return one expired plan, or None."""
    now = utc_now()
    is_old = or_(Plan.expires_at < now, Plan.created_at > latest(now))
    return session.scalar(select(Plan).where(is_old, Plan.state != PlanState.AGREED).limit(1))


def remove_expired(session: AnySession) -> bool:
    """Remove some expired lines or a plan (not yet committed); return whether there may be more."""
    plan = expired(session)
    if plan is None:
        return False
    if not clear_lines(session, plan):
        session.delete(plan)
        session.flush()
    return True


def _move(session: AnySession, plan: Plan, state: PlanState, values: Mapping[str, object]) -> bool:
    """Change a plan's state if it is still the expected one, so that of two requests at once only one succeeds."""
    session.flush()
    statement = update(Plan).where(Plan.id == plan.id, Plan.state == state).values(**values)
    is_moved = _changed(session, statement) == 1
    session.refresh(plan)
    return is_moved


def _changed(session: AnySession, statement: Update | Delete) -> int:
    return rows_changed(session.execute(statement, execution_options={"synchronize_session": False}))
