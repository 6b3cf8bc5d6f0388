"""The verbs of a plan: begin it, judge its lines, agree to it, go on with it, stop it, let it expire."""

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
from admin_app.domain.plan.checks import Judgement, judge, out_of_sight, spare, taken
from admin_app.errors import NotFoundError
from admin_app.extensions import AnyRow, AnySession, table_of
from admin_app.models.change_set import ChangeSet
from admin_app.models.plan import Plan, PlanLine, PlanState, Verdict

# A plan is for now: what it says of the records grows old.
LIFETIME = timedelta(hours=24)
# What came of it is kept as long as people ask about it.
REPORT_LIFETIME = timedelta(days=30)
# Lines removed at a time: more would keep other writers waiting.
MOST_REMOVED = 5000
# Of so many lines a plan is large for its store.
MANY = 2000
# So many reasons are told; records with others are counted.
MOST_REASONS = 50


@dataclass(frozen=True)
class LineCounts:
    """How many lines have which verdict, and which reasons the most of them have: [verdict, reason, how many]."""

    counts: dict[str, int]
    reasons: list[AnyRow]
    # Of the one field that is to change: how many of its records have no value yet. None where there are several fields.
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
    """Write a plan down that has no lines yet (not yet committed)."""
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
    session: AnySession, plan: Plan, *, rows: ColumnElement[bool] | None, spared: Mapping[Key, str] | None = None
) -> Sequence[Judgement]:
    """Return what is wrong with lines seen as a whole, each to be judged once those before it are.

    `spared` are records that the act itself needs as they are, and why.
    """
    model = model_of(plan)
    columns = row_columns(model)
    unique = [name for name in plan.fields if name in columns and columns[name].unique]
    found = [*spare(spared or {}), *(one for name in unique for one in taken(session, plan.id, model, name))]
    return [*found, *([out_of_sight(session, model, rows)] if rows is not None and plan.fields else [])]


def judge_lines(
    session: AnySession, plan: Plan, *, rows: ColumnElement[bool] | None, spared: Mapping[Key, str] | None = None
) -> None:
    """Judge the lines as a whole, by a statement a judgement (not yet committed)."""
    for one in judgements(session, plan, rows=rows, spared=spared):
        judge(session, plan.id, one)


def await_agreement(session: AnySession, plan: Plan, counted: LineCounts) -> bool:
    """Let a plan whose lines are made wait for somebody to agree (not yet committed)."""
    if sum(counted.counts.values()) >= MANY:
        analyse_table(session, PlanLine)
    return _move(session, plan, PlanState.PLANNING, {"state": PlanState.PLANNED, **asdict(counted)})


def clear_lines(session: AnySession, plan: Plan) -> int:
    """Remove some lines, of a plan that is made anew or has expired (not yet committed); return how many there were."""
    some = select(PlanLine.number).where(PlanLine.plan_id == plan.id).limit(MOST_REMOVED)
    statement = delete(PlanLine).where(PlanLine.plan_id == plan.id, PlanLine.number.in_(some))
    return _changed(session, statement)


def agree(session: AnySession, plan: Plan, *, reason: str = "") -> bool:
    """Agree to a plan (not yet committed); False where that was done before, or it is no longer to be had."""
    now = utc_now()
    values = {"state": PlanState.AGREED, "agreed_at": now, "expires_at": now + REPORT_LIFETIME, "reason": reason}
    return _move(session, plan, PlanState.PLANNED, values)


def go_on(session: AnySession, plan: Plan) -> bool:
    """Let a plan that was stopped be carried on (not yet committed); False where what it did was undone.

    Its change set is undone as a whole: what came to it afterwards would be undone by nothing.
    """
    # An undo looks whether the plan is under way: of the two that come at once, the second waits here.
    session.execute(select(Plan.id).where(Plan.id == plan.id).with_for_update())
    done = None if plan.change_set_id is None else session.get(ChangeSet, plan.change_set_id)
    if done is not None and undone_by(session, done) is not None:
        return False
    return _move(session, plan, PlanState.STOPPED, {"state": PlanState.AGREED, "finished_at": None})


