"""Refusals: each stands at the field it is about and in the summary, what was typed is kept, and nothing is saved."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, func, select, text
from werkzeug.datastructures import MultiDict
from wtforms import FieldList, IntegerField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from admin_app.extensions import db
from admin_app.models.post import Post
from admin_app.models.user import User
from admin_app.panel.fields import TextForm
from tests.page import Page
from tests.stores import both_stores

NEW, EDIT = "/admin/user/new/", "/admin/user/edit/?id={}"


def only(app: Flask, model: Any) -> Any:
    with app.app_context():
        return db.session.scalars(select(model)).one()


def count(app: Flask, model: Any) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(model)) or 0


@contextmanager
def between_check_and_write(app: Flask, statement: str) -> Iterator[None]:
    """Let somebody else be quicker, once: in the moment before what was checked is written."""
    waiting = [statement]

    def interfere(session: Any, *_: Any) -> None:
        if not waiting:
            return
        if db.engine.dialect.name == "sqlite":
            # Its one writer holds the lock by now; whoever was quicker wrote before, and is seen the same way.
            session.execute(text(waiting.pop()))
            return
        with db.engine.begin() as other:
            other.exec_driver_sql(waiting.pop())

    with app.app_context():
        event.listen(db.session, "before_flush", interfere)
        db.session.remove()
    try:
        yield
    finally:
        event.remove(db.session, "before_flush", interfere)
    assert waiting == []


REFUSED = [
    ({"name": "", "email": "a@b"}, {"name": "Enter the name."}),
    ({"name": " \t ", "email": "a@b"}, {"name": "Enter the name."}),
    ({"name": "Ann", "email": ""}, {"email": "Enter the email."}),
    ({"name": "Ann", "email": "ann"}, {"email": "Email must look like name@example.com."}),
    ({"name": "x" * 81, "email": "a@b"}, {"name": "Name must be 80 characters or fewer; it has 81."}),
    ({"name": "Ann", "email": "a@" + "b" * 119}, {"email": "Email must be 120 characters or fewer; it has 121."}),
    (
        {"name": "A\0n", "email": "a@b"},
        {"name": "Name contains a NUL character, which cannot be stored. Remove it."},
    ),
    ({"name": "", "email": ""}, {"name": "Enter the name.", "email": "Enter the email."}),
    ({}, {"name": "Enter the name.", "email": "Enter the email."}),
]


@pytest.mark.parametrize(("sent", "problems"), REFUSED)
def test_refused_record_is_not_made(sent: dict[str, str], problems: dict[str, str], app: Flask, as_editor: Any) -> None:
    page = Page(as_editor.post_form(NEW, sent))

    require_refusal(page, sent, problems)
    assert count(app, User) == 0


@pytest.mark.parametrize(("sent", "problems"), REFUSED)
def test_refused_change_is_not_made(
    sent: dict[str, str], problems: dict[str, str], app: Flask, as_editor: Any, make_user: Any
) -> None:
    user = make_user()
    # A field that is not sent at all stays as it is.
    sent = {"name": "", "email": "", **sent}

    page = Page(as_editor.post_form(EDIT.format(user.id), sent))

    require_refusal(page, sent, problems)
    assert page.heading == user.name
    assert (only(app, User).name, only(app, User).version) == (user.name, 1)


def require_refusal(page: Page, sent: dict[str, str], problems: dict[str, str]) -> None:
    """Require each message at its field and in the summary, and everything that was typed in its place."""
    assert page.status == 422
    assert page.title.startswith("Error: ")
    assert {name: page.error_of(name) for name in ("name", "email")} == {"name": "", "email": "", **problems}
    assert page.summary == list(problems.values())
    links = [link.attributes["href"] for link in page.all("div", class_="problem")[0].all("a")]
    assert links == [f"#{name}" for name in problems]
    # What nobody sees at the ends of a line is taken off, as it would be when it is kept.
    # As a browser reads it: NUL has a sign of its own.
    typed = {name: value.strip().replace("\0", "\ufffd") for name, value in sent.items()}
    assert {name: page.values()[name] for name in sent} == typed
    assert page.notice == ""


@both_stores
@pytest.mark.parametrize("email", ["ann@example.com", "ANN@example.com", " ann@Example.com "])
def test_address_that_another_has_is_refused_in_any_case(
    email: str, app: Flask, as_editor: Any, make_user: Any
) -> None:
    ann, bob = make_user(email="ann@example.com"), make_user(email="bob@example.com")
    message = f"Email is already used by user {ann.id}. Enter a different one."

    made = Page(as_editor.post_form(NEW, {"name": "New", "email": email}))
    changed = Page(as_editor.post_form(EDIT.format(bob.id), {"name": "New", "email": email}))

    assert [(page.status, page.error_of("email"), page.summary) for page in (made, changed)] == [
        (422, message, [message])
    ] * 2
    assert made.values()["name"] == "New"
    assert count(app, User) == 2


@both_stores
def test_own_address_may_be_kept_and_its_case_changed(app: Flask, as_editor: Any, make_user: Any) -> None:
    user = make_user(email="ann@example.com")

    for email in ("ann@example.com", "Ann@Example.com"):
        assert as_editor.post_form(EDIT.format(user.id), {"name": "Ann", "email": email}).status_code == 303

    assert only(app, User).email == "Ann@Example.com"


@both_stores
@pytest.mark.parametrize("quick", ["ann@example.com", "Ann@Example.com"])
@pytest.mark.parametrize("address", [NEW, EDIT])
def test_address_taken_in_the_moment_of_saving_is_the_same_message(
    address: str, quick: str, app: Flask, as_editor: Any, make_user: Any
) -> None:
    user = make_user(name="Before")
    address = address.format(user.id)
    token = as_editor.token_of(address)
    others = (
        'INSERT INTO "user" (name, email, created_at, updated_at, version) VALUES '
        f"('Quick', '{quick}', '2026-01-01 00:00:00', '2026-01-01 00:00:00', 1)"
    )

    with between_check_and_write(app, others):
        page = Page(as_editor.post(address, data={"csrf_token": token, "name": "Slow", "email": "ann@example.com"}))

    assert page.status == 422
    assert page.error_of("email") == "Email is already used by another user. Enter a different one."
    assert page.summary == [page.error_of("email")]
    assert page.values() == {**page.values(), "name": "Slow", "email": "ann@example.com"}
    with app.app_context():
        assert db.session.scalars(select(User.name).where(User.name == "Slow")).all() == []


@both_stores
def test_user_deleted_in_the_moment_of_saving_a_post_is_a_message(app: Flask, as_editor: Any, make_user: Any) -> None:
    user = make_user()
    token = as_editor.token_of("/admin/post/new/")

    with between_check_and_write(app, 'DELETE FROM "user"'):
        page = Page(
            as_editor.post("/admin/post/new/", data={"csrf_token": token, "content": "Hello", "user": str(user.id)})
        )

    assert page.status == 422
    assert page.error_of("user") == "That user no longer exists. Choose another one."
    assert page.values()["content"] == "Hello"
    assert count(app, Post) == 0


@both_stores
@pytest.mark.parametrize("statement", ['DELETE FROM "user"', 'UPDATE "user" SET version = version + 1'])
def test_record_changed_or_deleted_in_the_moment_of_saving_is_a_conflict(
    statement: str, app: Flask, as_editor: Any, make_user: Any
) -> None:
    user = make_user(name="Before")
    token = as_editor.token_of(EDIT.format(user.id))

    with between_check_and_write(app, statement):
        page = Page(
            as_editor.post(EDIT.format(user.id), data={"csrf_token": token, "name": "Mine", "email": user.email})
        )

    assert (page.status, page.heading) == (409, "The record has changed")
    with app.app_context():
        assert "Mine" not in db.session.scalars(select(User.name)).all()


@pytest.mark.parametrize("view", ["edit", "details", "delete"])
@pytest.mark.parametrize("key", ["", "0", "-1", "abc", "1.0", "1e0", "²", "999999", "9" * 30, "9" * 5000, "%00", "1;2"])
def test_id_of_nobody_is_a_missing_page(view: str, key: str, as_editor: Any, make_user: Callable[..., User]) -> None:
    make_user()

    assert as_editor.get(f"/admin/user/{view}/?id={key}").status_code == 404


@both_stores
@pytest.mark.parametrize("view", ["edit", "details", "delete"])
@pytest.mark.parametrize("key", [2**31 - 1, 2**31, 2**63 - 1, 2**63])
def test_id_beyond_the_stores_numbers_is_a_missing_page(view: str, key: int, as_editor: Any) -> None:
    assert as_editor.get(f"/admin/user/{view}/?id={key}").status_code == 404


def test_what_a_field_of_wtforms_refuses_is_said_with_its_name() -> None:
    class Ticket(TextForm):
        level = SelectField("Level", choices=[SelectChoice(1, "Low")], coerce=int)
        number = IntegerField("Number", [InputRequired()])
        sizes = FieldList(IntegerField("Size"), "Sizes")

    form = Ticket(MultiDict({"level": "high", "number": "many", "sizes-0": "x"}))
    missing = Ticket(MultiDict({"level": "3"}))

    assert not form.validate()
    assert not missing.validate()
    assert (form.level.errors, form.number.errors) == (
        ["Level must be one of the list."],
        ["Number must be a whole number, like 42."],
    )
    assert (missing.level.errors, missing.number.errors) == (["Level must be one of the list."], ["Number is missing."])
