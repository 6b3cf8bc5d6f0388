"""Fields hidden from somebody, or theirs to read only, where the tests of every field do not look: names, relations, views, files."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from admin_app.domain.auth.security_events import record_security_event
from admin_app.extensions import db
from admin_app.models.change_set import Change, ChangeSet, Did
from admin_app.models.post import Post
from admin_app.models.staff import Staff
from admin_app.models.user import User
from admin_app.panel.access.access import access_to
from admin_app.panel.access.authority import acting_for
from admin_app.panel.history.blocking_record import UNTOLD
from tests.client import Client
from tests.page import Page

pytestmark = pytest.mark.covers

# What a request may ask and do is the same on both stores.

WORDS = "Sentinel words"


@pytest.fixture
def post(make_post: Any, make_user: Callable[..., User]) -> Post:
    return make_post(content=WORDS, user=make_user(name="Ann", email="ann@example.com"))


def test_a_record_whose_name_is_hidden_goes_by_its_number(
    as_owner: Client, client_with: Callable[..., Client], post: Post
) -> None:
    address = f"/admin/post/edit/?id={post.id}"
    as_owner.post_form(address, {**Page(as_owner.get(address)).values(), "content": f"{WORDS}, changed"})
    client = client_with("*:*", fields=["post.content:hidden"])

    pages = {
        page: Page(client.get(page))
        for page in (
            "/admin/?changes=all",
            f"/admin/post/details/?id={post.id}",
            f"/admin/post/history/?id={post.id}",
            "/admin/activity/",
        )
    }

    assert [page for page, found in pages.items() if WORDS in found.root.text] == []
    assert pages[f"/admin/post/details/?id={post.id}"].heading == f"Post {post.id}"
    assert [f"Post {post.id}" in pages[page].root.text for page in ("/admin/?changes=all", "/admin/activity/")] == [
        True,
        True,
    ]


def test_no_search_of_the_activity_finds_by_a_hidden_name(
    as_owner: Client, client_with: Callable[..., Client], post: Post
) -> None:
    as_owner.post_form(f"/admin/post/delete/?id={post.id}", {"_version": "1"})
    client = client_with("*:*", fields=["post.content:hidden"], name="Hidden")
    open_client = client_with("*:*", name="Open")

    found = [
        Page(one.get("/admin/activity/?q=Sentinel")).texts("p", class_="page-head__result")[0]
        for one in (client, open_client)
    ]

    assert found[0].startswith("0 ")
    assert found[1].startswith("2 ")


@pytest.mark.parametrize("right", ["post.user:hidden", "post.user_id:hidden"])
def test_a_hidden_relation_is_hidden_by_either_of_its_names(
    right: str, client_with: Callable[..., Client], post: Post
) -> None:
    client = client_with("*:*", fields=[right])

    page = Page(client.get(f"/admin/post/edit/?id={post.id}"))
    statuses = [
        client.get(f"/admin/post/?{query}").status_code
        for query in ("user__is=1", "user__empty=no", "user.name__contains=Ann", "sort=user")
    ]
    header = client.get("/admin/post/export/csv/").text.splitlines()[0]

    assert ("user" in page.values(), "Ann" in page.root.text) == (False, False)
    assert statuses == [400] * 4
    assert "User" not in header
    assert client.get("/admin/post/lookup/?name=user&query=").status_code == 404


def test_a_hidden_relation_is_not_told_from_its_other_side(client_with: Callable[..., Client], post: Post) -> None:
    client = client_with("*:*", fields=["post.user:hidden"])

    users = Page(client.get("/admin/user/"))
    page = Page(client.get(f"/admin/user/edit/?id={post.user_id}"))

    assert "Posts" not in users.texts("th", within="listing", scope="col")
    assert client.get("/admin/user/?sort=posts").status_code == 400
    assert WORDS not in page.root.text


def test_a_relation_to_what_may_not_be_seen_at_all_is_hidden_too(
    client_with: Callable[..., Client], post: Post
) -> None:
    client = client_with("post:*")

    page = Page(client.get(f"/admin/post/edit/?id={post.id}"))

    assert ("Ann" in page.root.text, "user" in page.values()) == (False, False)
    assert Page(client.get("/admin/post/")).texts("th", within="listing", scope="col")[:3] == [
        "Select",
        "Content",
        "Created at↓",
    ]


@pytest.mark.usefixtures("post")
def test_a_shared_view_loses_what_is_hidden_and_shows_no_rows_without_its_filter(
    as_editor: Client, client_with: Callable[..., Client]
) -> None:
    query = "?columns=content,user&user.name__contains=Ann&sort=user"
    as_editor.post_form(f"/admin/post/views/new/{query}", {"name": "Of Ann", "audience": "everyone"})
    client = client_with("*:list", "*:view", fields=["user.name:hidden"])

    page = Page(client.get("/admin/post/?view=1"))

    assert (page.status, WORDS in page.root.text, page.all("table")) == (200, False, [])
    assert "user.name__contains" in page.root.text


def test_a_read_only_field_stands_in_the_form_as_text(client_with: Callable[..., Client], post: Post) -> None:
    client = client_with("*:*", fields=["post.content:read_only"])

    page = Page(client.get(f"/admin/post/edit/?id={post.id}"))

    assert sorted(name for name in page.values() if not name.startswith("_") and name not in {"csrf_token", "url"}) == [
        "user"
    ]
    assert WORDS in page.root.text


def test_a_read_only_relation_is_not_moved_from_its_other_side(
    app: Flask, client_with: Callable[..., Client], post: Post, make_user: Callable[..., User]
) -> None:
    client, heir = client_with("*:*", fields=["post.user:read_only"]), make_user()
    address = f"/admin/user/delete/?id={post.user_id}"

    page = Page(client.get(address))
    answers = [
        client.post_form(address, {"fate.posts": fate, "heir.posts": str(heir.id), "_version": "1"}).status_code
        for fate in ("keep", "give")
    ]

    assert [one.attributes["value"] for one in page.all("input", type="radio")] == ["delete"]
    assert answers == [422, 422]
    with app.app_context():
        assert db.session.get_one(Post, post.id).user_id == post.user_id


def test_what_may_not_be_deleted_is_not_deleted_with_what_it_hangs_on(
    app: Flask, client_with: Callable[..., Client], post: Post
) -> None:
    client = client_with("user:*", "post:list", "post:view")
    address = f"/admin/user/delete/?id={post.user_id}"

    page = Page(client.get(address))
    answer = client.post_form(address, {"fate.posts": "delete", "_version": "1"})

    assert "You cannot change some of its posts, so you cannot delete it. Ask an owner." in page.root.text
    assert (answer.status_code, page.all("input", type="radio")) == (422, [])
    with app.app_context():
        assert db.session.scalars(select(Post.user_id)).all() == [post.user_id]


def test_who_may_not_fill_in_what_is_needed_is_told_so(app: Flask, client_with: Callable[..., Client]) -> None:
    client = client_with("*:*", fields=["user.email:read_only"])

    page = Page(client.post_form("/admin/user/new/", {"name": "New", "email": "new@example.com"}))

    assert (page.status, page.summary) == (
        422,
        ["You cannot fill in fields that a new user needs: email. Ask an owner to create it."],
    )
    with app.app_context():
        assert db.session.scalars(select(User.id)).all() == []


@pytest.mark.usefixtures("post")
def test_an_export_right_with_a_hidden_field_leaves_it_out_of_files_alone(client_with: Callable[..., Client]) -> None:
    client = client_with("*:list", "*:view", "post:export", fields=["user.name:hidden"])

    file = client.get("/admin/post/export/csv/").text
    refused = client.get("/admin/post/export/csv/?columns=user.name")

    assert (file.splitlines()[0].split(",")[:2], "Ann" in file) == (["Content", "User ID"], False)
    assert "Ann" not in refused.text


def test_an_act_on_fields_that_may_not_be_written_is_not_undone(
    app: Flask, as_owner: Client, client_with: Callable[..., Client], post: Post
) -> None:
    address = f"/admin/post/edit/?id={post.id}"
    as_owner.post_form(address, {**Page(as_owner.get(address)).values(), "content": "Changed", "user": ""})
    client = client_with("*:*", fields=["post.user:read_only"])
    with app.app_context():
        done = db.session.scalar(select(ChangeSet.id).where(ChangeSet.kind == "form"))

    answer = client.post_form("/admin/activity/undo/", {"id": str(done)})

    assert answer.status_code == 403
    with app.app_context():
        assert db.session.get_one(Post, post.id).content == "Changed"


def test_a_secret_tells_no_records_apart_and_stands_in_no_form_as_text(
    client_with: Callable[..., Client], post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(User.__table__.c.email.info, "secret", "yes")
    client = client_with("*:*", fields=["user.email:read_only"])

    (found,) = client.get("/admin/post/lookup/?name=user&query=Ann").get_json()["results"]
    pages = [client.get(f"/admin/{one}").text for one in ("post/", "search/?q=Ann", f"user/edit/?id={post.user_id}")]

    assert found["detail"] == f"ID {post.user_id}"
    assert [page for page in pages if "ann@example.com" in page] == []


def test_what_keeps_a_deletion_from_being_undone_tells_no_hidden_value(
    app: Flask, client_with: Callable[..., Client], make_user: Callable[..., User]
) -> None:
    ann, client = make_user(name="Ann", email="hidden@example.com"), client_with("*:*", fields=["user.email:hidden"])
    client.post_form(f"/admin/user/delete/?id={ann.id}", {"_version": "1"})
    make_user(name="Bea", email="hidden@example.com")
    with app.app_context():
        deleted = db.session.scalars(select(Change).where(Change.act == Did.DELETE)).one()

    undone = client.post_form("/admin/activity/undo/", {"id": str(deleted.change_set_id)})
    restored = client.post_form(f"/admin/user/restore/?id={ann.id}", {"change": str(deleted.id)})

    assert [UNTOLD in one.text for one in (undone, restored)] == [True, True]
    assert [word in one.text for one in (undone, restored) for word in ("hidden@", "Bea")] == [False] * 4


def test_acts_about_access_in_a_history_name_nobody_whose_name_is_hidden(
    app: Flask, client_with: Callable[..., Client], viewer: Staff
) -> None:
    client = client_with("staff:*", fields=["staff.name:hidden"])
    with app.app_context():
        record_security_event(db.session, db.session.get_one(Staff, viewer.id), "Reset the second factor of")
        db.session.commit()

    page = client.get(f"/admin/staff/history/?id={viewer.id}").text

    assert ("Vera" in page, f"access: colleague {viewer.id}" in page.lower()) == (False, True)


def test_a_relation_whose_other_side_has_no_list_is_shown_with_its_column(
    app: Flask, viewer: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    resources = app.extensions["resources"]
    posts = resources[Post]
    monkeypatch.setitem(app.extensions, "resources", {Post: posts})

    with app.app_context(), acting_for(db.session.get_one(Staff, viewer.id)):
        shown = [name for name in ("user", "user_id", "content") if access_to(posts).shows(name)]

    assert shown == ["user", "user_id", "content"]
