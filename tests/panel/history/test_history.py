"""The history of a record: who changed what, in words."""

from __future__ import annotations

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
from tests.panel.history.history import edit, events, history
from tests.stores import both_stores


def fields(page: Page) -> list[str]:
    return page.texts("dd")


def test_history_says_who_changed_which_field_from_what_to_what(as_editor: Any, make_user: Any) -> None:
    user = make_user(name="Ann", email="ann@example.com")
    edit(as_editor, "user", user.id, name="Anna")

    page = history(as_editor, "user", user.id)

    assert (page.status, page.heading) == (200, "History of “Anna”")
    assert events(page)[0].startswith("Edgar (edgar@example.com) changed it")
    assert fields(page)[0] == "removed: Annadded: Anna"
    times = [time for event in page.all("li", class_="event") for time in event.all("time")]
    assert [one.attributes["datetime"][-6:] for one in times] == ["+00:00", "+00:00"]


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


def test_a_changed_megabyte_is_a_small_page(as_editor: Any, make_post: Any, app: Flask) -> None:
    post = make_post(content="a b " * 250_000)
    with app.app_context():
        record = db.session.get_one(Post, post.id)
        record.content = "b a " * 250_000
        db.session.commit()

    response = as_editor.get(f"/admin/post/history/?id={post.id}")

    assert response.status_code == 200
    assert len(response.text) < 50_000


def test_other_records_are_named_and_linked_also_when_they_are_gone(
    as_editor: Any, make_user: Any, make_post: Any
) -> None:
    ann, bea = make_user(name="Ann"), make_user(name="Bea")
    post = make_post(user=ann)
    edit(as_editor, "post", post.id, user=str(bea.id))
    as_editor.post_form(f"/admin/user/delete/?id={ann.id}")

    page = history(as_editor, "post", post.id)

    assert fields(page)[0] == "removed: Ann (deleted)added: Bea"
    assert {one.attributes["href"] for one in page.all("a") if one.text == "Bea"} == {f"/admin/user/edit/?id={bea.id}"}
    links = {one.attributes["href"] for one in page.all("a") if one.text == "Ann (deleted)"}
    assert links == {f"/admin/user/history/?id={ann.id}"}


@both_stores
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


@both_stores
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

    assert page.link("History 1") == f"/admin/user/history/?url=/admin/user/&id={user.id}"


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


@both_stores
def test_every_type_is_shown_in_words(as_owner: Any, make_staff: Any) -> None:
    person = make_staff("Ann")
    edit(as_owner, "staff", person.id, roles="editor", is_active="y")

    page = history(as_owner, "staff", person.id)

    assert fields(page)[0] == "removed: Vieweradded: Editor"
    assert "Yes" in fields(page)
