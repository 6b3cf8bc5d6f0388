"""Plans of many records: made and carried out by a job, stopped, continued, and checked against current permissions."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from admin_app.db.string_set import StringSet
from admin_app.domain.permissions.rights import Action
from admin_app.domain.plan.carry_out import Execution
from admin_app.extensions import db
from admin_app.jobs import store as job_store
from admin_app.jobs.runner import Progress, Stop, StoppedError
from admin_app.models.change_set import Change, ChangeSet
from admin_app.models.job import Job, JobState
from admin_app.models.plan import Plan, PlanState, Verdict
from admin_app.models.post import Post
from admin_app.models.role import EDITOR, Role
from admin_app.panel.plan import jobs as plan_jobs
from admin_app.panel.plan.jobs import PlanWork
from tests.page import Page
from tests.panel.plan.plans import GIVE, agreed, given, owners, verdicts, work
from tests.stores import both_stores


@pytest.fixture(autouse=True)
def few_rows(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a job do what is about more than two records, two a transaction."""
    monkeypatch.setitem(app.config, "PLAN_ROWS", 2)
    monkeypatch.setattr(plan_jobs, "FIRST_CHUNK", 2)
    monkeypatch.setattr(plan_jobs, "MOST_LINES", 2)


@both_stores
def test_a_job_makes_the_plan_and_another_one_carries_it_out(as_editor: Any, make_user: Any, make_post: Any) -> None:
    ann = make_user()
    for _ in range(5):
        make_post()
    address = given(as_editor, ann)
    waiting = Page(as_editor.get(address))
    made = work(as_editor)
    planned = Page(as_editor.get(address))

    under_way = agreed(as_editor, address)
    before = owners(as_editor)
    done = work(as_editor)

    assert (waiting.heading, made, planned.heading) == ("Change posts: making the plan", "done", "Change 5 posts?")
    assert (under_way.heading, set(before.values())) == ("Change posts: under way", {None})
    assert (done, set(owners(as_editor).values())) == ("done", {ann.id})
    assert Page(as_editor.get(address)).heading == "5 posts changed"
    with as_editor.application.app_context():
        acts = db.session.scalars(select(ChangeSet).where(ChangeSet.kind == "bulk")).all()
        changes = db.session.scalar(select(func.count()).select_from(Change).where(Change.act == "update"))
        assert [(one.summary, one.count, one.actor) for one in acts] == [
            ("Changed 5 posts", 5, "Edgar (edgar@example.com)")
        ]
        assert changes == 5


