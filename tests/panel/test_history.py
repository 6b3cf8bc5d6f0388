"""The history of a record: who changed what, in words; and the way back to a version."""

from __future__ import annotations

import time
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from admin_app.extensions import db
from admin_app.models.change_set import Change
from admin_app.models.post import Post
from admin_app.models.staff import Staff
from admin_app.models.user import User
from tests.page import Page


def edit(client: Any, model: str, key: int, **typed: str) -> None:
    address = f"/admin/{model}/edit/?id={key}"
    response = client.post(address, data={**Page(client.get(address)).values(), **typed})
    assert response.status_code == 303


def history(client: Any, model: str, key: int, **arguments: Any) -> Page:
    return Page(client.get(f"/admin/{model}/history/", query_string={"id": key, **arguments}))


def events(page: Page) -> list[str]:
    return [one.text for one in page.all("li", class_="event")]


def fields(page: Page) -> list[str]:
    return page.texts("dd")


def restore(client: Any, model: str, key: int, version: int) -> Any:
    """Press the button of the entry that made this version."""
    page = history(client, model, key)
    buttons = [one.attributes["value"] for one in page.all("input", name="change")]
    with client.application.app_context():
        wanted = select(Change.id).where(Change.model == model, Change.record_id == key, Change.version == version)
        change = str(db.session.scalar(wanted))
    assert change in buttons
    token = page.all("input", name="csrf_token")[0].attributes["value"]
    return client.post(f"/admin/{model}/restore/", data={"csrf_token": token, "change": change})


def test_history_says_who_changed_which_field_from_what_to_what(as_editor: Any, make_user: Any) -> None:
    user = make_user(name="Ann", email="ann@example.com")
    edit(as_editor, "user", user.id, name="Anna")

    page = history(as_editor, "user", user.id)

    assert (page.status, page.heading) == (200, "History of “Anna”")
    assert events(page)[0].startswith("Edgar (edgar@example.com) changed it by form")
    assert fields(page)[0] == "removed: Annadded: Anna"
    assert [one.attributes["datetime"][-6:] for one in page.all("time")] == ["+00:00", "+00:00"]


def test_of_a_long_text_only_the_words_that_differ_are_marked(as_editor: Any, make_post: Any) -> None:
    post = make_post(content=f"{'before ' * 50}the quick fox{' after' * 50}")
    edit(as_editor, "post", post.id, content=f"{'before ' * 50}the slow fox{' after' * 50}")

    page = history(as_editor, "post", post.id)

    assert [one.text for one in page.all("del")] == ["removed: quick"]
    assert [one.text for one in page.all("ins")] == ["added: slow"]
    assert fields(page)[0].count("before") < 12


def test_markup_in_a_value_is_shown_as_text(as_editor: Any, make_post: Any) -> None:
    post = make_post(content="<b>old</b>")
    edit(as_editor, "post", post.id, content="<script>alert(1)</script>")

    response = as_editor.get(f"/admin/post/history/?id={post.id}")

    assert "<script>alert" not in response.text
    assert Page(response).texts("ins")[0] == "added: script"


def test_a_changed_megabyte_opens_at_once(as_editor: Any, make_post: Any, app: Flask) -> None:
    post = make_post(content="a b " * 250_000)
    with app.app_context():
        record = db.session.get_one(Post, post.id)
        record.content = "b a " * 250_000
        db.session.commit()

    began = time.perf_counter()
    response = as_editor.get(f"/admin/post/history/?id={post.id}")

    assert response.status_code == 200
    assert len(response.text) < 50_000
    assert time.perf_counter() - began < 2


def test_other_records_are_named_and_linked_also_when_they_are_gone(
    as_editor: Any, make_user: Any, make_post: Any
) -> None:
    ann, bea = make_user(name="Ann"), make_user(name="Bea")
    post = make_post(user=ann)
    edit(as_editor, "post", post.id, user=str(bea.id))
    as_editor.post_form(f"/admin/user/delete/?id={ann.id}")

    page = history(as_editor, "post", post.id)

    assert fields(page)[0] == "removed: Ann (deleted)added: Bea"
    assert page.link("Bea") == f"/admin/user/edit/?id={bea.id}"
    links = {one.attributes["href"] for one in page.all("a") if one.text == "Ann (deleted)"}
    assert links == {f"/admin/user/history/?id={ann.id}"}


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


