"""PostgreSQL is killed in the middle of a plan, its worker is not: the plan goes on, and each line is done once."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import create_engine, func, select, text, update

from admin_app import create_app
from admin_app.db.types import utc_now
from admin_app.extensions import db
from admin_app.jobs import store as job_store
from admin_app.models.change_set import Change, ChangeSet
from admin_app.models.job import Job, JobState
from admin_app.models.plan import Plan, PlanLine, PlanState
from admin_app.models.post import Post
from tests.cli.killing import agreed, hand_over, number_changed, state_of, until, working
from tests.cli.serving import upgrade
from tests.many import many
from tests.postgres import kill_postgres, start_again, start_postgres

# The first transaction carries out 500 lines, each later one at most twice as many as the one before.
POSTS = 2500
WAITING = (
    "SELECT count(*) FROM pg_stat_activity "
    "WHERE wait_event_type = 'Lock' AND starts_with(query, 'UPDATE plan_line SET verdict')"
)


@pytest.fixture
def server(settings: dict[str, str]) -> Iterator[Path]:
    """Serve from a PostgreSQL of the test's own, which it may kill; return the folder of its data."""
    with tempfile.TemporaryDirectory() as name:
        settings["DATABASE_URL"] = start_postgres(Path(name))
        yield Path(name)
        kill_postgres(Path(name))


@pytest.fixture
def app(server: Path, settings: dict[str, str], tmp_path: Path) -> Iterator[Flask]:
    """Make the dashboard on that server's database, with posts."""
    assert server
    upgrade(settings["DATABASE_URL"], tmp_path)
    app = create_app(settings, instance_path=str(tmp_path))
    many(app, Post, [{"content": "old"} for _ in range(POSTS)])
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()
        app.extensions["jobs"].close()


@pytest.mark.postgres
@pytest.mark.usefixtures("app")
def test_a_plan_whose_database_server_was_killed_is_done_once(server: Path, settings: dict[str, str]) -> None:
    plan_id = agreed()
    job_id = db.session.get_one(Plan, plan_id).job_id or 0

    with working(settings):
        kill_while_it_writes(server, settings["DATABASE_URL"], plan_id)
        _, done = state_of(plan_id)
        changed = number_changed()
        until(lambda: is_over(plan_id, job_id))

    assert 0 < done < POSTS
    assert changed == done
    assert db.session.execute(
        select(Post.content, Post.version, func.count()).group_by(Post.content, Post.version)
    ).all() == [("new", 2, POSTS)]
    lines = select(PlanLine.verdict, func.count()).where(PlanLine.plan_id == plan_id).group_by(PlanLine.verdict)
    assert db.session.execute(lines).all() == [("done", POSTS)]
    recorded = select(func.count(), func.count(Change.record_id.distinct())).where(Change.act == "update")
    assert db.session.execute(recorded).all() == [(POSTS, POSTS)]
    acts = db.session.scalars(select(ChangeSet).where(ChangeSet.kind == "bulk")).all()
    assert [(one.summary, one.count) for one in acts] == [("Changed 2,500 posts", POSTS)]


def kill_while_it_writes(server: Path, url: str, plan_id: int) -> None:
    """Kill the server while the last lines' records are changed and nothing of that is committed; start it again."""
    engine = create_engine(url)
    with engine.connect() as other:
        # Who carries the plan out waits for this line with all else done, until the server is gone.
        last = select(PlanLine.number).where(PlanLine.plan_id == plan_id, PlanLine.number == POSTS)
        other.execute(last.with_for_update())
        until(is_waiting)
        kill_postgres(server)
        other.invalidate()
    engine.dispose()
    db.session.remove()
    db.engine.dispose()
    start_again(server)


def is_waiting() -> bool:
    """Whether somebody waits to write a line; what a transaction hears of that is what it heard first."""
    db.session.rollback()
    number = db.session.scalar(text(WAITING))
    db.session.rollback()
    return number == 1


def is_over(plan_id: int, job_id: int) -> bool:
    """Whether the plan is done; where its first job failed, or its worker could not say so, let another attempt follow."""
    db.session.rollback()
    plan, job = db.session.get_one(Plan, plan_id), db.session.get_one(Job, job_id)
    state, staff_id = plan.state, plan.staff_id or 0
    is_failed = job.state is JobState.FAILED and plan.job_id == job_id
    long_ago = utc_now() - 2 * job_store.LOST_AFTER
    first = update(Job).where(Job.id == job_id, Job.state == JobState.RUNNING, Job.attempt == 1)
    db.session.execute(first.values(heartbeat_at=long_ago), execution_options={"synchronize_session": False})
    db.session.commit()
    if is_failed:
        # As somebody would who presses "Continue".
        hand_over(plan_id, staff_id)
    return state == PlanState.DONE
