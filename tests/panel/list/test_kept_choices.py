"""What was chosen on a page survives an ended session and a stale token as what was typed does; nothing is done by itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select

from admin_app.extensions import db
from admin_app.models.draft import Draft
from admin_app.models.post import Post
from admin_app.models.saved_view import SavedView
from admin_app.models.staff import Staff, StaffSession
from admin_app.models.user import User
from tests.page import Page

TOLD = (
    "There is a problem You were signed out before this was done. What you chose is kept: sign in, then send it again."
)
NOTE = "This is what you chose before you were signed out. Nothing has been done yet. Check it and send it."
STALE = "This form was opened before you signed in again. Nothing was saved. Check it and save it again."
EXPORT, COLUMNS, VIEW = "/admin/post/export/?sort=id", "/admin/post/columns/?q=a", "/admin/post/views/new/?q=a"


@pytest.fixture
def interrupted(app: Flask, as_editor: Any, password: str) -> Callable[[str, dict[str, Any]], tuple[str, Page]]:
    """Send Edgar's form when his session has ended; return the address he is led to after signing in, and its page."""

    def send(address: str, form: dict[str, Any]) -> tuple[str, Page]:
        token = Page(as_editor.get(address)).values("")["csrf_token"]
        with app.app_context():
            db.session.execute(delete(StaffSession))
            db.session.commit()
        led = as_editor.post(address, data={**form, "csrf_token": token}).location
        asked = Page(as_editor.get(led))
        onward = {"next": asked.all("input", name="next")[0].attributes["value"]}
        signed_in = as_editor.post_form(led, {"email": "edgar@example.com", "password": password, **onward}, page=led)
        assert asked.notice == TOLD
        return signed_in.location, Page(as_editor.get(signed_in.location))

    return send


def ticked(page: Page, name: str) -> list[str]:
    boxes = page.all("input", name=name)
    return [box.attributes["value"] for box in boxes if "checked" in box.attributes]


def drafts(app: Flask) -> int:
    with app.app_context():
        return len(db.session.scalars(select(Draft)).all())


def test_what_becomes_of_a_users_posts_is_chosen_again_and_nothing_deleted(
    *, app: Flask, as_editor: Any, make_user: Any, make_post: Any, interrupted: Any
) -> None:
    ann, bob = make_user(), make_user()
    make_post(user=ann)

    address, page = interrupted(
        f"/admin/user/delete/?id={ann.id}&url=/admin/user/%3Fq%3Da", {"fate.posts": "give", "heir.posts": str(bob.id)}
    )
    values = page.values("")

    assert (page.status, page.texts("p", class_="note")) == (200, [NOTE])
    assert (values["fate.posts"], values["heir.posts"], values["url"]) == ("give", str(bob.id), "/admin/user/?q=a")
    with app.app_context():
        assert len(db.session.scalars(select(User)).all()) == 2

    assert (as_editor.post(address, data=values).status_code, drafts(app)) == (303, 0)
    with app.app_context():
        assert db.session.scalars(select(Post.user_id)).all() == [bob.id]


def test_the_columns_of_an_export_are_chosen_again(
    app: Flask, as_editor: Any, make_post: Any, interrupted: Any
) -> None:
    post = make_post(content="=1")
    form = {"format": "csv", "column": ["content", "id"], "place.content": "2", "place.id": "1", "delimiter": "tab"}

    _, page = interrupted(EXPORT, form)
    sent = as_editor.post(page.form().attributes["action"], data={**page.values(), "column": ticked(page, "column")})

    assert page.texts("p", class_="note") == [NOTE]
    assert (ticked(page, "column"), page.values()["delimiter"]) == (["id", "content"], "tab")
    assert sent.text == f'"ID"\tContent\r\n{post.id}\t\'=1\r\n'
    assert drafts(app) == 0


def test_the_columns_of_a_list_are_chosen_again(app: Flask, as_editor: Any, interrupted: Any) -> None:
    form = {
        "column": ["content", "id", "user"],
        "place.id": "2",
        "place.user": "3",
        "per_page": "50",
        "density": "compact",
    }

    address, page = interrupted(COLUMNS, form)
    before = Page(as_editor.get("/admin/post/columns/"))
    as_editor.post(address, data={**page.values(""), "column": ["content", *ticked(page, "column")]})

    assert (ticked(page, "column"), ticked(page, "per_page"), ticked(page, "density")) == (
        ["id", "user"],
        ["50"],
        ["compact"],
    )
    assert ticked(before, "per_page") == ["20"]
    assert ticked(Page(as_editor.get(COLUMNS)), "column") == ["id", "user"]
    assert drafts(app) == 0


