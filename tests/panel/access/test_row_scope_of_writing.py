"""A person kept to some rows changes no others, makes none, gives none away and brings none back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from admin_app.db.string_set import StringSet
from admin_app.extensions import db
from admin_app.models.change_set import Change, ChangeSet
from admin_app.models.post import Post
from admin_app.models.role import Role
from admin_app.models.user import User
from tests.client import Client
from tests.page import Page
from tests.stores import both_stores

pytestmark = both_stores


@pytest.fixture
def client_of_roles(keep: Any, make_staff: Any, client_of: Any) -> Callable[..., Client]:
    """Return the client of Liam with several roles, each of permissions and row rules."""

    def make(*given: tuple[list[str], list[str]]) -> Client:
        keys = [f"role-{number}" for number in range(len(given))]
        for key, (permissions, rows) in zip(keys, given, strict=True):
            keep(Role(key=key, name=key, permissions=StringSet(permissions), rows=StringSet(rows)))
        return client_of(make_staff("Liam", *keys))

    return make


@pytest.mark.parametrize("view", ["edit", "delete", "presence"])
def test_another_row_is_not_changed_by_direct_request(view: str, app: Flask, as_liam: Client, theirs: Post) -> None:
    answer = as_liam.post_form(f"/admin/post/{view}/?id={theirs.id}", {"content": "Taken", "_version": "1", "user": ""})

    with app.app_context():
        assert (answer.status_code, db.session.get_one(Post, theirs.id).content) == (404, "Sentinel of another")


def test_a_row_cannot_be_given_away(app: Flask, as_liam: Client, mine: Post, other: User) -> None:
    address = f"/admin/post/edit/?id={mine.id}"

    page = Page(as_liam.post_form(address, {**Page(as_liam.get(address)).values(), "user": str(other.id)}))

    assert (page.status, bool(page.error_of("user"))) == (422, True)
    told = "Your permissions cover only your own posts, those of the user with your email, liam@example.com."
    assert page.summary == [f"{told} Nothing was saved. Change User, or ask an owner."]
    with app.app_context():
        assert db.session.get_one(Post, mine.id).user_id == mine.user_id


@pytest.mark.parametrize("to", ["other", "nobody", "me"])
def test_a_new_row_is_within_the_rule_whatever_is_sent(
    to: str, app: Flask, as_liam: Client, me: User, other: User
) -> None:
    users = {"other": str(other.id), "nobody": "", "me": str(me.id)}

    answer = as_liam.post_form("/admin/post/new/", {"content": "New", "user": users[to]})

    with app.app_context():
        made = db.session.scalars(select(Post.user_id)).all()
    assert (answer.status_code, made) == (303, [me.id])


def test_own_deletion_is_undone_and_anothers_is_not(
    app: Flask, as_liam: Client, as_owner: Client, mine: Post, theirs: Post
) -> None:
    as_liam.post_form(f"/admin/post/delete/?id={mine.id}", {"_version": "1"})
    as_owner.post_form(f"/admin/post/delete/?id={theirs.id}", {"_version": "1"})
    with app.app_context():
        sets = dict(db.session.execute(select(ChangeSet.record_id, ChangeSet.id).where(ChangeSet.kind == "form")).all())

    answers = [
        as_liam.post_form("/admin/activity/undo/", {"id": str(sets[one.id])}).status_code for one in (mine, theirs)
    ]

    with app.app_context():
        assert (answers, db.session.scalars(select(Post.id)).all()) == ([303, 404], [mine.id])


def test_a_deleted_row_of_others_is_not_brought_back(
    app: Flask, as_liam: Client, as_owner: Client, theirs: Post
) -> None:
    as_owner.post_form(f"/admin/post/delete/?id={theirs.id}", {"_version": "1"})
    with app.app_context():
        change = db.session.scalar(select(Change.id).where(Change.record_id == theirs.id, Change.act == "delete"))

    answers = [
        as_liam.post_form("/admin/post/restore/", {"change": str(change)}),
        as_liam.get(f"/admin/post/history/?id={theirs.id}"),
        as_liam.post_form(f"/admin/post/edit/?id={theirs.id}", {"content": "x", "_version": "1"}),
    ]

    assert [one.status_code for one in answers] == [404, 404, 404]
    assert not any("Sentinel" in one.text or "Olivia" in one.text for one in answers)
    with app.app_context():
        assert db.session.scalars(select(Post.id)).all() == []


def test_a_row_that_is_seen_but_not_for_editing_has_no_button_and_answers_403(
    client_of_roles: Callable[..., Client], mine: Post, theirs: Post
) -> None:
    client = client_of_roles(
        (["*:list", "*:view", "*:history"], []), (["post:edit", "post:delete", "post:undo"], ["post:own"])
    )

    page = Page(client.get("/admin/post/"))
    statuses = {
        view: [client.get(f"/admin/post/{view}/?id={one.id}").status_code for one in (mine, theirs)]
        for view in ("details", "edit", "delete", "history")
    }

    assert page.ids() == [theirs.id, mine.id]
    acts = [one.text for cell in page.all("div", class_="row-actions") for one in cell.all("a")]
    assert acts == ["Edit Mine to see", "Delete Mine to see"]
    assert statuses == {"details": [200, 200], "edit": [200, 403], "delete": [200, 403], "history": [200, 200]}
    assert client.post_form(f"/admin/post/edit/?id={theirs.id}", {"content": "x", "_version": "1"}).status_code == 403


def test_the_form_of_a_new_record_changes_none_out_of_reach(
    app: Flask, client_of_roles: Callable[..., Client], mine: Post, theirs: Post
) -> None:
    """The form that makes a deleted record again is that record's own, once it is back."""
    making = ["post:list", "post:view", "post:create", "user:view"]
    client = client_of_roles((making, []), (["post:edit"], ["post:own"]))
    sent = {"content": "Taken", "user": "", "_version": "1"}

    answers = [
        client.post_form(f"/admin/post/new/?id={one.id}", sent, page="/admin/post/new/") for one in (theirs, mine)
    ]

    assert [one.status_code for one in answers] == [403, 422]
    with app.app_context():
        assert db.session.scalars(select(Post.content).order_by(Post.id)).all() == [mine.content, theirs.content]
