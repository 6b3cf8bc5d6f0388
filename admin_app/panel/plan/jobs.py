"""The job of a large plan: make its lines, or carry them out in chunks, so that nobody waits long for the write lock."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from sqlalchemy.orm import Session

from admin_app.context import acting, reading, time_zone, writing
from admin_app.db.connection import hold_pages, with_snapshot, write_back
from admin_app.db.keys import Key
from admin_app.db.record import Record
from admin_app.db.retries import retry_conflicts
from admin_app.db.turns import let_others_write
from admin_app.domain.auth.accounts import actor_of
from admin_app.domain.plan import effects
from admin_app.domain.plan import plan as plans
from admin_app.domain.plan.changes import Edit, Operation
from admin_app.domain.plan.checks import Judgement
from admin_app.domain.plan.import_checks import WrongCell, batched, mark, wrong_cells
from admin_app.domain.plan.lines import PART, Line, Scope, insert_lines
from admin_app.domain.plan.row_matcher import match_rows
from admin_app.errors import AdminError, PlanError
from admin_app.extensions import db, table_of
from admin_app.jobs import store as job_store
from admin_app.jobs.runner import Product, Progress, Stop, StoppedError
from admin_app.models.change_set import Kind
from admin_app.models.job import Job
from admin_app.models.plan import Plan, PlanLine, PlanState, open_lines
from admin_app.models.staff import Staff
from admin_app.panel.access.access import Access, access_at
from admin_app.panel.access.authority import acting_for
from admin_app.panel.import_.opening import opened
from admin_app.panel.list.selections import plain_selection
from admin_app.panel.plan.importing import judgements_of_rows, upload_of
from admin_app.panel.plan.making import KIND, deselect_deleted
from admin_app.panel.plan.operation import (
    BulkOperation,
    Incoming,
    execution_of,
    is_about_one,
    judgements_of,
    may_do,
    scope_of,
)
from admin_app.panel.plan.operations import operation_of
from admin_app.panel.plan.parts import JUDGED, change_in_parts, judge_in_parts, write_in_parts
from admin_app.timezones import zone_of
from admin_app.transfer.import_.source import Source

T = TypeVar("T")
log = logging.getLogger(__name__)

NOT_ANY_MORE = "You can no longer do this. Nothing more was changed."
NO_EFFECT = "It was changed, but the step after that failed."
# Lines of the first transaction, and the most that one transaction carries out.
FIRST_CHUNK, MOST_LINES = 500, 10_000
# How much longer than the last chunk the next may take: on a busy machine it can turn out slower.
GROWTH = 1.5
# Seconds that a transaction may take: on SQLite it blocks all writers, on PostgreSQL those of the same records.
HELD = {"sqlite": 0.2, "postgresql": 0.4}


def run_plan(job: Job, progress: Progress) -> Product | None:
    """Make a plan's lines, or carry them out. What an earlier attempt did stays done."""
    plan_id, staff_id = int(job.arguments["plan"]), job.staff_id
    staff, plan = db.session.get(Staff, staff_id), db.session.get(Plan, plan_id)
    if staff is None or plan is None:
        raise PlanError(NOT_ANY_MORE)
    actor, zone, is_made = actor_of(staff), zone_of(staff.time_zone), plan.state != PlanState.PLANNING
    db.session.rollback()
    work = PlanWork(plan_id, staff_id, progress)
    with time_zone(zone), acting(lambda: actor, kind=Kind.BULK):
        if is_made:
            work.carry_out()
        else:
            work.make_lines()
    db.session.remove()
    return None


def next_size(most: int, *, held: float, wanted: float) -> int:
    """Return the size of the next chunk, given how long the last one held its locks. Rounded up, so that it can grow from 1."""
    return min(MOST_LINES, math.ceil(most * wanted / max(held, wanted / GROWTH)))


