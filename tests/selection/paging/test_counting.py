"""Counts: exact up to a limit, bounded beyond it, one statement for a whole page."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import ColumnElement

from admin_app.extensions import db
from admin_app.models.post import Post
from admin_app.models.user import User
from admin_app.panel.access.access import access_to
from admin_app.panel.list.selections import schema_for
from admin_app.panel.registry import resource_of
from admin_app.selection.paging import planner
from admin_app.selection.paging.counting import Count, bounded, count_of, counts_of_children
from admin_app.selection.paging.pages import page_of
from admin_app.selection.paging.planner import LIST_COUNT_LIMIT, planned
from admin_app.selection.selection import COUNT_LIMIT, Parent, Selection
from tests.many import many


@pytest.mark.parametrize(
    ("count", "words"),
    [(Count(0), "0"), (Count(1204), "1,204"), (Count(10_000, is_exact=False), "more than 10,000")],
)
def test_count_is_written_as_a_person_reads_it(count: Count, words: str) -> None:
    assert str(count) == words


@pytest.mark.parametrize(
    ("number", "count"),
    [(9, Count(9)), (10, Count(10)), (11, Count(10, is_exact=False))],
)
def test_count_is_exact_up_to_its_limit(number: int, count: Count) -> None:
    assert bounded(number, 10) == count


def test_limit_is_enough_for_what_people_go_through() -> None:
    assert COUNT_LIMIT == 10_000


@pytest.mark.usefixtures("context")
def test_children_are_counted_for_each_parent_in_one_statement(
    make_user: Callable[..., User],
    make_post: Callable[..., Post],
    statements: Callable[[], AbstractContextManager[list[str]]],
) -> None:
    none, one, three = make_user(), make_user(), make_user()
    for user in (one, three, three, three, None):
        make_post(user=user)
    keys = [none.id, one.id, three.id]

    with statements() as sent:
        counts = counts_of_children(db.session, User.posts, keys)

    assert counts == {none.id: Count(0), one.id: Count(1), three.id: Count(3)}
    assert len(sent) == 1


@pytest.mark.usefixtures("context")
def test_children_beyond_the_limit_are_not_counted_out(
    make_user: Callable[..., User], make_post: Callable[..., Post]
) -> None:
    few, many = make_user(), make_user()
    for user in (few, few, many, many, many):
        make_post(user=user)
    keys = [few.id, many.id]

    counts = counts_of_children(db.session, User.posts, keys, limit=2)

    assert counts == {few.id: Count(2), many.id: Count(2, is_exact=False)}


@pytest.mark.usefixtures("context")
def test_nobody_has_no_children() -> None:
    assert counts_of_children(db.session, User.posts, []) == {}


@pytest.mark.usefixtures("context")
def test_record_that_was_deleted_meanwhile_has_none(make_user: Callable[..., User]) -> None:
    user = make_user()
    gone = user.id + 1

    counts = counts_of_children(db.session, User.posts, [user.id, gone])

    assert counts == {user.id: Count(0), gone: Count(0)}


def posts(*arguments: tuple[str, str], rows: ColumnElement[bool] | None = None) -> Selection:
    """Read a list of posts from an address, as somebody kept to these rows sees it."""
    resource = resource_of(Post)
    assert resource
    return Selection.parse(replace(schema_for(access_to(resource)), rows=rows), arguments)


TEXTS = [
    [("q", "garden")],
    [("content__contains", "garden")],
    [("content__not_contains", "garden")],
    [("content__empty", "no")],
    [("user__empty", "yes"), ("where", "user empty yes or content contains garden")],
    [("user__empty", "no"), ("created_at__from", "2026-01-01")],
]


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize("arguments", [[], [("user__empty", "yes")], [("created_at__from", "2026-01-01")]])
def test_list_whose_rows_are_soon_tried_is_counted_further(arguments: list[tuple[str, str]]) -> None:
    chosen = posts(*arguments)

    assert chosen.problems == []
    assert planned(db.session, chosen).count_limit == LIST_COUNT_LIMIT > COUNT_LIMIT


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize("arguments", TEXTS)
def test_list_whose_texts_have_to_be_read_or_with_two_filters_is_not(arguments: list[tuple[str, str]]) -> None:
    chosen = posts(*arguments)

    assert chosen.problems == []
    assert planned(db.session, chosen).count_limit == COUNT_LIMIT


@pytest.mark.usefixtures("context")
def test_rule_on_rows_is_one_filter_more_and_may_read_texts_too() -> None:
    mine, dull = Post.user_id == 1, Post.content.like("%x%")

    lists = (posts(rows=mine), posts(rows=dull), posts(("user__empty", "no"), rows=mine))

    limits = [planned(db.session, one).count_limit for one in lists]

    assert limits == [LIST_COUNT_LIMIT, COUNT_LIMIT, COUNT_LIMIT]


@pytest.mark.usefixtures("context")
def test_children_in_a_list_of_their_own_are_counted_further(make_user: Callable[..., User]) -> None:
    children = replace(posts(), parent=Parent(Post.user, make_user()))

    assert planned(db.session, children).count_limit == LIST_COUNT_LIMIT


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize("arguments", [[], [("user__empty", "yes")]])
def test_list_of_more_than_ten_thousand_rows_says_how_many(arguments: list[tuple[str, str]], app: Flask) -> None:
    many(app, Post, [{"content": "a"}] * (COUNT_LIMIT + 5))

    assert str(count_of(db.session, planned(db.session, posts(*arguments)))) == "10,005"


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize(
    ("arguments", "is_kept_from_it"),
    [
        ([("content__not_equals", "a")], True),
        ([("content__equals", "a")], False),
        ([("created_at__from", "2020-01-01")], False),
        ([("created_at__from", "2020-01-01"), ("sort", "user")], True),
        ([("user__empty", "yes")], False),
        ([("user__empty", "yes"), ("sort", "user")], True),
        ([("user.name__not_equals", "a"), ("sort", "user")], False),
    ],
)
def test_sqlite_is_kept_from_the_index_of_a_filter_that_most_rows_meet(
    arguments: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch, app: Flask, *, is_kept_from_it: bool
) -> None:
    monkeypatch.setattr(planner, "MANY", 50)
    many(app, Post, [{"content": "b"}] * 600)
    asked = posts(*arguments)

    found = planned(db.session, asked)

    is_sqlite = db.engine.dialect.name == "sqlite"
    assert found.is_in_order is (is_kept_from_it and is_sqlite)
    assert [row.id for row in page_of(db.session, found).rows] == [row.id for row in page_of(db.session, asked).rows]


@pytest.mark.usefixtures("context")
def test_list_beyond_the_limit_says_so_in_one_statement(
    make_post: Callable[..., Any],
    statements: Callable[[], AbstractContextManager[list[str]]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(planner, "LIST_COUNT_LIMIT", 2)
    for _ in range(3):
        make_post(user=None)

    with statements() as sent:
        count = count_of(db.session, planned(db.session, posts(("user__empty", "yes"))))

    assert str(count) == "more than 2"
    assert len(sent) == 1
