"""Sorting a list by one column or two: by its form, by the heads of its table, and kept in a view."""

from __future__ import annotations

from typing import Any

import pytest

from tests.page import Page


@pytest.fixture
def store() -> str:
    """Stay on one store: the orders themselves are tried on both in `selection`."""
    return "sqlite"


@pytest.fixture
def posts(make_user: Any, make_post: Any) -> list[int]:
    """Make four posts of Ann and Bo in turn."""
    ann, bo = make_user(name="Ann"), make_user(name="Bo")
    return [make_post(user=user).id for user in (ann, bo, ann, bo)]


def test_the_form_sorts_by_a_second_column(as_viewer: Any, posts: list[int]) -> None:
    form = Page(as_viewer.get("/admin/post/")).values("sort-form")

    page = Page(as_viewer.get("/admin/post/", query_string={**form, "sort": "user", "then": "-created_at"}))

    assert page.ids() == [posts[2], posts[0], posts[3], posts[1]]
    assert page.values("sort-form") == {"sort": "user", "then": "-created_at"}


def test_nothing_else_leads_to_the_plain_address(as_viewer: Any, posts: list[int]) -> None:
    form = Page(as_viewer.get("/admin/post/?q=post")).values("sort-form")

    response = as_viewer.get("/admin/post/", query_string={**form, "sort": "user", "then": ""})

    assert len(posts) == 4
    assert response.location == "/admin/post/?q=post&sort=user"


def test_the_heads_say_which_column_is_the_second(as_viewer: Any, posts: list[int]) -> None:
    page = Page(as_viewer.get("/admin/post/?sort=user&then=-created_at"))

    columns = page.all("th", scope="col")
    heads = [head.text for head in columns if "," in head.text]
    marked = [head.attributes["aria-sort"] for head in columns if "aria-sort" in head.attributes]

    assert len(page.ids()) == len(posts)
    assert heads == ["Created at↓2, second column of the sorting, descending"]
    assert marked == ["ascending"]


@pytest.mark.parametrize(
    ("address", "heads"),
    [
        (
            "/admin/post/",
            ["?sort=created_at", "?sort=-created_at&then=user", "?sort=-created_at&then=id"],
        ),
        (
            "/admin/post/?sort=user&then=created_at",
            ["?sort=-user&then=created_at", "?sort=user&then=-created_at", "?sort=user&then=id"],
        ),
    ],
)
def test_a_head_adds_or_turns_the_second_column(
    address: str, heads: list[str], as_viewer: Any, posts: list[int]
) -> None:
    page = Page(as_viewer.get(address))

    links = [one.attributes for one in page.all("a", within="listing")]
    ways = [one["href"] for one in links if "data-then" in one]

    assert len(page.ids()) == len(posts)
    assert sorted(ways) == sorted(f"/admin/post/{head}" for head in heads)


def test_another_first_column_drops_the_second(as_viewer: Any, posts: list[int]) -> None:
    page = Page(as_viewer.get("/admin/post/?sort=user&then=created_at"))

    assert len(posts) == 4
    assert page.link("ID", within="listing-sort-id") == "/admin/post/?sort=id"


@pytest.mark.parametrize("then", ["user", "-user", "id"])
def test_a_second_column_that_changes_nothing_is_no_error(then: str, as_viewer: Any, posts: list[int]) -> None:
    page = Page(as_viewer.get("/admin/post/", query_string={"sort": "user", "then": then}))

    assert page.ids() == [posts[0], posts[2], posts[1], posts[3]]


def test_a_second_column_that_the_list_does_not_have_is_refused(as_viewer: Any) -> None:
    response = as_viewer.get("/admin/post/?sort=user&then=content")

    assert response.status_code == 400
