"""Forms: they build themselves from the model, change what they show and nothing else, and lead back where one was."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.datastructures import MultiDict
from wtforms import StringField

from admin_app.extensions import db
from admin_app.models.post import Post
from admin_app.models.user import User
from admin_app.panel.fields import Rule, TextForm
from admin_app.panel.forms.conflicts import refill
from tests.page import Page

NEW, EDIT = "/admin/user/new/", "/admin/user/edit/?id={}"


def only(app: Flask, model: Any) -> Any:
    with app.app_context():
        return db.session.scalars(select(model)).one()


# ---- the form


def test_form_has_a_native_input_a_field_and_says_what_is_optional(as_editor: Any) -> None:
    user, post = Page(as_editor.get(NEW)), Page(as_editor.get("/admin/post/new/"))

    assert user.texts("label", within="main") == ["Name", "Email"]
    assert post.texts("label", within="main") == ["Content (optional)", "User (optional)"]
    inputs = {one.attributes["name"]: one.attributes.get("type") for one in user.form() if one.tag == "input"}
    assert inputs == {"csrf_token": "hidden", "_once": "hidden", "name": "text", "email": "email"}
    assert [one.attributes["name"] for one in post.form() if one.tag == "textarea"] == ["content"]
    assert "novalidate" in user.form().attributes
    assert [one.attributes["name"] for one in user.form() if "aria-describedby" in one.attributes] == []


def test_form_has_one_main_button_and_a_way_out(as_editor: Any) -> None:
    page = Page(as_editor.get(f"{NEW}?url=/admin/user/%3Fq%3Dann"))

    buttons = [one.text for one in page.form() if one.tag == "button"]
    assert buttons == ["Save user", "Save and continue", "Save and add another"]
    assert [one.text for one in page.form().all("button", class_="button--primary")] == ["Save user"]
    assert page.link("Cancel") == "/admin/user/?q=ann"


# ---- saving


def test_record_is_made_of_what_was_typed(app: Flask, as_editor: Any) -> None:
    response = as_editor.post_form(NEW, {"name": "Ann Lee", "email": " ann@example.com "})

    user = only(app, User)
    assert (response.status_code, response.location) == (303, "/admin/user/")
    assert (user.name, user.email, user.version) == ("Ann Lee", "ann@example.com", 1)


@pytest.mark.parametrize(
    ("button", "location", "heading"),
    [
        ("_save", "/admin/user/?q=n&page=2", "Users"),
        ("_continue_editing", "/admin/user/edit/?url=/admin/user/?q%3Dn%26page%3D2&id={id}", "Ann"),
        ("_add_another", "/admin/user/new/?url=/admin/user/?q%3Dn%26page%3D2", "Add user"),
    ],
)
def test_each_button_leads_on_and_none_forgets_the_list(
    button: str, location: str, heading: str, app: Flask, as_editor: Any
) -> None:
    form = f"{NEW}?url=/admin/user/%3Fq%3Dn%26page%3D2"

    response = as_editor.post_form(form, {"name": "Ann", "email": "ann@example.com", button: "1"})
    page = Page(as_editor.get(response.location))

    assert response.location == location.format(id=only(app, User).id)
    assert page.heading == heading
    assert page.notice.startswith("Success User “Ann” was created.")
    if button != "_save":
        assert page.link("Cancel") == "/admin/user/?q=n&page=2"


@pytest.mark.parametrize("url", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_saving_never_leads_to_another_site(url: str, as_editor: Any) -> None:
    response = as_editor.post_form(NEW, {"name": "Ann", "email": "ann@example.com", "url": url})

    assert response.location == "/admin/user/"


def test_long_way_back_fits_into_the_cookie(as_editor: Any) -> None:
    # Text that no compression makes shorter.
    words = base64.urlsafe_b64encode(b"".join(hashlib.sha256(bytes([part])).digest() for part in range(90))).decode()
    there = f"/admin/user/?q={words[:3800]}"

    response = as_editor.post_form(NEW, {"name": "Ann", "email": "ann@example.com", "url": there})

    assert response.location == there
    assert len(response.headers["Set-Cookie"]) < 4093


def test_fields_outside_the_form_are_ignored(app: Flask, as_editor: Any, make_user: Any, make_post: Any) -> None:
    user = make_user(name="Before")
    other = make_user()
    post = make_post(user=other)
    more = {"id": "77", "version": "99", "created_at": "2001-01-01T00:00", "posts": str(post.id), "roles": "owner"}

    as_editor.post_form(EDIT.format(user.id), {"name": "After", "email": user.email, **more})

    with app.app_context():
        saved = db.session.get_one(User, user.id)
        assert (saved.name, saved.version, saved.created_at) == ("After", 2, user.created_at)
        assert db.session.get(User, 77) is None
        assert db.session.get_one(Post, post.id).user_id == other.id


def test_form_saved_as_it_was_shown_changes_nothing(app: Flask, as_editor: Any, make_user: Any, make_post: Any) -> None:
    user = make_user(name=" spaces  inside and 'quotes\" & <b> ")
    post = make_post(user=user, content="\n a\r\nb\rc\n\n ")

    for address in (EDIT.format(user.id), f"/admin/post/edit/?id={post.id}"):
        saved = as_editor.post_form(address, Page(as_editor.get(address)).values())
        assert saved.status_code == 303

    with app.app_context():
        assert db.session.get_one(User, user.id).name == user.name
        assert db.session.get_one(User, user.id).version == 1
        assert db.session.get_one(Post, post.id).content == post.content
        assert db.session.get_one(Post, post.id).version == 1


@pytest.mark.parametrize("stored", ["", "a\nb", "a\r\nb", "a\rb", "a\r\nb\nc\rd", "\na", "\r\n\r\na", "a\n", "\n"])
def test_a_text_that_nobody_touches_stays_as_it_is_stored(
    stored: str, app: Flask, as_editor: Any, make_post: Any
) -> None:
    post = make_post(content=stored)
    address = f"/admin/post/edit/?id={post.id}"

    shown = Page(as_editor.get(address)).values()
    as_editor.post_form(address, shown)

    assert only(app, Post).content == stored


def test_new_text_is_stored_with_plain_line_ends(app: Flask, as_editor: Any) -> None:
    as_editor.post_form("/admin/post/new/", {"content": "first\r\nsecond\rthird\n"})

    assert only(app, Post).content == "first\nsecond\nthird\n"


@pytest.mark.parametrize(("stored", "errors"), [("long", []), ("old", ["Too long."])])
def test_only_what_the_record_holds_needs_to_meet_no_rule(stored: str, errors: list[str]) -> None:
    class OneField(TextForm):
        it = StringField("It", [Rule(lambda _: "Too long.")])

    form = OneField(MultiDict({"it": "typed"}))
    refill(form["it"], "long", stored=stored)

    form.validate()

    assert form["it"].errors == errors
