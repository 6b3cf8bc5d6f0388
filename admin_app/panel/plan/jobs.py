"""A plan's long work as a job: its lines made, or carried out a chunk at a time, so that nobody waits long for the write lock."""

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
from admin_app.db.connection import hold_pages, of_one_moment, write_back
from admin_app.db.crossings import retry_conflicts
from admin_app.db.keys import Key
from admin_app.db.record import Record
from admin_app.db.turns import let_others_write
from admin_app.domain.auth.accounts import actor_of
from admin_app.domain.plan import effects
from admin_app.domain.plan import plan as plans
from admin_app.domain.plan.arrival_checks import WrongCell, batched, mark, wrong_cells
from admin_app.domain.plan.arrivals import read_arrivals
from admin_app.domain.plan.changes import Edit, Operation
from admin_app.domain.plan.checks import Judgement
from admin_app.domain.plan.lines import PART, Line, Scope, insert_lines
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
NO_EFFECT = "It was changed, but what follows did not happen."
# Lines that the first transaction carries out, and the most that one does.
FIRST_CHUNK, MOST_LINES = 500, 10_000
# How many times as long as the one before a chunk may be: where much else runs, the next one may be slower.
GROWTH = 1.5
# So many seconds a transaction may take: on SQLite nobody else writes meanwhile, on PostgreSQL nobody changes its records.
HELD = {"sqlite": 0.2, "postgresql": 0.4}


def run_plan(job: Job, progress: Progress) -> Product | None:
    """Make a plan's lines, or carry them out; whatever an earlier attempt did stays done."""
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
    """Return how many lines the next chunk has, after one that was held so long. Rounded up: one line would stay one for ever."""
    return min(MOST_LINES, math.ceil(most * wanted / max(held, wanted / GROWTH)))


