"""What can happen to records between a plan, its confirmation, carrying it out and its undo."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from admin_app.context import writing
from admin_app.db.types import utc_now
from admin_app.domain.audit.undo import undo
from admin_app.domain.plan import plan as plans
from admin_app.domain.plan.changes import SetTo
from admin_app.errors import NotFoundError
from admin_app.extensions import db
from admin_app.models.change_set import ChangeSet
from admin_app.models.plan import Plan
from admin_app.models.post import Post
from tests.domain.plan.planning import carried_out, planned, planned_value, verdicts

pytestmark = pytest.mark.usefixtures("context")


def test_records_that_enter_or_leave_the_filter_after_the_plan_stay_unchanged(make_post: Any) -> None:
    stays, leaves = make_post(content="draft"), make_post(content="draft")
    plan = planned(Post, {"user_id": SetTo(None), "content": SetTo("sold")}, meant=Post.content == "draft")
    comes = make_post(content="draft")
    leaves.content = "final"
    db.session.commit()

    carried_out(plan)

    assert verdicts(plan) == {stays.id: "done", leaves.id: "outdated"}
    assert (stays.content, leaves.content, comes.content) == ("sold", "final", "draft")


def test_a_plan_that_changes_the_filtered_field_carries_out_all_its_lines(make_post: Any) -> None:
    for _ in range(5):
        make_post(content="draft")
    plan = planned(Post, {"content": SetTo("final")}, meant=Post.content == "draft")

    carried_out(plan, most=2)

    assert plan.counts == {"done": 5}
    assert set(db.session.scalars(select(Post.content))) == {"final"}


def test_only_one_of_two_people_who_agree_at_once_succeeds(app: Flask, make_post: Any) -> None:
    make_post()
    plan_id, start, won = planned_value(Post, content="New").id, threading.Barrier(2), []
    db.session.rollback()

    def agree() -> None:
        with app.app_context(), writing():
            start.wait()
            won.append(plans.agree(db.session, db.session.get_one(Plan, plan_id)))
            db.session.commit()

    threads = [threading.Thread(target=agree) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(won) == [False, True]


@pytest.mark.parametrize(
    ("created", "expires", "is_over"),
    [(0, 1, False), (-1, 0, True), (1, 2, True)],
)
def test_a_plan_is_over_once_it_expired_or_if_a_clock_was_ahead(*, created: int, expires: int, is_over: bool) -> None:
    plan = planned_value(Post, content="New")
    plan.created_at, plan.expires_at = utc_now() + timedelta(hours=created), utc_now() + timedelta(hours=expires)

    assert plans.is_over(plan) == is_over


def test_a_plan_of_a_model_that_is_gone_says_so() -> None:
    plan = planned_value(Post, content="New")
    plan.model = "tag"

    with pytest.raises(NotFoundError, match=r"^The dashboard no longer has tag records\.$"):
        plans.model_of(plan)


def test_an_undo_leaves_records_that_others_changed_since(make_post: Any) -> None:
    posts = [make_post(content="old") for _ in range(4)]
    plan = carried_out(planned_value(Post, content="new"))
    for post in posts[::2]:
        post.content = "newer"
    db.session.commit()

    outcome = undo(db.session, db.session.get_one(ChangeSet, plan.change_set_id))
    db.session.commit()

    assert (outcome.given_back, outcome.left) == (2, 2)
    assert [one.content for one in posts] == ["newer", "old", "newer", "old"]
