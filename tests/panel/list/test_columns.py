"""Columns, rows a page and row height: chosen by each person, named by an address, the same on screen and in a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from admin_app.errors import ConfigurationError
from admin_app.extensions import db
from admin_app.models.preference import Preference
from admin_app.panel.list.columns import require_columns
from tests.page import Page
from tests.stores import both_stores

LIST, COLUMNS, SIZE = "/admin/post/", "/admin/post/columns/", "/admin/post/page-size/"
USUAL = ["Content", "User", "Created at", "ID"]
MOST_STATEMENTS = 7


@pytest.fixture(autouse=True)
def post(make_user: Any, make_post: Any) -> Any:
    return make_post(user=make_user(name="Ann", email="ann@example.com"), content="Words")


def shown(client: Any, address: str = LIST) -> list[str]:
    """Return the titles of the columns, without the arrow of the sorted one."""
    heads = Page(client.get(address)).heads()
    return [head.rstrip("↑↓") for head in heads if head != "Actions"]


def file_of(client: Any, query: str = "") -> list[list[str]]:
    response = client.get(f"{LIST}export/csv/?{query}")
    return list(csv.reader(io.StringIO(response.text.removeprefix("\ufeff"))))


def choose(client: Any, address: str = COLUMNS, **data: Any) -> Any:
    return client.post_form(address, data)


def rows_of(app: Flask) -> list[tuple[str, str]]:
    with app.app_context():
        return [(one.resource, one.columns) for one in db.session.scalars(select(Preference))]


# ---- chosen


def test_chosen_columns_stay_chosen_in_their_order(as_viewer: Any) -> None:
    response = choose(as_viewer, column=["content", "id", "user.email", "created_at"],
                      **{"place.id": "4", "place.user.email": "2", "place.created_at": "3"})  # fmt: skip

    assert (response.status_code, response.location) == (303, LIST)
    assert shown(as_viewer) == ["Content", "User's email", "Created at", "ID"]
    assert Page(as_viewer.get(LIST)).column("User's email") == ["ann@example.com"]


def test_a_choice_is_one_persons_and_one_resources(as_viewer: Any, as_editor: Any) -> None:
    choose(as_viewer, column=["content", "id"])

    assert (shown(as_viewer), shown(as_editor)) == (["Content", "ID"], USUAL)
    assert shown(as_viewer, "/admin/user/") == ["Name", "Email", "Posts", "Created at", "ID"]


def test_the_column_that_names_the_record_stays_and_stays_first(as_viewer: Any) -> None:
    choose(as_viewer, column=["id"], **{"place.content": "9"})

    assert shown(as_viewer) == ["Content", "ID"]


def test_what_is_no_column_is_not_kept(as_viewer: Any, app: Flask) -> None:
    choose(as_viewer, column=["content", "user.version", "password_hash", "id", "a,b", "", "\0"])

    assert rows_of(app) == [("post", "content,id")]


def test_no_form_shows_a_secret_column(as_owner: Any) -> None:
    page = as_owner.get("/admin/staff/columns/")
    choose(as_owner, "/admin/staff/columns/", column=["name", "password_hash"])

    assert (page.status_code, "password_hash" in page.text) == (200, False)
    assert shown(as_owner, "/admin/staff/?columns=password_hash") == ["Name", "Email", "Roles", "Active", "Last sign-in",
                                                                      "ID"]  # fmt: skip


def test_the_usual_columns_are_not_kept_but_followed(as_viewer: Any, app: Flask) -> None:
    choose(as_viewer, column=["content", "user", "created_at", "id"])

    assert rows_of(app) == [("post", "")]


def test_reset_brings_the_usual_columns_rows_and_heights_back(as_viewer: Any, app: Flask) -> None:
    choose(as_viewer, column=["content"], per_page="50", density="compact")

    choose(as_viewer, column=["content"], per_page="50", density="compact", reset="1")

    assert shown(as_viewer) == USUAL
    with app.app_context():
        kept = db.session.scalars(select(Preference)).one()
        assert (kept.columns, kept.page_size, kept.density) == ("", 0, "comfortable")


def test_compact_rows_are_asked_for_by_the_list(as_viewer: Any) -> None:
    before = len(Page(as_viewer.get(LIST)).all("div", class_="listing--compact"))

    choose(as_viewer, column=["content"], density="compact")

    assert (before, len(Page(as_viewer.get(LIST)).all("div", class_="listing--compact"))) == (0, 1)


def test_the_form_shows_what_is_chosen(as_viewer: Any) -> None:
    choose(as_viewer, column=["content", "user.email"], per_page="100", density="compact")

    page = Page(as_viewer.get(COLUMNS))

    ticked = [one.attributes["value"] for one in page.all("input", name="column") if "checked" in one.attributes]
    others = [one.attributes["value"] for one in page.all("input", type="radio") if "checked" in one.attributes]
    assert (ticked, others) == (["user.email"], ["100", "compact"])


def test_a_choice_keeps_the_rows_of_the_list(as_viewer: Any) -> None:
    response = choose(as_viewer, f"{COLUMNS}?q=words&sort=id", column=["content", "id"])

    assert response.location == f"{LIST}?q=words&sort=id"


# ---- named by an address


def test_an_address_names_its_columns_whatever_one_chose(as_viewer: Any) -> None:
    choose(as_viewer, column=["content"])

    assert shown(as_viewer, f"{LIST}?columns=content,id,user.email") == ["Content", "ID", "User's email"]
    assert shown(as_viewer) == ["Content"]


def test_an_address_keeps_its_columns_through_the_lists_own_links(as_viewer: Any) -> None:
    page = Page(as_viewer.get(f"{LIST}?columns=content,id"))

    assert page.link("ID", within="listing-sort-id") == f"{LIST}?sort=id&columns=content%2Cid"
    assert shown(as_viewer, page.link("ID", within="listing-sort-id")) == ["Content", "ID"]


def test_a_gone_column_is_named_and_the_list_opens(as_viewer: Any) -> None:
    page = Page(as_viewer.get(f"{LIST}?columns=content,gone,id,lost"))

    assert (page.status, page.column("ID")) == (200, ["1"])
    assert page.texts("p", class_="note") == ["Columns that this list does not have were left out: “gone” and “lost”."]


def test_an_address_of_gone_columns_alone_shows_the_usual_ones(as_viewer: Any) -> None:
    assert shown(as_viewer, f"{LIST}?columns=gone") == USUAL


@both_stores
@pytest.mark.parametrize("columns", [",", ",,,", "\0", "x" * 5000, ",".join("id" for _ in range(3000)), "user.posts", "user",
                                     "id,id", " id ", "__class__", "metadata", "user.email.length"])  # fmt: skip
def test_no_value_of_columns_breaks_the_list(columns: str, as_viewer: Any) -> None:
    response = as_viewer.get(LIST, query_string={"columns": columns})

    assert (response.status_code, len(Page(response).rows())) == (200, 1)


# ---- in files


def test_a_file_has_the_columns_of_its_address(as_viewer: Any) -> None:
    lines = file_of(as_viewer, "columns=content,user.email")

    assert lines == [["Content", "User's email"], ["Words", "ann@example.com"]]


def test_a_file_has_the_columns_one_chose(as_viewer: Any) -> None:
    choose(as_viewer, column=["content", "id"])

    assert file_of(as_viewer) == [["Content", "ID"], ["Words", "1"]]


def test_the_lists_link_exports_the_columns_it_shows(as_viewer: Any) -> None:
    page = Page(as_viewer.get(f"{LIST}?columns=content"))

    assert page.link("CSV") == f"{LIST}export/csv/?columns=content"


# ---- rows a page


def test_a_page_size_chosen_in_the_pager_is_kept(as_viewer: Any, app: Flask, make_post: Any) -> None:
    for _ in range(60):
        make_post()

    response = as_viewer.post_form(SIZE, {"per_page": "50", "url": f"{LIST}?sort=id&page=2"}, page=LIST)

    assert (response.status_code, response.location) == (303, f"{LIST}?sort=id")
    assert Page(as_viewer.get(LIST)).result_line() == "1 to 50 of 61 posts"
    assert Page(as_viewer.get(f"{LIST}?per_page=20")).result_line() == "1 to 20 of 61 posts"
    with app.app_context():
        assert db.session.scalars(select(Preference.page_size)).all() == [50]


@pytest.mark.parametrize("size", ["", "0", "7", "-20", "1000000", "\0", "x" * 5000, "9" * 5000])
def test_a_size_that_is_not_offered_is_refused(size: str, as_viewer: Any, app: Flask) -> None:
    response = as_viewer.post_form(SIZE, {"per_page": size}, page=LIST)

    assert (response.status_code, rows_of(app)) == (400, [])


@pytest.mark.parametrize("url", ["//evil.example/", "https://evil.example/", "/admin/user/?q=a", "\\evil", ""])
def test_a_chosen_size_leads_to_the_list_and_nowhere_else(url: str, as_viewer: Any) -> None:
    response = as_viewer.post_form(SIZE, {"per_page": "50", "url": url}, page=LIST)

    assert (response.status_code, response.location) == (303, LIST)


# ---- what it costs, what is declared


@both_stores
@pytest.mark.parametrize("columns", ["content,user", "content,user.email,user,updated_at", "content"])
def test_a_column_costs_no_statement_a_row(
    columns: str, as_viewer: Any, make_user: Any, make_post: Any,
    statements: Callable[[], AbstractContextManager[list[str]]],
) -> None:  # fmt: skip
    as_viewer.get(LIST)

    with statements() as for_one:
        as_viewer.get(f"{LIST}?columns={columns}")
    for _ in range(30):
        make_post(user=make_user())
    with statements() as for_many:
        response = as_viewer.get(f"{LIST}?columns={columns}&per_page=100")

    assert len(Page(response).rows()) == 31
    assert len(for_many) == len(for_one) <= MOST_STATEMENTS


@pytest.mark.parametrize("name", ["password_hash", "nothing", "preferences.columns", "name.length"])
def test_a_column_that_cannot_be_shown_stops_the_start(name: str, app: Flask) -> None:
    view = next(one for one in app.extensions["resources"].values() if one.endpoint == "staff")
    view.column_further_list = (name,)

    try:
        with pytest.raises(ConfigurationError, match=rf"Staff\.{name} cannot be a column of a list\."):
            require_columns(view)
    finally:
        del view.column_further_list


@pytest.mark.parametrize("declared", ["column_filters", "column_sortable_list", "column_searchable_list"])
def test_a_secret_that_people_could_look_for_stops_the_start(declared: str, app: Flask) -> None:
    view = next(one for one in app.extensions["resources"].values() if one.endpoint == "staff")

    with pytest.raises(ConfigurationError, match=rf"\.{declared} names password_hash, which is a secret"):
        view.known_to_sql("password_hash", declared)