def test_what_is_in_the_way_of_a_deleted_record_is_said(as_editor: Any, make_user: Any, app: Flask) -> None:
    user = make_user(name="Ann", email="ann@example.com")
    as_editor.post_form(f"/admin/user/delete/?id={user.id}")
    make_user(email="ann@example.com")

    page = Page(restore(as_editor, "user", user.id, 2))

    assert (page.status, page.summary) == (422, ["Email “ann@example.com” is used by another user now."])
    with app.app_context():
        assert db.session.get(User, user.id) is None


def test_a_record_that_is_back_already_is_brought_back_once(as_editor: Any, make_user: Any, app: Flask) -> None:
    user = make_user(name="Ann")
    as_editor.post_form(f"/admin/user/delete/?id={user.id}")

    page = history(as_editor, "user", user.id)
    sent = {name: page.all("input", name=name)[0].attributes["value"] for name in ("csrf_token", "change")}

    first, second = (as_editor.post("/admin/user/restore/", data=sent) for _ in range(2))

    assert (first.status_code, Page(second).summary) == (303, ["It is there again already."])
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
    assert events(page)[0].startswith("Edgar (edgar@example.com) changed it by restore")
    with app.app_context():
        again = db.session.get_one(Post, post.id)
        assert (again.content, again.user_id, again.version) == ("first", ann.id, 4)


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

    assert (page.status, page.summary) == (422, [f"User {user.id} is gone."])


def test_a_version_of_what_was_deleted_meanwhile_is_refused(as_editor: Any, make_user: Any, app: Flask) -> None:
    user = make_user(name="Ann")
    with app.app_context():
        change = db.session.scalar(select(Change.id).where(Change.model == "user"))
    as_editor.post_form(f"/admin/user/delete/?id={user.id}")

    page = Page(as_editor.post_form("/admin/user/restore/", {"change": str(change)}, page="/admin/"))

    assert (page.status, page.summary) == (422, ["It was deleted since. Bring it back first."])


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


def test_a_long_history_comes_in_pages(as_viewer: Any, make_user: Any, app: Flask) -> None:
    user = make_user(name="0")
    with app.app_context():
        record = db.session.get_one(User, user.id)
        for number in range(1, 45):
            record.name = str(number)
            db.session.commit()

    first = history(as_viewer, "user", user.id)
    second = Page(as_viewer.get(first.link("Older")))
    third = Page(as_viewer.get(second.link("Older")))

    assert [len(events(page)) for page in (first, second, third)] == [20, 20, 5]
    assert third.link("Newest") == f"/admin/user/history/?id={user.id}&url=/admin/user/"


def test_history_costs_the_same_for_one_change_and_three(
    as_editor: Any, make_post: Any, make_user: Any, statements: Any
) -> None:
    one, three = make_post(user=make_user()), make_post(user=make_user())
    for user in (make_user(), make_user()):
        edit(as_editor, "post", three.id, user=str(user.id))

    sent = []
    for post in (one, three):
        with statements() as found:
            history(as_editor, "post", post.id)
        sent.append(len(found))

    assert sent[0] == sent[1]


def test_a_changed_password_is_said_and_not_shown(as_owner: Any, make_staff: Any) -> None:
    person = make_staff("Ann")
    edit(as_owner, "staff", person.id, password="another long password")

    response = as_owner.get(f"/admin/staff/history/?id={person.id}")

    assert "such as a password, was changed" in response.text
    assert "another long password" not in response.text
    assert "argon2" not in response.text


@pytest.mark.parametrize("view", ["details", "edit"])
def test_the_record_links_its_history(view: str, as_editor: Any, make_user: Any) -> None:
    user = make_user()

    page = Page(as_editor.get(f"/admin/user/{view}/?id={user.id}"))

    assert page.link("History") == f"/admin/user/history/?url=/admin/user/&id={user.id}"


def test_a_column_that_is_no_more_is_still_told_of(as_owner: Any, viewer: Staff, app: Flask) -> None:
    edit(as_owner, "staff", viewer.id, name="Verity", is_active="y")
    with app.app_context():
        latest = select(func.max(Change.id)).scalar_subquery()
        values = {"before": {"role": "editor"}, "after": {"role": "viewer"}}
        db.session.execute(update(Change.__table__).where(Change.__table__.c.id == latest).values(**values))
        db.session.commit()

    page = history(as_owner, "staff", viewer.id)

    assert fields(page)[0] == "removed: editoradded: viewer"
    assert "Role" in page.texts("dt")


def test_every_type_is_shown_in_words(as_owner: Any, make_staff: Any) -> None:
    person = make_staff("Ann")
    edit(as_owner, "staff", person.id, roles="editor", is_active="y")

    page = history(as_owner, "staff", person.id)

    assert fields(page)[0] == "removed: Vieweradded: Editor"
    assert "Yes" in fields(page)
