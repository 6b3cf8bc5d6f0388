from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from admin_app.extensions import db
from admin_app.models.job import Job
from tests.page import Page
from tests.stores import both_stores

Make = Callable[..., Any]
URL = "/admin/post/export/"
CSV = {"format": "csv", "column": ["content", "id"], "delimiter": "comma", "long_text": "cut"}


def chosen(page: Page) -> list[str]:
    """Return the ticked columns from top to bottom."""
    boxes = page.all("input", name="column")
    return [box.attributes["value"] for box in boxes if "checked" in box.attributes]


def records(response: Any, **arguments: Any) -> list[list[str]]:
    assert response.status_code == 200
    return list(csv.reader(io.StringIO(response.get_data(as_text=True), newline=""), strict=True, **arguments))


def test_the_page_says_how_many_rows_and_offers_the_declared_columns(as_viewer: Any, make_post: Make) -> None:
    for number in range(3):
        make_post(content=f"{number}")

    page = Page(as_viewer.get(f"{URL}?content__not_contains=2"))

    offered = [box.attributes["value"] for box in page.all("input", name="column")]
    assert page.root.all("p", class_="page-head__result")[0].text == "2 posts, in the list's order"
    assert chosen(page) == ["content", "user_id", "user", "created_at", "id"]
    assert offered == [*chosen(page), "user.email", "updated_at", "user.name"]
    assert [one.attributes["value"] for one in page.all("input", name="format")] == ["csv", "xlsx", "jsonl", "json"]


def test_what_excel_does_with_long_texts_is_asked_only_where_there_can_be_some(as_viewer: Any) -> None:
    asked = {url: Page(as_viewer.get(url)).all("input", name="long_text") for url in (URL, "/admin/user/export/")}

    assert {url: len(choices) for url, choices in asked.items()} == {URL: 2, "/admin/user/export/": 0}


def test_the_list_leads_to_the_page_of_exactly_this_list(as_viewer: Any, make_post: Make) -> None:
    make_post(content="garden")
    make_post(content="other")
    link = Page(as_viewer.get("/admin/post/?q=garden&sort=id&page=1")).link("Options…")

    response = as_viewer.post_form(link, CSV)

    assert [row[0] for row in records(response)] == ["Content", "garden"]


def test_columns_of_the_address_stand_above_those_of_the_last_time(as_viewer: Any, make_post: Make) -> None:
    make_post(content="garden")
    as_viewer.post_form(URL, {**CSV, "column": ["content", "user.name"], "delimiter": "tab"})

    named = Page(as_viewer.get(f"{URL}?columns=content,user.email"))
    usual = Page(as_viewer.get(URL))

    assert (chosen(named), chosen(usual)) == (["content", "user.email"], ["content", "user.name"])
    assert named.values()["delimiter"] == "tab"


def test_a_short_list_is_sent_at_once_with_the_columns_in_the_order_of_their_numbers(
    as_viewer: Any, make_user: Make, make_post: Make
) -> None:
    post = make_post(content="=1", user=make_user(name="Ada", email="ada@example.com"))
    form = {
        **CSV, "column": ["content", "id", "user.email"], "place.content": "3", "place.id": "2", "place.user.email": "1",
        "delimiter": "semicolon", "excel": "1",
    }  # fmt: skip

    response = as_viewer.post_form(URL, form)

    assert response.get_data(as_text=True) == f"\ufeffUser's email;ID;Content\r\nada@example.com;{post.id};'=1\r\n"
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert response.headers["Content-Disposition"].startswith('attachment; filename="posts-')


def test_json_is_sent_at_once_too(as_viewer: Any, make_post: Make) -> None:
    post = make_post(content="é", user_id=None)

    response = as_viewer.post_form(URL, {**CSV, "format": "json", "column": ["id", "user", "content"]})

    assert json.loads(response.data) == [{"id": post.id, "user": None, "content": "é"}]
    assert response.headers["Content-Type"] == "application/json"


