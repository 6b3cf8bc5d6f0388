"""Relations: a field that takes what names a record, a look-up that answers a page at a time, children on their own page."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from sqlalchemy import select

from admin_app.extensions import db
from admin_app.models.post import Post
from tests.many import many, many_users
from tests.page import Page
from tests.stores import both_stores

NEW, LOOKUP = "/admin/post/new/", "/admin/post/lookup/?name=user"


def owner_of_only_post(app: Flask) -> int | None:
    with app.app_context():
        return db.session.scalars(select(Post)).one().user_id


# ---- the field


@both_stores
@pytest.mark.parametrize("typed", ["{id}", " {id} ", "ann@example.com", "ANN@Example.com ", "Ann Lee", "ann lee"])
def test_field_takes_whatever_names_one_user(typed: str, app: Flask, as_editor: Any, make_user: Any) -> None:
    make_user()
    ann = make_user(name="Ann Lee", email="ann@example.com")

    response = as_editor.post_form(NEW, {"content": "Hello", "user": typed.format(id=ann.id)})

    assert response.status_code == 303
    assert owner_of_only_post(app) == ann.id


@both_stores
@pytest.mark.parametrize("typed", ["nobody@example.com", "999999", "3000000000", str(2**63), "9" * 5000, "%", "a\0b"])
def test_field_says_that_it_found_nobody_and_keeps_what_was_typed(typed: str, as_editor: Any, make_user: Any) -> None:
    make_user()

    page = Page(as_editor.post_form(NEW, {"content": "Hello", "user": typed}))

    shown = typed.replace("\0", "")[:80]
    assert page.status == 422
    assert page.error_of("user") == f"No user has the ID or name “{shown}”. Check it, or look in the list of users."
    assert page.summary == [page.error_of("user")]
    # As a browser reads it.
    assert (page.values()["content"], page.values()["user"]) == ("Hello", typed.replace("\0", "\ufffd"))


@pytest.fixture
def dangling(app: Flask, make_post: Any, make_user: Any) -> int:
    """Let a post point at a user that there is not: another program deleted the user, and nothing forbade it."""
    make_user(email="ann@example.com")
    key: int = make_post(content="Left").id
    with app.app_context(), closing(sqlite3.connect(str(db.engine.url.database))) as connection:
        connection.execute("UPDATE post SET user_id = 17 WHERE id = ?", [key])
        connection.commit()
    return key


def test_a_key_that_leads_to_no_record_is_said_and_found_as_no_empty_one(as_editor: Any, dangling: int) -> None:
    said = "17 (no such user)"

    row = Page(as_editor.get("/admin/post/")).rows()[0]
    form = Page(as_editor.get(f"/admin/post/edit/?id={dangling}"))
    none = Page(as_editor.get("/admin/post/?user__empty=yes"))
    file = as_editor.get("/admin/post/export/csv/?columns=user_id,user").text

    assert said in row
    assert (form.values()["user"], form.texts(class_="picked")) == ("17", [said])
    assert none.rows() == []
    assert file.splitlines() == ["Content,User ID,User", "Left,17,"]


@pytest.mark.parametrize(("typed", "kept"), [({}, 17), ({"user": ""}, None), ({"user": "ann@example.com"}, 1)])
def test_a_key_that_leads_to_no_record_stays_until_another_choice_is_made(
    typed: dict[str, str], kept: int | None, app: Flask, as_editor: Any, dangling: int
) -> None:
    address = f"/admin/post/edit/?id={dangling}"
    drawn = {name: value for name, value in Page(as_editor.get(address)).values().items() if name != "csrf_token"}

    answer = as_editor.post_form(address, {**drawn, "content": "Changed", **typed})

    assert (answer.status_code, owner_of_only_post(app)) == (303, kept)


def test_field_says_that_it_found_several_and_which(as_editor: Any, make_user: Any) -> None:
    ids = [make_user(name="Ann").id for _ in range(2)]

    page = Page(as_editor.post_form(NEW, {"content": "Hello", "user": "Ann"}))

    words = f"Several users are called “Ann” (IDs {ids[0]}, {ids[1]}). Enter the ID of the one you mean."
    assert (page.status, page.error_of("user")) == (422, words)


def test_emptied_field_takes_the_owner_away_and_a_missing_one_does_not(
    app: Flask, as_editor: Any, make_user: Any, make_post: Any
) -> None:
    ann = make_user()
    post = make_post(user=ann)
    address = f"/admin/post/edit/?id={post.id}"

    as_editor.post_form(address, {"content": "Changed"})
    kept = owner_of_only_post(app)
    as_editor.post_form(address, {"content": "Changed", "user": " "})

    assert (kept, owner_of_only_post(app)) == (ann.id, None)


def test_field_shows_who_it_holds_with_a_link(as_editor: Any, make_user: Any, make_post: Any) -> None:
    ann = make_user(name="Ann Lee", email="ann@example.com")
    post = make_post(user=ann)

    page = Page(as_editor.get(f"/admin/post/edit/?id={post.id}"))

    (control,) = page.all("input", id="user")
    assert page.values()["user"] == str(ann.id)
    assert (control.attributes["data-picked-label"], control.attributes["data-picker"]) == ("Ann Lee", LOOKUP)
    assert page.texts("p", class_="picked") == ["Open user Ann Lee ann@example.com"]
    assert page.link("Open user Ann Lee") == f"/admin/user/edit/?id={ann.id}"


def test_form_with_a_thousand_users_renders_none_of_them(
    app: Flask, as_editor: Any, make_post: Any, statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    users = many_users(app, 1000)
    post = make_post(user_id=users[500])

    with statements() as sent:
        response = as_editor.get(f"/admin/post/edit/?id={post.id}")

    page = Page(response)
    assert page.all("option", within="main") == []
    assert response.text.count("@example.com") == 1
    assert [
        statement
        for statement in sent
        if 'FROM "user"' in statement and "LIMIT" not in statement and "WHERE" not in statement
    ] == []
    assert len(response.text) < 20_000


# ---- the look-up


@both_stores
def test_lookup_answers_a_page_at_a_time(app: Flask, as_editor: Any) -> None:
    users = many_users(app, 1000)

    pages = [as_editor.get(f"{LOOKUP}&page={number}").json for number in (1, 2, 50, 51)]

    assert [len(page["results"]) for page in pages] == [20, 20, 20, 0]
    assert [page["more"] for page in pages] == [True, True, False, False]
    ids = [int(result["id"]) for page in pages for result in page["results"]]
    assert len(set(ids)) == 60
    assert set(ids) <= set(users)


@both_stores
def test_lookup_finds_by_name_and_email_and_shows_both(as_viewer: Any, make_user: Any) -> None:
    ann = make_user(name="Ann Lee", email="ann@work.example")
    make_user(name="Ann Day", email="day@home.example")

    for query in ("lee", "ANN work", '"ann lee"', "ann@work"):
        answer = as_viewer.get("/admin/post/lookup/", query_string={"name": "user", "query": query})
        assert answer.json == {
            "results": [{"id": str(ann.id), "text": "Ann Lee", "detail": "ann@work.example"}],
            "more": False,
            "hint": "",
        }


@pytest.mark.parametrize("query", ["%", "_", "\0", "x" * 100_000, "a " * 1500, "\\", '"'])
@pytest.mark.parametrize("page", ["-1", "abc", str(10**30), "0"])
def test_lookup_bears_anything(query: str, page: str, as_viewer: Any, make_user: Any) -> None:
    make_user(name="Zoe")

    answer = as_viewer.get("/admin/post/lookup/", query_string={"name": "user", "query": query, "page": page})

    assert answer.status_code == 200
    assert answer.json["more"] is False


def test_lookup_counts_nothing(
    app: Flask, as_viewer: Any, statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    many_users(app, 30)

    with statements() as sent:
        as_viewer.get(LOOKUP)

    assert [statement for statement in sent if "count(" in statement] == []
    assert [
        statement
        for statement in sent
        if 'FROM "user"' in statement.replace("FROM user", 'FROM "user"') and "LIMIT" not in statement
    ] == []


@pytest.mark.parametrize(
    "address",
    [
        "/admin/post/lookup/",
        "/admin/post/lookup/?name=content",
        "/admin/post/lookup/?name=nosuch",
        "/admin/user/lookup/?name=posts",
        "/admin/post/lookup/?name=__class__",
    ],
)  # fmt: skip -- addresses
def test_lookup_of_what_is_no_relation_to_one_is_missing(address: str, as_owner: Any) -> None:
    assert as_owner.get(address).status_code == 404


def test_lookup_is_for_those_who_may_look(as_nobody: Any, as_viewer: Any) -> None:
    assert (as_nobody.get(LOOKUP).status_code, as_viewer.get(LOOKUP).status_code) == (302, 200)


# ---- children


def test_ten_children_have_no_search_and_one_that_was_sent_stays(app: Flask, as_editor: Any, make_user: Any) -> None:
    ann, bob = make_user(name="Ann"), make_user(name="Bob")
    for user, number in ((ann, 10), (bob, 11)):
        many(app, Post, [{"content": f"Words {one}", "user_id": user.id} for one in range(number)])

    few, more, searched = (
        Page(as_editor.get(f"/admin/user/edit/?id={address}")) for address in (ann.id, bob.id, f"{ann.id}&posts.q=5")
    )

    assert [len(page.all("input", id="posts-search")) for page in (few, more, searched)] == [0, 1, 1]


@both_stores
def test_children_are_paged_and_searched_without_touching_anything_else(
    app: Flask, as_editor: Any, make_user: Any
) -> None:
    ann, bob = make_user(name="Ann"), make_user(name="Bob")
    many(app, Post, [{"content": f"Words {number}", "user_id": ann.id} for number in range(23)])
    many(app, Post, [{"content": "Words of Bob", "user_id": bob.id}])
    here = f"/admin/user/edit/?url=/admin/user/?page%3D2&id={ann.id}"
    first = Page(as_editor.get(here))

    second = Page(as_editor.get(first.link("Next", within="posts")))
    sorted_ = Page(as_editor.get(second.link("ID", within="posts")))
    found = Page(as_editor.get(here + "&posts.q=words+22"))

    assert first.result_line("posts") == "1 to 10 of 23 posts"
    assert second.result_line("posts") == "11 to 20 of 23 posts"
    assert len({*first.ids("posts"), *second.ids("posts")}) == 20
    assert sorted_.ids("posts") == sorted(sorted_.ids("posts"))
    assert found.rows("posts")[0][0] == "Words 22"
    assert found.result_line("posts") == "1 post"
    for page in (first, second, sorted_, found):
        assert (page.heading, page.values()["name"], page.link("Cancel")) == ("Ann", "Ann", "/admin/user/?page=2")


@pytest.mark.parametrize(
    "argument", ["posts.page=abc", "posts.page=99", "posts.per_page=7", "posts.sort=-id", "posts.q=%00"]
)
def test_children_bear_odd_arguments(argument: str, as_viewer: Any, make_user: Any, make_post: Any) -> None:
    ann = make_user()
    post = make_post(user=ann)

    page = Page(as_viewer.get(f"/admin/user/details/?id={ann.id}&{argument}"))

    assert (page.status, page.ids("posts")) == (200, [post.id])


def test_children_open_as_a_list_of_exactly_them(as_viewer: Any, make_user: Any, make_post: Any) -> None:
    ann = make_user()
    posts = [make_post(user=ann), make_post(user=ann)]
    make_post(user=make_user())
    page = Page(as_viewer.get(f"/admin/user/details/?id={ann.id}"))

    list_ = Page(as_viewer.get(page.link("Open in list")))

    assert sorted(list_.ids()) == [post.id for post in posts]
    assert not page.has_link("Add post")


def test_user_without_posts_is_offered_the_first(as_editor: Any, make_user: Any) -> None:
    ann = make_user()

    page = Page(as_editor.get(f"/admin/user/edit/?id={ann.id}"))

    assert page.texts("p", class_="empty__title") == ["No posts yet"]
    assert page.has_link("Add post")


def test_post_added_on_a_users_page_is_theirs_and_leads_back_there(app: Flask, as_editor: Any, make_user: Any) -> None:
    ann = make_user(name="Ann")
    here = f"/admin/user/edit/?id={ann.id}"
    add = Page(as_editor.get(here)).link("Add post")
    form = Page(as_editor.get(add))

    saved = as_editor.post_form(add, {**form.values(), "content": "Hello"})
    back = Page(as_editor.get(saved.location))

    assert form.values()["user"] == str(ann.id)
    assert form.link("Open user Ann") == f"/admin/user/edit/?id={ann.id}"
    assert (saved.status_code, saved.location) == (303, here)
    assert owner_of_only_post(app) == ann.id
    assert [row.all("th")[0].text for row in back.all("tr", within="posts", data_marked="")] == ["HelloJust saved"]


def test_another_post_added_on_a_users_page_is_theirs_too(as_editor: Any, make_user: Any) -> None:
    ann = make_user()
    add = Page(as_editor.get(f"/admin/user/edit/?id={ann.id}")).link("Add post")

    saved = as_editor.post_form(add, {"content": "Hello", "user": str(ann.id), "_add_another": "1"})
    form = Page(as_editor.get(saved.location))

    assert form.values()["user"] == str(ann.id)
    assert parse_qs(urlsplit(saved.location).query)["url"] == [f"/admin/user/edit/?id={ann.id}"]


@pytest.mark.parametrize("user", ["999999", "nosuch", "3000000000", "", "%00", "9" * 5000])
def test_form_filled_in_with_nobody_is_a_form_all_the_same(user: str, as_editor: Any) -> None:
    page = Page(as_editor.get(f"{NEW}?user={user}"))

    assert page.heading == "Add post"
    assert page.status in {200, 422}


def test_only_relations_are_filled_in_from_the_address(as_editor: Any) -> None:
    page = Page(as_editor.get(f"{NEW}?content=Buy+now"))

    assert page.values()["content"] == ""