def test_what_becomes_of_many_records_is_chosen_again_and_nothing_changed(
    app: Flask, as_editor: Any, make_post: Any, interrupted: Any
) -> None:
    make_post(content="a colour")
    form = {"change": "content", "how.content": "replace", "find.content": "colour", "with.content": "color"}

    address, page = interrupted("/admin/post/edit-many/?q=a", form)
    planned = as_editor.post(address, data=page.values())

    assert page.texts("p", class_="note") == [NOTE]
    assert {name: page.values()[name] for name in form} == form
    assert Page(as_editor.get(planned.location)).heading == "Change 1 post?"
    assert drafts(app) == 0


def test_what_is_found_and_replaced_is_not_lost(app: Flask, as_editor: Any, make_post: Any, interrupted: Any) -> None:
    make_post(content="a colour")
    form = {"find": " colour", "with": "", "in": "content", "word": "1"}

    address, page = interrupted("/admin/post/replace/?q=a", form)
    planned = as_editor.post(address, data=page.values())

    assert {name: page.values()[name] for name in form} == form
    assert Page(as_editor.get(planned.location)).heading == "Replace text in 1 post?"
    assert drafts(app) == 0


def test_the_name_of_a_view_is_not_lost(app: Flask, as_editor: Any, interrupted: Any) -> None:
    address, page = interrupted(VIEW, {"name": "Mine", "audience": "mine", "default": "y"})

    saved = as_editor.post(address, data=page.values())

    assert (page.values()["name"], page.values()["default"], saved.status_code) == ("Mine", "y", 303)
    with app.app_context():
        assert [view.arguments.split("&")[0] for view in db.session.scalars(select(SavedView))] == ["q=a"]
    assert drafts(app) == 0


def test_choices_of_one_person_are_shown_to_no_other(owner: Staff, client_of: Any, interrupted: Any) -> None:
    address, own = interrupted(EXPORT, {"format": "json", "column": ["id"]})

    page = Page(client_of(owner).get(address))

    assert ticked(own, "format") == ["json"]
    assert (page.texts("p", class_="note"), ticked(page, "format")) == ([], ["csv"])


@pytest.mark.parametrize(
    ("address", "form"),
    [
        (EXPORT, {"format": "json", "column": ["id"]}),
        (COLUMNS, {"column": ["content", "id"], "per_page": "50"}),
        (VIEW, {"name": "Mine", "audience": "everyone"}),
    ],
)
def test_a_stale_token_shows_what_was_chosen_again(app: Flask, as_editor: Any, address: str, form: Any) -> None:
    page = Page(as_editor.post(address, data={**form, "csrf_token": "stale"}))

    shown = {**page.values(""), "column": ticked(page, "column")}
    assert (page.status, page.summary) == (400, [STALE])
    assert {name: shown[name] for name in form if name != "column"} == {n: v for n, v in form.items() if n != "column"}
    assert shown["column"] == [one for one in form.get("column", []) if one != "content"]
    assert drafts(app) == 0


@pytest.mark.parametrize(
    ("address", "form"),
    [
        ("/admin/post/columns/?sort=nothing", {"column": ["content"]}),
        ("/admin/post/export/?created_at__from=soon", {"column": ["content"]}),
        ("/admin/post/views/new/?bogus=1", {"name": "Mine"}),
        ("/admin/post/views/edit/?id=77", {"name": "Mine"}),
        ("/admin/user/delete/?id=77", {"fate.posts": "keep"}),
    ],
)
def test_a_stale_token_at_an_address_that_means_nothing_is_no_failure(as_editor: Any, address: str, form: Any) -> None:
    page = Page(as_editor.post(address, data={**form, "csrf_token": "stale"}))

    assert (page.status, page.heading) == (400, "This form is out of date")


def test_a_stale_token_deletes_nothing_and_shows_the_choice_to_who_may_alone(
    app: Flask, as_editor: Any, as_viewer: Any, make_user: Any, make_post: Any
) -> None:
    user = make_user()
    make_post(user=user)
    address, form = f"/admin/user/delete/?id={user.id}", {"fate.posts": "delete"}

    page, refused = (Page(client.post(address, data=form)) for client in (as_editor, as_viewer))

    assert (page.status, page.summary, page.values("")["fate.posts"]) == (400, [STALE], "delete")
    assert (refused.status, refused.heading) == (400, "This form is out of date")
    with app.app_context():
        assert len(db.session.scalars(select(User)).all()) == 1