def test_the_choice_is_remembered_by_person_and_by_list(as_viewer: Any, as_editor: Any) -> None:
    form = {**CSV, "format": "jsonl", "column": ["id", "user.name"], "place.id": "2", "place.user.name": "1"}
    as_viewer.post_form(URL, form)
    as_viewer.post_form(URL, {**form, "delimiter": "tab", "long_text": "refuse"})

    mine, theirs = Page(as_viewer.get(URL)), Page(as_editor.get(URL))

    ticked = [one.attributes["value"] for one in mine.all("input", type="radio") if "checked" in one.attributes]
    assert (chosen(mine), ticked) == (["user.name", "id"], ["jsonl", "refuse"])
    assert [one.text for one in mine.all("option") if "selected" in one.attributes] == ["Tab"]
    assert chosen(theirs) == ["content", "user_id", "user", "created_at", "id"]
    assert chosen(Page(as_viewer.get("/admin/user/export/"))) == ["name", "email", "posts", "created_at", "id"]


def test_without_a_column_the_form_comes_back(as_viewer: Any) -> None:
    page = Page(as_viewer.post_form(URL, {**CSV, "column": [], "format": "json"}))

    assert (page.status, page.summary) == (422, ["Choose at least one column."])
    assert page.title.startswith("Error: ")
    assert page.texts("p", id="columns-error") == ["Error: Choose at least one column."]


@pytest.mark.parametrize(
    ("changes", "query"),
    [
        ({"column": ["version"]}, ""),
        ({"column": ["user.password"]}, ""),
        ({"column": ["__class__"]}, ""),
        ({"format": "exe"}, ""),
        ({}, "?created_at__from=soon"),
        ({}, "?secret__is=1"),
    ],
)
def test_what_is_not_offered_sends_nothing(as_viewer: Any, app: Flask, changes: Any, query: str) -> None:
    response = as_viewer.post_form(f"{URL}{query}", {**CSV, **changes}, page=URL)

    with app.app_context():
        jobs = db.session.scalars(select(Job.id)).all()
    assert (response.status_code, response.mimetype, jobs) == (400, "text/html", [])


def test_a_secret_column_is_neither_offered_nor_sent(as_owner: Any) -> None:
    page = Page(as_owner.get("/admin/staff/export/"))
    response = as_owner.post_form("/admin/staff/export/", {**CSV, "column": ["email", "password_hash"]})

    assert [
        box.attributes["value"] for box in page.all("input", name="column") if "pass" in box.attributes["value"]
    ] == []
    assert response.status_code == 400


@pytest.mark.usefixtures("by_jobs")
@pytest.mark.parametrize(("role", "status"), [("viewer", 403), ("editor", 403), ("owner", 303)])
def test_a_job_of_a_list_for_owners_is_asked_for_by_owners_alone(
    request: pytest.FixtureRequest, app: Flask, role: str, status: int
) -> None:
    client = request.getfixturevalue(f"as_{role}")

    response = client.post_form("/admin/staff/export/", {"format": "xlsx", "column": ["id"]}, page="/admin/account/")

    with app.app_context():
        jobs = db.session.scalars(select(Job.title)).all()
    assert (response.status_code, jobs) == (status, ["All staff · Excel"] if role == "owner" else [])


@pytest.mark.usefixtures("by_jobs")
def test_a_job_is_called_after_its_list(as_owner: Any, app: Flask) -> None:
    address = "/admin/post/export/?q=bike&user__empty=yes"
    as_owner.post_form(address, {"format": "xlsx", "column": ["id"]})

    with app.app_context():
        titles = db.session.scalars(select(Job.title)).all()
    assert titles == ["Posts: “bike”, No user · Excel"]


@both_stores
def test_the_page_costs_the_same_for_one_row_and_for_three(as_viewer: Any, make_post: Make, statements: Any) -> None:
    counts = []
    for number in (1, 2):
        for _ in range(number):
            make_post()
        with statements() as sent:
            as_viewer.get(URL)
        counts.append(len(sent))

    assert counts[0] == counts[1] == 5