@pytest.mark.parametrize("store", ["postgres"], indirect=True)
def test_a_job_that_crosses_another_act_gives_way_and_does_its_lines_once(
    as_editor: Any, make_user: Any, make_post: Any
) -> None:
    ann = make_user()
    for _ in range(3):
        make_post()
    agreed(as_editor, planned_by_job(as_editor, ann))
    with as_editor.application.app_context():
        engine = db.engine
        first, second, *_ = db.session.scalars(select(Post.id).order_by(Post.id))
    hold = select(Post.id).with_for_update()
    with engine.connect() as other, engine.connect() as watch:
        # The act is the one that finds out.
        other.exec_driver_sql("SET deadlock_timeout = '60s'")
        other.execute(hold.where(Post.id == second))

        def cross() -> None:
            # In this database alone: others of the server wait for locks of their own.
            waiting = (
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            while not watch.exec_driver_sql(waiting).scalar():
                watch.rollback()
                time.sleep(0.01)
            other.execute(hold.where(Post.id == first))
            other.rollback()

        crossing = threading.Thread(target=cross)
        crossing.start()
        state = work(as_editor)
        crossing.join()

    assert (state, set(owners(as_editor).values())) == ("done", {ann.id})
    with as_editor.application.app_context():
        assert db.session.scalar(select(func.count()).select_from(Change).where(Change.act == "update")) == 3


def test_a_job_that_was_killed_is_gone_on_with(
    as_editor: Any, make_user: Any, make_post: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(5):
        make_post()
    address = planned_by_job(as_editor, make_user())
    agreed(as_editor, address)
    some, calls = Execution.carry_out_next, []

    def dies(self: Any, most: int) -> int:
        calls.append(most)
        if len(calls) > 1:
            raise MemoryError
        return some(self, most)

    monkeypatch.setattr(Execution, "carry_out_next", dies)
    first = work(as_editor)
    monkeypatch.setattr(Execution, "carry_out_next", some)
    interrupted = Page(as_editor.get(address))
    as_editor.post_form(address, {"go_on": "1"})
    second = work(as_editor)

    assert first.startswith("failed")
    assert interrupted.texts("p", class_="note") == [
        "This stopped before it was finished. The changes up to then are kept."
    ]
    assert second == "done"
    assert set(verdicts(as_editor).values()) == {"done"}
    with as_editor.application.app_context():
        assert db.session.scalar(select(func.count()).select_from(Change).where(Change.act == "update")) == 5


def test_a_plan_that_is_stopped_keeps_what_was_done(
    as_editor: Any, make_user: Any, make_post: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(5):
        make_post()
    address = planned_by_job(as_editor, make_user())
    agreed(as_editor, address)
    some = Execution.carry_out_next

    def stops(self: Any, most: int) -> int:
        # As if the button were pressed in this moment.
        number = some(self, most)
        db.session.execute(update(Plan).values(state="stopped"), execution_options={"synchronize_session": False})
        return number

    monkeypatch.setattr(Execution, "carry_out_next", stops)
    work(as_editor)
    page = Page(as_editor.get(address))

    assert sorted(verdicts(as_editor).values()) == ["change"] * 3 + ["done"] * 2
    assert page.texts("button", within="plan") == [
        "Change 3 posts",
        "Show the 2 changed",
        "Show the 3 left as they were",
    ]


def test_pressing_stop_cancels_the_job(as_editor: Any, make_user: Any, make_post: Any) -> None:
    for _ in range(3):
        make_post()
    address = planned_by_job(as_editor, make_user())
    agreed(as_editor, address)

    page = agreed(as_editor, address, stop="1")

    with as_editor.application.app_context():
        job = db.session.scalars(select(Job).order_by(Job.id.desc()).limit(1)).one()
        assert job.state.value == "cancelled"
    assert page.heading == "0 posts changed"
    assert set(owners(as_editor).values()) == {None}


@pytest.mark.parametrize(("state", "left"), [("running", PlanState.AGREED), ("cancelled", PlanState.STOPPED)])
def test_a_worker_that_lost_its_job_to_another_one_stops_no_plan(
    state: str, left: PlanState, as_editor: Any, make_user: Any, make_post: Any
) -> None:
    for _ in range(3):
        make_post()
    agreed(as_editor, planned_by_job(as_editor, make_user()))

    with as_editor.application.app_context():
        plan = db.session.scalars(select(Plan)).one()
        db.session.execute(update(Job).where(Job.id == plan.job_id).values(state=JobState(state)))
        db.session.commit()
        with pytest.raises(StoppedError):
            PlanWork(plan.id, plan.staff_id, Progress(stop=Stop.NOT_OURS)).carry_out()
        assert db.session.get_one(Plan, plan.id, populate_existing=True).state == left


@pytest.mark.parametrize("lost", [Action.BULK, Action.EDIT])
def test_a_right_withdrawn_before_the_job_stops_it(
    lost: Action, as_editor: Any, make_user: Any, make_post: Any
) -> None:
    for _ in range(3):
        make_post()
    address = planned_by_job(as_editor, make_user())
    agreed(as_editor, address)
    with as_editor.application.app_context():
        role = db.session.scalars(select(Role).where(Role.key == EDITOR)).one()
        kept = StringSet(one for one in role.permissions if one != f"*:{lost}")
        db.session.execute(update(Role).where(Role.key == EDITOR).values(permissions=kept))
        db.session.commit()

    state = work(as_editor)

    assert state.startswith("failed")
    assert set(verdicts(as_editor).values()) == {Verdict.CHANGE}
    assert set(owners(as_editor).values()) == {None}


def test_a_cancelled_job_leaves_a_plan_that_can_be_carried_on(as_editor: Any, make_user: Any, make_post: Any) -> None:
    for _ in range(3):
        make_post()
    ann = make_user()
    address = planned_by_job(as_editor, ann)
    agreed(as_editor, address)
    with as_editor.application.app_context():
        job_id = db.session.scalar(select(Job.id).order_by(Job.id.desc()).limit(1)) or 0
        job_store.cancel(db.session, job_id=job_id)
        db.session.commit()

    page = Page(as_editor.get(address))
    agreed(as_editor, address, go_on="1")
    done = work(as_editor)

    assert page.texts("button", within="plan") == ["Continue", "Leave the rest"]
    assert (done, set(owners(as_editor).values())) == ("done", {ann.id})


def test_a_job_that_changes_the_filtered_field_changes_the_planned_records(
    as_editor: Any, make_user: Any, make_post: Any
) -> None:
    ann = make_user()
    for _ in range(3):
        make_post()
    make_post(user=make_user())
    address = planned_by_job(as_editor, ann, f"{GIVE}?user__empty=yes")
    make_post()
    agreed(as_editor, address)

    work(as_editor)

    assert owners(as_editor) == {1: ann.id, 2: ann.id, 3: ann.id, 4: 2, 5: None}


def planned_by_job(client: Any, user: Any, address: str = GIVE) -> str:
    """Ask for posts to be given away, and let the job make the plan."""
    found = given(client, user, address)
    assert work(client) == "done"
    return found


def test_a_chunk_that_had_to_be_short_grows_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan_jobs, "MOST_LINES", 10)

    shortest = plan_jobs.next_size(10, held=60, wanted=0.2)

    assert (shortest, plan_jobs.next_size(1, held=0.01, wanted=0.2)) == (1, 2)
    assert plan_jobs.next_size(9, held=0.01, wanted=0.2) == 10
