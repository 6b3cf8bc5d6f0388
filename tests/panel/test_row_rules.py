"""A person kept to some rows finds no trace of the others: not in lists and counts, not by id, not through other records."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from admin_app.errors import ConfigurationError
from admin_app.extensions import db
from admin_app.models.change_set import Change, ChangeSet
from admin_app.models.post import Post
from admin_app.models.role import Role
from admin_app.models.user import User
from admin_app.models.words import Words
from admin_app.panel.reach import RowRule
from tests.client import Client
from tests.page import Page

OWN = {"rows": ["post:own"]}


@pytest.fixture
def me(make_user: Callable[..., User]) -> User:
    """The user with Liam's address."""
    return make_user(name="Liam Own", email="liam@example.com")


@pytest.fixture
def other(make_user: Callable[..., User]) -> User:
    return make_user(name="Foreign Name", email="foreign@example.net")


@pytest.fixture
def mine(make_post: Any, me: User) -> Post:
    return make_post(content="Mine to see", user=me)


@pytest.fixture
def theirs(make_post: Any, other: User) -> Post:
    return make_post(content="Sentinel of another", user=other)


@pytest.fixture
def as_liam(client_with: Callable[..., Client]) -> Client:
    """May do everything with users, and with their own posts."""
    return client_with("*:list", "*:view", "*:history", "*:export", "*:create", "*:edit", "*:delete", "*:undo", **OWN)


@pytest.fixture
def client_of_roles(keep: Any, make_staff: Any, client_of: Any) -> Callable[..., Client]:
    """Return the client of Liam with several roles, each of permissions and row rules."""

    def make(*given: tuple[list[str], list[str]]) -> Client:
        keys = [f"role-{number}" for number in range(len(given))]
        for key, (permissions, rows) in zip(keys, given, strict=True):
            keep(Role(key=key, name=key, permissions=Words(permissions), rows=Words(rows)))
        return client_of(make_staff("Liam", *keys))

    return make


@pytest.mark.usefixtures("theirs")
def test_list_counts_and_shows_only_what_the_rule_leaves(as_liam: Client, mine: Post) -> None:
    page = Page(as_liam.get("/admin/post/"))

    assert (page.ids(), page.result_line()) == ([mine.id], "1 post, of “Own posts”")


@pytest.mark.parametrize("address", ["?q=Sentinel", "?content__contains=Sentinel", "?user.name__contains=Foreign"])
@pytest.mark.usefixtures("mine", "theirs")
def test_no_search_and_no_filter_finds_more(address: str, as_liam: Client) -> None:
    page = Page(as_liam.get(f"/admin/post/{address}"))

    assert (page.status, page.rows(), "Sentinel of another" in page.root.text) == (200, [], False)


@pytest.mark.parametrize("view", ["details", "edit", "delete", "history"])
def test_another_row_answers_like_one_that_is_not_there(view: str, as_liam: Client, mine: Post, theirs: Post) -> None:
    answers = [as_liam.get(f"/admin/post/{view}/?id={key}") for key in (theirs.id, 999)]

    assert as_liam.get(f"/admin/post/{view}/?id={mine.id}").status_code == 200
    assert [one.status_code for one in answers] == [404, 404]
    assert "Sentinel" not in answers[0].text


@pytest.mark.parametrize("view", ["edit", "delete", "presence"])
def test_another_row_is_not_changed_by_direct_request(view: str, app: Flask, as_liam: Client, theirs: Post) -> None:
    answer = as_liam.post_form(f"/admin/post/{view}/?id={theirs.id}", {"content": "Taken", "_version": "1", "user": ""})

    with app.app_context():
        assert (answer.status_code, db.session.get_one(Post, theirs.id).content) == (404, "Sentinel of another")


@pytest.mark.usefixtures("mine", "theirs")
def test_export_holds_the_same_rows(as_liam: Client) -> None:
    text = as_liam.get("/admin/post/export/csv/").text

    assert ("Mine to see" in text, "Sentinel" in text, len(text.splitlines())) == (True, False, 2)


@pytest.mark.usefixtures("mine", "theirs")
def test_children_are_listed_and_counted_by_the_rule(as_liam: Client, other: User) -> None:
    users = Page(as_liam.get("/admin/user/"))
    page = Page(as_liam.get(f"/admin/user/details/?id={other.id}"))

    assert sorted(users.column("Posts")) == ["0", "1"]
    assert page.rows("posts") == []


@pytest.mark.usefixtures("mine", "theirs")
def test_start_page_names_none_of_the_others(as_liam: Client) -> None:
    text = Page(as_liam.get("/admin/")).root.text

    assert ("Mine to see" in text, "Sentinel" in text) == (True, False)


