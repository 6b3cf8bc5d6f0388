"""A person kept to some rows finds no trace of the others: not in lists and counts, not by id, not in files and histories."""

from __future__ import annotations

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
from admin_app.models.user import User
from admin_app.panel.access.row_scope import require_rules
from admin_app.panel.list import list_counts
from admin_app.panel.resource import RowRule
from tests.client import Client
from tests.page import Page
from tests.stores import both_stores

pytestmark = pytest.mark.covers


@both_stores
@pytest.mark.usefixtures("theirs")
def test_list_counts_and_shows_only_what_the_rule_leaves(as_liam: Client, mine: Post) -> None:
    page = Page(as_liam.get("/admin/post/"))

    assert (page.ids(), page.result_line()) == ([mine.id], "1 post · you see only your own posts")


@pytest.mark.usefixtures("mine", "theirs")
def test_the_navigation_counts_no_row_beyond_the_rule(
    app: Flask, as_liam: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_counts, "FRESH", 0)

    elsewhere, here = Page(as_liam.get("/admin/help/")), Page(as_liam.get("/admin/post/"))
    list_counts.init_app(app)

    # Of users they see both, of posts their own one, which only the list itself counts.
    counts = [page.texts(class_="nav__count") for page in (elsewhere, here)]
    assert counts == [["2 in this list"], ["2 in this list", "1 in this list"]]


@both_stores
@pytest.mark.parametrize("address", ["?q=Sentinel", "?content__contains=Sentinel", "?user.name__contains=Foreign"])
@pytest.mark.usefixtures("mine", "theirs")
def test_no_search_and_no_filter_finds_more(address: str, as_liam: Client) -> None:
    page = Page(as_liam.get(f"/admin/post/{address}"))

    assert (page.status, page.rows(), "Sentinel of another" in page.root.text) == (200, [], False)


@both_stores
@pytest.mark.parametrize("typed", ["{}", "#{}"])
def test_search_for_a_number_names_only_what_the_rule_leaves(
    typed: str, as_liam: Client, mine: Post, theirs: Post
) -> None:
    pages = [
        Page(as_liam.get("/admin/post/", query_string={"q": typed.format(one.id), "sort": "id"}))
        for one in (mine, theirs)
    ]

    assert [bool(page.all("p", id="listing-numbered")) for page in pages] == [True, False]
    assert "Sentinel" not in pages[1].root.text


@both_stores
@pytest.mark.parametrize("view", ["details", "edit", "delete", "history"])
def test_another_row_answers_like_one_that_is_not_there(view: str, as_liam: Client, mine: Post, theirs: Post) -> None:
    answers = [as_liam.get(f"/admin/post/{view}/?id={key}") for key in (theirs.id, 999)]

    assert as_liam.get(f"/admin/post/{view}/?id={mine.id}").status_code == 200
    assert [one.status_code for one in answers] == [404, 404]
    assert "Sentinel" not in answers[0].text


@both_stores
@pytest.mark.usefixtures("mine", "theirs")
def test_export_holds_the_same_rows(as_liam: Client) -> None:
    text = as_liam.get("/admin/post/export/csv/").text

    assert ("Mine to see" in text, "Sentinel" in text, len(text.splitlines())) == (True, False, 2)


@both_stores
@pytest.mark.usefixtures("mine", "theirs")
def test_start_page_names_none_of_the_others(as_liam: Client) -> None:
    text = Page(as_liam.get("/admin/")).root.text

    assert ("1 this week" in text, "Sentinel" in text) == (True, False)


@both_stores
@pytest.mark.usefixtures("theirs")
def test_neighbours_are_rows_of_the_rule(as_liam: Client, make_post: Any, me: User) -> None:
    first, last = make_post(user=me), make_post(user=me)
    make_post(content="Sentinel again")

    page = Page(as_liam.get(f"/admin/post/edit/?id={last.id}&url=/admin/post/"))

    assert f"id={first.id}" in page.link("Next post")
    assert "1 of 2" in page.root.text


