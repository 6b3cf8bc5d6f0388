"""The worker, and with it SQLite, is killed in the middle of a plan: another one goes on, and does no line twice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from admin_app import create_app
from admin_app.context import writing
from admin_app.domain.audit.undo import undo
from admin_app.extensions import db
from admin_app.models.change_set import ChangeSet
from admin_app.models.plan import PlanState
from admin_app.models.post import Post
from tests.cli.killing import agreed, let_time_pass, number_changed, state_of, until, working
from tests.cli.serving import upgrade
from tests.many import many

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
    changed = number_changed()
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
