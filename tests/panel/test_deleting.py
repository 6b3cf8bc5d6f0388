"""Deleting: a page says what goes and asks what becomes of the rest; nothing goes before that is answered."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from admin_app.extensions import db
from admin_app.models.post import Post
from admin_app.models.user import User
from tests.many import many
from tests.page import Page

on_sqlite = pytest.mark.parametrize("store", ["sqlite"], indirect=True)


def at(record: Any, *, url: str = "") -> str:
    address = f"/admin/{type(record).__name__.lower()}/delete/?id={record.id}"
    return f"{address}&url={url}" if url else address


def state(app: Flask) -> tuple[list[int], dict[int, int | None]]:
    """Return the ids of all users, and of every post its owner."""
    with app.app_context():
        posts = {post.id: post.user_id for post in db.session.scalars(select(Post))}
        return list(db.session.scalars(select(User.id).order_by(User.id))), posts


@pytest.fixture
def anns_post(make_user: Any, make_post: Any) -> Post:
    """Make Ann, and a post of hers."""
    post: Post = make_post(user=make_user(name="Ann"))
    return post


# ---- the page


def test_page_says_what_goes_and_what_hangs_on_it(app: Flask, as_editor: Any, make_user: Any) -> None:
    ann = make_user(name="Ann Lee", email="ann@example.com")
    ids = many(app, Post, [{"content": f"Words {number}", "user_id": ann.id} for number in range(1234)])

    page = Page(as_editor.get(at(ann)))

    assert page.heading == "Delete user “Ann Lee”?"
    assert page.texts("dd")[:2] == ["Ann Lee", "ann@example.com"]
    assert page.texts("legend") == ["What happens to 1,234 posts?"]
    samples = [f"Words {number}" for number in (1233, 1232, 1231, 1230, 1229)]
    assert [item.text for item in page.all("fieldset", class_="dependents")[0].all("li")] == [
        *samples,
        "and 1,229 more",
    ]
    assert page.link("Words 1233") == f"/admin/post/edit/?id={ids[-1]}"
    assert [label.text for label in page.all("label", within="main") if label.attributes["for"].startswith("fate")] == [
        "Keep the posts",
        "Give the posts to another user",
        "Delete the posts too",
    ]
    assert [one for one in page.all("input", type="radio") if "checked" in one.attributes] == []
    assert [one.text for one in page.form("").all("button")] == ["Delete user"]


@on_sqlite
def test_page_of_one_with_nothing_hanging_on_it_only_asks(as_editor: Any, make_post: Any) -> None:
    post = make_post(content="Hello")

    page = Page(as_editor.get(at(post, url="/admin/post/?q=hello")))

    assert page.heading == "Delete post “Hello”?"
    assert page.all("fieldset", within="main") == []
    assert page.link("Cancel") == "/admin/post/?q=hello"


def test_page_costs_the_same_for_one_post_and_many(
    app: Flask,
    as_editor: Any,
    make_user: Any,
    statements: Callable[[], AbstractContextManager[list[str]]],
) -> None:
    one, some = make_user(), make_user()
    many(app, Post, [{"content": "a", "user_id": one.id}])
    many(app, Post, [{"content": "a" * 5000, "user_id": some.id}] * 100)
    as_editor.get(at(one))

    with statements() as for_one:
        as_editor.get(at(one))
    with statements() as for_many:
        response = as_editor.get(at(some))

    assert len(for_many) == len(for_one)
    assert len(response.text) < 20_000


@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_deletes_nothing(method: str, app: Flask, as_editor: Any, make_user: Any, make_post: Any) -> None:
    user = make_user()
    make_post(user=user)
    before = state(app)

    for address in (at(user), at(user) + "&fate.posts=delete"):
        assert getattr(as_editor, method)(address).status_code == 200

    assert state(app) == before


# ---- the act


def test_posts_can_be_kept_without_an_owner(app: Flask, as_editor: Any, make_user: Any, make_post: Any) -> None:
    ann, bob = make_user(), make_user()
    hers, his = make_post(user=ann), make_post(user=bob)

    response = as_editor.post_form(at(ann), {"fate.posts": "keep"})

    assert response.status_code == 303
    assert state(app) == ([bob.id], {hers.id: None, his.id: bob.id})
    with app.app_context():
        assert db.session.get_one(Post, hers.id).version == hers.version + 1
        assert db.session.get_one(Post, his.id).version == his.version


@pytest.mark.parametrize("heir", ["{id}", "bob@example.com", "BOB@example.com ", "Bob"])
def test_posts_can_be_given_to_another(heir: str, app: Flask, as_editor: Any, make_user: Any, make_post: Any) -> None:
    ann, bob = make_user(), make_user(name="Bob", email="bob@example.com")
    hers, his = make_post(user=ann), make_post(user=bob)

    response = as_editor.post_form(at(ann), {"fate.posts": "give", "heir.posts": heir.format(id=bob.id)})

    assert response.status_code == 303
    assert state(app) == ([bob.id], {hers.id: bob.id, his.id: bob.id})


def test_posts_can_be_deleted_too(app: Flask, as_editor: Any, make_user: Any, make_post: Any) -> None:
    ann, bob = make_user(), make_user()
    make_post(user=ann), make_post(user=ann)
    his = make_post(user=bob)

    response = as_editor.post_form(at(ann), {"fate.posts": "delete"})

    assert response.status_code == 303
    assert state(app) == ([bob.id], {his.id: bob.id})


@on_sqlite
def test_heir_typed_beside_another_choice_is_no_matter(
    app: Flask, as_editor: Any, make_user: Any, make_post: Any
) -> None:
    ann = make_user()
    post = make_post(user=ann)

    as_editor.post_form(at(ann), {"fate.posts": "keep", "heir.posts": "nobody at all"})

    assert state(app) == ([], {post.id: None})


CHOOSE = "Choose what happens to the posts."
NOBODY = "No user has the ID or is called “{}”. Check it, or look in the list of users."


@pytest.mark.parametrize(
    ("sent", "control", "message"),
    [
        ({}, "fate.posts", CHOOSE),
        ({"fate.posts": ""}, "fate.posts", CHOOSE),
        ({"fate.posts": "burn"}, "fate.posts", CHOOSE),
        ({"fate.posts": "KEEP"}, "fate.posts", CHOOSE),
        ({"fate.posts": "give"}, "heir.posts", "Choose the user who gets the posts."),
        ({"fate.posts": "give", "heir.posts": " "}, "heir.posts", "Choose the user who gets the posts."),
        ({"fate.posts": "give", "heir.posts": "nosuch"}, "heir.posts", NOBODY.format("nosuch")),
        ({"fate.posts": "give", "heir.posts": "999999"}, "heir.posts", NOBODY.format("999999")),
        ({"fate.posts": "give", "heir.posts": "3000000000"}, "heir.posts", NOBODY.format("3000000000")),
        ({"fate.posts": "give", "heir.posts": "9" * 5000}, "heir.posts", NOBODY.format("9" * 80)),
        ({"fate.posts": "give", "heir.posts": "\0"}, "heir.posts", NOBODY.format("")),
        (
            {"fate.posts": "give", "heir.posts": "{id}"},
            "heir.posts",
            "Choose another user: this is the one to be deleted.",
        ),
    ],
)
def test_missing_choice_is_a_message_and_deletes_nothing(
    sent: dict[str, str], control: str, message: str, as_editor: Any, anns_post: Post
) -> None:
    ann = anns_post.user_id
    sent = {name: value.format(id=ann) for name, value in sent.items()}

    page = Page(as_editor.post_form(f"/admin/user/delete/?id={ann}&url=/admin/user/%3Fpage%3D2", sent))

    assert (page.status, page.title) == (422, "Error: Delete user “Ann”? - Admin")
    assert page.texts("p", id=f"{control}-error") == [f"Error: {message}"]
    assert page.summary == [message]
    chosen = [one.attributes["value"] for one in page.all("input", type="radio") if "checked" in one.attributes]
    assert chosen == (["give"] if control == "heir.posts" else [])
    assert page.link("Cancel") == "/admin/user/?page=2"
    assert state(as_editor.application) == ([ann], {anns_post.id: ann})


def test_post_that_came_after_the_page_is_asked_about(
    app: Flask, as_editor: Any, make_user: Any, make_post: Any
) -> None:
    ann = make_user()
    form = Page(as_editor.get(at(ann))).values("")
    make_post(user=ann, content="Just written")
    before = state(app)

    page = Page(as_editor.post(at(ann), data=form))

    assert (page.status, page.summary) == (422, [CHOOSE])
    assert page.texts("legend") == ["What happens to 1 post?"]
    assert page.has_link("Just written")
    assert state(app) == before


def test_posts_that_came_after_the_page_are_said_before_anything_is_deleted(
    app: Flask, as_editor: Any, make_user: Any, make_post: Any
) -> None:
    ann = make_user()
    posts = [make_post(user=ann)]
    form = Page(as_editor.get(at(ann))).values("")
    posts += [make_post(user=ann), make_post(user=ann)]
    before = state(app)

    page = Page(as_editor.post(at(ann), data={**form, "fate.posts": "keep"}))
    unchanged = state(app)
    as_editor.post(at(ann), data={**page.values(""), "fate.posts": "keep"})

    words = "There are 2 more posts now than when this page was drawn. Look again, then choose."
    assert (page.status, page.summary, unchanged) == (422, [words], before)
    assert state(app) == ([], dict.fromkeys([post.id for post in posts], None))


@pytest.mark.parametrize(
    ("seen", "words"),
    [
        ("2~9", "There is 1 fewer post now than when this page was drawn. Look again, then choose."),
        ("1~9", "Other posts hang on it now than when this page was drawn. Look again, then choose."),
        ("many", "Other posts hang on it now than when this page was drawn. Look again, then choose."),
    ],
)
def test_posts_that_are_not_those_of_the_page_are_said(
    seen: str, words: str, as_editor: Any, make_user: Any, make_post: Any
) -> None:
    ann = make_user()
    make_post(user=ann)

    page = Page(as_editor.post_form(at(ann), {"fate.posts": "keep", "seen.posts": seen}))

    assert (page.status, page.summary) == (422, [words])


def test_heir_deleted_after_the_page_is_a_message(app: Flask, as_editor: Any, make_user: Any, make_post: Any) -> None:
    ann, bob = make_user(), make_user()
    make_post(user=ann)
    form = Page(as_editor.get(at(ann))).values("")
    as_editor.post_form(at(bob))
    before = state(app)

    page = Page(as_editor.post(at(ann), data={**form, "fate.posts": "give", "heir.posts": str(bob.id)}))

    assert (page.status, page.summary) == (422, [NOBODY.format(bob.id)])
    assert state(app) == before


@on_sqlite
def test_second_deletion_finds_nothing(as_editor: Any, make_user: Any) -> None:
    ann = make_user()
    form = Page(as_editor.get(at(ann))).values("")

    statuses = [as_editor.post(at(ann), data=form).status_code for _ in range(2)]

    assert statuses == [303, 404]


# ---- the way on


@on_sqlite
@pytest.mark.parametrize(
    ("url", "location"),
    [
        ("", "/admin/user/"),
        ("/admin/user/%3Fq%3Dann%26page%3D2", "/admin/user/?q=ann&page=2"),
        ("/admin/user/edit/%3Fid%3D{id}", "/admin/user/"),
        ("/admin/user/details/%3Furl%3D/admin/user/%26id%3D{id}", "/admin/user/"),
        ("/admin/user/edit/%3Fid%3D{id}0", "/admin/user/edit/?id={id}0"),
        ("https://evil.example", "/admin/user/"),
    ],
)
def test_one_lands_where_one_was_unless_that_is_gone(url: str, location: str, as_editor: Any, make_user: Any) -> None:
    ann = make_user(name="Ann")

    response = as_editor.post_form(at(ann, url=url.format(id=ann.id)))

    assert (response.status_code, response.location) == (303, location.format(id=ann.id))
    assert Page(as_editor.get("/admin/user/")).notice == "Success User “Ann” was deleted."


@on_sqlite
def test_post_deleted_on_its_users_page_leads_back_there(as_editor: Any, make_user: Any, make_post: Any) -> None:
    ann = make_user(name="Ann")
    make_post(user=ann, content="Hello")
    here = f"/admin/user/edit/?id={ann.id}"
    delete = Page(as_editor.get(here)).link("Delete Hello")

    response = as_editor.post_form(delete)

    assert response.location == here
    assert Page(as_editor.get(here)).result_line("posts") == "0 posts"


@on_sqlite
def test_record_deleted_from_its_own_form_leads_to_the_list_one_came_from(as_editor: Any, make_user: Any) -> None:
    make_user(name="Ann")
    form = Page(as_editor.get("/admin/user/?q=ann&per_page=50")).link("Edit Ann")
    delete = Page(as_editor.get(form)).link("Delete", within="main")

    response = as_editor.post_form(delete)

    assert response.location == "/admin/user/?q=ann&per_page=50"
