"""The way back, from a record's history: to a version, or to a record that is gone, or the reason why not."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from admin_app.extensions import db
from admin_app.models.change_set import Change
from admin_app.models.post import Post
from admin_app.models.user import User
from tests.page import Page
from tests.pages.test_activity import press_undo
from tests.panel.history.history import edit, events, history
from tests.stores import both_stores

pytestmark = pytest.mark.covers


def restore(client: Any, model: str, key: int, version: int) -> Any:
    """Press the button of the entry that made this version, or of that version's page."""
    with client.application.app_context():
        wanted = select(Change.id).where(Change.model == model, Change.record_id == key, Change.version == version)
        change = str(db.session.scalar(wanted))
    page = history(client, model, key)
    if ways := [one for one in page.all("a") if one.attributes["href"].endswith(f"id={key}#restore")]:
        page = Page(
            client.get(next(one.attributes["href"] for one in ways if f"change={change}&" in one.attributes["href"]))
        )
    buttons = [one.attributes["value"] for one in page.all("input", name="change")]
    assert change in buttons
    token = page.all("input", name="csrf_token")[0].attributes["value"]
    return client.post(f"/admin/{model}/restore/", data={"csrf_token": token, "change": change})


@pytest.mark.no_cover
def test_history_opens_when_the_record_is_gone_and_brings_it_back(as_editor: Any, make_user: Any, app: Flask) -> None:
    user = make_user(name="Ann")
    as_editor.post_form(f"/admin/user/delete/?id={user.id}")

    gone = history(as_editor, "user", user.id)
    response = restore(as_editor, "user", user.id, 2)

    assert (gone.status, gone.heading) == (200, "History of “Ann”")
    assert "This user was deleted." in gone.root.text
    assert response.status_code == 303
    with app.app_context():
        assert db.session.get_one(User, user.id).version == 3


@both_stores
def test_what_is_in_the_way_of_a_deleted_record_is_said(as_editor: Any, make_user: Any, app: Flask) -> None:
    user = make_user(name="Ann", email="ann@example.com")
    as_editor.post_form(f"/admin/user/delete/?id={user.id}")
    thief = make_user(name="Bea", email="Ann@Example.com")

    page = Page(restore(as_editor, "user", user.id, 2))

    words = f"Email “ann@example.com” is used by another user now. It is “Bea” (ID {thief.id})."
    assert (page.status, page.summary) == (422, [words])
    with app.app_context():
        assert db.session.get(User, user.id) is None


def test_a_record_that_is_back_already_is_brought_back_once(as_editor: Any, make_user: Any, app: Flask) -> None:
    user = make_user(name="Ann")
    as_editor.post_form(f"/admin/user/delete/?id={user.id}")

    page = history(as_editor, "user", user.id)
    sent = {name: page.all("input", name=name)[0].attributes["value"] for name in ("csrf_token", "change")}

    first, second = (as_editor.post("/admin/user/restore/", data=sent) for _ in range(2))

    assert (first.status_code, Page(second).summary) == (303, ["It already exists again."])
    with app.app_context():
        assert db.session.get_one(User, user.id).version == 3


def test_a_version_is_restored_as_a_new_change(as_editor: Any, make_user: Any, make_post: Any, app: Flask) -> None:
    ann, bea = make_user(), make_user()
    post = make_post(content="first", user=ann)
    edit(as_editor, "post", post.id, content="second", user=str(bea.id))
    edit(as_editor, "post", post.id, content="third", user="")

    response = restore(as_editor, "post", post.id, 1)

    assert response.location.startswith(f"/admin/post/history/?id={post.id}")
    page = Page(as_editor.get(response.location))
    assert page.notice.startswith("Success Post “first” was restored.")
    assert events(page)[0].startswith("Edgar (edgar@example.com) changed it by restoring a version")
    with app.app_context():
        again = db.session.get_one(Post, post.id)
        assert (again.content, again.user_id, again.version) == ("first", ann.id, 4)


@both_stores
def test_a_version_that_fits_no_more_is_refused_with_the_reason(as_editor: Any, make_user: Any, app: Flask) -> None:
    user = make_user(email="ann@example.com")
    edit(as_editor, "user", user.id, email="other@example.com")
    thief = make_user(email="ann@example.com")

    page = Page(restore(as_editor, "user", user.id, 1))

    assert (page.status, page.summary) == (422, [f"Email is already used by user {thief.id}. Enter a different one."])
    with app.app_context():
        assert db.session.get_one(User, user.id).email == "other@example.com"


def test_a_version_that_points_at_what_is_gone_is_refused(as_editor: Any, make_user: Any, make_post: Any) -> None:
    user = make_user()
    post = make_post(user=user)
    edit(as_editor, "post", post.id, user="")
    as_editor.post_form(f"/admin/user/delete/?id={user.id}")

    page = Page(restore(as_editor, "post", post.id, 1))

    assert (page.status, page.summary) == (422, [f"User {user.id} no longer exists."])