def test_a_row_cannot_be_given_away(app: Flask, as_liam: Client, mine: Post, other: User) -> None:
    address = f"/admin/post/edit/?id={mine.id}"

    page = Page(as_liam.post_form(address, {**Page(as_liam.get(address)).values(), "user": str(other.id)}))

    assert page.status == 422
    assert page.summary == [
        "Your rights are for “Own posts”, and this would be none of them. Nothing was saved. Change it, or ask an owner."
    ]
    with app.app_context():
        assert db.session.get_one(Post, mine.id).user_id == mine.user_id


@pytest.mark.parametrize("to", ["other", "nobody", "me"])
def test_a_new_row_has_to_be_within_the_rule(to: str, app: Flask, as_liam: Client, me: User, other: User) -> None:
    users = {"other": str(other.id), "nobody": "", "me": str(me.id)}

    answer = as_liam.post_form("/admin/post/new/", {"content": "New", "user": users[to]})

    with app.app_context():
        made = db.session.scalars(select(Post.user_id)).all()
    assert (answer.status_code, made) == ((303, [me.id]) if to == "me" else (422, []))


@pytest.mark.usefixtures("theirs")
def test_neighbours_are_rows_of_the_rule(as_liam: Client, make_post: Any, me: User) -> None:
    first, last = make_post(user=me), make_post(user=me)
    make_post(content="Sentinel again")

    page = Page(as_liam.get(f"/admin/post/edit/?id={last.id}&url=/admin/post/"))

    assert f"id={first.id}" in page.link("Next post")
    assert "1 of 2" in page.root.text


def test_activity_and_history_tell_nothing_of_the_others(
    app: Flask, as_liam: Client, as_owner: Client, mine: Post, theirs: Post
) -> None:
    for post in (mine, theirs):
        address = f"/admin/post/edit/?id={post.id}"
        as_owner.post_form(address, {**Page(as_owner.get(address)).values(), "content": f"{post.content}, changed"})
    with app.app_context():
        sets = dict(db.session.execute(select(ChangeSet.record_id, ChangeSet.id).where(ChangeSet.kind == "form")).all())
        change = db.session.scalar(select(Change.id).where(Change.record_id == theirs.id))

    activity = Page(as_liam.get("/admin/activity/")).root.text
    answers = [
        as_liam.get(f"/admin/activity/set/?id={sets[mine.id]}").status_code,
        as_liam.get(f"/admin/activity/set/?id={sets[theirs.id]}").status_code,
        as_liam.post_form("/admin/activity/undo/", {"id": str(sets[theirs.id])}).status_code,
        as_liam.post_form("/admin/post/restore/", {"change": str(change)}).status_code,
    ]

    assert ("Mine to see" in activity, "Sentinel" in activity) == (True, False)
    assert answers == [200, 404, 404, 404]
    assert Page(as_liam.get("/admin/activity/?q=Sentinel")).root.text.count("Sentinel") == 0
    with app.app_context():
        assert db.session.get_one(Post, theirs.id).content == "Sentinel of another, changed"


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


def test_what_hangs_on_a_record_unseen_keeps_it(app: Flask, as_liam: Client, other: User, theirs: Post) -> None:
    address = f"/admin/user/delete/?id={other.id}"

    page = Page(as_liam.get(address))
    answers = [as_liam.post_form(address, {"fate.posts": fate, "_version": "1"}) for fate in ("keep", "delete", "give")]

    words = "Some posts hang on it that you do not see, so it cannot be deleted by you. Ask an owner."
    assert (page.texts("legend"), words in page.root.text) == (["What happens to the posts that you do not see?"], True)
    assert page.all("input", type="radio") == []
    assert [(one.status_code, "Sentinel" in one.text) for one in answers] == [(422, False)] * 3
    with app.app_context():
        assert db.session.get_one(Post, theirs.id).user_id == other.id


@pytest.mark.usefixtures("mine", "theirs")
def test_look_ups_and_relations_keep_to_the_users_rule(
    client_with: Callable[..., Client], me: User, other: User
) -> None:
    client = client_with("*:list", "*:view", "*:edit", "*:create", "*:history", rows=["user:own"])

    found = json.loads(client.get("/admin/post/lookup/?name=user&query=").text)["results"]
    posts = Page(client.get("/admin/post/"))
    refused = [
        Page(client.post_form("/admin/post/new/", {"content": "x", "user": typed})).error_of("user")
        for typed in (str(other.id), other.email, other.name)
    ]

    assert [one["id"] for one in found] == [str(me.id)]
    assert posts.column("User") == ["(not shown to you)", "Liam Own"]
    assert all("has the ID or is called" in words for words in refused)
    assert not any(secret in posts.root.text for secret in (other.name, other.email))


