"""Who may edit in the list, which cells, and what becomes of a right that ends while the page is open."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from admin_app.db.string_set import StringSet
from admin_app.extensions import db
from admin_app.models.post import Post
from admin_app.models.role import Role
from admin_app.models.user import User
from tests.client import Client
from tests.page import Page
from tests.panel.forms.meanwhile import now
from tests.panel.grid.grids import POSTS, USERS, cells, notes, opened, send

ALL = ("*:list", "*:view", "*:edit")


def change_role(app: Flask, **values: Any) -> None:
    """Change Liam's role, whose sessions stay as they are."""
    with app.app_context():
        db.session.execute(
            update(Role).where(Role.key == "liam").values(**{k: StringSet(v) for k, v in values.items()})
        )
        db.session.commit()


def test_who_may_not_edit_is_not_offered_it(as_viewer: Any, make_post: Any) -> None:
    make_post()

    listed = Page(as_viewer.get("/admin/post/"))

    assert (listed.has_link("Edit this page"), as_viewer.get(POSTS).status_code) == (False, 403)


def test_who_may_edit_none_of_the_rows_is_not_offered_it(client_with: Callable[..., Client], make_post: Any) -> None:
    make_post()
    client = client_with(*ALL, fields=["post.content:read_only", "post.user:read_only"])

    listed = Page(client.get("/admin/post/"))

    assert (len(listed.rows()), listed.has_link("Edit this page")) == (1, False)


def test_who_may_edit_and_not_see_the_list_finds_no_page(client_with: Callable[..., Client]) -> None:
    assert client_with("post:edit", "post:view").get(POSTS).status_code == 404


def test_a_field_that_may_only_be_read_has_no_input_and_takes_nothing(
    app: Flask, client_with: Callable[..., Client], make_post: Any, make_user: Any
) -> None:
    post, ann = make_post(content="Wall"), make_user(name="Ann")
    client = client_with(*ALL, fields=["post.user:read_only"])
    page = opened(client)

    told = Page(send(client, page, _columns="content,user", **cells(post, content="Gate", user="Ann")))

    assert (page.values()["_columns"], page.all("input", name=f"{post.id}-user")) == ("content", [])
    assert told.status == 409
    assert notes(told)[0].startswith("You can no longer change this: user.")
    assert (now(app, post).user_id, ann.id is not None) == (None, True)


def test_a_field_that_is_hidden_is_neither_shown_nor_compared(
    app: Flask, client_with: Callable[..., Client], make_user: Any
) -> None:
    """Whoever guesses it learns nothing: right and wrong are answered alike."""
    ann = make_user(name="Ann", email="ann@example.com")
    client = client_with(*ALL, fields=["user.email:hidden"])
    page = opened(client, USERS)

    answers = [
        send(client, page, _columns="name,email", **cells(ann, email=guess))
        for guess in ("ann@example.com", "other@example.com")
    ]

    assert "ann@example.com" not in page.root.raw
    assert [one.status_code for one in answers] == [303, 303]
    assert now(app, ann).email == "ann@example.com"


def test_rows_that_one_may_not_edit_are_there_to_be_read(
    app: Flask, keep: Any, make_staff: Any, client_of: Any, *, make_user: Any, make_post: Any
) -> None:
    keep(Role(key="all", name="all", permissions=StringSet(["*:list", "*:view"])))
    keep(Role(key="own", name="own", permissions=StringSet(["post:edit"]), rows=StringSet(["post:own"])))
    client = client_of(make_staff("Liam", "all", "own"))
    mine = make_post(content="Mine", user=make_user(email="liam@example.com"))
    theirs = make_post(content="Theirs", user=make_user())
    page = opened(client)

    told = Page(send(client, page, **{f"_version-{theirs.id}": "1"}, **cells(theirs, content="Taken")))

    assert [one.attributes["name"] for one in page.all("textarea")] == [f"{mine.id}-content"]
    assert told.status == 409
    assert len(notes(told)) == 1
    assert notes(told)[0].startswith("You can no longer change this: content.")
    assert notes(told)[0].endswith("save again to save the rest. ContentTaken")
    assert now(app, theirs).content == "Theirs"


