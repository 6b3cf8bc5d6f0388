"""The worker, and with it SQLite, is killed in the middle of a plan: another one goes on, and does no line twice."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, text, update
from werkzeug.datastructures import MultiDict

from admin_app import create_app
from admin_app.context import writing
from admin_app.db.string_set import StringSet
from admin_app.db.types import utc_now
from admin_app.domain.audit.undo import undo
from admin_app.domain.plan import plan as plans
from admin_app.extensions import db
from admin_app.jobs import store as job_store
from admin_app.jobs.queue import the_queue
from admin_app.jobs.runner import Progress
from admin_app.models.change_set import Change, ChangeSet
from admin_app.models.job import Job
from admin_app.models.plan import Plan, PlanState
from admin_app.models.post import Post
from admin_app.models.role import EDITOR
from admin_app.models.staff import Staff
from admin_app.panel.access.access import access_to
from admin_app.panel.list.selections import plain_selection
from admin_app.panel.plan.jobs import PlanWork
from admin_app.panel.plan.making import KIND, begin_plan
from admin_app.panel.plan.operations.editing import read_edit
from admin_app.panel.registry import resource_at
from tests.cli.serving import PATIENCE, upgrade
from tests.many import many

ROOT = Path(__file__).resolve().parents[2]
POSTS = 10_000


@pytest.fixture
def app(settings: dict[str, str], tmp_path: Path) -> Iterator[Flask]:
    """Make the dashboard on a new database with posts; commands use the same one."""
    upgrade(settings["DATABASE_URL"], tmp_path)
    app = create_app(settings, instance_path=str(tmp_path))
    many(app, Post, [{"content": "old"} for _ in range(POSTS)])
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.mark.usefixtures("app")
def test_a_plan_whose_worker_was_killed_is_done_once(settings: dict[str, str]) -> None:
    plan_id = agreed()

    with working(settings):
        until(lambda: state_of(plan_id)[1] > 0)
    killed, done = state_of(plan_id)
    changed = db.session.scalar(select(func.count()).select_from(Change).where(Change.act == "update"))
    db.session.rollback()
    let_time_pass(plan_id)
    with working(settings):
        until(lambda: state_of(plan_id)[0] == PlanState.DONE)

    assert killed in {PlanState.AGREED, PlanState.DONE}
    assert done == changed
    assert db.session.execute(text("PRAGMA integrity_check")).scalar() == "ok"
    assert db.session.execute(select(Post.content, Post.version, func.count()).group_by(Post.content)).all() == [
        ("new", 2, POSTS)
    ]
    acts = db.session.scalars(select(ChangeSet).where(ChangeSet.kind == "bulk")).all()
    assert [(one.summary, one.count) for one in acts] == [("Changed 10,000 posts", POSTS)]
    with writing():
        db.session.rollback()
        outcome = undo(db.session, db.session.get_one(ChangeSet, acts[0].id))
        db.session.commit()
    assert (outcome.given_back, outcome.left) == (POSTS, 0)


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
        plan = db.session.get_one(Plan, plan_id)
        plans.agree(db.session, plan)
        job = job_store.submit(db.session, kind=KIND, staff_id=staff_id, title="Plan", arguments={"plan": plan_id})
        db.session.flush()
        plan.job_id = job.id
        db.session.commit()
    the_queue().wake(job.id)
    db.session.rollback()
    return plan_id


@contextmanager
def working(settings: dict[str, str]) -> Iterator[None]:
    """Let a worker work meanwhile; it is killed at the end, whatever it is at."""
    worker = subprocess.Popen(
        [sys.executable, "manage.py", "worker"],
        cwd=ROOT,
        env=settings,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
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


def let_time_pass(plan_id: int) -> None:
    """Date the last word about the plan's job back to where its worker counts as gone, instead of waiting for so long."""
    with writing():
        job_id = db.session.get_one(Plan, plan_id).job_id
        long_ago = utc_now() - 2 * job_store.LOST_AFTER
        db.session.execute(update(Job).where(Job.id == job_id).values(heartbeat_at=long_ago))
        db.session.commit()