def stop(session: AnySession, plan: Plan, counted: LineCounts) -> bool:
    """Carry out no more of a plan (not yet committed); what was done stays done."""
    values = {"state": PlanState.STOPPED, "finished_at": utc_now(), **asdict(counted)}
    return _move(session, plan, PlanState.AGREED, values)


def finish(session: AnySession, plan: Plan, counted: LineCounts) -> bool:
    """Say that every line of a plan is settled (not yet committed)."""
    values = {"state": PlanState.DONE, "finished_at": utc_now(), **asdict(counted)}
    return _move(session, plan, PlanState.AGREED, values)


def give_up(session: AnySession, plan: Plan) -> None:
    """Let a plan that nobody agrees to any more go at the next clean-up (not yet committed)."""
    _move(session, plan, PlanState.PLANNED, {"expires_at": utc_now()})


def is_over(plan: Plan) -> bool:
    """Whether a plan waited too long for agreement, or is from a clock that was ahead."""
    return not plan.created_at <= latest(utc_now()) or plan.expires_at < utc_now()


def model_of(plan: Plan) -> type[Record]:
    """Return the model of a plan's records; raise `NotFoundError` where the dashboard no longer has it."""
    try:
        return recorded_models()[plan.model]
    except KeyError as error:
        message = f"The dashboard no longer has {plan.model} records."
        raise NotFoundError(message) from error


def counted_lines(session: AnySession, plan: Plan) -> LineCounts:
    """Count the lines by verdict and by reason. Of a million that takes a while: it is asked in a transaction that only reads."""
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
    """Count the lines to be done whose one field has no value yet; what it was once the plan is agreed to stays as it was."""
    if len(plan.fields) != 1 or plan.state != PlanState.PLANNING:
        return plan.empty
    mine = (PlanLine.plan_id == plan.id, PlanLine.verdict == Verdict.CHANGE, PlanLine.before == _empty(plan))
    return session.scalar(select(func.count()).select_from(PlanLine).where(*mine))


def _empty(plan: Plan) -> dict[str, None]:
    """Return what a line says of a record whose field has no value."""
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
    """Return lines in their order, from behind a number on; with `is_filled` those whose one field has a value now.

    The numbers of records may be below 1: from the first line on there is no number to be behind.
    """
    mine = [PlanLine.plan_id == plan.id]
    mine += [] if after is None else [PlanLine.number > after]
    mine += [PlanLine.verdict.in_(verdicts)] if verdicts else []
    mine += [PlanLine.before != _empty(plan)] if is_filled else []
    return session.scalars(select(PlanLine).where(*mine).order_by(PlanLine.number).limit(limit)).all()


def waiting_of(session: AnySession, staff_id: int, *, most: int) -> Sequence[Plan]:
    """Return the plans of a person that wait for them, the newest first."""
    mine = Plan.staff_id == staff_id, Plan.state == PlanState.PLANNED, Plan.expires_at > utc_now()
    return session.scalars(select(Plan).where(*mine).order_by(Plan.id.desc()).limit(most)).all()


def expired(session: AnySession) -> Plan | None:
    """Return a plan that is kept no longer."""
    now = utc_now()
    is_old = or_(Plan.expires_at < now, Plan.created_at > latest(now))
    return session.scalar(select(Plan).where(is_old, Plan.state != PlanState.AGREED).limit(1))


def remove_expired(session: AnySession) -> bool:
    """Remove some of what has expired (not yet committed); return whether there may be more."""
    plan = expired(session)
    if plan is None:
        return False
    if not clear_lines(session, plan):
        session.delete(plan)
        session.flush()
    return True


def _move(session: AnySession, plan: Plan, state: PlanState, values: Mapping[str, object]) -> bool:
    """Change a plan from the state that it is believed to be in, so that of two at once one wins."""
    session.flush()
    statement = update(Plan).where(Plan.id == plan.id, Plan.state == state).values(**values)
    is_moved = _changed(session, statement) == 1
    session.refresh(plan)
    return is_moved


def _changed(session: AnySession, statement: Update | Delete) -> int:
    return rows_changed(session.execute(statement, execution_options={"synchronize_session": False}))
