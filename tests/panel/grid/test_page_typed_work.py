"""What was typed into a page of cells survives an ended session, an old token, and a form that came in pieces."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from admin_app.extensions import db
from admin_app.models.draft import Draft
from admin_app.models.staff import Staff, StaffSession
from tests.page import Page
from tests.panel.forms.meanwhile import now
from tests.panel.grid.grids import POSTS, USERS, cells, opened, send


def end_sessions(app: Flask) -> None:
    with app.app_context():
        db.session.execute(update(StaffSession).values(expires_at=datetime(2026, 1, 1, tzinfo=UTC)))
        db.session.commit()


def sign_in(client: Any, page: str, staff: Staff, password: str) -> Any:
    onward = Page(client.get(page)).all("input", name="next")[0].attributes["value"]
    return client.post_form(page, {"email": staff.email, "password": password, "next": onward}, page=page)


def test_cells_typed_into_an_ended_session_stand_in_the_page_after_signing_in(
    app: Flask, as_editor: Any, editor: Staff, make_post: Any, password: str
) -> None:
    first, second = make_post(content="garden wall"), make_post(content="garden gate")
    page = opened(as_editor, f"{POSTS}?q=garden&sort=id")
    end_sessions(app)

    sent = send(as_editor, page, **cells(first, content="Typed for an hour"))
    told = Page(as_editor.get(sent.location)).notice
    filled = Page(as_editor.get(sign_in(as_editor, sent.location, editor, password).location))
    saved = send(as_editor, filled)

    assert told == (
        "There is a problem You were signed out before this was saved. What you typed is kept: sign in, then save it."
    )
    assert filled.values()[f"{first.id}-content"] == "Typed for an hour"
    assert filled.texts("p", class_="note")[-1].endswith("It is not saved yet. Check it and save it.")
    assert (saved.status_code, saved.location) == (303, "/admin/post/?q=garden&sort=id")
    assert [now(app, one).content for one in (first, second)] == ["Typed for an hour", "garden gate"]
    with app.app_context():
        assert db.session.scalars(select(Draft)).all() == []


def test_cells_of_a_page_that_was_left_stand_in_it_again_from_the_home_page(as_editor: Any, make_post: Any) -> None:
    post = make_post(content="Wall")
    page = opened(as_editor, f"{POSTS}?q=wall")
    send(as_editor, page, **cells(post, content="Typed"), _leaving="k" * 22)

    again = opened(as_editor, Page(as_editor.get("/admin/")).link("Posts edited in the list"))

    assert (again.status, again.values()[f"{post.id}-content"]) == (200, "Typed")


def test_kept_cells_are_asked_about_where_somebody_changed_them_meanwhile(
    app: Flask, as_editor: Any, as_emil: Any, editor: Staff, *, make_user: Any, password: str
) -> None:
    ann = make_user(name="Ann")
    page = opened(as_editor, USERS)
    as_emil.post_form(f"/admin/user/edit/?id={ann.id}", {"name": "Annie", "email": ann.email})
    end_sessions(app)
    sent = send(as_editor, page, **cells(ann, name="Anna"))
    filled = Page(as_editor.get(sign_in(as_editor, sent.location, editor, password).location))

    asked = Page(send(as_editor, filled))

    assert (filled.values()[f"{ann.id}-name"], asked.status, now(app, ann).name) == ("Anna", 409, "Annie")


def test_kept_cells_can_be_discarded(app: Flask, as_editor: Any, editor: Staff, make_post: Any, password: str) -> None:
    post = make_post(content="Wall")
    page = opened(as_editor)
    end_sessions(app)
    sent = send(as_editor, page, **cells(post, content="Typed"))
    filled = Page(as_editor.get(sign_in(as_editor, sent.location, editor, password).location))

    led = send(as_editor, filled, _discard="1")

    assert (led.status_code, led.location, now(app, post).content) == (303, POSTS, "Wall")
    assert opened(as_editor, led.location).values()[f"{post.id}-content"] == "Wall"


def test_kept_cells_are_offered_where_the_page_is_opened_again(
    app: Flask, as_editor: Any, editor: Staff, make_post: Any, password: str
) -> None:
    post = make_post(content="Wall")
    page = opened(as_editor)
    end_sessions(app)
    sent = send(as_editor, page, **cells(post, content="Typed"))
    sign_in(as_editor, sent.location, editor, password)

    again = opened(as_editor)
    restored = opened(as_editor, again.link("Restore it"))

    assert [one.values()[f"{post.id}-content"] for one in (again, restored)] == ["Wall", "Typed"]


def test_a_page_sent_with_an_old_token_comes_back_with_what_was_typed(
    app: Flask, as_editor: Any, make_post: Any
) -> None:
    post = make_post(content="Wall")
    page = opened(as_editor)

    back = Page(send(as_editor, page, csrf_token="old", **cells(post, content="Typed")))

    assert (back.status, back.values()[f"{post.id}-content"], now(app, post).content) == (400, "Typed", "Wall")
    assert send(as_editor, back).status_code == 303
    assert now(app, post).content == "Typed"


def test_a_row_without_the_version_it_was_drawn_from_is_none(app: Flask, as_editor: Any, make_post: Any) -> None:
    post = make_post(content="Wall")
    page = opened(as_editor)
    sent = {**page.values(), **cells(post, content="Gate")}
    del sent[f"_version-{post.id}"]

    saved = as_editor.post(POSTS, data=sent)

    assert (saved.status_code, now(app, post).content) == (303, "Wall")


@pytest.mark.parametrize("version", ["", "0", "-1", "99", "x", "9" * 40])
def test_a_version_that_cannot_be_is_asked_about(version: str, app: Flask, as_editor: Any, make_post: Any) -> None:
    post = make_post(content="Wall")

    asked = send(as_editor, opened(as_editor), **{f"_version-{post.id}": version}, **cells(post, content="Gate"))

    assert (asked.status_code, now(app, post).content) == (409, "Wall")


def test_more_rows_than_a_page_has_are_refused(app: Flask, as_editor: Any, make_post: Any) -> None:
    post = make_post(content="Wall")
    page = opened(as_editor)
    more = {f"_version-{key}": "1" for key in range(10_000, 10_100)}

    refused = send(as_editor, page, **more, **cells(post, content="Gate"))

    assert (refused.status_code, now(app, post).content) == (400, "Wall")
