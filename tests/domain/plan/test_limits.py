"""Limits of an operation: records that it does not fit are refused with the reason, when planned and when carried out."""

from __future__ import annotations

from typing import Any

import pytest

from admin_app.domain.plan import plan as plans
from admin_app.domain.plan.carry_out import Deletion, Execution
from admin_app.domain.plan.changes import Edit, SetTo
from admin_app.domain.plan.lines import (
    NOT_YOURS,
    Limit,
    Scope,
    insert_lines,
    line_of,
    read_changes,
    write_values,
)
from admin_app.domain.records.deletion import Decision, Fate, dependences_of_many
from admin_app.domain.records.deletion_scope import DeletionScope, everything_in_scope
from admin_app.extensions import db
from admin_app.models.plan import Plan, PlanLine
from admin_app.models.post import Post
from admin_app.models.user import User
from tests.domain.plan.planning import carried_out, planned_deletion, scope_of, verdicts

pytestmark = pytest.mark.usefixtures("context")

HAS_USER = Limit(Post.user_id > 0, "It has no user.")


def begun(model: type[Any], *fields: str) -> Plan:
    plan = plans.begin(
        db.session, staff_id=None, resource="x", model=model, operation="act", arguments={}, fields=fields
    )
    db.session.commit()
    return plan


def problems(plan: Plan) -> dict[int, str]:
    return {one.record_id: one.problem for one in plans.lines(db.session, plan, limit=9)}


@pytest.mark.parametrize("reads", [False, True])
def test_a_record_outside_the_limits_is_refused_with_the_first_reason(
    *, reads: bool, make_user: Any, make_post: Any
) -> None:
    ann = make_user()
    make_post(user=ann), make_post(), make_post(user=ann, content="theirs")
    scope = Scope(scope_of(Post).selection, Post.content != "theirs", (HAS_USER,))
    plan, edit = begun(Post, "content"), Edit(Post, {"content": SetTo("New")})

    if reads:
        read_changes(db.engine, plan.id, scope, edit, lambda lines: insert_lines(db.session, lines))
    else:
        write_values(db.session, plan.id, scope, {"content": "New"})

    # Of the second neither is true nor false that it has a user.
    assert verdicts(plan) == {1: "change", 2: "refused", 3: "refused"}
    assert problems(plan) == {1: "", 2: "It has no user.", 3: NOT_YOURS}


def test_a_single_record_is_judged_in_the_same_way_without_a_plan(make_post: Any) -> None:
    post = make_post()
    scope, edit = Scope(scope_of(Post).selection, None, (HAS_USER,)), Edit(Post, {"content": SetTo("New")})

    line = line_of(db.session, scope, post, edit)
    free = line_of(db.session, scope_of(Post), post, edit)

    assert (line["verdict"], line["problem"]) == ("refused", "It has no user.")
    assert (free["verdict"], free["before"], free["after"]) == ("change", {"content": post.content}, {"content": "New"})
    assert db.session.query(PlanLine).count() == 0


def test_limits_are_checked_before_the_change_and_not_after(make_user: Any, make_post: Any) -> None:
    ann = make_user()
    post = make_post(user=ann)
    plan = begun(Post, "user_id")
    write_values(db.session, plan.id, Scope(scope_of(Post).selection, None, (HAS_USER,)), {"user_id": None})
    plans.await_agreement(db.session, plan, plans.counted_lines(db.session, plan))
    plans.agree(db.session, plan)

    Execution(db.session, plan, limits=(HAS_USER,)).carry_out_next(9)
    db.session.commit()

    assert (verdicts(plan), post.user_id) == ({post.id: "done"}, None)


