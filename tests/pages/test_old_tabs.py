"""Tabs that outlived their session, or stand beside another one: getting in and out works in each of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask

from admin_app.db.string_set import StringSet
from admin_app.domain.auth import passwords
from admin_app.extensions import db
from admin_app.models.role import EDITOR
from admin_app.models.staff import Staff
from tests.page import Page
from tests.pages.codes import code_now
from tests.pages.passkeys import CODE
from tests.pages.sessions import change, kept

# What browsers say of a form that one of our pages sends: new ones, older ones, and those of ten years ago.
FROM_HERE: list[dict[str, str]] = [
    {"Sec-Fetch-Site": "same-origin"},
    {"Origin": "http://localhost"},
    {"Referer": "http://localhost/admin/"},
]
FROM_ELSEWHERE: list[dict[str, str]] = [
    {},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "none"},
    {"Origin": "http://evil.example"},
    {"Origin": "null", "Referer": "http://localhost/"},
    {"Origin": "http://localhost.evil.example"},
    {"Referer": "http://evil.example/http://localhost/"},
]
BROWSER = FROM_HERE[0]
NEW = "a new one that is long enough"


# ---- signing in


@pytest.mark.usefixtures("owner")
@pytest.mark.parametrize("token", ["", "stale"])
@pytest.mark.parametrize("headers", FROM_HERE)
def test_signing_in_works_without_the_cookie_that_the_page_had(
    token: str, headers: dict[str, str], as_nobody: Any, password: str
) -> None:
    sent = {"email": "olivia@example.com", "password": password, "next": "/admin/user/?q=ann", "csrf_token": token}

    answer = as_nobody.post("/sign-in", data=sent, headers=headers)

    assert (answer.status_code, answer.location) == (303, "/admin/user/?q=ann")
    assert as_nobody.get("/admin/").status_code == 200


@pytest.mark.usefixtures("owner")
@pytest.mark.parametrize("headers", FROM_ELSEWHERE)
def test_no_other_site_signs_anybody_in_and_the_form_comes_again(
    headers: dict[str, str], as_nobody: Any, password: str
) -> None:
    sent = {"email": "olivia@example.com", "password": password, "next": "/admin/user/", "csrf_token": "stale"}

    page = Page(as_nobody.post("/sign-in", data=sent, headers=headers))

    kept = {one.attributes["name"]: one.attributes.get("value", "") for one in page.all("input", within="main")}
    assert (page.status, kept["email"], kept["password"], kept["next"]) == (
        400,
        "olivia@example.com",
        "",
        "/admin/user/",
    )
    assert page.summary == [
        "This page was open too long, or the browser accepts no cookies. Type your password and sign in again."
    ]
    assert as_nobody.get("/admin/").status_code == 302


def test_who_is_signed_in_already_goes_on(as_viewer: Any) -> None:
    sent = {"email": "", "password": "", "next": "/admin/user/?q=ann", "csrf_token": "of another session"}

    answer = as_viewer.post("/sign-in", data=sent, headers=BROWSER)

    assert (answer.status_code, answer.location) == (303, "/admin/user/?q=ann")


def test_a_second_step_beside_a_session_goes_on(
    half_way: Any, enrolled: list[str], as_nobody: Any, client_of: Any, viewer: Staff
) -> None:
    asked = half_way(next="/admin/user/?q=ann").location
    with client_of(viewer).session_transaction() as other:
        cookie = dict(other)
    with as_nobody.session_transaction() as session:
        session.clear()
        session.update(cookie)

    answer = as_nobody.post(asked, data={"code": enrolled[0], "csrf_token": "stale"}, headers=BROWSER)

    assert answer.location == "/sign-in?next=/admin/user/?q%3Dann"
    assert as_nobody.get(answer.location).location == "/admin/user/?q=ann"


@pytest.mark.usefixtures("enrolled", "no_time_passes")
def test_a_second_step_without_its_cookie_begins_again_and_says_so(half_way: Any, as_nobody: Any) -> None:
    asked = half_way(next="/admin/user/").location
    with as_nobody.session_transaction() as session:
        session.clear()

    answer = as_nobody.post(asked, data={"code": code_now()}, headers=BROWSER)

    page = Page(as_nobody.get(answer.location))
    assert asked.startswith(CODE)
    assert page.all("input", name="next")[0].attributes["value"] == "/admin/user/"
    assert page.notice.endswith(
        "You typed your password too long ago, or the browser has lost its cookie. Sign in again."
    )


# ---- signing out


@pytest.mark.parametrize("headers", FROM_HERE)
def test_an_old_tab_signs_out(headers: dict[str, str], as_viewer: Any, app: Flask) -> None:
    answer = as_viewer.post("/sign-out", data={"csrf_token": "of the session before"}, headers=headers)

    assert (answer.status_code, answer.location, kept(app)) == (303, "/sign-in", [])


def test_signing_out_without_any_session_ends_at_the_same_page(as_nobody: Any) -> None:
    answer = as_nobody.post("/sign-out", data={"csrf_token": "old"}, headers=BROWSER)

    assert (answer.status_code, answer.location) == (303, "/sign-in")


@pytest.mark.parametrize("headers", FROM_ELSEWHERE)
def test_no_other_site_signs_anybody_out(headers: dict[str, str], as_viewer: Any) -> None:
    answer = as_viewer.post("/sign-out", data={"csrf_token": "stale"}, headers=headers)

    assert (answer.status_code, as_viewer.get("/admin/").status_code) == (400, 200)


@pytest.mark.parametrize("headers", [{"Origin": "http://localhost"}, {"Referer": "http://localhost/"}])
def test_a_page_without_encryption_is_another_site_than_the_encrypted_one(
    headers: dict[str, str], as_viewer: Any
) -> None:
    answer = as_viewer.post("/sign-out", data={}, headers=headers, base_url="https://localhost")

    assert answer.status_code == 400


# ---- links to files


@pytest.mark.parametrize(
    ("file", "page"),
    [
        ("/admin/user/export/csv/?q=ann+lee&sort=name", "/admin/user/?q=ann+lee&sort=name"),
        ("/admin/user/export/csv/", "/admin/user/"),
        ("/admin/jobs/file/?id=1", "/admin/jobs/"),
        ("/admin/jobs/problems/?id=1", "/admin/jobs/"),
    ],
)
def test_a_link_to_a_file_leads_after_signing_in_to_the_page_that_has_it(file: str, page: str, as_nobody: Any) -> None:
    to = as_nobody.get(file).location

    assert parse_qs(urlsplit(to).query)["next"] == [page]


# ---- signed out by others


@pytest.mark.parametrize("changed", ["their roles", "what a role may"])
def test_who_was_signed_out_by_other_rights_reads_why_and_need_not_type_the_email(
    changed: str, as_owner: Any, client_with: Callable[..., Any], app: Flask
) -> None:
    client = client_with("post:*")
    client.get("/admin/")

    with app.app_context():
        liam = db.session.query(Staff).filter_by(name="Liam").one()
        if changed == "their roles":
            liam.roles = StringSet([EDITOR])
        else:
            liam.held_roles[0].permissions = StringSet(["post:read"])
        db.session.commit()
    page = Page(client.get(client.get("/admin/").location))
    answer = client.post_form("/admin/post/delete/?id=3", {}, page="/sign-in")
    late = Page(client.get(answer.location))

    assert "You were signed out because your permissions changed, Liam. Sign in again." in page.texts("main")[0]
    assert "This was because your permissions changed, Liam." in late.texts("main")[0]
    assert late.texts("main")[0].count("You were signed out") == 1
    assert page.all("input", name="email")[0].attributes["value"] == "liam@example.com"
    assert as_owner.get("/admin/").status_code == 200


@pytest.mark.parametrize("end", ["idle", "new name", "signed out", "account switched off"])
def test_whose_rights_are_the_same_or_none_reads_nothing_of_them(
    end: str, as_viewer: Any, viewer: Staff, app: Flask
) -> None:
    as_viewer.get("/admin/")
    if end == "signed out":
        as_viewer.post("/sign-out", headers=BROWSER)
    with app.app_context():
        person = db.session.get_one(Staff, viewer.id)
        person.name = "Vera Other"
        person.is_active = end != "account switched off"
        db.session.commit()
    change(app, expires_at=viewer.created_at)

    page = Page(as_nobody_page := as_viewer.get("/sign-in"))

    assert "Your rights" not in as_nobody_page.text
    assert page.all("input", name="email")[0].attributes.get("value", "") == ""


# ---- a link that sets a password, beside a session


@pytest.fixture
def link(app: Flask, viewer: Staff) -> str:
    with app.app_context():
        token = passwords.make_link(db.session, db.session.get_one(Staff, viewer.id))
        db.session.commit()
    return f"/password/{token}"


def test_a_password_link_beside_another_session_says_for_whom_it_is(link: str, as_owner: Any, as_nobody: Any) -> None:
    page, plain = Page(as_owner.get(link)), Page(as_nobody.get(link))

    assert (page.all("nav"), page.texts("p", class_="who__name")) == ([], [])
    assert "vera@example.com" in page.texts("main")[0]
    assert "This browser is signed in as Olivia, and the link is for someone else." in page.texts("main")[0]
    assert "signed in as" not in plain.texts("main")[0]


def test_after_a_password_link_another_session_is_not_theirs(
    link: str, as_owner: Any, sign_in: Any, viewer: Staff
) -> None:
    page = Page(as_owner.post_form(link, {"new_password": NEW}))

    assert (page.status, page.heading, page.all("nav")) == (200, "The password is set", [])
    assert "vera@example.com has a new password." in page.texts("main")[0]
    assert "This browser is still signed in as Olivia." in page.texts("main")[0]
    assert Page(as_owner.get("/admin/")).notice == ""
    out = as_owner.post("/sign-out", data=page.values(""))
    assert (out.location, sign_in(client=as_owner, email=viewer.email, password=NEW).status_code) == ("/sign-in", 303)


def test_a_password_link_used_in_ones_own_session_begins_a_new_one(link: str, as_viewer: Any) -> None:
    answer = as_viewer.post_form(link, {"new_password": NEW})

    assert answer.location == "/admin/"
    assert Page(as_viewer.get("/admin/")).notice.endswith("Your password is set.")


def test_a_password_link_works_without_the_cookie_that_its_page_had(link: str, as_nobody: Any) -> None:
    answer = as_nobody.post(link, data={"new_password": NEW, "csrf_token": "stale"}, headers=BROWSER)

    assert answer.location == "/admin/"
