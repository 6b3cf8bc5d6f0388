"""The history: what every way of writing leaves in it, on both stores alike."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from admin_app.context import acting, writing
from admin_app.db.json_values import history_columns
from admin_app.db.transaction import transaction
from admin_app.db.types import utc_now
from admin_app.domain.audit import bulk
from admin_app.domain.audit.bulk import add_rows, change_rows, delete_rows
from admin_app.domain.audit.recorder import last_change_set
from admin_app.domain.records.deletion import Decision, Fate, delete_record
from admin_app.domain.records.deletion_scope import everything_in_scope
from admin_app.errors import RecordGone
from admin_app.extensions import db
from admin_app.models.change_set import Change, Kind
from admin_app.models.post import Post
from admin_app.models.user import User
from tests.domain.audit.entries import changes, last_set, moment, sets

pytestmark = pytest.mark.usefixtures("context")


def test_a_new_record_is_kept_whole(make_user: Any) -> None:
    user = make_user(name="Ann", email="ann@example.com")

    whole = {
        "id": user.id,
        "name": "Ann",
        "email": "ann@example.com",
        "created_at": moment(user.created_at),
        "updated_at": moment(user.updated_at),
    }
    assert changes() == [("user", user.id, "create", 1, None, whole)]
    assert (last_set().summary, last_set().count) == ("Created user “Ann”", 1)
    assert (last_set().resource, last_set().record_id) == ("user", user.id)


def test_of_a_changed_record_only_what_differs_is_kept(make_user: Any) -> None:
    user = make_user(name="Ann", email="ann@example.com")

    with transaction(db.session):
        user.name, user.email = "Anna", "ann@example.com"

    assert changes() == [("user", user.id, "update", 2, {"name": "Ann"}, {"name": "Anna"})]
    assert last_set().summary == "Changed user “Anna”"


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_what_the_history_does_not_keep_is_no_set_to_undo(make_staff: Any) -> None:
    person = make_staff("Ann")

    with transaction(db.session):
        person.password_hash = "another"
    after_password = last_change_set(db.session)
    with transaction(db.session):
        person.password_hash, person.name = "a third", "Anna"

    assert (after_password, last_change_set(db.session)) == (None, last_set().id)


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_the_trail_calls_records_what_their_resource_calls_them(make_staff: Any) -> None:
    people = [make_staff("Ann"), make_staff("Bob")]

    with transaction(db.session):
        for one in people:
            one.time_zone = "Europe/Prague"

    assert [one.summary for one in sets()] == [
        "Created colleague “Ann”",
        "Created colleague “Bob”",
        "Changed 2 staff",
    ]


def test_saving_what_is_there_already_leaves_no_trace(make_user: Any) -> None:
    user = make_user(name="Ann")
    before = len(sets())

    with transaction(db.session):
        user.name = "Bea"
        user.name = "Ann"

    assert len(sets()) == before


def test_what_was_not_read_before_it_was_set_is_known_all_the_same(make_post: Any, make_user: Any) -> None:
    user, post = make_user(), make_post(content="old")
    db.session.expire_all()

    with transaction(db.session):
        post.content = "new"
        post.user = user

    assert changes() == [
        ("post", post.id, "update", 2, {"content": "old", "user_id": None}, {"content": "new", "user_id": user.id})
    ]


def test_a_deleted_record_is_kept_whole_as_the_database_had_it(make_post: Any) -> None:
    post = make_post(content="old")
    created, updated = moment(post.created_at), moment(post.updated_at)
    db.session.expire_all()

    with transaction(db.session):
        post.content = "never saved"
        db.session.delete(post)

    whole = {"id": post.id, "content": "old", "user_id": None, "created_at": created, "updated_at": updated}
    assert changes() == [("post", post.id, "delete", 2, whole, None)]


def test_a_secret_leaves_a_trace_without_its_value(make_staff: Any) -> None:
    person = make_staff("Ann")

    with transaction(db.session):
        person.password_hash = "another"

    assert changes() == [("staff", person.id, "update", 2, {}, {})]
    everything = [(one.before, one.after) for one in db.session.scalars(select(Change))]
    assert [one for one in everything if "password_hash" in str(one) or "argon2" in str(one)] == []


def test_a_model_with_a_secret_has_to_say_what_may_be_kept() -> None:
    class Base(DeclarativeBase):
        pass

    class Careless(Base):
        __tablename__ = "careless"
        __history__ = None

        id: Mapped[int] = mapped_column(primary_key=True)
        pin: Mapped[str] = mapped_column(info={"secret": True})

    with pytest.raises(TypeError, match="name in __history__"):
        history_columns(Careless)


def test_rows_changed_by_one_statement_are_recorded_as_if_one_by_one(make_user: Any, make_post: Any) -> None:
    ann, bea = make_user(), make_user()
    first, second, other = make_post(user=ann), make_post(user=ann), make_post(user=bea)

    with transaction(db.session):
        number = change_rows(db.session, Post, Post.user_id == ann.id, {"user_id": bea.id})

    assert number == 2
    # In which order the database goes through the rows is nobody's promise.
    assert sorted(changes(), key=lambda one: one[:2]) == [
        ("post", first.id, "update", 2, {"user_id": ann.id}, {"user_id": bea.id}),
        ("post", second.id, "update", 2, {"user_id": ann.id}, {"user_id": bea.id}),
    ]
    db.session.expire_all()
    assert [(post.user_id, post.version) for post in (first, second, other)] == [(bea.id, 2), (bea.id, 2), (bea.id, 1)]
    assert (last_set().summary, last_set().count) == ("Changed 2 posts", 2)


def test_rows_deleted_by_one_statement_are_kept_like_those_deleted_one_by_one(make_post: Any) -> None:
    text = 'Ünïcode “quotes” "double" \\ back\nline\ttab \u2028 🙂 </script>'
    times = {"created_at": utc_now(), "updated_at": utc_now()}
    one, many = make_post(content=text, **times), make_post(content=text, **times)
    keys = [one.id, many.id]

    with transaction(db.session):
        delete_rows(db.session, Post, Post.id == keys[1])
    by_statement = changes()
    with transaction(db.session):
        db.session.delete(one)
    by_session = changes()

    assert by_statement[0][4] == {**by_session[0][4], "id": keys[1]}
    assert by_statement[0][:4] == ("post", keys[1], "delete", by_session[0][3])


def test_rows_added_by_one_statement_are_kept_like_those_added_one_by_one() -> None:
    with transaction(db.session):
        keys = add_rows(db.session, User, [{"name": "Ann", "email": "ann@example.com"}])

    user = db.session.get_one(User, keys[0])
    ((_, key, act, version, before, after),) = changes()
    assert (key, act, version, before) == (user.id, "create", 1, None)
    assert after["created_at"] == moment(user.created_at)
    assert (after["name"], after["email"]) == ("Ann", "ann@example.com")


def test_a_deletion_is_one_set_about_the_record_that_was_meant(make_user: Any, make_post: Any) -> None:
    user = make_user(name="Ann")
    posts = [make_post(user=user), make_post(user=user)]
    gone = user.id

    with transaction(db.session):
        delete_record(db.session, user, {"posts": Decision(Fate.KEEP)}, everything_in_scope)

    assert (last_set().summary, last_set().count) == ("Deleted user “Ann” and changed 2 posts", 3)
    assert (last_set().resource, last_set().record_id) == ("user", gone)
    # In which order the database goes through the posts is nobody's promise.
    assert sorted(one[:3] for one in changes()) == [
        ("post", posts[0].id, "update"),
        ("post", posts[1].id, "update"),
        ("user", gone, "delete"),
    ]


def test_rows_that_came_under_a_statement_unrecorded_stop_it(make_user: Any) -> None:
    user = make_user(name="Ann")
    statement = update(User).where(User.id == user.id).values(name="Bea")

    with pytest.raises(RecordGone, match="at the same moment"):
        bulk._send(db.session, statement, 2)


def test_within_an_act_a_statement_that_nobody_records_is_refused() -> None:
    people = [{"name": "Ann", "email": "ann@example.com"}]

    with acting(lambda: (None, "Ann"), kind=Kind.FORM), pytest.raises(TypeError, match="without a trace"):
        db.session.execute(insert(User), people)


def test_a_session_of_its_own_leaves_its_trail_too() -> None:
    with writing(), Session(db.engine) as session, session.begin():
        session.add(User(name="Ann", email="ann@example.com"))

    assert last_set().summary == "Created user “Ann”"