def test_a_record_that_left_the_limits_since_the_plan_is_skipped(make_user: Any, make_post: Any) -> None:
    post = make_post(user=make_user())
    plan = begun(Post, "content")
    write_values(db.session, plan.id, Scope(scope_of(Post).selection, None, (HAS_USER,)), {"content": "New"})
    plans.await_agreement(db.session, plan, plans.counted_lines(db.session, plan))
    plans.agree(db.session, plan)

    Execution(db.session, plan, limits=(Limit(Post.user_id > 99, "It has another user."),)).carry_out_next(9)
    db.session.commit()

    assert (verdicts(plan), problems(plan)) == ({post.id: "refused"}, {post.id: "It has another user."})
    assert post.content != "New"


def test_protected_records_are_not_changed(make_user: Any) -> None:
    ann, bea = make_user(), make_user()
    plan = planned_deletion(User)

    plans.judge_lines(db.session, plan, rows=None, protected={bea.id: "It stays."})
    plan.counts = plans.counted_lines(db.session, plan).counts
    carried_out(plan)

    assert (verdicts(plan), problems(plan)) == ({ann.id: "done", bea.id: "refused"}, {ann.id: "", bea.id: "It stays."})


# ---- what depends on many


def test_dependents_of_many_records_are_counted_up_to_the_limit(make_user: Any, make_post: Any) -> None:
    ann, bea = make_user(), make_user()
    for user in (ann, bea, bea, None):
        make_post(user=user)

    (all_,) = dependences_of_many(db.session, User, User.id > 0, everything_in_scope)
    (some,) = dependences_of_many(db.session, User, User.id > 0, limit=2, scopes=everything_in_scope)

    assert (all_.name, str(all_.count), all_.samples, all_.owner) == ("posts", "3", (), None)
    assert all_.fates == (Fate.KEEP, Fate.GIVE, Fate.DELETE)
    assert str(some.count) == "more than 2"
    assert dependences_of_many(db.session, User, User.id < 0, everything_in_scope) == []


@pytest.mark.parametrize("most", [1, 9])
def test_posts_reach_their_new_user_whatever_the_chunk_size(most: int, make_user: Any, make_post: Any) -> None:
    ann, bea, heir = make_user(), make_user(), make_user()
    posts = [make_post(user=user) for user in (ann, bea, heir)]
    plan = planned_deletion(User)
    plans.judge_lines(db.session, plan, rows=None, protected={heir.id: "It stays."})

    carried_out(plan, deletion=Deletion({"posts": Decision(Fate.GIVE, heir)}, everything_in_scope), most=most)

    assert {post.user_id for post in posts} == {heir.id}
    assert [user.id for user in db.session.query(User)] == [heir.id]


def test_posts_outside_the_row_scope_keep_their_user(make_user: Any, make_post: Any) -> None:
    ann, bea = make_user(), make_user()
    mine, theirs = make_post(user=ann, content="mine"), make_post(user=bea, content="theirs")
    plan = planned_deletion(User)
    bounds = DeletionScope(to_move=Post.content == "mine")

    carried_out(plan, deletion=Deletion({"posts": Decision(Fate.KEEP)}, lambda _relation: bounds))

    assert verdicts(plan) == {1: "done", 2: "failed"}
    assert problems(plan)[2] == "You cannot change some of its posts."
    assert (mine.user_id, theirs.user_id) == (None, 2)


class HangingOnItself(Execution):
    """As of a model whose records depend on each other; tests/test_relation_shapes.py has one."""

    _depends_on_itself = True


def test_only_versions_that_the_plan_itself_changed_are_followed(make_user: Any, make_post: Any) -> None:
    ann, bea = make_user(), make_user()
    make_post(user=ann)
    plan = planned_deletion(User)
    plans.agree(db.session, plan)
    execution = HangingOnItself(
        db.session, plan, deletion=Deletion({"posts": Decision(Fate.KEEP)}, everything_in_scope)
    )

    first = execution.carry_out_next(1)
    bea.name = "Changed by somebody"
    db.session.commit()
    second = execution.carry_out_next(1)

    assert (first, second, verdicts(plan)) == (1, 1, {1: "done", 2: "outdated"})
