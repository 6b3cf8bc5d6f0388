"""Random plans among other people's changes: what is confirmed is done once, and an undo restores what was there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from admin_app.domain.audit.undo import undo
from admin_app.domain.plan import plan as plans
from admin_app.domain.plan.carry_out import Deletion, Execution
from admin_app.domain.plan.changes import ReplaceText, SetTo, ValueChange
from admin_app.domain.records.deletion import Decision, Fate
from admin_app.domain.records.deletion_scope import everything_in_scope
from admin_app.extensions import db
from admin_app.models.change_set import Change, ChangeSet
from admin_app.models.plan import Plan, PlanLine
from admin_app.models.post import Post
from admin_app.models.user import User
from tests.domain.plan.planning import planned, planned_deletion, verdicts

pytestmark = pytest.mark.usefixtures("context")

OWNERS = 3
TEXTS = st.sampled_from(["a", "ab", "b", "ba", "c"])
PLACES = st.integers(0, 5)
# A post: its text and its owner's number, None for nobody.
Row = tuple[str, int | None]
SETTINGS = settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))


@dataclass(frozen=True)
class Act:
    """A change, and the same on a plain row."""

    changes: Mapping[str, ValueChange]
    on: Callable[[Row], Row]


ACTS = st.one_of(
    TEXTS.map(lambda text: Act({"content": SetTo(text)}, lambda row: (text, row[1]))),
    st.sampled_from([None, 1, 2, 3]).map(lambda one: Act({"user_id": SetTo(one)}, lambda row: (row[0], one))),
    TEXTS.map(lambda text: Act({"content": SetTo(text), "user_id": SetTo(None)}, lambda _row: (text, None))),
    st.just(
        Act(
            {"content": ReplaceText(lambda text: text.replace("a", "xyz"))},
            lambda row: (row[0].replace("a", "xyz"), row[1]),
        )
    ),
)


@dataclass(frozen=True)
class Story:
    """Posts, and all that happens to them."""

    posts: list[Row]
    # Which are meant, and which the person may change when they plan and when it is carried out.
    meant: set[int]
    allowed: set[int]
    allowed_later: set[int]
    # What others do between plan and agreement, and between the act and its undo: a new text, or None for a deletion.
    meanwhile: dict[int, str | None]
    afterwards: dict[int, str | None]
    # Lines a transaction, and after how many of them the process dies before it commits.
    most: int
    dies_after: int
    reads: bool = field(default=False)


STORIES = st.builds(
    Story,
    posts=st.lists(st.tuples(TEXTS, st.sampled_from([None, 1, 2, 3])), max_size=6),
    meant=st.sets(PLACES),
    allowed=st.sets(PLACES, min_size=4),
    allowed_later=st.sets(PLACES, min_size=4),
    meanwhile=st.dictionaries(PLACES, st.none() | TEXTS, max_size=2),
    afterwards=st.dictionaries(PLACES, st.none() | TEXTS, max_size=2),
    most=st.integers(1, 4),
    dies_after=st.integers(0, 3),
    reads=st.booleans(),
)


@pytest.mark.no_cover
@SETTINGS
@given(story=STORIES, act=ACTS)
def test_a_plan_does_exactly_what_was_agreed_to(story: Story, act: Act) -> None:
    begin(story.posts)
    keys = list(range(1, len(story.posts) + 1))
    may, later = among(story.allowed), among(story.allowed_later)
    plan = planned(Post, act.changes, rows=may, meant=among(story.meant), reads=story.reads)
    model = dict(zip(keys, story.posts, strict=True))
    meant = {key for key in keys if key - 1 in story.meant}
    expected = {key: said(story, key, act.on(model[key]) != model[key]) for key in meant}

    assert verdicts(plan) == expected
    touched = disturb(model, story.meanwhile)
    carry_out(story, plan, later)

    before = dict(model)
    for key in (one for one, verdict in expected.items() if verdict == "change"):
        expected[key] = became(story, key, model, touched)
        if expected[key] == "done":
            model[key] = act.on(model[key])
    assert (verdicts(plan), rows()) == (expected, model)
    done = {key for key, verdict in expected.items() if verdict == "done"}
    assert recorded(plan) == sorted(done)
    take_back(story, plan, model, before, done)


@pytest.mark.no_cover
@SETTINGS
@given(
    story=STORIES,
    gone=st.sets(st.integers(1, 2), min_size=1),
    fate=st.sampled_from(list(Fate)),
)
def test_deleted_records_and_their_dependents_come_back_with_an_undo(story: Story, gone: set[int], fate: Fate) -> None:
    begin(story.posts)
    model = rows()
    plan = planned_deletion(User, meant=User.id.in_(gone))
    heir = db.session.get_one(User, OWNERS) if fate is Fate.GIVE else None

    carry_out(story, plan, None, Deletion({"posts": Decision(fate, heir)}, everything_in_scope))

    kept = {key: row for key, row in model.items() if fate is not Fate.DELETE or row[1] not in gone}
    owner = OWNERS if fate is Fate.GIVE else None
    assert rows() == {key: (text, owner if one in gone else one) for key, (text, one) in kept.items()}
    assert set(db.session.scalars(select(User.id))) == set(range(1, OWNERS + 1)) - gone
    undo(db.session, db.session.get_one(ChangeSet, plan.change_set_id))
    db.session.commit()
    assert rows() == model
    assert set(db.session.scalars(select(User.id))) == set(range(1, OWNERS + 1))


def begin(posts: list[Row]) -> None:
    """Begin with these posts and their owners, also after a run that failed."""
    db.session.rollback()
    for model in (PlanLine, Plan, Post, User, Change, ChangeSet):
        db.session.execute(model.__table__.delete())
    db.session.add_all(User(id=key, name=f"User {key}", email=f"{key}@example.org") for key in range(1, OWNERS + 1))
    db.session.flush()
    db.session.add_all(Post(id=key, content=text, user_id=one) for key, (text, one) in enumerate(posts, 1))
    db.session.commit()


def among(places: set[int]) -> Any:
    return Post.id.in_([place + 1 for place in places])


def rows() -> dict[int, Row]:
    """Return the posts that there are."""
    found = db.session.execute(select(Post.id, Post.content, Post.user_id))
    return {key: (text, owner) for key, text, owner in found}


def said(story: Story, key: int, is_change: bool) -> str:  # noqa: FBT001 -- it is what the name says
    """Return what the plan has to say of a post."""
    if key - 1 not in story.allowed:
        return "refused"
    return "change" if is_change else "same"


def disturb(model: dict[int, Row], others: Mapping[int, str | None]) -> set[int]:
    """Let others change and delete posts; return whose versions moved on."""
    moved = set()
    for key, text in ((place + 1, text) for place, text in others.items() if place + 1 in model):
        post = db.session.get_one(Post, key)
        if text is None:
            db.session.delete(post)
            del model[key]
        elif text != model[key][0]:
            post.content = text
            model[key] = text, model[key][1]
            moved.add(key)
    db.session.commit()
    return moved


def became(story: Story, key: int, model: Mapping[int, Row], moved: set[int]) -> str:
    """Return what has to become of a line that was to be done."""
    if key not in model:
        return "gone"
    if key in moved:
        return "outdated"
    return "done" if key - 1 in story.allowed_later else "refused"


def carry_out(story: Story, plan: Plan, later: Any, deletion: Deletion | None = None) -> None:
    """Agree twice, and carry the plan out; once the process dies before it commits, and another one goes on."""
    assert [plans.agree(db.session, plan), plans.agree(db.session, plan)] == [True, False]
    db.session.commit()
    number, has_died = 0, False
    while Execution(db.session, plan, later, deletion).carry_out_next(story.most):
        if number == story.dies_after and not has_died:
            has_died = True
            db.session.rollback()
        else:
            db.session.commit()
            number += 1
    plans.finish(db.session, plan, plans.counted_lines(db.session, plan))
    db.session.commit()


def recorded(plan: Plan) -> list[int]:
    """Return the records of the plan's changes in the history."""
    found = select(Change.record_id).where(Change.change_set_id == plan.change_set_id).order_by(Change.record_id)
    return list(db.session.scalars(found)) if plan.change_set_id is not None else []


def take_back(story: Story, plan: Plan, model: dict[int, Row], before: Mapping[int, Row], done: set[int]) -> None:
    """Undo the plan after others went on; what they changed since stays theirs."""
    after = dict(model)
    moved = disturb(model, story.afterwards)
    if not done:
        return
    outcome = undo(db.session, db.session.get_one(ChangeSet, plan.change_set_id))
    db.session.commit()
    # Others changed texts: where the act changed only the owner, that goes back and their text stays.
    texts = {key for key in done if before[key][0] != after[key][0]}
    given_back = {key for key in done if key in model and not (key in moved and key in texts)}
    assert (outcome.given_back, outcome.left) == (len(given_back), len(done - given_back))
    now = {key: (before[key][0] if key in texts else model[key][0], before[key][1]) for key in given_back}
    assert rows() == model | now
    orphans = select(func.count(Change.id)).where(Change.change_set_id.not_in(select(ChangeSet.id)))
    assert db.session.scalar(orphans) == 0