def test_a_row_that_one_does_not_see_is_as_one_that_is_not_there(
    app: Flask, as_liam: Client, mine: Post, theirs: Post
) -> None:
    page = opened(as_liam)

    told = Page(send(as_liam, page, **{f"_version-{theirs.id}": "1"}, **cells(theirs, content="Taken")))
    missing = Page(send(as_liam, page, **{"_version-999": "1", "999-content": "Taken"}))

    assert "Sentinel" not in page.root.raw + told.root.raw
    assert [one.status for one in (told, missing)] == [409, 409]
    assert notes(told)[0].replace(str(theirs.id), "N") == notes(missing)[0].replace("999", "N")
    assert now(app, theirs).content == "Sentinel of another"
    assert now(app, mine).version == 1


def test_a_row_cannot_be_given_away_and_none_is_saved_then(
    app: Flask, as_liam: Client, make_post: Any, *, me: User, other: User, mine: Post
) -> None:
    second = make_post(content="Second", user=me)
    page = opened(as_liam, f"{POSTS}?sort=id")

    told = Page(send(as_liam, page, **cells(mine, content="Changed"), **cells(second, user=str(other.id))))

    assert told.status == 422
    rule = "Your permissions cover only your own posts, those of the user with your email, liam@example.com."
    assert told.summary == [
        "Nothing was saved.",
        f"Second: {rule} Nothing was saved. Change User, or ask an owner.",
    ]
    assert told.values()[f"{mine.id}-content"] == "Changed"
    assert [(now(app, one).version, now(app, one).user_id) for one in (mine, second)] == [(1, me.id), (1, me.id)]


def test_a_right_to_a_field_that_ends_meanwhile_is_said_at_the_row(
    app: Flask, client_with: Callable[..., Client], make_user: Any
) -> None:
    ann = make_user(name="Ann")
    client = client_with(*ALL)
    page = opened(client, USERS)
    change_role(app, fields=["user.name:read_only"])

    told = Page(send(client, page, **cells(ann, name="Anna", email="anna@example.com")))
    saved = send(client, told)

    assert (told.status, told.values()[f"{ann.id}-email"]) == (409, "anna@example.com")
    assert "You can no longer change this: name." in notes(told)[0]
    assert "NameAnna" in notes(told)[0]
    assert (saved.status_code, now(app, ann).name, now(app, ann).email) == (303, "Ann", "anna@example.com")


def test_a_right_to_edit_that_ends_meanwhile_is_a_refusal(
    app: Flask, client_with: Callable[..., Client], make_user: Any
) -> None:
    ann = make_user(name="Ann")
    client = client_with(*ALL)
    page = opened(client, USERS)
    change_role(app, permissions=["*:list", "*:view"])

    assert send(client, page, **cells(ann, name="Anna")).status_code == 403
    assert now(app, ann).name == "Ann"


def test_a_relation_that_leads_out_of_sight_has_no_field(
    app: Flask, client_with: Callable[..., Client], make_user: Any, make_post: Any
) -> None:
    hidden = make_user(name="Hidden", email="hidden@example.net")
    post = make_post(content="Wall", user=hidden)
    client = client_with(*ALL, rows=["user:same_domain"])
    page = opened(client)

    answers = [
        send(client, page, _columns="content,user", **cells(post, user=typed)).status_code
        for typed in ("", str(hidden.id), "999")
    ]

    assert page.all("input", name=f"{post.id}-user") == []
    assert answers == [303, 303, 303]
    assert (now(app, post).user_id, now(app, post).version) == (hidden.id, 1)


@pytest.mark.parametrize("name", ["id", "version", "user_id", "created_at", "posts", "password_hash", "nothing", ""])
def test_what_is_no_field_of_the_form_is_nobodys(name: str, app: Flask, as_editor: Any, make_post: Any) -> None:
    post = make_post(content="Wall")

    saved = send(as_editor, opened(as_editor), _columns=f"content,{name}", **{f"{post.id}-{name}": "7654321"})

    assert (saved.status_code, now(app, post).version, now(app, post).user_id) == (303, 1, None)
