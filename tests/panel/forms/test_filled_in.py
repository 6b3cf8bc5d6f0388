"""New records whose form is not empty: copies of others, and what the list they are opened from is narrowed to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from flask import Flask
from sqlalchemy import select

from admin_app.extensions import db
from admin_app.models.post import Post
from admin_app.models.user import User
from tests.client import Client
from tests.page import Page

NEW_USER, NEW_POST = "/admin/user/new/", "/admin/post/new/"


def filled(client: Client, url: str, *names: str) -> list[str]:
    values = Page(client.get(url)).values()
    return [values[name] for name in names]


# ---- copies


def test_a_copy_has_everything_but_what_has_to_be_its_own(as_editor: Client, ann: User) -> None:
    page = Page(as_editor.get(f"{NEW_USER}?copy={ann.id}"))

    assert (page.heading, page.values()["name"], page.values()["email"]) == ("Add user", "Ann", "")
    assert page.texts("p", class_="note") == ["This is a copy of “Ann”. It is not saved yet."]


@pytest.mark.parametrize("view", ["edit", "details"])
def test_the_way_there_stands_on_the_record(view: str, as_editor: Client, ann: User, make_post: Any) -> None:
    post = make_post(content="Words", user=ann)
    page = Page(as_editor.get(f"/admin/post/{view}/?id={post.id}&url=/admin/post/?q%3DW"))

    copy = page.link("Duplicate")

    assert copy == f"{NEW_POST}?copy={post.id}&url=/admin/post/?q%3DW"
    assert filled(as_editor, copy, "content", "user") == ["Words", str(ann.id)]


def test_a_copy_is_saved_as_a_record_of_its_own(app: Flask, as_editor: Client, ann: User, make_post: Any) -> None:
    post = make_post(content="Words", user=ann)
    address = f"{NEW_POST}?copy={post.id}"

    saved = as_editor.post(address, data=Page(as_editor.get(address)).values())

    with app.app_context():
        found = [(one.content, one.user_id, one.version) for one in db.session.scalars(select(Post))]
    assert (saved.status_code, found) == (303, [("Words", ann.id, 1)] * 2)


def test_one_more_after_a_copy_is_no_copy(as_editor: Client, make_post: Any) -> None:
    address = f"{NEW_POST}?copy={make_post(content='Words').id}"

    saved = as_editor.post(address, data={**Page(as_editor.get(address)).values(), "_add_another": "1"})

    assert saved.location == f"{NEW_POST}?url=/admin/post/"


@pytest.mark.parametrize("key", ["999", "x", "-1", "%00", ""])
def test_a_copy_of_nothing_is_not_found(key: str, as_editor: Client) -> None:
    assert as_editor.get(f"{NEW_USER}?copy={key}").status_code == 404


def test_a_copy_needs_the_right_to_look(client_with: Callable[..., Client], ann: User) -> None:
    maker = client_with("user:create", "user:list")
    looker = client_with("user:view", "user:list", name="Lena")

    assert [one.get(f"{NEW_USER}?copy={ann.id}").status_code for one in (maker, looker)] == [403, 403]
    assert not Page(looker.get(f"/admin/user/details/?id={ann.id}")).has_link("Duplicate")


def test_a_copy_of_what_is_out_of_sight_is_not_found(as_liam: Client, mine: Post, theirs: Post) -> None:
    answers = [as_liam.get(f"{NEW_POST}?copy={one.id}").status_code for one in (mine, theirs)]

    assert answers == [200, 404]


def test_a_copy_shows_no_field_that_the_person_does_not_see(
    client_with: Callable[..., Client], ann: User, make_post: Any
) -> None:
    post = make_post(content="Hidden words", user=ann)
    client = client_with("*:*", fields=["post.content:hidden"])

    page = client.get(f"{NEW_POST}?copy={post.id}")

    assert "Hidden words" not in page.text
    assert Page(page).values()["user"] == str(ann.id)


def test_a_copy_tells_nothing_of_a_user_out_of_sight(
    client_with: Callable[..., Client], other: User, make_post: Any
) -> None:
    post = make_post(content="Words", user=other)
    client = client_with("*:*", rows=["user:own"])

    assert filled(client, f"{NEW_POST}?copy={post.id}", "content", "user") == ["Words", ""]


def test_a_copy_of_an_account_has_no_password(as_owner: Client, editor: Any) -> None:
    page = Page(as_owner.get(f"/admin/staff/new/?copy={editor.id}"))

    assert (page.values()["name"], page.values()["email"], page.values()["password"]) == ("Edgar", "", "")


# ---- from a narrowed list


def test_a_new_post_is_of_the_user_that_the_list_is_narrowed_to(as_editor: Client, ann: User) -> None:
    page = Page(as_editor.get(f"/admin/post/?user__is={ann.id}&content__contains=x"))

    link = page.link("Add post")

    assert dict(parse_qsl(urlsplit(link).query))["user"] == str(ann.id)
    assert filled(as_editor, link, "user", "content") == [str(ann.id), ""]


def test_a_user_who_is_named_is_filled_in_by_number(as_editor: Client, ann: User) -> None:
    page = Page(as_editor.get("/admin/post/?user__is=ann@example.com"))

    assert filled(as_editor, page.link("Add post"), "user") == [str(ann.id)]


def test_a_new_user_has_the_name_that_the_list_is_narrowed_to(as_editor: Client) -> None:
    page = Page(as_editor.get("/admin/user/?name__equals=Ann+Lee&email__ends=example.com"))

    link = page.link("Add user")

    assert "name__equals=Ann+Lee" in link
    assert filled(as_editor, link, "name", "email") == ["Ann Lee", ""]


def test_one_more_is_filled_in_alike(as_editor: Client) -> None:
    address = f"{NEW_USER}?name__equals=Ann&url=/admin/user/"
    form = {**Page(as_editor.get(address)).values(), "email": "one@example.com", "_add_another": "1"}

    saved = as_editor.post(address, data=form)

    assert filled(as_editor, saved.location, "name", "email") == ["Ann", ""]


@pytest.mark.parametrize(
    "arguments",
    ["name__contains=Ann", "created_at__on=2026-01-01", "id__in=1,2", "name__equals=", "name__equals=%00", "email=a"],
)
def test_what_leaves_more_than_one_value_fills_in_nothing(arguments: str, as_editor: Client) -> None:
    assert filled(as_editor, f"{NEW_USER}?{arguments}", "name", "email") == ["", ""]


def test_a_field_that_the_person_may_not_write_is_not_filled_in(client_with: Callable[..., Client]) -> None:
    client = client_with("*:*", fields=["user.email:read_only"])

    page = Page(client.get("/admin/user/?email__equals=ann@example.com&name__equals=Ann"))

    arguments = dict(parse_qsl(urlsplit(page.link("Add user")).query))
    assert (arguments.get("name__equals"), arguments.get("email__equals")) == ("Ann", None)
