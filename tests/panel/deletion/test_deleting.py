"""Deleting: a page says what goes and what depends on it, and leads on from there."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from flask import Flask

from admin_app.models.post import Post
from tests.many import many
from tests.page import Page
from tests.stores import both_stores


def at(record: Any, *, url: str = "") -> str:
    address = f"/admin/{type(record).__name__.lower()}/delete/?id={record.id}"
    return f"{address}&url={url}" if url else address


# ---- the page


def test_page_says_what_goes_and_what_hangs_on_it(app: Flask, as_editor: Any, make_user: Any) -> None:
    ann = make_user(name="Ann Lee", email="ann@example.com")
    ids = many(app, Post, [{"content": f"Words {number}", "user_id": ann.id} for number in range(1234)])

    page = Page(as_editor.get(at(ann)))

    assert page.heading == "Delete user “Ann Lee”?"
    assert page.texts("dd")[:2] == ["Ann Lee", "ann@example.com"]
    assert page.texts("legend") == ["What should happen to this user's 1,234 posts?"]
    samples = [f"Words {number}" for number in (1233, 1232, 1231, 1230, 1229)]
    assert [item.text for item in page.all("fieldset", class_="dependents")[0].all("li")] == [
        *samples,
        "and 1,229 more",
    ]
    assert page.link("Words 1233") == f"/admin/post/edit/?id={ids[-1]}"
    assert [label.text for label in page.all("label", within="main") if label.attributes["for"].startswith("fate")] == [
        "Keep the posts",
        "Give the posts to another user",
        "Delete the posts too",
    ]
    assert [one for one in page.all("input", type="radio") if "checked" in one.attributes] == []
    assert [one.text for one in page.form("").all("button")] == ["Delete user"]


def test_page_of_one_without_dependents_only_asks(as_editor: Any, make_post: Any) -> None:
    post = make_post(content="Hello")

    page = Page(as_editor.get(at(post, url="/admin/post/?q=hello")))

    assert page.heading == "Delete post “Hello”?"
    assert page.all("fieldset", within="main") == []
    assert page.link("Cancel") == "/admin/post/?q=hello"


@both_stores
def test_page_costs_the_same_for_one_post_and_many(
    app: Flask,
    as_editor: Any,
    make_user: Any,
    statements: Callable[[], AbstractContextManager[list[str]]],
) -> None:
    one, some = make_user(), make_user()
    many(app, Post, [{"content": "a", "user_id": one.id}])
    many(app, Post, [{"content": "a" * 5000, "user_id": some.id}] * 100)
    as_editor.get(at(one))

    with statements() as for_one:
        as_editor.get(at(one))
    with statements() as for_many:
        response = as_editor.get(at(some))

    assert len(for_many) == len(for_one)
    assert len(response.text) < 20_000


# ---- the way on


@pytest.mark.parametrize(
    ("url", "location"),
    [
        ("", "/admin/user/"),
        ("/admin/user/%3Fq%3Dann%26page%3D2", "/admin/user/?q=ann&page=2"),
        ("/admin/user/edit/%3Fid%3D{id}", "/admin/user/"),
        ("/admin/user/details/%3Furl%3D/admin/user/%26id%3D{id}", "/admin/user/"),
        ("/admin/user/edit/%3Fid%3D{id}0", "/admin/user/edit/?id={id}0"),
        ("https://evil.example", "/admin/user/"),
    ],
)
def test_one_lands_where_one_was_unless_that_is_gone(url: str, location: str, as_editor: Any, make_user: Any) -> None:
    ann = make_user(name="Ann")

    response = as_editor.post_form(at(ann, url=url.format(id=ann.id)))

    assert (response.status_code, response.location) == (303, location.format(id=ann.id))
    assert Page(as_editor.get("/admin/user/")).notice == "Success User “Ann” was deleted."


def test_post_deleted_on_its_users_page_leads_back_there(as_editor: Any, make_user: Any, make_post: Any) -> None:
    ann = make_user(name="Ann")
    make_post(user=ann, content="Hello")
    here = f"/admin/user/edit/?id={ann.id}"
    delete = Page(as_editor.get(here)).link("Delete Hello")

    response = as_editor.post_form(delete)

    assert response.location == here
    assert Page(as_editor.get(here)).result_line("posts") == "0 posts"


def test_record_deleted_from_its_own_form_leads_to_the_list_one_came_from(as_editor: Any, make_user: Any) -> None:
    make_user(name="Ann")
    form = Page(as_editor.get("/admin/user/?q=ann&per_page=50")).link("Edit Ann")
    delete = Page(as_editor.get(form)).link("Delete", within="main")

    response = as_editor.post_form(delete)

    assert response.location == "/admin/user/?q=ann&per_page=50"
