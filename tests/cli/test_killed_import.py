"""The worker is killed while it plans an import and while it carries it out: another one goes on, and no row comes in twice."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from admin_app import create_app
from admin_app.context import writing
from admin_app.db.string_set import StringSet
from admin_app.domain.audit.undo import undo
from admin_app.domain.plan import plan as plans
from admin_app.extensions import db
from admin_app.jobs import uploads
from admin_app.models.change_set import ChangeSet
from admin_app.models.plan import Plan, PlanLine, PlanState
from admin_app.models.post import Post
from admin_app.models.role import OWNER
from admin_app.models.staff import Staff
from admin_app.panel.access.access import access_to
from admin_app.panel.access.authority import acting_for
from admin_app.panel.plan.importing import make_import_plan
from admin_app.panel.plan.making import begin_carrying_out
from admin_app.panel.plan.operations import operation_of
from admin_app.panel.registry import resource_at
from admin_app.panel.resource import Resource
from admin_app.transfer.import_.options import ImportOptions, Mode
from tests.cli.killing import let_time_pass, state_of, until, working
from tests.cli.serving import upgrade

ROWS = 4_000


@pytest.fixture
def app(settings: dict[str, str], tmp_path: Path) -> Iterator[Flask]:
    """Make the dashboard on a new database, which keeps the files too; commands use the same one."""
    settings["ADMIN_FILES"] = "database"
    upgrade(settings["DATABASE_URL"], tmp_path)
    app = create_app(settings, instance_path=str(tmp_path))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def asked() -> int:
    """Send a file of new posts, and ask for its plan; return the plan's key."""
    content = "content\n" + "".join(f"post {number}\n" for number in range(ROWS))
    with writing():
        staff = Staff(name="Olga", email="olga@example.com", roles=StringSet([OWNER]), password_hash="-")
        db.session.add(staff)
        db.session.commit()
        file = io.BytesIO(content.encode())
        upload = uploads.keep(db.session, staff_id=staff.id, resource="post", file_name="posts.csv", file=file)
        upload.reading = {"format": "csv", "encoding": "utf-8", "delimiter": ",", "titles": 1}
        db.session.commit()
        with acting_for(staff):
            options = ImportOptions({0: "content"}, Mode.ADD, "")
            plan_id = make_import_plan(access_to(posts()), upload, options, staff_id=staff.id).id
        db.session.rollback()
    return plan_id


def agree(plan_id: int) -> None:
    """Agree to a plan, and hand it over."""
    with writing():
        plan = db.session.get_one(Plan, plan_id)
        staff = db.session.get_one(Staff, plan.staff_id)
        plans.agree(db.session, plan)
        with acting_for(staff):
            access = access_to(posts())
            begin_carrying_out(access, plan, operation_of(access, plan), staff_id=staff.id)
        db.session.rollback()


def posts() -> Resource:
    found = resource_at("post")
    assert found is not None
    return found


def lines(plan_id: int) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(PlanLine).where(PlanLine.plan_id == plan_id)) or 0


@pytest.mark.usefixtures("app")
def test_an_import_whose_worker_was_killed_is_done_once(settings: dict[str, str]) -> None:
    plan_id = asked()

    with working(settings):
        until(lambda: lines(plan_id) > 0)
    let_time_pass(plan_id)
    with working(settings):
        until(lambda: state_of(plan_id)[0] == PlanState.PLANNED)
    planned = lines(plan_id)
    agree(plan_id)
    with working(settings):
        until(lambda: state_of(plan_id)[1] > 0)
    let_time_pass(plan_id)
    with working(settings):
        until(lambda: state_of(plan_id)[0] == PlanState.DONE)

    assert planned == ROWS
    found = select(func.count(), func.count(Post.content.distinct()))
    assert tuple(db.session.execute(found).one()) == (ROWS, ROWS)
    made = db.session.scalars(select(ChangeSet).where(ChangeSet.kind == "import")).one()
    assert (made.summary, made.count) == ("Created 4,000 posts", ROWS)
    with writing():
        db.session.rollback()
        outcome = undo(db.session, db.session.get_one(ChangeSet, made.id))
        db.session.commit()
    assert (outcome.given_back, outcome.left) == (ROWS, 0)
