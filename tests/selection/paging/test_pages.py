"""Pages: every requested page exists, and all pages together show every row once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask

from admin_app.extensions import db
from admin_app.models.user import User
from admin_app.panel.access.access import access_to
from admin_app.panel.list import pager
from admin_app.panel.list.selections import schema_for
from admin_app.panel.registry import resource_of
from admin_app.selection.paging import pages as paging_pages
from admin_app.selection.paging import planner
from admin_app.selection.paging.pages import page_of
from admin_app.selection.selection import Selection
from tests.many import many_users
from tests.page import Page


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
@pytest.mark.parametrize("page", ["-1", "0", "abc", "1.5", "", "²", "٣", "1e3", "+1", "%00", "--", "null", "1" * 5000])
def test_page_that_is_no_number_shows_the_first(page: str, as_viewer: Any, make_user: Callable[..., User]) -> None:
    user = make_user()

    response = as_viewer.get(f"/admin/user/?page={page}", follow_redirects=True)

    assert response.status_code == 200
    assert Page(response).ids() == [user.id]


@pytest.mark.parametrize("page", ["2", "999999999", str(10**30)])
def test_page_beyond_the_end_never_shows_an_empty_table(
    page: str, as_viewer: Any, make_user: Callable[..., User]
) -> None:
    user = make_user()

    response = as_viewer.get(f"/admin/user/?page={page}")

    assert response.status_code == 200
    assert Page(response).ids() == [user.id]


def test_page_that_is_gone_by_now_shows_the_last_one(app: Flask, as_viewer: Any) -> None:
    users = many_users(app, 25)

    page = Page(as_viewer.get("/admin/user/?sort=id&page=40"))

    assert page.ids() == users[20:]
    assert page.result_line() == "21 to 25 of 25 users"


@pytest.mark.usefixtures("context")
def test_rows_are_not_skipped_for_a_page_that_no_table_of_this_length_has(
    app: Flask, statements: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    users = many_users(app, 25)
    monkeypatch.setattr(paging_pages, "COUNT_LIMIT", 3)
    # In a list of so many that they are not counted.
    monkeypatch.setattr(planner, "LIST_COUNT_LIMIT", 3)
    resource = resource_of(User)
    assert resource
    asked = Selection.parse(schema_for(access_to(resource)), [("sort", "id"), ("page", "999999999")])

    with statements() as sent:
        page = page_of(db.session, asked)

    assert [row.id for row in page.rows] == users[5:]
    assert [statement for statement in sent if "email" in statement and "DESC" not in statement] == []


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
@pytest.mark.parametrize("size", ["7", "0", "-20", "1000000", "abc", "20.0", "%00", "1" * 5000])
def test_page_size_that_is_not_offered_is_the_default(size: str, app: Flask, as_viewer: Any) -> None:
    many_users(app, 21)

    response = as_viewer.get(f"/admin/user/?per_page={size}")

    assert response.status_code == 200
    assert len(Page(response).rows()) == 20


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_offered_page_sizes_are_obeyed(app: Flask, as_viewer: Any) -> None:
    many_users(app, 51)

    sizes = {size: len(Page(as_viewer.get(f"/admin/user/?per_page={size}")).rows()) for size in (20, 50, 100)}

    assert sizes == {20: 20, 50: 50, 100: 51}


@pytest.mark.parametrize("sort", ["name", "-name", "created_at", "-created_at", "email", "-id"])
def test_all_pages_together_show_every_row_once_though_all_sort_alike(sort: str, app: Flask, as_viewer: Any) -> None:
    users = many_users(app, 45, name="Same", created_at=datetime(2026, 1, 1, tzinfo=UTC))

    seen = [
        number for page in (1, 2, 3) for number in Page(as_viewer.get(f"/admin/user/?page={page}&sort={sort}")).ids()
    ]

    assert sorted(seen) == users


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_pager_leads_from_page_to_page(app: Flask, as_viewer: Any) -> None:
    users = many_users(app, 45)
    first = Page(as_viewer.get("/admin/user/?sort=id"))

    second = Page(as_viewer.get(first.link("Next")))
    third = Page(as_viewer.get(second.link("Next")))

    assert [*first.ids(), *second.ids(), *third.ids()] == users
    assert [page.has_link("Previous") for page in (first, second, third)] == [False, True, True]
    assert [page.has_link("Next") for page in (first, second, third)] == [True, True, False]
    assert second.texts("a", aria_current="page", within="listing") == ["Page 2"]


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_one_page_has_no_pager(as_viewer: Any, make_user: Callable[..., User]) -> None:
    make_user()

    page = Page(as_viewer.get("/admin/user/"))

    assert page.all("nav", aria_label="Pages of Users") == []
    assert page.all(class_="pager") == []


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_pager_of_many_pages_shows_first_neighbours_and_last(app: Flask, as_viewer: Any) -> None:
    many_users(app, 181)

    page = Page(as_viewer.get("/admin/user/?page=5"))

    (nav,) = page.all("nav", aria_label="Pages of Users")
    shown = [item.text for item in nav.all("li")]
    pages = ["Page 1", "…", "Page 3", "Page 4", "Page 5", "Page 6", "Page 7", "…", "Page 10"]
    assert shown == ["Previous", *pages, "Next"]


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_long_list_that_is_counted_has_a_link_to_its_last_page_which_no_number_leads_to(
    app: Flask, as_viewer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    users = many_users(app, 85)
    monkeypatch.setattr(pager, "COUNT_LIMIT", 40)

    first = Page(as_viewer.get("/admin/user/?sort=id"))
    last = Page(as_viewer.get(first.link("Last")))

    assert first.result_line() == "1 to 20 of 85 users"
    (nav,) = first.all("nav", aria_label="Pages of Users")
    assert [item.text for item in nav.all("li")] == ["Page 1", "Page 2", "…", "Next", "Last"]
    assert last.ids() == users[80:]
    assert last.result_line() == "81 to 85 of 85 users"
