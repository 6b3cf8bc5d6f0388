"""Writing a record: committed whole or not at all, the store's refusal as words at the field it is about."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from admin_app.db.transaction import transaction
from admin_app.domain.records.refusals import refusals_of
from admin_app.errors import InvalidRecord, RecordGone
from admin_app.extensions import db
from admin_app.models.post import Post
from admin_app.models.user import User

pytestmark = pytest.mark.usefixtures("context")


def count(model: Any) -> int:
    with Session(db.engine) as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def test_what_is_done_inside_is_kept() -> None:
    with transaction(db.session):
        db.session.add(User(name="Ann", email="ann@example.com"))

    assert count(User) == 1


def test_error_inside_keeps_nothing() -> None:
    def fail_half_way() -> None:
        db.session.add(User(name="Ann", email="ann@example.com"))
        db.session.flush()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), refusals_of(User), transaction(db.session):
        fail_half_way()

    assert count(User) == 0


@pytest.mark.parametrize("email", ["ann@example.com", "Ann@Example.com"])
def test_taken_value_is_a_problem_of_its_field(email: str, make_user: Callable[..., User]) -> None:
    make_user(email="ann@example.com")

    with pytest.raises(InvalidRecord) as refusal, refusals_of(User), transaction(db.session):
        db.session.add(User(name="Another", email=email))

    assert refusal.value.problems == {"email": "Email is already used by another user. Enter a different one."}
    assert count(User) == 1


def test_related_record_that_is_gone_is_a_problem_of_the_relation(make_user: Callable[..., User]) -> None:
    user = make_user()
    gone = user.id + 1

    with pytest.raises(InvalidRecord) as refusal, refusals_of(Post), transaction(db.session):
        db.session.add(Post(content="Hello", user_id=gone))

    assert refusal.value.problems == {"user": "That user no longer exists. Choose another one."}
    assert count(Post) == 0


def test_a_value_that_the_database_lacks_is_a_problem_of_its_field() -> None:
    with pytest.raises(InvalidRecord) as refusal, refusals_of(User), transaction(db.session):
        db.session.add(User(email="ann@example.com"))

    assert refusal.value.problems == {"name": "The database needs a value here."}


def test_record_that_others_hang_on_is_not_deleted(
    make_user: Callable[..., User], make_post: Callable[..., Post]
) -> None:
    user = make_user()
    make_post(user=user)

    with pytest.raises(InvalidRecord), refusals_of(User), transaction(db.session):
        db.session.execute(text('DELETE FROM "user"'))

    assert count(User) == 1


@pytest.mark.parametrize("statement", ['DELETE FROM "user"', 'UPDATE "user" SET version = version + 1'])
def test_record_that_somebody_else_changed_or_deleted_is_gone(statement: str, make_user: Callable[..., User]) -> None:
    user = make_user(name="Before")
    key = user.id
    db.session.rollback()

    with Session(db.engine, expire_on_commit=False) as mine:
        record = mine.get_one(User, key)
        mine.commit()
        with db.engine.begin() as theirs:
            theirs.exec_driver_sql(statement)
        with pytest.raises(RecordGone), refusals_of(User), transaction(mine):
            record.name = "Mine"

    assert "Mine" not in db.session.scalars(select(User.name)).all()


def test_session_can_be_used_again_after_a_refusal(make_user: Callable[..., User]) -> None:
    make_user(email="ann@example.com")
    with pytest.raises(InvalidRecord), refusals_of(User), transaction(db.session):
        db.session.add(User(name="Another", email="ann@example.com"))

    with transaction(db.session):
        db.session.add(User(name="Another", email="free@example.com"))

    assert count(User) == 2
