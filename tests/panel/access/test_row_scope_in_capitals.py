"""Row rules compare emails as uniqueness does: capitals keep nobody from their own rows, to look at and to write."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from admin_app.extensions import db
from admin_app.models.post import Post
from admin_app.models.user import User
from tests.client import Client
from tests.page import Page
from tests.stores import both_stores

pytestmark = both_stores


@pytest.fixture(params=["Liam@example.com", "LIAM@EXAMPLE.COM"])
def me(request: pytest.FixtureRequest, make_user: Callable[..., User]) -> User:
    """The user with Liam's address, in capitals."""
    return make_user(name="Liam Own", email=request.param)


def edited(client: Client, address: str, **typed: str) -> Any:
    return client.post_form(address, {**Page(client.get(address)).values(), **typed})


@pytest.mark.usefixtures("theirs")
def test_own_posts_are_found_exported_and_opened(as_liam: Client, mine: Post) -> None:
    page, file = Page(as_liam.get("/admin/post/")), as_liam.get("/admin/post/export/csv/").text

    assert (page.ids(), page.result_line()) == ([mine.id], "1 post · you see only your own posts")
    assert ("Mine to see" in file, "Sentinel" in file) == (True, False)
    assert as_liam.get(f"/admin/post/details/?id={mine.id}").status_code == 200


def test_own_posts_are_made_changed_and_deleted_but_not_given_away(
    app: Flask, as_liam: Client, me: User, mine: Post, other: User
) -> None:
    address = f"/admin/post/edit/?id={mine.id}"

    answers = [
        as_liam.post_form("/admin/post/new/", {"content": "New", "user": str(me.id)}),
        as_liam.post_form("/admin/post/new/", {"content": "Mine after all", "user": str(other.id)}),
        edited(as_liam, address, content="Changed"),
        edited(as_liam, address, user=str(other.id)),
    ]
    with app.app_context():
        kept = db.session.execute(select(Post.content, Post.user_id).order_by(Post.content)).all()
    deleted = as_liam.post_form(f"/admin/post/delete/?id={mine.id}", {"_version": "2"})

    assert [one.status_code for one in answers] == [303, 303, 303, 422]
    assert kept == [("Changed", me.id), ("Mine after all", me.id), ("New", me.id)]
    assert deleted.status_code == 303


@pytest.mark.parametrize("rule", ["own", "same_domain"])
@pytest.mark.usefixtures("other")
def test_a_user_reaches_themselves(rule: str, client_with: Callable[..., Client], me: User) -> None:
    client = client_with("user:*", rows=[f"user:{rule}"])

    saved = edited(client, f"/admin/user/edit/?id={me.id}", name="Liam Lee")

    assert (Page(client.get("/admin/user/")).ids(), saved.status_code) == ([me.id], 303)


@pytest.mark.parametrize(
    ("address", "is_mine"),
    [
        ("email__equals=liam@Example.com", True),
        ("email__in=nobody@example.com,liam@Example.com", True),
        ("email__not_equals=liam@Example.com", False),
        ("email__not_in=nobody@example.com,liam@Example.com", False),
    ],
)
def test_filters_compare_an_email_in_the_same_way(
    address: str, as_viewer: Client, me: User, other: User, make_post: Any, *, is_mine: bool
) -> None:
    posts = {one.id: make_post(user=one).id for one in (me, other)}
    of_nobody = make_post(user=None).id
    wanted = me.id if is_mine else other.id
    lists = [Page(as_viewer.get(f"/admin/{one}{address}")).ids() for one in ("user/?", "post/?user.")]

    assert lists[0] == [wanted]
    assert sorted(lists[1]) == sorted([posts[wanted], *([] if is_mine else [of_nobody])])


def test_the_rule_goes_by_the_index(as_liam: Client, mine: Post, statements: Callable[..., Any]) -> None:
    with statements() as sent:
        as_liam.get("/admin/post/")

    assert mine.id
    assert any("caseless" in one for one in sent)