@both_stores
def test_activity_and_history_tell_nothing_of_the_others(
    app: Flask, as_liam: Client, as_owner: Client, mine: Post, theirs: Post
) -> None:
    for post in (mine, theirs):
        address = f"/admin/post/edit/?id={post.id}"
        as_owner.post_form(address, {**Page(as_owner.get(address)).values(), "content": f"{post.content}, changed"})
    with app.app_context():
        sets = dict(db.session.execute(select(ChangeSet.record_id, ChangeSet.id).where(ChangeSet.kind == "form")).all())
        of_theirs = (Change.model == "post", Change.record_id == theirs.id, Change.change_set_id == sets[theirs.id])
        change = db.session.scalars(select(Change.id).where(*of_theirs)).one()

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


def test_what_cannot_be_undone_says_nothing_of_what_others_did(
    as_owner: Client, as_liam: Client, theirs: Post, app: Flask
) -> None:
    as_owner.get(f"/admin/post/export/csv/?q={theirs.content.split()[0]}")
    with app.app_context():
        done = db.session.scalars(select(ChangeSet.id).where(ChangeSet.kind == "export")).one()

    answers = [
        as_liam.get(f"/admin/activity/set/?id={done}"),
        as_liam.post_form("/admin/activity/undo/", {"id": f"{done}"}),
    ]

    assert [(one.status_code, "Exported" in one.text) for one in answers] == [(404, False)] * 2


def test_a_merge_names_no_record_unseen_and_is_found_by_no_name_of_one(
    as_owner: Client, client_with: Callable[..., Client], me: User, other: User
) -> None:
    address = f"/admin/user/merge/?a={me.id}&b={other.id}"
    as_owner.post(address, data=Page(as_owner.get(address)).values())
    client = client_with("user:*", rows=["user:own"])

    pages = [Page(client.get(one)) for one in ("/admin/activity/", f"/admin/activity/?q={other.name}")]

    assert f"Merged user “{other.name}”" in Page(as_owner.get("/admin/activity/")).root.text
    assert [(f"Change: User {me.id}" in page.root.text, f"“{other.name}”" in page.root.text) for page in pages] == [
        (True, False),
        (False, False),
    ]


@pytest.mark.parametrize("filters", [{}, {"content__is_lovely": "yes"}, {"q": "words"}], ids=str)
def test_a_rule_of_no_filters_or_unknown_ones_stops_the_start(
    filters: dict[str, str], app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = next(one for one in app.extensions["resources"].values() if one.endpoint == "post")
    monkeypatch.setattr(view, "row_rules", {"bad": RowRule("Bad", lambda _person: filters)})

    with pytest.raises(ConfigurationError, match="row rule “bad” needs filters that the resource declares"):
        require_rules(view)


def test_who_may_only_list_is_led_to_no_page_of_a_record(client_with: Callable[..., Client], mine: Post) -> None:
    client = client_with("post:list")

    pages = [Page(client.get(address)) for address in ("/admin/", "/admin/post/")]

    assert [mine.content in page.root.text for page in pages] == [False, True]
    assert [one for page in pages for one in page.all("a") if "id=" in one.attributes["href"]] == []


@both_stores
def test_a_rule_that_is_declared_no_more_leaves_nothing(client_with: Callable[..., Client], mine: Post) -> None:
    client = client_with("post:list", "post:view", rows=["post:former"])

    assert Page(client.get("/admin/post/")).ids() == []
    assert client.get(f"/admin/post/details/?id={mine.id}").status_code == 404


@both_stores
@pytest.mark.parametrize("rule", [[], ["post:own"]])
@pytest.mark.usefixtures("mine")
def test_a_rule_costs_one_statement_that_finds_what_a_new_row_gets(
    rule: list[str],
    client_with: Callable[..., Client],
    statements: Callable[[], AbstractContextManager[list[str]]],
) -> None:
    client = client_with("post:*", "user:list", "user:view", rows=rule)
    client.get("/admin/post/")

    with statements() as sent:
        client.get("/admin/post/")

    assert len(sent) == 6 + len(rule)
