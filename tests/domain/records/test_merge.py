"""Two records become one: what is chosen, what moves, what goes, where the other id leads, and how all of it is taken back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from sqlalchemy import false, select

from admin_app.db.transaction import transaction
from admin_app.domain.audit.undo import restore_record
from admin_app.domain.records.deletion_scope import DeletionScope, DeletionScopes, everything_in_scope
from admin_app.domain.records.merge import merge_records
from admin_app.domain.records.redirects import survivor_of
from admin_app.errors import MergeError, RecordGone
from admin_app.extensions import db
from admin_app.models.change_set import LONGEST_SUMMARY, Change, ChangeSet
from admin_app.models.post import Post
from admin_app.models.user import User
from tests.domain.audit.undoing import done, state, take_back

pytestmark = pytest.mark.usefixtures("context")

Users, Posts = Callable[..., User], Callable[..., Post]


def merge(
    survivor: Any, gone: Any, values: Mapping[str, object] | None = None, scopes: DeletionScopes = everything_in_scope
) -> int:
    with transaction(db.session):
        merge_records(db.session, survivor, gone, values=values or {}, scopes=scopes)
    return done()


def delete(record: Any) -> None:
    with transaction(db.session):
        db.session.delete(record)


def owners() -> dict[int, int | None]:
    return {
        post.id: post.user_id for post in db.session.scalars(select(Post).execution_options(populate_existing=True))
    }


def leads(key: int) -> int | None:
    return survivor_of(db.session, User, key)


@pytest.fixture
def ann(make_user: Users) -> User:
    return make_user(name="Ann", email="ann@example.com")


@pytest.fixture
def bea(make_user: Users) -> User:
    return make_user(name="Bea", email="bea@example.com")


# ---- the act


def test_what_hangs_on_the_one_that_goes_moves_to_the_survivor(ann: User, bea: User, make_post: Posts) -> None:
    anns, beas, more, nobodys = make_post(user=ann), make_post(user=bea), make_post(user=bea), make_post()

    merge(ann, bea)

    assert owners() == {anns.id: ann.id, beas.id: ann.id, more.id: ann.id, nobodys.id: None}
    assert [anns.version, beas.version, more.version] == [1, 2, 2]
    assert db.session.scalars(select(User.id)).all() == [ann.id]


def test_the_survivor_keeps_its_values_but_for_those_that_are_chosen(ann: User, bea: User) -> None:
    merge(ann, bea, {"name": "Bea"})

    assert (ann.name, ann.email, ann.version) == ("Bea", "ann@example.com", 2)


def test_the_survivor_can_take_what_was_unique_about_the_other(ann: User, bea: User) -> None:
    merge(ann, bea, {"email": bea.email})

    assert state(User) == {ann.id: ("Ann", "bea@example.com", ann.created_at)}


def test_it_is_one_act_that_says_what_it_was(ann: User, bea: User, make_post: Posts) -> None:
    post = make_post(user=bea)
    beas = bea.id

    act = db.session.get_one(ChangeSet, merge(ann, bea, {"name": "Bea"}))

    changes = db.session.scalars(select(Change).where(Change.change_set_id == act.id)).all()
    assert (act.summary, act.resource, act.record_id, act.count) == ("Merged user “Bea” into “Ann”", "user", ann.id, 3)
    assert {(one.model, one.record_id, one.act) for one in changes} == {
        ("post", post.id, "update"),
        ("user", beas, "delete"),
        ("user", ann.id, "update"),
    }


def test_long_names_leave_room_for_each_other_in_what_it_says(make_post: Posts) -> None:
    first, second = make_post(content="a" * 500), make_post(content="b" * 500)

    act = db.session.get_one(ChangeSet, merge(first, second))

    assert len(act.summary) < LONGEST_SUMMARY
    assert act.summary == f"Merged post “{'b' * 59}…” into “{'a' * 59}…”"


@pytest.mark.parametrize("other", ["itself", "of another kind"])
def test_only_two_records_of_a_kind_become_one(other: str, ann: User, make_post: Posts) -> None:
    gone = ann if other == "itself" else make_post()

    with pytest.raises(MergeError, match="Choose two different records"):
        merge(ann, gone)

    assert db.session.scalars(select(User.id)).all() == [ann.id]


def test_it_is_refused_where_something_to_be_moved_is_out_of_bounds(ann: User, bea: User, make_post: Posts) -> None:
    post = make_post(user=bea)
    before = state(User), state(Post)

    with pytest.raises(MergeError, match="You cannot change some of the posts of user “Bea”"):
        merge(ann, bea, scopes=lambda _relation: DeletionScope(to_move=false()))
    assert (state(User), state(Post)) == before

    merge(ann, bea, scopes=lambda _relation: DeletionScope(to_move=Post.id == post.id, to_delete=false()))
    assert owners() == {post.id: ann.id}


def test_a_change_meanwhile_of_the_one_that_goes_is_not_lost(ann: User, bea: User) -> None:
    users: Any = User.__table__
    assert bea.version == 1
    db.session.connection().execute(users.update().where(users.c.id == bea.id).values(name="Beata", version=2))

    with pytest.raises(RecordGone, match="Nothing was merged"):
        merge(ann, bea)

    assert [one.id for one in db.session.scalars(select(User).order_by(User.id))] == [ann.id, bea.id]


# ---- where the id leads


def test_the_other_id_leads_to_the_survivor(ann: User, bea: User) -> None:
    gone = bea.id

    merge(ann, bea)

    assert (leads(gone), leads(ann.id), leads(999)) == (ann.id, None, None)


def test_it_leads_on_where_the_survivor_was_merged_in_turn(ann: User, bea: User, make_user: Users) -> None:
    last = make_user()
    first, second = bea.id, ann.id
    merge(ann, bea)

    merge(last, ann)

    assert (leads(first), leads(second)) == (last.id, last.id)


def test_it_leads_nowhere_once_the_survivor_is_gone(ann: User, bea: User) -> None:
    gone = bea.id
    merge(ann, bea)

    delete(ann)

    assert leads(gone) is None


def test_a_longer_chain_than_anybody_makes_is_not_followed(
    ann: User, make_user: Users, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("admin_app.domain.records.redirects.LONGEST_CHAIN", 2)
    first, second = make_user(), make_user()
    keys = first.id, second.id
    merge(second, first)
    merge(ann, second)

    assert [leads(key) for key in keys] == [None, ann.id]


def test_the_id_of_a_record_that_is_there_again_and_deleted_leads_nowhere(ann: User, bea: User) -> None:
    gone = bea.id
    merge(ann, bea)
    change = db.session.scalars(select(Change).where(Change.record_id == gone, Change.act == "delete")).one()
    with transaction(db.session):
        restore_record(db.session, change)

    delete(db.session.get_one(User, gone))

    assert leads(gone) is None


def test_it_leads_there_without_a_history_too(ann: User, bea: User) -> None:
    gone = bea.id
    merge(ann, bea)
    changes: Any = Change.__table__

    db.session.execute(changes.delete())

    assert leads(gone) == ann.id


# ---- taken back


def test_undoing_it_makes_both_what_they_were(ann: User, bea: User, make_post: Posts) -> None:
    make_post(user=ann), make_post(user=bea), make_post(user=bea)
    gone, before = bea.id, (state(User), state(Post))
    act = merge(ann, bea, {"email": bea.email, "name": "Bea"})

    outcome = take_back(act)

    assert (outcome.given_back, outcome.left) == (4, 0)
    assert (state(User), state(Post)) == before
    assert leads(gone) is None


def test_redoing_it_merges_them_again(ann: User, bea: User, make_post: Posts) -> None:
    make_post(user=bea)
    gone, act = bea.id, merge(ann, bea, {"email": bea.email})
    merged = state(User), state(Post)
    take_back(act)

    outcome = take_back(done())

    assert (outcome.given_back, outcome.left) == (3, 0)
    assert (state(User), state(Post)) == merged
    assert leads(gone) == ann.id


def test_they_can_be_merged_the_other_way_round_after_that(ann: User, bea: User) -> None:
    first, second = ann.id, bea.id
    take_back(merge(ann, bea))

    merge(db.session.get_one(User, second), ann)

    assert (leads(first), leads(second)) == (second, None)


def test_one_that_was_undone_can_be_merged_into_another_one(ann: User, bea: User, make_user: Users) -> None:
    third, gone = make_user(), bea.id
    take_back(merge(ann, bea))

    merge(third, db.session.get_one(User, gone))

    assert leads(gone) == third.id