@dataclass(frozen=True)
class PlanWork:
    """One plan at work for one person, or the command line; their rights are asked anew with each transaction."""

    plan_id: int
    staff_id: int | None
    progress: Progress

    def make_lines(self) -> None:
        """Read what is meant, as it is at one moment; write the lines a batch a transaction."""
        while self._transaction(lambda plan: plans.clear_lines(db.session, plan)):
            self.progress.check()
            _let_others_write()
        with reading(), self._rights():
            access, operation = _asked(self._plan())
            if operation.incoming is not None:
                with opened(access, upload_of(operation.incoming)) as source:
                    self.take_in(access, operation.incoming, source)
                return
            pairs = [tuple(pair) for pair in self._plan().arguments["selection"]]
            scope = scope_of(access, plain_selection(access, pairs), operation)
            # SQLite's log grows by all that is written as long as somebody reads what was before.
            db.session.rollback()
            self._write_lines(scope, operation.values)
            judgements = judgements_of(access, self._plan(), operation)
            db.session.rollback()
            self._judge(judgements)
        self._end(plans.await_agreement)

    def _judge(self, judgements: Sequence[Judgement]) -> None:
        """Judge the lines as a whole, a part a transaction."""
        for _ in self._parted(judge_in_parts(db.engine, self.plan_id, judgements), JUDGED):
            pass

    def take_in(self, access: Access, incoming: Incoming, source: Source) -> None:
        """Make lines of a file's rows, and judge them as a whole."""
        rows = incoming.reader.arrivals(source)
        read_arrivals(db.engine, self.plan_id, incoming.arrivals, rows, self._write)
        db.session.rollback()
        while self._found_wrong(incoming):
            _let_others_write()
        with reading(), self._rights():
            self._judge(judgements_of_rows(access, incoming))
        self._end(plans.await_agreement)

    def _found_wrong(self, incoming: Incoming) -> bool:
        """Look over all lines for what cannot be, while others may write; return whether anything was found."""
        is_found = False
        # As it is at one moment: what is marked meanwhile is judged by the next look.
        with reading(), of_one_moment(db.engine).connect() as connection, Session(connection) as session:
            for some in batched(wrong_cells(session, self.plan_id, incoming.arrivals)):
                self.progress.check()
                self._transaction(partial(_mark, some))
                is_found = True
        return is_found

    def carry_out(self) -> None:
        """Carry lines out until none is left, or somebody stops it."""
        most, done, wanted = FIRST_CHUNK, 1, HELD[db.engine.dialect.name]
        try:
            while done:
                self._let_effects_come()
                self.progress.check()
                done, held = self._timed(partial(self._some, most))
                most = next_size(most, held=held, wanted=wanted)
                if done:
                    _let_others_write()
        except StoppedError:
            if self.progress.stop is Stop.NOT_OURS and not self._is_somebodys():
                self._end(plans.stop)
            raise
        except AdminError:
            self._end(plans.stop)
            raise
        self._end(plans.finish)

    def _write_lines(self, scope: Scope, values: Operation | None) -> None:
        """Write the lines: by SQL as far as the store knows what becomes of records, else by reading them."""
        constants = values.constants if isinstance(values, Edit) else None
        if values is None or constants is not None:
            parts = write_in_parts(db.engine, self.plan_id, scope, constants)
        else:
            parts = change_in_parts(db.engine, self.plan_id, scope, values, self._write)
        for number in self._parted(parts, PART):
            self.progress.add(number)

    def _parted(self, parts: Iterator[int], most: int) -> Iterator[int]:
        """Write part by part, unless somebody stops it, and let others write in between."""
        for number in parts:
            self.progress.check()
            yield number
            if number == most:
                _let_others_write()

    def _some(self, most: int, plan: Plan) -> int:
        """Carry so many lines out; return how many there were."""
        hold_pages(db.session)
        if plan.state != PlanState.AGREED:
            return 0
        with self._rights():
            access, operation = _asked(plan)
            left = open_lines(plan.counts)
            number = execution_of(access, plan, operation).some(most)
        self.progress.set_total(self.progress.done + left)
        self.progress.add(number)
        return number

    def _let_effects_come(self) -> None:
        """Let the effects come of what was carried out and committed, by this attempt or an earlier one, each by itself."""
        while (waiting := self._next_effect()) is not None:
            self.progress.check()
            self._transaction(partial(self._note_effect, waiting.number, waiting.come()))

    def _next_effect(self) -> _Effect | None:
        with reading(), self._rights():
            plan = self._plan()
            effect = _asked(plan)[1].effect
            if effect is None or plan.state != PlanState.AGREED:
                return None
            line = effects.next_line(db.session, plan)
            # What no longer is, or was never made, has no effect either: it says so itself.
            return None if line is None else _Effect(effect, plans.model_of(plan), line.number, line.record_id)

    def _note_effect(self, number: int, problem: str, plan: Plan) -> None:
        effects.note(db.session, plan, db.session.get_one(PlanLine, (plan.id, number)), problem)

    def _write(self, lines: Sequence[Line]) -> None:
        self.progress.check()
        self._transaction(lambda _plan: insert_lines(db.session, lines))
        self.progress.add(len(lines))

    def _end(self, end: Callable[..., object]) -> None:
        """Count the lines while others may write, then say how the plan ended."""
        with reading():
            counted = plans.counted_lines(db.session, self._plan())
            db.session.rollback()
        self._transaction(partial(_end, end, counted))

    def _transaction(self, work: Callable[[Plan], T]) -> T:
        """Do something with the plan in a transaction of its own."""
        return self._timed(work)[0]

    def _timed(self, work: Callable[[Plan], T]) -> tuple[T, float]:
        """Do it anew where it crossed the work of others, who go first; return besides for how long it held its locks."""
        return retry_conflicts(db.session, lambda: self._timed_once(work))

    def _timed_once(self, work: Callable[[Plan], T]) -> tuple[T, float]:
        """Count the commit, too: on SQLite it writes every page, which takes a while."""
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

    def _is_somebodys(self) -> bool:
        """Whether another worker took up the plan's job: this one was out of sight for too long, and stops nobody."""
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
        """Act with the rights of this moment; the command line's are those of whoever is nobody."""
        return nullcontext() if self.staff_id is None else acting_for(self._staff(self.staff_id))

    def _staff(self, staff_id: int) -> Staff:
        staff = db.session.get(Staff, staff_id)
        if staff is None:
            raise PlanError(NOT_ANY_MORE)
        return staff


@dataclass(frozen=True)
class _Effect:
    """The effect of one line."""

    let_come: Callable[[Record], None]
    model: type[Record]
    number: int
    record_id: Key | None

    def come(self) -> str:
        """Let it come; return why it did not, "" where it did. No transaction is open for writing meanwhile."""
        record = None if self.record_id is None else db.session.get(self.model, self.record_id)
        if record is None:
            return f"{NO_EFFECT} The record has been deleted."
        try:
            self.let_come(record)
        except AdminError as error:
            return f"{NO_EFFECT} {error}"[:300]
        except Exception:
            # It is a resource's own, and the other records' effects are still to come.
            log.exception("the effect on %s %s failed", table_of(self.model).name, self.record_id)
            return f"{NO_EFFECT} The worker's log says why."
        return ""


def _end(end: Callable[..., object], counted: plans.LineCounts, plan: Plan) -> None:
    end(db.session, plan, counted)
    deselect_deleted(plan)


def _mark(some: Sequence[WrongCell], plan: Plan) -> None:
    mark(db.session, plan.id, some)


def _let_others_write() -> None:
    """Empty SQLite's log, and let whoever waits for its write lock go first."""
    write_back(db.engine)
    let_others_write(db.engine)


def _asked(plan: Plan) -> tuple[Access, BulkOperation]:
    """Return what the person may do, and what they asked for; raise `PlanError` where it is not theirs any more."""
    access = access_at(plan.resource)
    if access is None:
        raise PlanError(NOT_ANY_MORE)
    operation = operation_of(access, plan)
    if not may_do(access, operation.action, is_one=is_about_one(plan)):
        raise PlanError(NOT_ANY_MORE)
    return access, operation


__all__ = ["KIND", "run_plan"]