def test_a_row_is_not_moved_away_from_a_record_unseen(
    app: Flask, client_with: Callable[..., Client], me: User, other: User, theirs: Post
) -> None:
    client = client_with("*:list", "*:view", "*:edit", rows=["user:own"])
    address = f"/admin/post/edit/?id={theirs.id}"

    page = Page(client.get(address))
    client.post_form(address, {**page.values(), "content": "Corrected", "user": str(me.id)})

    assert ("user" in page.values(), other.name in page.root.text, "(not shown to you)" in page.root.text) == (
        False,
        False,
        True,
    )
    with app.app_context():
        post = db.session.get_one(Post, theirs.id)
        assert (post.content, post.user_id) == ("Corrected", other.id)


@pytest.mark.parametrize(
    "address",
    ["?user.name__contains=Foreign", "?user.email__equals=foreign@example.net", "?sort=user"],
)
@pytest.mark.usefixtures("me", "theirs")
def test_nothing_is_guessed_through_a_related_column(address: str, client_with: Callable[..., Client]) -> None:
    client = client_with("*:list", "*:view", rows=["user:own"])

    assert client.get(f"/admin/post/{address}").status_code == 400


@pytest.mark.usefixtures("me", "mine", "theirs")
def test_a_search_and_a_file_leave_related_names_out(client_with: Callable[..., Client], other: User) -> None:
    client = client_with("*:list", "*:view", "*:export", rows=["user:own"])

    found = Page(client.get("/admin/post/?q=Foreign")).ids()
    file = client.get("/admin/post/export/csv/").text

    assert found == []
    assert ("Liam Own" in file, other.name in file) == (True, False)


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
    assert [one.text for one in page.all("a") if one.text.startswith(("Edit", "Delete"))] == [
        "Edit Mine to see",
        "Delete Mine to see",
    ]
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


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_a_value_that_is_taken_names_no_record_unseen(
    client_with: Callable[..., Client], me: User, other: User, make_user: Any
) -> None:
    client = client_with("user:*", rows=["user:same_domain"])
    near = make_user(email="near@example.com")
    address = f"/admin/user/edit/?id={me.id}"

    problems = [
        Page(client.post_form(address, {**Page(client.get(address)).values(), "email": one.email})).error_of("email")
        for one in (other, near)
    ]

    assert problems == [
        "Email is already used by another user. Enter a different one.",
        f"Email is already used by user {near.id}. Enter a different one.",
    ]


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
@pytest.mark.parametrize("filters", [{}, {"content__is_lovely": "yes"}, {"q": "words"}], ids=str)
def test_a_rule_of_no_filters_or_unknown_ones_stops_the_start(
    filters: dict[str, str], app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = next(one for one in app.extensions["admin"][0]._views if getattr(one, "endpoint", "") == "post")
    monkeypatch.setattr(view, "row_rules", {"bad": RowRule("Bad", lambda _person: filters)})

    with pytest.raises(ConfigurationError, match="row rule “bad” needs filters that the resource declares"):
        view.require_rules()


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_who_may_only_list_is_led_to_no_page_of_a_record(client_with: Callable[..., Client], mine: Post) -> None:
    client = client_with("post:list")

    pages = [Page(client.get(address)) for address in ("/admin/", "/admin/post/")]

    assert [mine.content in page.root.text for page in pages] == [True, True]
    assert [one for page in pages for one in page.all("a") if "id=" in one.attributes["href"]] == []


def test_a_rule_that_is_declared_no_more_leaves_nothing(client_with: Callable[..., Client], mine: Post) -> None:
    client = client_with("post:list", "post:view", rows=["post:former"])

    assert Page(client.get("/admin/post/")).ids() == []
    assert client.get(f"/admin/post/details/?id={mine.id}").status_code == 404


@pytest.mark.parametrize("rule", [[], ["post:own"]])
@pytest.mark.usefixtures("mine")
def test_a_rule_costs_no_statement(
    rule: list[str],
    client_with: Callable[..., Client],
    statements: Callable[[], AbstractContextManager[list[str]]],
) -> None:
    client = client_with("post:*", "user:list", "user:view", rows=rule)
    client.get("/admin/post/")

    with statements() as sent:
        client.get("/admin/post/")

    assert len(sent) == 2
