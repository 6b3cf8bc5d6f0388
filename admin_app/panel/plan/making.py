"""Make a plan and carry it out: at once for few records, else in a job."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from flask import current_app

from admin_app.context import reading
from admin_app.db.transaction import commit_act
from admin_app.domain.plan import plan as plans
from admin_app.domain.plan.changes import Edit
from admin_app.domain.plan.lines import insert_lines, read_changes, write_deletions, write_values
from admin_app.domain.work import ticks
from admin_app.errors import PlanError
from admin_app.extensions import db
from admin_app.formatting import counted, in_sentence
from admin_app.jobs import store as job_store
from admin_app.jobs.queue import the_queue
from admin_app.models.plan import ENDED, Plan, Verdict, open_lines
from admin_app.panel.access.access import Access
from admin_app.panel.list.counted import count_up_to
from admin_app.panel.plan.operation import BulkOperation, execution_of, is_deletion, judge_lines, scope_of
from admin_app.selection.selection import TICKS, VIEW, Selection

KIND = "plan"
# Lines that one transaction of a request carries out.
CHUNK = 1000


def make_plan(
    access: Access, selection: Selection, operation: BulkOperation, *, scope: str, listed: int | None, staff_id: int
) -> Plan:
    """Plan an operation for the selected rows (committed): at once, or in a job if there are many."""
    is_small = count_up_to(selection, current_app.config["PLAN_ROWS"]).is_exact
    if selection.ticks and not is_small:
        # Rows that the person selects while the job waits must not count.
        selection = replace(selection, ticks=ticks.keep_copy(db.session, selection.ticks))
    plan = begin_plan(access, selection, operation, scope=scope, listed=listed, staff_id=staff_id)
    if is_small:
        make_lines(access, plan, selection, operation)
        db.session.commit()
    else:
        queue_plan(plan, staff_id, f"Plan: {in_sentence(operation.verb)} {access.resource.nouns}")
    return plan


def make_lines(access: Access, plan: Plan, selection: Selection, operation: BulkOperation) -> None:
    """Write and judge the lines of a plan for few rows, which then waits for agreement (not yet committed)."""
    write_lines(access, plan, selection, operation)
    judge_lines(access, plan, operation)
    plans.await_agreement(db.session, plan, plans.counted_lines(db.session, plan))


def begin_plan(
    access: Access,
    selection: Selection,
    operation: BulkOperation,
    *,
    scope: str,
    listed: int | None,
    staff_id: int | None,
) -> Plan:
    """Create a plan that has no lines yet (not yet committed)."""
    return plans.begin(
        db.session,
        staff_id=staff_id,
        resource=access.resource.endpoint,
        model=access.resource.model,
        operation=operation.key,
        arguments={
            "selection": [pair for pair in selection.changed(columns=(), view=0).arguments() if pair[0] != VIEW],
            **operation.arguments,
        },
        fields=operation.fields,
        scope=scope,
        listed=listed,
    )


def write_lines(access: Access, plan: Plan, selection: Selection, operation: BulkOperation) -> None:
    """Write the plan's lines (not yet committed)."""
    scope = scope_of(access, selection, operation)
    values = operation.values
    if values is None:
        write_deletions(db.session, plan.id, scope)
    elif isinstance(values, Edit) and values.constants is not None:
        write_values(db.session, plan.id, scope, values.constants)
    else:
        with reading():
            read_changes(db.engine, plan.id, scope, values, lambda lines: insert_lines(db.session, lines))


def begin_carrying_out(
    access: Access, plan: Plan, operation: BulkOperation, *, staff_id: int, is_whole: bool = False
) -> None:
    """Carry out a plan that was agreed to (committed): at once if it is small and has no effects, else in a job.

    If `is_whole`, all of it is done or nothing: raises `PlanError` if a record changed meanwhile, and the caller rolls back.
    """
    if open_lines(plan.counts) > current_app.config["PLAN_ROWS"] or operation.effect is not None:
        of = counted(open_lines(plan.counts), access.resource.noun, access.resource.nouns)
        queue_plan(plan, staff_id, f"{operation.verb} {of}")
        return
    execution = execution_of(access, plan, operation)
    before = Counter(plan.counts)
    while execution.carry_out_next(CHUNK):
        pass
    if is_whole and (left := sum((Counter(plan.counts) - before).values()) - _done(plan)):
        message = f"Nothing was {operation.done}: {counted(left, 'record was', 'records were')} changed meanwhile. Check the file again."
        raise PlanError(message)
    plans.finish(db.session, plan, plans.counted_lines(db.session, plan))
    deselect_deleted(plan)
    commit_act(db.session)


def deselect_deleted(plan: Plan) -> None:
    """Deselect the rows that a finished plan deleted (not yet committed)."""
    set_id = dict(plan.arguments.get("selection", [])).get(TICKS)
    if is_deletion(plan) and plan.state in ENDED and set_id:
        ticks.clear_planned(db.session, plan, set_id=int(set_id))


def _done(plan: Plan) -> int:
    return plan.counts.get(Verdict.DONE, 0)


def queue_plan(plan: Plan, staff_id: int, title: str) -> None:
    """Queue a job that continues the plan (committed)."""
    job = job_store.submit(db.session, kind=KIND, staff_id=staff_id, title=title, arguments={"plan": plan.id})
    db.session.flush()
    plan.job_id = job.id
    commit_act(db.session)
    the_queue().wake(plan.job_id)