@dataclass(frozen=True)
class PlanWork:
    """Makes or carries out one plan, for a person or the command line. Each transaction checks the person's rights again."""

    plan_id: int
    staff_id: int | None
    progress: Progress

    def make_lines(self) -> None:
        """Read the records as of one moment; write the lines, one transaction per batch."""
        while self._transaction(lambda plan: plans.clear_lines(db.session, plan)):
            self.progress.check()
            _let_others_write()
        with reading(), self._rights():
            access, operation = _requested(self._plan())
            if operation.incoming is not None:
                with opened(access, upload_of(operation.incoming)) as source:
                    self.plan_import(access, operation.incoming, source)
                return
            pairs = [tuple(pair) for pair in self._plan().arguments["selection"]]
            scope = scope_of(access, plain_selection(access, pairs), operation)
            # SQLite's log grows as long as a read transaction is open.
            db.session.rollback()
            self._write_lines(scope, operation.values)
            judgements = judgements_of(access, self._plan(), operation)
            db.session.rollback()
            self._judge(judgements)
        self._end(plans.await_agreement)

    def _judge(self, judgements: Sequence[Judgement]) -> None:
        """Judge the lines as a whole, one transaction per part."""
        for _ in self._with_pauses(judge_in_parts(db.engine, self.plan_id, judgements), JUDGED):
            pass

    def plan_import(self, access: Access, incoming: Incoming, source: Source) -> None:
        """Make lines of a file's rows, and judge them as a whole."""
        rows = incoming.reader.rows(source)
        match_rows(db.engine, self.plan_id, incoming.matcher, rows, self._write)
        db.session.rollback()
        while self._found_wrong(incoming):
            _let_others_write()
        with reading(), self._rights():
            self._judge(judgements_of_rows(access, incoming))
        self._end(plans.await_agreement)

    def _found_wrong(self, incoming: Incoming) -> bool:
        """Check all lines while others may write; return whether any were found wrong."""
        is_found = False
        # This check reads one moment; lines that it marks are taken into account by the next check.
        with reading(), with_snapshot(db.engine).connect() as connection, Session(connection) as session:
            for some in batched(wrong_cells(session, self.plan_id, incoming.matcher)):
                self.progress.check()
                self._transaction(partial(_mark, some))
                is_found = True
        return is_found

    def carry_out(self) -> None:
        """Carry out lines until none is left or somebody stops the job."""
        most, done, wanted = FIRST_CHUNK, 1, HELD[db.engine.dialect.name]
        try:
            while done:
                self._run_effects()
                self.progress.check()
                done, held = self._timed(partial(self._carry_out_chunk, most))
                most = next_size(most, held=held, wanted=wanted)
                if done:
                    _let_others_write()
        except StoppedError:
            if self.progress.stop is Stop.NOT_OURS and not self._has_other_worker():
                self._end(plans.stop)
            raise
        except AdminError:
            self._end(plans.stop)
            raise
        self._end(plans.finish)

    def _write_lines(self, scope: Scope, values: Operation | None) -> None:
        """Write the lines: in SQL as far as the database can compute the new values, else by reading the records."""
        constants = values.constants if isinstance(values, Edit) else None
        if values is None or constants is not None:
            parts = write_in_parts(db.engine, self.plan_id, scope, constants)
        else:
            parts = change_in_parts(db.engine, self.plan_id, scope, values, self._write)
        for number in self._with_pauses(parts, PART):
            self.progress.add(number)

    def _with_pauses(self, parts: Iterator[int], most: int) -> Iterator[int]:
        """Write one part after the other, let others write in between, and end if somebody stops the job."""
        for number in parts:
            self.progress.check()
            yield number
            if number == most:
                _let_others_write()

    def _carry_out_chunk(self, most: int, plan: Plan) -> int:
        """Carry out up to `most` lines; return how many."""
        hold_pages(db.session)
        if plan.state != PlanState.AGREED:
            return 0
        with self._rights():
            access, operation = _requested(plan)
            left = open_lines(plan.counts)
            number = execution_of(access, plan, operation).carry_out_next(most)
        self.progress.set_total(self.progress.done + left)
        self.progress.add(number)
        return number

    def _run_effects(self) -> None:
        """Run the effects of committed lines, of this attempt or an earlier one, each in its own transaction."""
        while (waiting := self._next_effect()) is not None:
            self.progress.check()
            self._transaction(partial(self._note_effect, waiting.number, waiting.run()))

    def _next_effect(self) -> _Effect | None:
        with reading(), self._rights():
            plan = self._plan()
            effect = _requested(plan)[1].effect
            if effect is None or plan.state != PlanState.AGREED:
                return None
            line = effects.next_line(db.session, plan)
            # A record that was deleted, or not created, has no effect: `_Effect.come` reports it.
            return None if line is None else _Effect(effect, plans.model_of(plan), line.number, line.record_id)

    def _note_effect(self, number: int, problem: str, plan: Plan) -> None:
        effects.note(db.session, plan, db.session.get_one(PlanLine, (plan.id, number)), problem)

    def _write(self, lines: Sequence[Line]) -> None:
        self.progress.check()
        self._transaction(lambda _plan: insert_lines(db.session, lines))
        self.progress.add(len(lines))

    def _end(self, end: Callable[..., object]) -> None:
        """Count the lines while others may write, then set the plan's final state."""
        with reading():
            counted = plans.counted_lines(db.session, self._plan())
            db.session.rollback()
        self._transaction(partial(_end, end, counted))

    def _transaction(self, work: Callable[[Plan], T]) -> T:
        """Do some work with the plan in its own transaction."""
        return self._timed(work)[0]

    def _timed(self, work: Callable[[Plan], T]) -> tuple[T, float]:
        """Do the work, again after lock conflicts; also return how many seconds it held its locks."""
        return retry_conflicts(db.session, lambda: self._timed_once(work))

    def _timed_once(self, work: Callable[[Plan], T]) -> tuple[T, float]:
        """Do the work once and time it with its commit, in which SQLite writes every changed page."""
        db.session.rollback()
        with writing():
            try:
                plan, began = self._plan(), time.monotonic()
                done = work(plan)
                db.session.commit()
            except BaseException:
                db.session.rollback()
                raise
        return done, time.monotonic() - began

    def _has_other_worker(self) -> bool:
        """Whether another worker took over the job because this one sent no sign of life. Then this one must not stop the plan."""
        with reading():
            db.session.rollback()
            job = db.session.get(Job, self._plan().job_id or 0)
            is_open = job is not None and job.state in job_store.OPEN
            db.session.rollback()
        return is_open

    def _plan(self) -> Plan:
        plan = db.session.get(Plan, self.plan_id)
        if plan is None:
            raise PlanError(NOT_ANY_MORE)
        return plan

    def _rights(self) -> AbstractContextManager[None]:
        """Act with the person's present rights; the command line acts with all rights."""
        return nullcontext() if self.staff_id is None else acting_for(self._staff(self.staff_id))

    def _staff(self, staff_id: int) -> Staff:
        staff = db.session.get(Staff, staff_id)
        if staff is None:
            raise PlanError(NOT_ANY_MORE)
        return staff