def test_a_version_of_what_was_deleted_meanwhile_is_refused(as_editor: Any, make_user: Any, app: Flask) -> None:
    user = make_user(name="Ann")
    with app.app_context():
        change = db.session.scalar(select(Change.id).where(Change.model == "user"))
    as_editor.post_form(f"/admin/user/delete/?id={user.id}")

    page = Page(as_editor.post_form("/admin/user/restore/", {"change": str(change)}, page="/admin/"))

    assert (page.status, page.summary) == (422, ["It has been deleted. Restore it first."])


def test_a_change_of_another_resource_restores_nothing(as_editor: Any, make_staff: Any, app: Flask) -> None:
    person = make_staff("Ann")
    with app.app_context():
        change = db.session.scalar(
            select(Change.id).where(Change.model == "staff", Change.record_id == person.id).limit(1)
        )

    statuses = [
        as_editor.post_form(f"/admin/{name}/restore/", {"change": str(change)}, page="/admin/").status_code
        for name in ("user", "staff")
    ]

    assert statuses == [404, 403]


def test_a_viewer_reads_history_and_restores_nothing(as_viewer: Any, as_editor: Any, make_user: Any) -> None:
    user = make_user(name="Ann")
    edit(as_editor, "user", user.id, name="Anna")

    page = history(as_viewer, "user", user.id)

    assert page.status == 200
    assert page.all("input", name="change") == []


# ---- a version by itself


def test_a_version_shows_what_it_held_and_what_bringing_it_back_changes(
    as_editor: Any, make_user: Any, make_post: Any
) -> None:
    ann, bea = make_user(name="Ann"), make_user(name="Bea")
    post = make_post(content="first", user=ann)
    edit(as_editor, "post", post.id, content="second", user=str(bea.id))
    edit(as_editor, "post", post.id, content="third")
    page = history(as_editor, "post", post.id)

    newest, second, _ = [one.attributes["href"] for one in page.all("a") if one.text.startswith("View the")]
    version = Page(as_editor.get(second))
    present = Page(as_editor.get(newest))

    restore, whole = version.all("section")[-2:]
    assert [one.text for one in restore.all("dd")] == ["removed: thirdadded: second"]
    assert [one.text for one in whole.all("dd")] == ["second", "Bea"]
    assert (version.texts("button", within="main")[-1:], present.texts("button", within="main")[-1:]) == (
        ["Restore this version"],
        [],
    )
    assert "Nothing. The fields that you can change have the same values now." in present.root.text


def test_a_viewer_looks_at_a_version_and_is_offered_nothing(as_viewer: Any, as_editor: Any, make_user: Any) -> None:
    user = make_user(name="Ann")
    edit(as_editor, "user", user.id, name="Anna")
    page = history(as_viewer, "user", user.id)

    ways = [one.text.split(" ")[0] for one in page.all("a") if "/version/" in one.attributes["href"]]
    oldest = [one.attributes["href"] for one in page.all("a") if "/version/" in one.attributes["href"]][-1]

    assert ways == ["View", "View"]
    assert Page(as_viewer.get(oldest)).all("input", name="change") == []


@pytest.mark.parametrize("change", ["0", "x", "other", "deletion"])
def test_what_is_no_version_of_the_record_is_not_found(change: str, as_editor: Any, make_user: Any, app: Flask) -> None:
    user, other = make_user(), make_user()
    as_editor.post_form(f"/admin/user/delete/?id={user.id}")
    restore(as_editor, "user", user.id, 2)
    with app.app_context():
        found = {
            "other": db.session.scalar(select(Change.id).where(Change.record_id == other.id)),
            "deletion": db.session.scalar(select(Change.id).where(Change.record_id == user.id, Change.act == "delete")),
        }

    assert as_editor.get(f"/admin/user/version/?id={user.id}&change={found.get(change, change)}").status_code == 404


def test_what_was_taken_back_says_by_whom(as_editor: Any, make_user: Any) -> None:
    user = make_user(name="Ann")
    edit(as_editor, "user", user.id, name="Anna")
    press_undo(as_editor, Page(as_editor.get(f"/admin/user/edit/?id={user.id}")))
    undone = history(as_editor, "user", user.id).texts("p", class_="event__undone")
    press_undo(as_editor, Page(as_editor.get(f"/admin/user/edit/?id={user.id}")))

    redone = history(as_editor, "user", user.id).texts("p", class_="event__undone")

    assert [[words.partition(",")[0] for words in found] for found in (undone, redone)] == [
        ["Undone by you"],
        ["Redone by you"],
    ]
