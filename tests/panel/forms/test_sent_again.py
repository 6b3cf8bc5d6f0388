"""A form sent again: after a stale token or a failure with all that was typed, and twice without a second record."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text, update

from admin_app.db.types import utc_now
from admin_app.extensions import db
from admin_app.models.post import Post
from admin_app.models.role import EDITOR
from admin_app.models.staff import Staff
from admin_app.models.submission import Submission
from admin_app.models.user import User
from tests.page import Page
from tests.stores import both_stores

NEW, EDIT = "/admin/post/new/", "/admin/post/edit/?id={}"


def contents(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(Post.content).order_by(Post.id)))


# ---- a stale token


@pytest.mark.parametrize("token", [None, "stale"])
def test_a_stale_token_shows_the_form_again_with_a_fresh_one(
    app: Flask, as_editor: Any, make_post: Any, *, token: str | None
) -> None:
    post = make_post(content="Before")
    address = EDIT.format(post.id)
    form = {**Page(as_editor.get(address)).values(), "content": "Typed"} | {"csrf_token": token or ""}

    page = Page(as_editor.post(address, data=form))

    assert (page.status, page.values()["content"], contents(app)) == (400, "Typed", ["Before"])
    assert page.summary[0].startswith("This form was opened before you signed in again. Nothing was saved.")

    assert as_editor.post(address, data=page.values()).status_code == 303
    assert contents(app) == ["Typed"]


def test_a_stale_token_shows_a_new_record_s_form_again(app: Flask, as_editor: Any) -> None:
    page = Page(as_editor.post(NEW, data={"content": "Typed"}))

    assert (page.status, page.heading, page.values()["content"]) == (400, "Add post", "Typed")
    assert contents(app) == []


def test_a_stale_token_opens_no_form_to_who_may_not(as_viewer: Any, make_post: Any) -> None:
    post = make_post(content="Before")

    page = Page(as_viewer.post(EDIT.format(post.id), data={"content": "Typed"}))

    assert (page.status, page.heading) == (400, "This form is out of date")
    assert page.all("button", within="main") == []


# ---- a failure


def test_a_busy_database_gives_back_what_was_typed_to_be_sent_again(app: Flask, as_editor: Any, make_user: Any) -> None:
    user = make_user(name="Before")
    address = f"/admin/user/edit/?id={user.id}"
    form = Page(as_editor.get(address)).values()
    rename = 'ALTER TABLE "{}" RENAME TO "{}"'.format
    with app.app_context():
        db.session.execute(text(rename("user", "gone")))
        db.session.commit()
    try:
        page = Page(as_editor.post(address, data={**form, "name": "Typed <b>"}))
    finally:
        with app.app_context():
            db.session.execute(text(rename("gone", "user")))
            db.session.commit()

    again = as_editor.post(page.form().attributes["action"], data=page.values())

    assert (page.status, page.values()["name"], again.status_code) == (503, "Typed <b>", 303)
    with app.app_context():
        assert db.session.get_one(User, user.id).name == "Typed <b>"


def test_a_failure_of_ours_gives_back_what_was_typed(
    app: Flask, as_owner: Any, editor: Staff, password: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"/admin/staff/edit/?id={editor.id}"
    form = Page(as_owner.get(address)).values()
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", 0)
    monkeypatch.setattr("admin_app.panel.forms.saving.Saving.is_valid", lambda *_: 1 / 0)

    response = as_owner.post(address, data={**form, "name": "Typed", "password": password})

    page = Page(response)
    assert (page.status, page.values()["name"], page.form().attributes["action"]) == (500, "Typed", address)
    assert password not in response.text


# ---- sent twice


def test_a_form_sent_twice_makes_one_record_and_answers_the_same(app: Flask, as_editor: Any) -> None:
    form = {**Page(as_editor.get("/admin/user/new/")).values(), "name": "Ann", "email": "ann@example.com"}

    answers = [as_editor.post("/admin/user/new/", data={**form, "_continue_editing": "1"}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert len({answer.location for answer in answers}) == 1
    with app.app_context():
        assert db.session.scalars(select(User.name)).all() == ["Ann"]


@both_stores
def test_a_form_sent_twice_at_once_makes_one_record(app: Flask, client_of: Any, editor: Staff) -> None:
    clients = [client_of(editor) for _ in range(4)]
    forms = [Page(client.get(NEW)).values() for client in clients]
    # One form, as four impatient presses of its button send it.
    sent = [{**form, "_once": "the same", "content": "Once"} for form in forms]

    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda pair: pair[0].post(NEW, data=pair[1]), zip(clients, sent, strict=True)))

    assert [answer.status_code for answer in answers] == [303] * 4
    assert contents(app) == ["Once"]


def test_something_else_typed_after_going_back_leads_to_the_record_that_was_made(app: Flask, as_editor: Any) -> None:
    form = Page(as_editor.get(NEW)).values()
    as_editor.post(NEW, data={**form, "content": "First"})

    page = Page(as_editor.post(NEW, data={**form, "content": "Second"}))

    assert (page.status, page.heading, page.values()["content"], contents(app)) == (409, "First", "Second", ["First"])
    assert page.summary == [
        (
            "This form already created post “First”. Nothing was saved. "
            "Save to change that post to what you typed, or open a new form."
        )
    ]
    saved = as_editor.post(page.form().attributes["action"], data=page.values())
    assert (saved.status_code, contents(app)) == (303, ["Second"])


def test_a_form_whose_record_was_deleted_asks_before_it_makes_another(app: Flask, as_editor: Any) -> None:
    form = Page(as_editor.get(NEW)).values()
    as_editor.post(NEW, data={**form, "content": "First"})
    with app.app_context():
        key = db.session.scalars(select(Post.id)).one()
    as_editor.post_form(f"/admin/post/delete/?id={key}")

    page = Page(as_editor.post(NEW, data={**form, "content": "Second"}))

    assert (page.status, page.heading, page.values()["content"], contents(app)) == (409, "Add post", "Second", [])
    assert page.summary == [
        (
            f"This form already created post {key}, which has been deleted. Nothing was saved. "
            "Save to create another post with what you typed."
        )
    ]
    assert as_editor.post(NEW, data=page.values()).status_code == 303
    assert contents(app) == ["Second"]


def test_who_may_only_create_is_told_that_the_form_made_a_record(app: Flask, client_with: Any) -> None:
    client = client_with("post:create", "post:list", "post:view")
    form = Page(client.get(NEW)).values()
    client.post(NEW, data={**form, "content": "First"})

    page = Page(client.post(NEW, data={**form, "content": "Second"}))

    assert (page.status, page.values()["content"], contents(app)) == (409, "Second", ["First"])
    assert page.summary == ["This form already created post “First”. Nothing was saved."]


def test_a_refused_form_can_be_mended_and_sent(as_editor: Any) -> None:
    form = {**Page(as_editor.get("/admin/user/new/")).values(), "name": "Ann", "email": "no address"}

    refused = Page(as_editor.post("/admin/user/new/", data=form))
    sent = as_editor.post("/admin/user/new/", data={**refused.values(), "email": "ann@example.com"})
    again = as_editor.post("/admin/user/new/", data=form)

    assert (refused.status, sent.status_code, again.status_code) == (422, 303, 409)
    assert refused.values()["_once"] == form["_once"]


def test_a_form_whose_record_was_deleted_makes_none_again(app: Flask, as_editor: Any) -> None:
    form = {**Page(as_editor.get(NEW)).values(), "content": "Once"}
    as_editor.post(NEW, data=form)
    with app.app_context():
        key = db.session.scalars(select(Post.id)).one()
    as_editor.post_form(f"/admin/post/delete/?id={key}")

    again = as_editor.post(NEW, data=form)

    assert (again.status_code, contents(app)) == (303, [])
    assert Page(as_editor.get(again.location)).notice.endswith(
        f"This form already created post {key}, which has been deleted. Nothing was created."
    )


@both_stores
def test_two_people_with_one_key_make_two(app: Flask, as_editor: Any, client_of: Any, make_staff: Any) -> None:
    other = client_of(make_staff("Emil", EDITOR))

    for client in (as_editor, other):
        client.post(NEW, data={**Page(client.get(NEW)).values(), "_once": "one key", "content": "The same"})

    assert contents(app) == ["The same", "The same"]


def test_sendings_of_yesterday_are_forgotten(app: Flask, as_editor: Any) -> None:
    as_editor.post(NEW, data={**Page(as_editor.get(NEW)).values(), "content": "Old"})
    with app.app_context():
        db.session.execute(update(Submission).values(created_at=utc_now() - timedelta(hours=25)))
        db.session.commit()

    as_editor.post(NEW, data={**Page(as_editor.get(NEW)).values(), "content": "New"})

    with app.app_context():
        # The form, and what was sent with it.
        assert len(db.session.scalars(select(Submission)).all()) == 2
