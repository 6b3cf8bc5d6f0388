"""What an undo leaves alone: what was changed since, each with the reason and, where it can be, a way to insist."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, text

from admin_app.db.transaction import transaction
from admin_app.domain.audit.bulk import change_rows
from admin_app.domain.audit.undo import restore_record, undo
from admin_app.extensions import db
from admin_app.models.change_set import Change, ChangeSet
from admin_app.models.user import User
from tests.domain.audit.undoing import done, state, take_back, words

pytestmark = pytest.mark.usefixtures("context")


def test_what_was_changed_again_since_is_left_alone(make_user: Any) -> None:
    ann, bea = make_user(name="Ann"), make_user(name="Bea")
    with transaction(db.session):
        change_rows(db.session, User, User.id.in_([ann.id, bea.id]), {"name": "Same"})
    changed = done()
    with transaction(db.session):
        bea.name = "Beata"

    outcome = take_back(changed)

    assert (outcome.given_back, outcome.left, words(outcome)) == (1, 1, ["Changed since: name."])
    assert (outcome.conflicts[0].can_insist, outcome.conflicts[0].other) == (True, bea)
    db.session.expire_all()
    assert (ann.name, bea.name) == ("Ann", "Beata")


def test_a_change_of_another_field_since_is_no_obstacle(make_user: Any) -> None:
    user = make_user(name="Ann")
    with transaction(db.session):
        user.name = "Anna"
    changed = done()
    with transaction(db.session):
        user.email = "anna@example.com"

    take_back(changed)

    assert (user.name, user.email) == ("Ann", "anna@example.com")


def first_change_of_two(user: User) -> Change:
    """Rename a user twice, and return the first change."""
    with transaction(db.session):
        user.name = "Anna"
    changed = done()
    with transaction(db.session):
        user.name = "Beata"
    return db.session.scalars(select(Change).where(Change.change_set_id == changed)).one()


def test_one_can_insist_record_by_record(make_user: Any) -> None:
    user = make_user(name="Ann")
    change = first_change_of_two(user)

    outcome = take_back(change.change_set_id, insisted={change.id: user.version, 999: 1})

    assert (outcome.given_back, outcome.left, user.name) == (1, 0, "Ann")


def test_a_record_that_changed_again_since_it_was_insisted_on_is_left_alone(make_user: Any) -> None:
    user = make_user(name="Ann")
    change, seen = first_change_of_two(user), user.version
    with transaction(db.session):
        user.name = "Carla"

    outcome = take_back(change.change_set_id, insisted={change.id: seen})

    assert (outcome.given_back, outcome.left, outcome.has_unseen, user.name) == (0, 1, True, "Carla")


def test_one_can_insist_that_a_changed_record_goes(make_user: Any) -> None:
    user = make_user(name="Ann")
    made = done()
    with transaction(db.session):
        user.name = "Anna"
    change = db.session.scalars(select(Change).where(Change.change_set_id == made)).one()

    left = undo(db.session, db.session.get_one(ChangeSet, made))
    db.session.rollback()
    take_back(made, insisted={change.id: user.version})

    assert words(left) == ["It has been changed since."]
    assert state(User) == {}


def test_nobody_can_insist_on_a_value_that_is_taken_by_now(make_user: Any) -> None:
    user = make_user(email="ann@example.com")
    with transaction(db.session):
        user.email = "other@example.com"
    change = db.session.scalars(select(Change).where(Change.change_set_id == done())).one()
    make_user(email="ann@example.com")

    # The version of what offers no such way, for somebody who writes the request by hand.
    outcome = take_back(change.change_set_id, insisted={change.id: 0})

    assert words(outcome) == ["Email “ann@example.com” is used by another user now."]
    assert (outcome.given_back, outcome.has_unseen, user.email) == (0, False, "other@example.com")


def test_a_record_that_others_hang_on_by_now_stays(make_user: Any, make_post: Any) -> None:
    user = make_user()
    made = done()
    make_post(user=user)

    outcome = take_back(made)

    assert words(outcome) == ["It has 1 post now. Delete it yourself and choose what happens to them."]
    assert list(state(User)) == [user.id]


@pytest.mark.parametrize("email", ["ann@example.com", "Ann@Example.com"])
@pytest.mark.parametrize("kind", ["changed", "deleted"])
def test_a_taken_unique_value_names_who_has_it(kind: str, email: str, make_user: Any) -> None:
    user = make_user(email="ann@example.com")
    with transaction(db.session):
        if kind == "changed":
            user.email = "other@example.com"
        else:
            db.session.delete(user)
    changed = done()
    thief = make_user(email=email)

    outcome = take_back(changed)

    assert words(outcome) == ["Email “ann@example.com” is used by another user now."]
    assert (outcome.conflicts[0].other, outcome.conflicts[0].can_insist) == (thief, False)


@pytest.mark.parametrize("kind", ["changed", "deleted"])
def test_of_two_that_were_the_same_before_that_was_refused_one_comes_back(kind: str, make_user: Any) -> None:
    pair = [make_user(email=email) for email in ("one@example.com", "two@example.com")]
    keys = [one.id for one in pair]
    with transaction(db.session):
        for number, user in enumerate(pair):
            if kind == "changed":
                user.email = f"other{number}@example.com"
            else:
                db.session.delete(user)
    changed = done()
    # As an act left it that is older than the index.
    db.session.execute(
        text("""UPDATE change SET before = replace(before, 'two@', 'One@') WHERE before LIKE '%two@%'""")
    )
    db.session.commit()

    outcome = take_back(changed)

    assert (outcome.given_back, words(outcome)) == (1, ["Email “One@example.com” is used by another user now."])
    assert outcome.conflicts[0].other.id == keys[0]
    assert state(User)[keys[0]][1] == "one@example.com"


def test_the_second_of_two_that_were_the_same_can_be_brought_back_alone(make_user: Any) -> None:
    pair = [make_user(email=email) for email in ("one@example.com", "two@example.com")]
    second = pair[1].id
    with transaction(db.session):
        for user in pair:
            db.session.delete(user)
    db.session.execute(
        text("""UPDATE change SET before = replace(before, 'two@', 'One@') WHERE before LIKE '%two@%'""")
    )
    db.session.commit()
    wanted = select(Change).where(Change.record_id == second, Change.act == "delete")

    with transaction(db.session):
        restore_record(db.session, db.session.scalars(wanted).one())

    assert [one[1] for one in state(User).values()] == ["One@example.com"]


@pytest.mark.parametrize("kind", ["changed", "deleted"])
def test_a_record_that_is_pointed_at_and_gone_is_named(kind: str, make_user: Any, make_post: Any) -> None:
    user = make_user()
    post = make_post(user=user)
    with transaction(db.session):
        if kind == "changed":
            post.user = None
        else:
            db.session.delete(post)
    changed = done()
    gone = user.id
    with transaction(db.session):
        db.session.delete(user)

    outcome = take_back(changed)

    assert words(outcome) == [f"User {gone}, which it belonged to, no longer exists. Restore that first."]


def test_a_unique_value_and_a_relation_that_changed_again_are_no_misfits(make_user: Any, make_post: Any) -> None:
    user, other = make_user(email="one@example.com"), make_user()
    post = make_post(user=user)
    with transaction(db.session):
        user.email, post.user_id = "two@example.com", other.id
    changed = done()
    with transaction(db.session):
        user.email, post.user_id = "three@example.com", None

    outcome = take_back(changed)

    assert sorted(words(outcome)) == ["Changed since: email.", "Changed since: user."]


def test_records_that_came_and_went_by_other_acts_are_named(make_user: Any) -> None:
    user = make_user(name="Ann")
    made = done()
    with transaction(db.session):
        user.name = "Anna"
    changed = done()
    with transaction(db.session):
        db.session.delete(user)
    deleted = done()

    of_change, of_making = take_back(changed), take_back(made)
    take_back(deleted)
    again = take_back(deleted)

    assert (words(of_change), words(of_making)) == (["It has been deleted since."], ["It is already gone."])
    assert words(again) == ["It already exists again."]


def test_models_that_are_no_more_are_left_alone(make_user: Any) -> None:
    make_user()
    made = done()
    db.session.execute(Change.__table__.update().values(model="abandoned"))
    db.session.commit()

    outcome = take_back(made)

    assert words(outcome) == ["Records of this kind no longer exist."]
