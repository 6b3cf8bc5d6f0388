"""What every record is made of: a key that is never given twice, times in UTC, a version that counts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from admin_app.extensions import db
from admin_app.models.post import Post
from admin_app.models.staff import Staff
from admin_app.models.user import User

pytestmark = pytest.mark.usefixtures("context")

MOMENT = datetime(2026, 3, 29, 1, 30, 15, 123456, UTC)


@pytest.mark.parametrize("name", [None, ""])
def test_a_record_whose_title_is_empty_is_called_by_its_key(name: str | None) -> None:
    assert str(User(id=7, name=name)) == "User 7"


@pytest.mark.parametrize(
    "moment",
    [
        MOMENT,
        MOMENT.astimezone(timezone(timedelta(hours=5, minutes=45))),
        MOMENT.astimezone(timezone(timedelta(hours=-9, minutes=-30))),
    ],
)
def test_time_comes_back_as_the_same_moment_in_utc(moment: datetime, make_user: Callable[..., User]) -> None:
    user = make_user(created_at=moment)

    db.session.expire(user)

    assert user.created_at == MOMENT
    assert user.created_at.tzinfo is UTC


def test_time_without_a_zone_is_refused(make_user: Callable[..., User]) -> None:
    naive = MOMENT.replace(tzinfo=None)

    with pytest.raises(StatementError, match="a time needs a zone"):
        make_user(created_at=naive)
    db.session.rollback()


def test_times_are_compared_as_moments(make_user: Callable[..., User]) -> None:
    before, after = make_user(created_at=MOMENT - timedelta(microseconds=1)), make_user(created_at=MOMENT)
    elsewhere = MOMENT.astimezone(timezone(timedelta(hours=13)))

    found = db.session.scalars(select(User.id).where(User.created_at < elsewhere)).all()

    assert found == [before.id]
    assert after.id not in found


def test_missing_time_stays_missing(owner: Staff) -> None:
    db.session.expire(owner)

    assert owner.last_sign_in_at is None


def test_record_knows_when_it_was_made_and_changed(make_user: Callable[..., User]) -> None:
    user = make_user()
    made, first = user.created_at, user.updated_at

    user.name = "Somebody else"
    db.session.commit()

    assert abs(made - datetime.now(UTC)) < timedelta(minutes=1)
    assert user.created_at == made
    assert user.updated_at > first


def test_version_counts_changes(make_user: Callable[..., User]) -> None:
    user = make_user()
    versions = [user.version]

    for name in ("Second", "Third", "Third"):
        user.name = name
        db.session.commit()
        versions.append(user.version)

    assert versions == [1, 2, 3, 3]


def test_change_of_what_somebody_else_changed_is_refused(make_user: Callable[..., User]) -> None:
    user = make_user(name="Before")
    key = user.id
    db.session.rollback()

    with Session(db.engine, expire_on_commit=False) as mine, Session(db.engine) as theirs:
        read_by_me = mine.get_one(User, key)
        mine.commit()
        theirs.get_one(User, key).name = "Theirs"
        theirs.commit()
        read_by_me.name = "Mine"
        with pytest.raises(StaleDataError):
            mine.commit()

    assert db.session.get_one(User, key).name == "Theirs"


def test_id_of_a_deleted_record_is_never_given_again(make_user: Callable[..., User]) -> None:
    gone = make_user()
    old = gone.id
    db.session.delete(gone)
    db.session.commit()

    new = make_user()

    assert new.id > old


@pytest.mark.parametrize("statement", ['DELETE FROM "user"', "UPDATE post SET user_id = user_id + 1"])
def test_store_enforces_that_a_posts_user_exists(
    statement: str, make_user: Callable[..., User], make_post: Callable[..., Post]
) -> None:
    make_post(user=make_user())

    with pytest.raises(IntegrityError):
        db.session.execute(text(statement))
    db.session.rollback()


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ("Hello", "Hello"),
        ("  two \n\n words ", "two words"),
        ("x" * 100, "x" * 59 + "…"),
        ("", "Post {id}"),
        (" \n ", "Post {id}"),
    ],
)
def test_post_is_named_by_its_first_words(content: str, name: str, make_post: Callable[..., Post]) -> None:
    post = make_post(content=content)

    assert str(post) == name.format(id=post.id)


def test_people_are_named_by_their_names(make_user: Callable[..., User], owner: Staff) -> None:
    user = make_user(name="Ann Lee")

    assert [str(user), str(owner)] == ["Ann Lee", "Olivia"]


def test_roles_are_stored_as_words_in_their_order(make_staff: Callable[..., Staff]) -> None:
    make_staff("Somebody", "owner", "editor", "owner")

    stored = db.session.scalar(text("SELECT roles FROM staff"))

    assert stored == '["editor","owner"]'


def test_posts_of_a_user_are_theirs(make_user: Callable[..., User], make_post: Callable[..., Post]) -> None:
    ann, bob = make_user(), make_user()
    posts = [make_post(user=ann), make_post(user=ann)]
    make_post(user=bob)

    assert sorted(ann.posts, key=lambda one: one.id) == posts