@dataclass(frozen=True)
class _Effect:
    """The effect of one line."""

    act: Callable[[Record], None]
    model: type[Record]
    number: int
    record_id: Key | None

    def run(self) -> str:
        """Run the effect; return why it failed, "" if it didn't. No write transaction is open meanwhile."""
        record = None if self.record_id is None else db.session.get(self.model, self.record_id)
        if record is None:
            return f"{NO_EFFECT} The record has been deleted."
        try:
            self.act(record)
        except AdminError as error:
            return f"{NO_EFFECT} {error}"[:300]
        except Exception:
            # An effect is the resource's own code. One that fails must not stop the others.
            log.exception("the effect on %s %s failed", table_of(self.model).name, self.record_id)
            return f"{NO_EFFECT} The worker's log says why."
        return ""


def _end(end: Callable[..., object], counted: plans.LineCounts, plan: Plan) -> None:
    end(db.session, plan, counted)
    deselect_deleted(plan)


def _mark(some: Sequence[WrongCell], plan: Plan) -> None:
    mark(db.session, plan.id, some)


def _let_others_write() -> None:
    """Write SQLite's log back to the database, and let waiting writers go first."""
    write_back(db.engine)
    let_others_write(db.engine)


def _requested(plan: Plan) -> tuple[Access, BulkOperation]:
    """Return the person's access and operation; raise `PlanError` if they no longer have the right."""
    access = access_at(plan.resource)
    if access is None:
        raise PlanError(NOT_ANY_MORE)
    operation = operation_of(access, plan)
    if not may_do(access, operation.action, is_one=is_about_one(plan)):
        raise PlanError(NOT_ANY_MORE)
    return access, operation


__all__ = ["KIND", "run_plan"]
