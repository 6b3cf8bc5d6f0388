"""Errors are pages of ours: what happened, what became of the data, and a way back."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from admin_app import create_app
from admin_app.config import MAX_BODY_BYTES
from admin_app.extensions import db
from admin_app.web.security import HEADERS
from tests.page import Page

START = "Go to the home page"
MULTIPART, END = "multipart/form-data; boundary=B", b"--B--\r\n"


@pytest.fixture
def store() -> str:
    """Stay on one store: error pages stand in front of it."""
    return "sqlite"


@pytest.fixture
def broken(tmp_path: Path) -> Flask:
    """Return an application with a page that fails, and a database without tables."""
    app = create_app({}, instance_path=str(tmp_path))

    def fail() -> str:
        message = "the secret in the traceback"
        raise RuntimeError(message)

    app.add_url_rule("/fails", view_func=fail)
    return app


def assert_is_ours(response: Any, status: int, heading: str, *links: str) -> None:
    page = Page(response)
    main = page.all("main")[0]

    assert (page.status, page.heading, page.title) == (status, heading, f"{heading} - Admin")
    assert response.mimetype == "text/html"
    assert {name: response.headers.getlist(name) for name in HEADERS} == {name: [one] for name, one in HEADERS.items()}
    assert [one.text for one in main.all("a", class_="button")] == [*links, START]
    assert [one.attributes["href"] for one in main.all("a", class_="button")][-1] == "/admin/"


def test_a_missing_page_leads_back(as_viewer: Any) -> None:
    assert_is_ours(as_viewer.get("/admin/nowhere/"), 404, "Page not found")


def test_a_missing_record_leads_back(as_viewer: Any) -> None:
    assert_is_ours(as_viewer.get("/admin/user/details/?id=99"), 404, "Page not found")


def test_a_missing_page_looks_like_ours_to_a_stranger_too(as_nobody: Any) -> None:
    page = Page(as_nobody.get("/admin/nowhere/"))

    assert (page.status, page.heading) == (404, "Page not found")
    assert page.all("nav") == []


def test_an_error_page_keeps_the_menu_of_who_is_signed_in(as_viewer: Any) -> None:
    page = Page(as_viewer.get("/admin/nowhere/"))

    assert page.texts("a", class_="nav__link")[:3] == ["Home", "Users", "Posts"]


def test_a_missing_page_searches_the_lists_that_one_sees(as_viewer: Any, as_nobody: Any, make_user: Any) -> None:
    make_user(name="Ann", email="ann@example.com")
    page, strangers = Page(as_viewer.get("/admin/nowhere/")), Page(as_nobody.get("/admin/nowhere/"))

    buttons = [(one.text, one.attributes["formaction"]) for one in page.all("button", within="main")]
    found = Page(
        as_viewer.get(buttons[0][1], query_string={page.all("input", type="search")[0].attributes["name"]: "ann"})
    )

    assert buttons == [("Search users", "/admin/user/"), ("Search posts", "/admin/post/")]
    assert found.has_link("Ann")
    assert strangers.all("input", type="search") == []


def test_what_one_may_not_do_is_said(as_viewer: Any) -> None:
    assert_is_ours(as_viewer.get("/admin/user/new/"), 403, "You may not do this")


def test_a_forbidden_record_and_a_missing_one_look_alike(as_editor: Any, owner: Any) -> None:
    there = as_editor.get(f"/admin/staff/edit/?id={owner.id}")
    missing = as_editor.get("/admin/staff/edit/?id=999999")

    assert (there.status_code, missing.status_code) == (403, 403)
    # Each answer names its own request.
    words = [
        re.sub(r"Request [0-9a-f]{16}", "Request", one) for page in (there, missing) for one in Page(page).texts("main")
    ]
    assert words[0] == words[1]


def test_another_method_is_refused(as_viewer: Any) -> None:
    assert_is_ours(as_viewer.put("/admin/user/"), 405, "This page cannot be used that way")


def test_a_form_without_its_token_is_out_of_date(as_viewer: Any) -> None:
    assert_is_ours(as_viewer.post("/admin/account/"), 400, "This form is out of date")


def test_a_list_that_is_not_offered_leads_to_the_whole_one(as_viewer: Any) -> None:
    response = as_viewer.get("/admin/user/?nothing__is=1&q=ann")

    assert_is_ours(response, 400, "This list cannot be shown as asked", "Show all")
    assert Page(response).link("Show all") == "/admin/user/"


def test_what_the_address_says_is_escaped(as_viewer: Any) -> None:
    response = as_viewer.get("/admin/user/?<script>alert(1)</script>=1")

    assert response.status_code == 400
    assert "<script>alert(1)" not in response.text


@pytest.mark.parametrize("url", ["/sign-in", "/admin/post/new/"])
def test_a_body_too_large_is_refused(url: str, as_editor: Any) -> None:
    response = as_editor.post(url, data={"content": "x" * MAX_BODY_BYTES})

    assert_is_ours(response, 413, "This form is too large")


def test_a_multipart_body_too_large_is_refused(as_editor: Any) -> None:
    response = as_editor.post("/admin/post/new/", data=part("content", MAX_BODY_BYTES) + END, content_type=MULTIPART)

    assert_is_ours(response, 413, "This form is too large")


def test_too_many_parts_are_refused(as_editor: Any) -> None:
    data = b"".join(part(f"field{number}", 1) for number in range(1001)) + END

    response = as_editor.post("/admin/post/new/", data=data, content_type=MULTIPART)

    assert_is_ours(response, 413, "This form is too large")


def test_the_longest_text_of_the_real_data_fits(as_editor: Any) -> None:
    response = as_editor.post_form("/admin/post/new/", {"content": "x" * 1_000_000})

    assert response.status_code == 303


# ---- what is not the visitor's doing


def test_a_failure_of_ours_says_so_and_shows_nothing_of_it(broken: Flask, caplog: pytest.LogCaptureFixture) -> None:
    response = broken.test_client().get("/fails")

    assert_is_ours(response, 500, "There is a problem with the dashboard")
    assert "secret" not in response.text
    assert "Traceback" not in response.text
    assert "the secret in the traceback" in caplog.text


def test_a_database_that_does_not_answer_is_busy(broken: Flask, caplog: pytest.LogCaptureFixture) -> None:
    client = broken.test_client()
    token = Page(client.get("/sign-in")).all("input", name="csrf_token")[0].attributes["value"]
    data = {"csrf_token": token, "email": "ann@example.com", "password": "x"}

    with caplog.at_level(logging.CRITICAL):
        response = client.post("/sign-in", data=data)

    assert_is_ours(response, 503, "The database is busy")


def test_a_database_that_went_away_is_busy_for_who_is_signed_in_too(
    broken: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    client = broken.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = "a token that nobody can check now"

    with caplog.at_level(logging.CRITICAL):
        response = client.get("/admin/")

    assert_is_ours(response, 503, "The database is busy")


def test_a_missing_page_is_missing_even_without_a_database(broken: Flask, caplog: pytest.LogCaptureFixture) -> None:
    client = broken.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = "a token that nobody can check now"

    with caplog.at_level(logging.CRITICAL):
        response = client.get("/nowhere")

    assert (response.status_code, Page(response).heading) in {(404, "Page not found"), (503, "The database is busy")}


def test_after_a_failure_the_next_request_works(app: Flask, as_viewer: Any, make_user: Callable[..., Any]) -> None:
    make_user(name="Ann")
    with app.app_context():
        db.session.execute(text("ALTER TABLE post RENAME TO gone"))
        db.session.commit()

    try:
        failed = as_viewer.get("/admin/post/")
    finally:
        with app.app_context():
            db.session.execute(text("ALTER TABLE gone RENAME TO post"))
            db.session.commit()

    assert failed.status_code == 503
    assert Page(as_viewer.get("/admin/user/")).column("Name") == ["Ann"]


def part(name: str, size: int) -> bytes:
    """Write one field of a multipart body; the test client's own writer leaves temporary files open."""
    return f'--B\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{"x" * size}\r\n'.encode()
