"""Numbers of rows in the navigation: counted together, for who may see them, and as new as the list at hand."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from time import monotonic
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, text

from admin_app.extensions import db
from admin_app.models.post import Post
from admin_app.panel.list import list_counts
from admin_app.panel.list.list_counts import in_short
from admin_app.selection.paging import planner
from admin_app.selection.paging.counting import Count
from tests.many import many, many_users
from tests.page import Page
from tests.stores import both_stores


@pytest.fixture(autouse=True)
def unknown(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the process know no number before and after, and count as long as a busy machine takes."""
    monkeypatch.setattr(list_counts, "LIMIT", 60)
    list_counts.init_app(app)
    yield
    list_counts.init_app(app)


def numbers(client: Any, address: str = "/admin/help/") -> list[str]:
    """Return the navigation's numbers."""
    return [one.partition(" ")[0].removesuffix("in") for one in Page(client.get(address)).texts(class_="nav__count")]


def test_a_list_of_too_many_rows_to_count_says_what_the_navigation_says(
    app: Flask,
    as_editor: Any,
    statements: Callable[[], AbstractContextManager[list[str]]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(list_counts, "FRESH", 10**6)
    monkeypatch.setattr(planner, "LIST_COUNT_LIMIT", 30)
    many(app, Post, [{"content": "Post"} for _ in range(31)])
    as_editor.get("/admin/help/")

    with statements() as sent:
        plain = Page(as_editor.get("/admin/post/")).result_line()
    exact = Page(as_editor.get("/admin/post/?count=exact")).result_line()

    assert [one for one in sent if "count(" in one and "FROM post" in " ".join(one.split())] == []
    assert (plain, exact) == ("1 to 20 of more than 30 posts · Count exactly", "1 to 20 of 31 posts")


def test_a_list_counts_itself_where_the_navigations_number_could_not_be_renewed(
    app: Flask, as_editor: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_counts, "FRESH", 10)
    monkeypatch.setattr(planner, "LIST_COUNT_LIMIT", 1000)
    many_users(app, 1001)
    posts = many(app, Post, [{"content": "Post"} for _ in range(1001)])
    believed = numbers(as_editor)
    with app.app_context():
        db.session.execute(delete(Post).where(Post.id <= posts[-26]))
        db.session.commit()
    later = monotonic() + 10
    # SQLite looks at the clock so seldom that it would count few users all the same.
    monkeypatch.setattr(list_counts, "monotonic", lambda: later)
    monkeypatch.setattr(list_counts, "LIMIT", -1)

    lines = [Page(as_editor.get("/admin/post/")).result_line() for _ in range(2)]

    assert (believed, numbers(as_editor)) == (["1k+", "1k+"], ["1k+", "1k+"])
    assert lines == ["1 to 20 of 25 posts"] * 2


@pytest.mark.parametrize(
    ("count", "short"),
    [
        (Count(0), "0"),
        (Count(19_452), "19,452"),
        (Count(50_000, is_exact=False), "50k+"),
        (Count(1_200_000, is_exact=False, is_estimate=True), "1.2M"),
        (Count(5_000_000_000, is_exact=False, is_estimate=True), "5G"),
        (Count(500, is_exact=False), "500+"),
    ],
)
def test_a_number_is_as_short_as_there_is_room(count: Count, short: str) -> None:
    assert in_short(count) == short


@both_stores
def test_every_page_says_how_many_records_the_lists_have(
    app: Flask, as_editor: Any, make_user: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_counts, "FRESH", 0)
    monkeypatch.setattr(planner, "LIST_COUNT_LIMIT", 30)
    make_user()
    many(app, Post, [{"content": "Post"} for _ in range(31)])
    with app.app_context():
        # Beyond the limit the store's statistics are believed: other tests have left theirs.
        db.session.execute(text("ANALYZE"))
        db.session.commit()

    assert numbers(as_editor) == ["1", "31"]


def test_lists_are_counted_by_one_statement_which_serves_the_next_pages(
    as_editor: Any, statements: Callable[[], AbstractContextManager[list[str]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    with statements() as without:
        as_editor.get("/admin/help/")
    monkeypatch.setattr(list_counts, "FRESH", 10**6)
    with statements() as first:
        as_editor.get("/admin/help/")
    with statements() as second:
        as_editor.get("/admin/help/")

    counting = [sum("count(" in one for one in sent) for sent in (without, first, second)]
    assert [number - counting[0] for number in counting] == [0, 1, 0]
    assert len(second) == len(without)


def test_the_list_at_hand_is_newer_than_what_was_counted_before(
    as_editor: Any, make_post: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_counts, "FRESH", 0)
    numbers(as_editor)
    monkeypatch.setattr(list_counts, "FRESH", math.inf)
    make_post()

    assert numbers(as_editor) == ["0", "0"]
    assert numbers(as_editor, "/admin/post/") == ["0", "1"]
    assert numbers(as_editor, "/admin/post/?q=nothing") == ["0", "0"]
