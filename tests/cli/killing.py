"""A plan of all posts agreed to, and a worker that carries it out until it is killed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import func, select, update
from werkzeug.datastructures import MultiDict

from admin_app.context import writing
from admin_app.db.string_set import StringSet
from admin_app.db.types import utc_now
from admin_app.domain.plan import plan as plans
from admin_app.extensions import db
from admin_app.jobs import store as job_store
from admin_app.jobs.queue import the_queue
from admin_app.jobs.runner import Progress
from admin_app.models.change_set import Change
from admin_app.models.job import Job
from admin_app.models.plan import Plan
from admin_app.models.role import EDITOR
from admin_app.models.staff import Staff
from admin_app.panel.access.access import access_to
from admin_app.panel.list.selections import plain_selection
from admin_app.panel.plan.jobs import PlanWork
from admin_app.panel.plan.making import KIND, begin_plan
from admin_app.panel.plan.operations.editing import read_edit
from admin_app.panel.registry import resource_at
from tests.cli.serving import PATIENCE
from tests.forking import begin_with


def agreed() -> int:
    """Make a plan of all posts, agree to it, and ask for a job that carries it out."""
    with writing():
        staff = Staff(name="Edgar", email="edgar@example.com", roles=StringSet([EDITOR]), password_hash="-")
        db.session.add(staff)
        db.session.flush()
        resource = resource_at("post")
        assert resource is not None
        access = access_to(resource)
        operation = read_edit(access, MultiDict([("change", "content"), ("value.content", "new")]))
        selection, words = plain_selection(access, []), "Posts"
        plan = begin_plan(access, selection, operation, scope=words, listed=None, staff_id=staff.id)
        plan_id, staff_id = plan.id, staff.id
        db.session.commit()
    PlanWork(plan_id, None, Progress()).make_lines()
    with writing():
        plans.agree(db.session, db.session.get_one(Plan, plan_id))
        db.session.commit()
    hand_over(plan_id, staff_id)
    return plan_id


def hand_over(plan_id: int, staff_id: int) -> None:
    """Ask for a job that carries a plan out, or on."""
    with writing():
        job = job_store.submit(db.session, kind=KIND, staff_id=staff_id, title="Plan", arguments={"plan": plan_id})
        db.session.flush()
        db.session.get_one(Plan, plan_id).job_id = job.id
        db.session.commit()
    the_queue().wake(job.id)
    db.session.rollback()


@contextmanager
def working(settings: dict[str, str]) -> Iterator[None]:
    """Let a worker work meanwhile; it is killed at the end, whatever it is at."""
    worker = begin_with("worker", env=settings)
    try:
        yield
    finally:
        worker.kill()
        worker.wait()


def until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < end, "it takes too long"
        time.sleep(0.01)


def state_of(plan_id: int) -> tuple[str, int]:
    """Return the state of a plan, and how many of its lines are done."""
    db.session.rollback()
    plan = db.session.get_one(Plan, plan_id)
    found = plan.state, plan.counts.get("done", 0)
    db.session.rollback()
    return found


def number_changed() -> int:
    """Return how many changes of records the history has."""
    number = db.session.scalar(select(func.count()).select_from(Change).where(Change.act == "update"))
    db.session.rollback()
    return number or 0


def let_time_pass(plan_id: int) -> None:
    """Date the last word about the plan's job back to where its worker counts as gone, instead of waiting for so long."""
    with writing():
        job_id = db.session.get_one(Plan, plan_id).job_id
        long_ago = utc_now() - 2 * job_store.LOST_AFTER
        db.session.execute(update(Job).where(Job.id == job_id).values(heartbeat_at=long_ago))
        db.session.commit()
