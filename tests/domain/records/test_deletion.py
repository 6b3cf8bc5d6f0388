"""Deletion: what depends on a record is named, counted within bounds, and meets the fate that was chosen for it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from sqlalchemy import select

from admin_app.db.transaction import transaction
from admin_app.domain.records.deletion import MOST_SAMPLES, Decision, Fate, delete_record, dependences
from admin_app.domain.records.deletion_scope import DeletionScope, everything_in_scope
from admin_app.domain.records.dependent_counts import counts_of, dependent_counts, dependent_relations, difference
from admin_app.domain.records.dependent_sight import Sight, changed_since, digests_of
from admin_app.errors import DeletionError
from admin_app.extensions import db
from admin_app.models.post import Post
from admin_app.models.user import User
from admin_app.selection.paging import counting
from admin_app.selection.paging.counting import Count
from tests.relations.linked import Farm, Tag

pytestmark = pytest.mark.usefixtures("context")

KEY = b"key"

Users, Posts = Callable[..., User], Callable[..., Post]


def delete(record: Any, **decisions: Decision) -> None:
    with transaction(db.session):
        delete_record(db.session, record, decisions, everything_in_scope)


def owners() -> dict[int, int | None]:
    return {post.id: post.user_id for post in db.session.scalars(select(Post))}


def versions() -> dict[int, int]:
    return {post.id: post.version for post in db.session.scalars(select(Post))}


def test_nothing_hangs_on_a_post_or_on_a_user_without_posts(make_user: Users, make_post: Posts) -> None:
    user = make_user()
    post = make_post(user=make_user())

    assert dependences(db.session, user, everything_in_scope) == []
    assert dependences(db.session, post, everything_in_scope) == []


def test_posts_of_a_user_are_counted_with_the_newest_as_samples(make_user: Users, make_post: Posts) -> None:
    user = make_user()
    posts = [make_post(user=user) for _ in range(7)]
    make_post(user=make_user())

    (found,) = dependences(db.session, user, everything_in_scope)

    assert (found.name, found.count) == ("posts", Count(7))
    assert found.samples == posts[:1:-1]
    assert MOST_SAMPLES == 5
    assert found.fates == (Fate.KEEP, Fate.GIVE, Fate.DELETE)


def test_saying_what_hangs_on_a_record_costs_the_same_for_one_and_many(
    make_user: Users, make_post: Posts, statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    one, many = make_user(), make_user()
    for user in (one, *[many] * 30):
        make_post(user=user)
    db.session.refresh(one)
    db.session.refresh(many)

    with statements() as for_one:
        dependences(db.session, one, everything_in_scope)
    with statements() as for_many:
        dependences(db.session, many, everything_in_scope)

    assert len(for_many) == len(for_one)
    assert all("LIMIT" in statement for statement in for_many)
    assert counting.COUNT_LIMIT == 10_000


def test_nothing_is_deleted_where_something_else_hangs_on_it_than_was_seen(make_user: Users, make_post: Posts) -> None:
    user, other = make_user(), make_user()
    make_post(user=user)
    seen = Sight(digests_of(db.session, user, KEY), KEY)
    late = make_post(user=user)

    with pytest.raises(DeletionError) as refused, transaction(db.session):
        delete_record(db.session, user, {"posts": Decision(Fate.DELETE)}, everything_in_scope, seen=seen)
    with transaction(db.session):
        delete_record(db.session, other, {}, everything_in_scope, seen=Sight(digests_of(db.session, other, KEY), KEY))

    assert str(refused.value) == "Its posts have changed. Look at it again before you delete it."
    assert db.session.get(Post, late.id) is not None
    assert (digests_of(db.session, late, KEY), counts_of(db.session, other)) == ("", ())


def test_what_hung_on_a_record_is_kept_in_digests_that_tell_nothing(make_user: Users) -> None:
    one, other = make_user(), make_user()

    found = [digests_of(db.session, user, key) for user, key in ((one, KEY), (one, KEY), (other, KEY), (one, b"k"))]

    assert (len(set(found)), found[0]) == (3, found[1])
    assert changed_since(db.session, one, Sight("1~9~9 2~9~17", KEY)) == "What depends on it may have changed."


def test_a_plan_counts_nothing_for_which_each_record_would_read_a_table() -> None:
    assert [len(dependent_relations(one)) for one in (Farm, Tag)] == [4, 1]
    assert [dependent_counts(one) is None for one in (Farm, Tag)] == [True, False]


MANY = counting.COUNT_LIMIT + 1


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        ("2~9~17", "2~9~17", ""),
        ("2~9~17", "3~11~28", "It has 3 posts now, not 2."),
        ("2~9~17", "1~9~9", "It has 1 post now, not 2."),
        ("2~9~17", "2~9~16", "Its posts have changed."),
        (f"{MANY}~0~0", f"{MANY}~0~0", ""),
        ("2~9~17", f"{MANY}~0~0", "It has more than 10,000 posts now, not 2."),
        (f"{MANY}~0~0", "2~9~17", "It has 2 posts now, not more than 10,000."),
        ("2~9~17 1~1~1", "2~9~17", "What depends on it may have changed."),
        ("two", "2~9~17", "What depends on it may have changed."),
        ("a~b~c", "2~9~17", "What depends on it may have changed."),
    ],
)
def test_what_came_or_went_is_said(before: str, now: str, said: str) -> None:
    assert difference(User, before, now, everything_in_scope) == said


def test_how_many_there_are_is_not_said_to_whom_some_are_hidden() -> None:
    def some(_relation: object) -> DeletionScope:
        return DeletionScope(seen=Post.user_id.is_(None))

    assert difference(User, "2~9~17", "3~11~28", some) == "Its posts have changed."


def test_kept_posts_have_no_owner_and_a_new_version(make_user: Users, make_post: Posts) -> None:
    user, other = make_user(), make_user()
    first, second, others = make_post(user=user), make_post(user=user), make_post(user=other)

    delete(user, posts=Decision(Fate.KEEP))

    assert owners() == {first.id: None, second.id: None, others.id: other.id}
    assert versions() == {first.id: 2, second.id: 2, others.id: 1}
    assert db.session.scalars(select(User.id)).all() == [other.id]


def test_given_posts_belong_to_the_heir_and_have_a_new_version(make_user: Users, make_post: Posts) -> None:
    user, heir, other = make_user(), make_user(), make_user()
    post, heirs, others = make_post(user=user), make_post(user=heir), make_post(user=other)
    before = post.updated_at

    delete(user, posts=Decision(Fate.GIVE, heir))

    assert owners() == {post.id: heir.id, heirs.id: heir.id, others.id: other.id}
    assert versions() == {post.id: 2, heirs.id: 1, others.id: 1}
    db.session.expire(post)
    assert post.updated_at > before


def test_deleted_posts_are_gone_and_no_others(make_user: Users, make_post: Posts) -> None:
    user, other = make_user(), make_user()
    make_post(user=user), make_post(user=user)
    others, nobodys = make_post(user=other), make_post()

    delete(user, posts=Decision(Fate.DELETE))

    assert owners() == {others.id: other.id, nobodys.id: None}


@pytest.mark.parametrize(
    "decisions",
    [
        {},
        {"posts": Decision(Fate.GIVE)},
        {"comments": Decision(Fate.DELETE)},
    ],
)
def test_deletion_without_a_whole_decision_is_refused_and_changes_nothing(
    decisions: dict[str, Decision], make_user: Users, make_post: Posts
) -> None:
    user = make_user()
    post = make_post(user=user)
    before = {post.id: user.id}

    with pytest.raises(DeletionError, match="the posts"):
        delete(user, **decisions)

    assert owners() == before
    assert db.session.scalars(select(User.id)).all() == list(before.values())


def test_nobody_inherits_from_themselves(make_user: Users, make_post: Posts) -> None:
    user = make_user()
    make_post(user=user)

    with pytest.raises(DeletionError, match="Choose who gets the posts"):
        delete(user, posts=Decision(Fate.GIVE, user))


def test_post_that_came_after_the_decision_is_not_decided_over(make_user: Users, make_post: Posts) -> None:
    user = make_user()
    assert dependences(db.session, user, everything_in_scope) == []
    post = make_post(user=user)
    before = {post.id: user.id}

    with pytest.raises(DeletionError, match="posts"):
        delete(user)

    assert owners() == before


def test_decision_holds_for_posts_that_came_after_it(make_user: Users, make_post: Posts) -> None:
    user = make_user()
    make_post(user=user)
    assert len(dependences(db.session, user, everything_in_scope)) == 1
    make_post(user=user)

    delete(user, posts=Decision(Fate.DELETE))

    assert owners() == {}


def test_decision_over_nothing_is_no_error(make_user: Users) -> None:
    user = make_user()

    delete(user, posts=Decision(Fate.KEEP))

    assert db.session.scalars(select(User.id)).all() == []


def test_record_read_before_is_not_overwritten_by_its_old_state(make_user: Users, make_post: Posts) -> None:
    user, heir = make_user(), make_user()
    post = make_post(user=user)
    assert user.posts == [post]

    delete(user, posts=Decision(Fate.GIVE, heir))

    assert (post.user_id, post.user) == (heir.id, heir)
