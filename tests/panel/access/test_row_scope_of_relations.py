"""Rows that a person does not see show through no record beside them: children, look-ups, names, filters, messages."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from admin_app.extensions import db
from admin_app.models.change_set import ChangeSet
from admin_app.models.post import Post
from admin_app.models.user import User
from admin_app.panel.history.blocking_record import UNTOLD
from tests.client import Client
from tests.page import Page
from tests.panel.plan.plans import agreed
from tests.stores import both_stores

pytestmark = pytest.mark.covers


@both_stores
@pytest.mark.usefixtures("mine", "theirs")
def test_children_are_listed_and_counted_by_the_rule(as_liam: Client, other: User) -> None:
    users = Page(as_liam.get("/admin/user/"))
    page = Page(as_liam.get(f"/admin/user/details/?id={other.id}"))

    assert sorted(users.column("Posts")) == ["0", "1"]
    assert page.rows("posts") == []


def test_what_hangs_on_a_record_unseen_is_not_counted_where_its_creation_stays(
    app: Flask, as_liam: Client, keep: Callable[[Any], Any]
) -> None:
    as_liam.post_form("/admin/user/new/", {"name": "New", "email": "new@example.com"})
    with app.app_context():
        made = db.session.scalars(select(User).where(User.name == "New")).one()
        set_id = db.session.scalars(select(ChangeSet.id).order_by(ChangeSet.id.desc())).first()
    keep(Post(content="Unseen", user_id=made.id))

    page = Page(as_liam.post_form("/admin/activity/undo/", {"id": str(set_id)}))

    assert (UNTOLD in page.root.text, "1 post" in page.root.text) == (True, False)


@both_stores
@pytest.mark.usefixtures("mine", "theirs")
def test_an_order_by_the_number_of_children_counts_those_that_are_seen(
    as_liam: Client, as_owner: Client, me: User, other: User, make_post: Callable[..., Post]
) -> None:
    make_post(user=other), make_post(user=other)

    to_owner, to_liam = (Page(client.get("/admin/user/?sort=-posts")) for client in (as_owner, as_liam))

    assert to_owner.ids() == [other.id, me.id]
    assert to_liam.ids() == [me.id, other.id]


@both_stores
def test_what_hangs_on_a_record_unseen_keeps_it(app: Flask, as_liam: Client, other: User, theirs: Post) -> None:
    address = f"/admin/user/delete/?id={other.id}"

    page = Page(as_liam.get(address))
    answers = [as_liam.post_form(address, {"fate.posts": fate, "_version": "1"}) for fate in ("keep", "delete", "give")]

    words = "You cannot see some of its posts, so you cannot delete it. Ask an owner."
    assert (page.texts("legend"), words in page.root.text) == (
        ["What should happen to this user's posts that you cannot see?"],
        True,
    )
    assert page.all("input", type="radio") == []
    assert [(one.status_code, "Sentinel" in one.text) for one in answers] == [(422, False)] * 3
    with app.app_context():
        assert db.session.get_one(Post, theirs.id).user_id == other.id


@both_stores
@pytest.mark.usefixtures("mine", "theirs")
def test_look_ups_and_relations_keep_to_the_users_rule(
    client_with: Callable[..., Client], me: User, other: User
) -> None:
    client = client_with("*:list", "*:view", "*:edit", "*:create", "*:history", rows=["user:own"])

    found = json.loads(client.get("/admin/post/lookup/?name=user&query=").text)["results"]
    posts = Page(client.get("/admin/post/"))
    refused = [
        Page(client.post_form("/admin/post/new/", {"content": "x", "user": typed})).error_of("user")
        for typed in (str(other.id), other.email, other.name)
    ]

    assert [one["id"] for one in found] == [str(me.id)]
    assert posts.column("User") == ["(not shown to you)", "Liam Own"]
    assert all("has the ID or name" in words for words in refused)
    assert not any(secret in posts.root.text for secret in (other.name, other.email))


@both_stores
def test_a_row_is_not_moved_away_from_a_record_unseen(
    app: Flask, client_with: Callable[..., Client], me: User, other: User, theirs: Post
) -> None:
    client = client_with("*:list", "*:view", "*:edit", rows=["user:own"])
    address = f"/admin/post/edit/?id={theirs.id}"

    page = Page(client.get(address))
    client.post_form(address, {**page.values(), "content": "Corrected", "user": str(me.id)})

    assert ("user" in page.values(), other.name in page.root.text, "(not shown to you)" in page.root.text) == (
        False,
        False,
        True,
    )
    with app.app_context():
        post = db.session.get_one(Post, theirs.id)
        assert (post.content, post.user_id) == ("Corrected", other.id)


@both_stores
@pytest.mark.parametrize("how", ["set", "clear"])
def test_many_rows_are_not_moved_away_from_a_record_unseen(
    how: str, app: Flask, client_with: Callable[..., Client], me: User, theirs: Post
) -> None:
    client, other = client_with("*:list", "*:view", "*:edit", "*:bulk", rows=["user:own"]), theirs.user_id
    typed = {"change": "user", "how.user": how, "value.user": f"{me.id}" if how == "set" else ""}

    plan = client.post_form("/admin/post/edit-many/", typed).location
    page = Page(client.get(plan))
    agreed(client, plan)

    assert "Its user is not shown to you, so you cannot change it." in page.root.text
    with app.app_context():
        assert db.session.get_one(Post, theirs.id).user_id == other


def test_no_undo_takes_a_row_away_from_a_record_unseen(
    app: Flask, as_owner: Client, client_with: Callable[..., Client], mine: Post, other: User
) -> None:
    client, address = client_with("post:*", "user:view", rows=["user:own"]), f"/admin/post/edit/?id={mine.id}"
    as_owner.post_form(address, {**Page(as_owner.get(address)).values(), "user": str(other.id)})
    with app.app_context():
        done = db.session.scalars(select(ChangeSet.id).where(ChangeSet.kind == "form")).one()

    assert client.post_form("/admin/activity/undo/", {"id": f"{done}"}, page="/admin/post/").status_code == 403
    assert as_owner.post_form("/admin/activity/undo/", {"id": f"{done}"}).status_code == 303


@both_stores
@pytest.mark.parametrize(
    "address",
    ["?user.name__contains=Foreign", "?user.email__equals=foreign@example.net", "?sort=user"],
)
@pytest.mark.usefixtures("me", "theirs")
def test_nothing_is_guessed_through_a_related_column(address: str, client_with: Callable[..., Client]) -> None:
    client = client_with("*:list", "*:view", rows=["user:own"])

    assert client.get(f"/admin/post/{address}").status_code == 400


@both_stores
@pytest.mark.usefixtures("me", "mine", "theirs")
def test_a_search_and_a_file_leave_related_names_out(client_with: Callable[..., Client], other: User) -> None:
    client = client_with("*:list", "*:view", "*:export", rows=["user:own"])

    found = Page(client.get("/admin/post/?q=Foreign")).ids()
    file = client.get("/admin/post/export/csv/").text

    assert found == []
    assert ("Liam Own" in file, other.name in file) == (True, False)


def test_a_value_that_is_taken_names_no_record_unseen(
    client_with: Callable[..., Client], me: User, other: User, make_user: Any
) -> None:
    client = client_with("user:*", rows=["user:same_domain"])
    near = make_user(email="near@example.com")
    address = f"/admin/user/edit/?id={me.id}"

    problems = [
        Page(client.post_form(address, {**Page(client.get(address)).values(), "email": one.email})).error_of("email")
        for one in (other, near)
    ]

    assert problems == [
        "Email is already used by another user. Enter a different one.",
        f"Email is already used by user {near.id}. Enter a different one.",
    ]
