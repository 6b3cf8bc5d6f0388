"""What row rules leave of a new record is filled in by itself; where nothing is left, no page offers to create one."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from admin_app.extensions import db
from admin_app.models.change_set import ChangeSet
from admin_app.models.post import Post
from admin_app.models.user import User
from tests.client import Client
from tests.page import Page
from tests.stores import both_stores

NEW = "/admin/post/new/"
TOLD = "You create only your own posts, those of the user with your email, liam@example.com."
RIGHTS = ("post:list", "post:view", "post:history", "post:create", "post:edit", "post:delete", "post:undo")


@pytest.fixture
def as_writer(client_with: Callable[..., Client]) -> Client:
    """May do everything with their own posts, and may not see users, so that their forms have no such field."""
    return client_with(*RIGHTS, rows=["post:own"])


def owners_of_posts(app: Flask) -> list[int | None]:
    with app.app_context():
        return list(db.session.scalars(select(Post.user_id).order_by(Post.id)))


@both_stores
def test_a_new_record_gets_the_only_value_that_the_rule_leaves(app: Flask, as_writer: Client, mine: Post) -> None:
    form, copy = (Page(as_writer.get(address)) for address in (NEW, f"{NEW}?copy={mine.id}"))
    answers = [as_writer.post_form(NEW, {**one.values(), "content": "New"}) for one in (form, copy)]

    assert f"{TOLD} What that takes is filled in by itself." in form.texts("p", class_="note")
    assert not any("user" in one.values() for one in (form, copy))
    assert [one.status_code for one in answers] == [303, 303]
    assert owners_of_posts(app) == [mine.user_id] * 3


def test_who_sees_the_field_sees_what_it_becomes(client_with: Callable[..., Client], me: User) -> None:
    client = client_with(*RIGHTS, "user:view", rows=["post:own"], fields=["post.user:read_only"])

    page = Page(client.get(NEW))

    assert page.texts("dd") == [me.name]


def test_a_deletion_of_a_limited_person_is_undone(app: Flask, as_writer: Client, mine: Post) -> None:
    as_writer.post_form(f"/admin/post/delete/?id={mine.id}", {"_version": "1"})
    with app.app_context():
        done = db.session.scalar(select(ChangeSet.id).where(ChangeSet.kind == "form"))

    as_writer.post_form("/admin/activity/undo/", {"id": str(done)})

    assert owners_of_posts(app) == [mine.user_id]


@pytest.mark.usefixtures("other")
def test_where_nothing_meets_the_rule_no_page_offers_to_create(app: Flask, as_writer: Client) -> None:
    page, led = Page(as_writer.get("/admin/post/")), Page(as_writer.get(NEW, follow_redirects=True))
    answer = as_writer.post_form(NEW, {"content": "New"}, page="/admin/post/")

    assert not page.has_link("Add post")
    assert led.notice == (
        "There is a problem You can create only your own posts, those of the user with your email, liam@example.com, "
        "and there is no such user. Ask an owner."
    )
    assert (answer.status_code, owners_of_posts(app)) == (422, [])


@pytest.mark.usefixtures("me")
def test_a_field_that_a_rule_asks_and_nobody_may_choose_leaves_nothing_to_create(
    client_with: Callable[..., Client],
) -> None:
    rights = {"rows": ["post:same_domain"], "fields": ["post.user:read_only"]}
    chooser = client_with(*RIGHTS, "user:view", rows=["post:same_domain"], name="Ann")

    limited = Page(client_with(*RIGHTS, "user:view", **rights).get(NEW, follow_redirects=True))
    refused = Page(chooser.post_form(NEW, {"content": "Of nobody", "user": ""}))

    assert "and the user cannot be chosen. Ask an owner." in limited.notice
    assert refused.error_of("user").endswith("Nothing was saved. Change User, or ask an owner.")


@pytest.mark.usefixtures("me")
def test_a_unique_value_that_is_taken_cannot_be_had_again(client_with: Callable[..., Client]) -> None:
    client = client_with("user:*", rows=["user:own"])

    assert not Page(client.get("/admin/user/")).has_link("Add user")
    assert "and there is one already" in Page(client.get("/admin/user/new/", follow_redirects=True)).notice
