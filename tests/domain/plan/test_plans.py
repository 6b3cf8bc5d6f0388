"""Plans: what they show, what they change, and what they leave alone."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from admin_app.domain.audit.undo import undo
from admin_app.domain.plan import plan as plans
from admin_app.domain.plan.carry_out import GONE, OUTDATED, Deletion, Execution
from admin_app.domain.plan.changes import Edit, ReplaceText, SetTo
from admin_app.domain.plan.checks import OUTSIDE_SCOPE
from admin_app.domain.plan.lines import NOT_YOURS
from admin_app.domain.records.deletion import Decision, Fate
from admin_app.domain.records.deletion_scope import everything_in_scope
from admin_app.errors import UndoError
from admin_app.extensions import db
from admin_app.models.change_set import Change, ChangeSet
from admin_app.models.plan import Plan, PlanLine, PlanState
from admin_app.models.post import Post
from admin_app.models.user import User
from tests.domain.audit.undoing import state
from tests.domain.plan.planning import carried_out, planned, planned_deletion, planned_value, values, verdicts

pytestmark = pytest.mark.usefixtures("context")


@pytest.mark.parametrize("reads", [False, True])
def test_a_plan_lists_old_and_new_values_and_changes_nothing(*, reads: bool, make_user: Any, make_post: Any) -> None:
    ann, bea = make_user(), make_user()
    for user in (None, ann, bea):
        make_post(user=user)
    before = state(Post)

    plan = planned(Post, {"user_id": SetTo(ann.id)}, reads=reads)

    assert verdicts(plan) == {1: "change", 2: "same", 3: "change"}
    found = values(plan)
    assert (found[1], found[3]) == (
        ({"user_id": None}, {"user_id": ann.id}),
        ({"user_id": bea.id}, {"user_id": ann.id}),
    )
    assert plan.counts == {"change": 2, "same": 1}
    assert state(Post) == before


@pytest.mark.covers
def test_postgres_analyses_the_lines_of_a_large_plan(
    store: str, statements: Any, make_post: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        make_post()
    monkeypatch.setattr(plans, "MANY", 3)

    with statements() as large:
        planned(Post, {"content": SetTo("new")})
    monkeypatch.setattr(plans, "MANY", 4)
    with statements() as small:
        planned(Post, {"content": SetTo("new")})

    looks = [sum(one.startswith("ANALYZE") for one in sent) for sent in (large, small)]
    assert looks == [1 if store == "postgres" else 0, 0]


@pytest.mark.parametrize("reads", [False, True])
def test_a_plan_of_several_fields_names_only_those_that_differ(*, reads: bool, make_user: Any, make_post: Any) -> None:
    ann = make_user()
    make_post(user=ann, content='a "quoted", word,')
    make_post(content="same")

    plan = planned(Post, {"user_id": SetTo(ann.id), "content": SetTo("same")}, reads=reads)

    assert values(plan) == {
        1: ({"content": 'a "quoted", word,'}, {"content": "same"}),
        2: ({"user_id": None}, {"user_id": ann.id}),
    }


@pytest.mark.parametrize("most", [1, 2, 1000])
def test_a_plan_is_carried_out_as_one_act_which_one_undo_takes_back(most: int, make_user: Any, make_post: Any) -> None:
    ann = make_user()
    for _ in range(5):
        make_post()
    before = state(Post)

    plan = carried_out(planned_value(Post, user_id=ann.id), most=most)

    assert (plan.state, plan.counts) == (PlanState.DONE, {"done": 5})
    assert {values[1] for values in state(Post).values()} == {ann.id}
    assert set(db.session.scalars(select(Post.version))) == {2}
    done = db.session.get_one(ChangeSet, plan.change_set_id)
    assert (done.kind, done.summary, done.count, done.resource) == ("bulk", "Changed 5 posts", 5, "post")
    outcome = undo(db.session, done)
    db.session.commit()
    assert (outcome.given_back, outcome.left) == (5, 0)
    assert state(Post) == before


def test_records_that_changed_or_were_deleted_meanwhile_are_skipped_and_named(make_user: Any, make_post: Any) -> None:
    ann = make_user()
    changed, gone, kept = make_post(), make_post(), make_post()
    plan = planned_value(Post, user_id=ann.id)
    changed.content = "Changed by somebody"
    db.session.delete(gone)
    db.session.commit()

    carried_out(plan)

    assert verdicts(plan) == {changed.id: "outdated", 2: "gone", kept.id: "done"}
    assert sorted(plan.reasons) == [["gone", GONE, 1], ["outdated", OUTDATED, 1]]
    assert (changed.user_id, kept.user_id) == (None, ann.id)


def test_a_plan_is_agreed_to_once(make_post: Any) -> None:
    make_post()
    plan = planned_value(Post, content="New")

    first, second = plans.agree(db.session, plan, reason="Spring cleaning"), plans.agree(db.session, plan)

    assert (first, second, plan.state, plan.reason) == (True, False, PlanState.AGREED, "Spring cleaning")


@pytest.mark.parametrize(("given", "kept"), [("", None), ("Spring cleaning", "Spring cleaning")])
def test_the_history_has_the_reason(given: str, kept: str | None, make_post: Any) -> None:
    make_post()

    plan = carried_out(planned_value(Post, content="New"), reason=given)

    assert db.session.get_one(ChangeSet, plan.change_set_id).reason == kept


def test_records_that_the_person_may_not_change_are_refused_in_the_plan_and_when_it_is_carried_out(
    make_post: Any,
) -> None:
    mine, theirs, lost = make_post(content="mine"), make_post(content="theirs"), make_post(content="mine")
    rows = Post.content != "theirs"

    plan = planned_value(Post, rows=rows, user_id=None, content="ours")
    lost_later = Post.id != lost.id
    carried_out(plan, rows=lost_later)

    assert verdicts(plan) == {mine.id: "done", theirs.id: "refused", lost.id: "refused"}
    assert plan.reasons == [["refused", NOT_YOURS, 2]]


@pytest.mark.parametrize("reads", [False, True])
def test_a_change_that_would_move_a_record_out_of_the_row_scope_is_refused_in_the_plan(
    *, reads: bool, make_user: Any, make_post: Any
) -> None:
    ann, bea = make_user(), make_user()
    make_post(user=ann)
    rows = Post.user.has(User.id == ann.id)

    plan = planned(Post, {"user_id": SetTo(bea.id)}, rows=rows, reads=reads)

    assert plan.reasons == [["refused", OUTSIDE_SCOPE, 1]]


def test_a_row_scope_that_shrank_since_the_plan_leaves_some_records_and_changes_the_others(make_post: Any) -> None:
    one, two = make_post(content="a"), make_post(content="b")
    plan = planned(Post, {"content": ReplaceText(lambda text: text + "!")})

    carried_out(plan, rows=Post.content.in_(["a", "b", "b!"]))

    assert verdicts(plan) == {one.id: "refused", two.id: "done"}
    assert (one.content, two.content) == ("a", "b!")


def test_unique_values_that_other_records_have_or_get_are_wrong(make_user: Any) -> None:
    for name in ("ann@one.org", "ann@two.org", "bea@one.org", "BEA@new.org"):
        make_user(email=name)

    plan = planned(
        User, {"email": ReplaceText(lambda text: text.replace("one.org", "new.org").replace("two.org", "new.org"))}
    )

    assert verdicts(plan) == {1: "wrong", 2: "wrong", 3: "wrong", 4: "same"}
    assert sorted(plan.reasons) == [
        ["wrong", "Email is already used by another record.", 1],
        ["wrong", "Email would be the same for several records.", 2],
    ]


def test_records_swap_unique_values(make_user: Any) -> None:
    places = {"a@x.org": "b@x.org", "b@x.org": "c@x.org", "c@x.org": "a@x.org"}
    for email in places:
        make_user(email=email)

    plan = carried_out(planned(User, {"email": ReplaceText(places.__getitem__)}))

    assert plan.counts == {"done": 3}
    assert list(db.session.scalars(select(User.email).order_by(User.id))) == list(places.values())
    assert list(
        db.session.scalars(select(Change.title).where(Change.change_set_id == plan.change_set_id).limit(1))
    ) == ["User 1"]


def test_a_value_that_does_not_fit_one_record_is_wrong_for_that_one(make_user: Any) -> None:
    make_user(name="Al")
    make_user(name="B" * 78)

    plan = planned(User, {"name": ReplaceText(lambda text: text + " the 1st")})

    assert verdicts(plan) == {1: "change", 2: "wrong"}
    assert plan.reasons == [["wrong", "Name must be 80 characters or fewer; it has 86.", 1]]


def test_a_value_that_the_database_refuses_fails_only_its_line(make_user: Any) -> None:
    for email in ("a@x.org", "b@x.org", "c@x.org"):
        make_user(email=email)
    plan = planned(User, {"email": ReplaceText(lambda text: "new-" + text)})
    make_user(email="new-b@x.org")

    carried_out(plan)

    assert verdicts(plan) == {1: "done", 2: "failed", 3: "done"}
    assert plan.reasons == [["failed", "Email is already used by another user. Enter a different one.", 1]]


def test_a_related_record_that_was_deleted_meanwhile_fails_every_line(make_user: Any, make_post: Any) -> None:
    ann = make_user()
    make_post()
    plan = planned_value(Post, user_id=ann.id)
    db.session.delete(ann)
    db.session.commit()

    carried_out(plan)

    assert plan.reasons == [["failed", "That user no longer exists. Choose another one.", 1]]


def test_records_are_deleted_and_their_dependents_get_what_was_chosen(make_user: Any, make_post: Any) -> None:
    heir, one, two = make_user(), make_user(), make_user()
    for user in (one, two, heir):
        make_post(user=user)
    plan = planned_deletion(User, rows=User.id != heir.id)

    carried_out(plan, deletion=Deletion({"posts": Decision(Fate.GIVE, heir)}, everything_in_scope), most=1)

    assert plan.counts == {"refused": 1, "done": 2}
    assert list(db.session.scalars(select(User.id))) == [heir.id]
    assert set(db.session.scalars(select(Post.user_id))) == {heir.id}
    done = db.session.get_one(ChangeSet, plan.change_set_id)
    assert (done.summary, done.count) == ("Changed 2 posts and deleted 2 users", 4)


def test_a_record_with_dependents_without_a_decision_stays(make_user: Any, make_post: Any) -> None:
    make_user()
    owner = make_user()
    make_post(user=owner)
    plan = planned_deletion(User)

    carried_out(plan, deletion=Deletion({}, everything_in_scope))

    assert verdicts(plan) == {1: "done", 2: "failed"}
    assert plan.reasons == [["failed", "It has posts, and nothing was chosen for them.", 1]]


def test_resuming_a_plan_does_no_line_twice(make_user: Any, make_post: Any) -> None:
    ann = make_user()
    for _ in range(4):
        make_post()
    plan = planned_value(Post, user_id=ann.id)
    plans.agree(db.session, plan)
    first = Execution(db.session, plan).carry_out_next(2)
    db.session.commit()
    lost = Execution(db.session, plan).carry_out_next(1)
    db.session.rollback()

    again = [Execution(db.session, plan).carry_out_next(2), Execution(db.session, plan).carry_out_next(2)]
    db.session.commit()

    assert (first, lost, again) == (2, 1, [2, 0])
    assert set(db.session.scalars(select(Post.version))) == {2}
    assert db.session.scalar(select(func.count()).select_from(Change).where(Change.act == "update")) == 4


def test_a_stopped_plan_keeps_what_was_done_and_goes_on(make_post: Any) -> None:
    for _ in range(2):
        make_post()
    plan = planned_value(Post, content="New")
    plans.agree(db.session, plan)
    Execution(db.session, plan).carry_out_next(1)

    counted = plans.counted_lines(db.session, plan)
    stopped, again = plans.stop(db.session, plan, counted), plans.stop(db.session, plan, counted)
    counts = dict(plan.counts)
    went_on = plans.go_on(db.session, plan)

    assert (stopped, again, went_on, plan.state) == (True, False, True, PlanState.AGREED)
    assert counts == {"change": 1, "done": 1}


def test_a_running_plan_cannot_be_undone_before_it_is_stopped(make_post: Any) -> None:
    for _ in range(2):
        make_post(content="Old")
    plan = planned_value(Post, content="New")
    plans.agree(db.session, plan)
    Execution(db.session, plan).carry_out_next(1)
    db.session.commit()
    done = db.session.get_one(ChangeSet, plan.change_set_id)

    with pytest.raises(UndoError, match=r"^This is still being carried out\. Wait until it is done, or stop it\.$"):
        undo(db.session, done)
    plans.stop(db.session, plan, plans.counted_lines(db.session, plan))
    outcome = undo(db.session, done)

    assert (outcome.given_back, outcome.left) == (1, 0)


def test_a_stopped_plan_that_was_undone_resumes_only_after_a_redo(make_post: Any) -> None:
    for _ in range(2):
        make_post(content="Old")
    plan = planned_value(Post, content="New")
    plans.agree(db.session, plan)
    Execution(db.session, plan).carry_out_next(1)
    plans.stop(db.session, plan, plans.counted_lines(db.session, plan))
    db.session.commit()
    undo(db.session, db.session.get_one(ChangeSet, plan.change_set_id))
    db.session.commit()

    undone = plans.go_on(db.session, plan)
    undo(db.session, db.session.scalars(select(ChangeSet).order_by(ChangeSet.id.desc()).limit(1)).one())
    db.session.commit()
    redone = plans.go_on(db.session, plan)

    assert (undone, redone, plan.state) == (False, True, PlanState.AGREED)


def test_a_plan_of_nothing_has_no_lines() -> None:
    plan = planned_value(Post, content="New")

    carried_out(plan)

    assert (plan.counts, plan.state, plan.change_set_id) == ({}, PlanState.DONE, None)


def test_an_expired_plan_is_removed_with_its_lines(make_post: Any) -> None:
    make_post()
    plan = planned_value(Post, content="New")
    kept = planned_value(Post, content="New")
    plan.expires_at = plan.created_at
    db.session.commit()

    rounds = [plans.remove_expired(db.session) for _ in range(3)]

    assert rounds == [True, True, False]
    assert list(db.session.scalars(select(Plan.id))) == [kept.id]
    assert set(db.session.scalars(select(PlanLine.plan_id))) == {kept.id}


def test_an_edit_knows_whether_every_record_gets_the_same() -> None:
    same = Edit(Post, {"content": SetTo("a")})
    each = Edit(Post, {"content": SetTo("a"), "user_id": ReplaceText(str)})

    assert (same.constants, each.constants) == ({"content": "a"}, None)
