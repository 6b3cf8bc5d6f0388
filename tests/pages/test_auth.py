"""Signing in and out, and the link that makes the first owner."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from argon2 import PasswordHasher, extract_parameters
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import select

from admin_app import create_app
from admin_app.domain import throttle
from admin_app.extensions import db
from admin_app.models.role import OWNER
from admin_app.models.staff import Staff
from admin_app.pages.auth import set_up_url
from tests.client import Client
from tests.page import Page

on_sqlite = pytest.mark.parametrize("store", ["sqlite"], indirect=True)
WRONG = "The email or the password is wrong."


@pytest.fixture
def sign_in(as_nobody: Any, password: str) -> Callable[..., Any]:
    """Send the sign-in form as Olivia, unless told otherwise."""

    def send(url: str = "/sign-in", client: Any = as_nobody, **values: str) -> Any:
        return client.post_form(url, {"email": "olivia@example.com", "password": password, **values})

    return send


@pytest.fixture
def link(app: Flask) -> str:
    """Return the set-up link."""
    with app.test_request_context():
        return set_up_url()


FIRST = {"name": "Olivia", "email": "Olivia@Example.com ", "password": "twelve or more characters"}


# ---- signing in


def test_the_right_password_signs_in(sign_in: Callable[..., Any], owner: Staff, as_nobody: Any) -> None:
    response = sign_in()

    assert (response.status_code, response.location) == (303, "/admin/")
    assert Page(as_nobody.get("/admin/")).texts("p", class_="who__name") == [f"{owner.name} Owner"] * 2


@pytest.mark.usefixtures("owner")
def test_the_address_may_be_typed_in_any_case_with_spaces_around(sign_in: Callable[..., Any]) -> None:
    assert sign_in(email="  OLIVIA@Example.COM ").status_code == 303


@on_sqlite
def test_whatever_is_wrong_the_answer_is_the_same(
    sign_in: Callable[..., Any], make_staff: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[Any] = []
    verify = PasswordHasher.verify

    def note(self: PasswordHasher, hash: str, password: str) -> bool:  # noqa: A002 -- argon2's name
        hashed.append(extract_parameters(hash))
        return verify(self, hash, password)

    monkeypatch.setattr(PasswordHasher, "verify", note)
    make_staff("Olivia", OWNER)
    make_staff("Closed", is_active=False)

    wrong = sign_in(password="wrong")
    unknown = sign_in(email="nobody@example.com")
    closed = sign_in(email="closed@example.com")

    assert [response.status_code for response in (wrong, unknown, closed)] == [422, 422, 422]
    assert [Page(response).texts("main") for response in (wrong, unknown, closed)] == [Page(wrong).texts("main")] * 3
    assert Page(wrong).summary == [WRONG]
    assert len(hashed) == 3
    assert len(set(map(str, hashed))) == 1


@pytest.mark.usefixtures("owner")
@pytest.mark.parametrize("email", ["\0", "é" * 500, "olivia@example.com' --", "%"])
def test_an_address_that_cannot_be_is_wrong_like_any_other(email: str, sign_in: Callable[..., Any]) -> None:
    response = sign_in(email=email)

    assert (response.status_code, Page(response).summary) == (422, [WRONG])


@pytest.mark.usefixtures("owner")
@on_sqlite
def test_a_refused_sign_in_keeps_the_email_and_forgets_the_password(sign_in: Callable[..., Any]) -> None:
    page = Page(sign_in(password="wrong one", next="/admin/user/?q=ann"))

    values = {one.attributes["name"]: one.attributes.get("value", "") for one in page.all("input", within="main")}

    assert {name: value for name, value in values.items() if name != "csrf_token"} == {
        "email": "olivia@example.com",
        "password": "",
        "next": "/admin/user/?q=ann",
    }


@on_sqlite
def test_an_empty_form_says_what_to_enter(sign_in: Callable[..., Any]) -> None:
    page = Page(sign_in(email=" ", password=""))

    assert page.summary == ["Enter your email.", "Enter your password."]
    assert page.title == "Error: Sign in - Admin"


@pytest.mark.usefixtures("owner")
@on_sqlite
def test_signing_in_begins_a_new_cookie(sign_in: Callable[..., Any], as_nobody: Any) -> None:
    old_token = as_nobody.token_of("/sign-in")
    with as_nobody.session_transaction() as session:
        session["planted"] = "by somebody else"

    sign_in()

    with as_nobody.session_transaction() as session:
        assert "planted" not in session
    assert as_nobody.post("/admin/account/", data={"csrf_token": old_token}).status_code == 400
    assert as_nobody.get("/admin/").status_code == 200


# ---- tries that failed


@pytest.fixture
def no_time_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stop the clock of the delays: the first is a second, and hashing takes its time."""
    now = throttle.utc_now()
    monkeypatch.setattr(throttle, "utc_now", lambda: now)


@pytest.mark.usefixtures("no_time_passes")
def test_too_many_tries_are_told_to_wait(sign_in: Callable[..., Any], owner: Staff) -> None:
    answers = [sign_in(password="wrong") for _ in range(6)]

    assert [answer.status_code for answer in answers] == [422] * 5 + [429]
    assert Page(answers[-1]).summary == ["Too many tries failed. Wait 1 second, then try again."]
    assert answers[-1].headers["Retry-After"] == "1"
    assert owner.email in answers[-1].text


@on_sqlite
@pytest.mark.usefixtures("no_time_passes")
def test_a_stranger_to_the_dashboard_is_told_the_same(sign_in: Callable[..., Any], owner: Staff) -> None:
    known = [Page(sign_in(email=owner.email, password="wrong")).summary for _ in range(7)]
    unknown = [Page(sign_in(email="nobody@example.com", password="wrong")).summary for _ in range(7)]

    assert [line[0].partition("Wait")[0] for line in known] == [line[0].partition("Wait")[0] for line in unknown]


@pytest.mark.usefixtures("no_time_passes")
def test_a_device_that_signed_in_before_gets_in_while_its_account_is_attacked(
    sign_in: Callable[..., Any], owner: Staff, as_nobody: Any, app: Flask
) -> None:
    sign_in()
    as_nobody.post_form("/sign-out", page="/admin/")
    attacker, stranger = app.test_client(), app.test_client()
    for _ in range(12):
        sign_in(client=attacker, password="wrong")

    answers = [sign_in(client=client).status_code for client in (stranger, as_nobody)]

    assert answers == [429, 303]
    assert owner.name in as_nobody.get("/admin/").text


@on_sqlite
@pytest.mark.usefixtures("no_time_passes")
def test_a_device_cookie_opens_nothing_and_a_forged_one_is_none(
    sign_in: Callable[..., Any], app: Flask, owner: Staff
) -> None:
    sign_in()
    forger = app.test_client()
    forger.set_cookie("device", f'["1",{owner.id}]')
    for _ in range(6):
        sign_in(client=app.test_client(), password="wrong")

    assert sign_in(client=forger).status_code == 429
    assert forger.get("/admin/").status_code == 302


@on_sqlite
def test_the_device_cookie_is_out_of_reach_of_scripts(sign_in: Callable[..., Any], owner: Staff) -> None:
    headers = sign_in(email=owner.email).headers.getlist("Set-Cookie")

    (cookie,) = [header.split("; ")[1:] for header in headers if header.startswith("device=")]
    assert {part.partition("=")[0] for part in cookie} == {"Expires", "HttpOnly", "Max-Age", "Path", "SameSite"}
    assert "SameSite=Lax" in cookie


@pytest.mark.usefixtures("owner")
def test_the_next_sign_in_tells_of_failed_tries(sign_in: Callable[..., Any], as_nobody: Any, app: Flask) -> None:
    for _ in range(4):
        sign_in(client=app.test_client(), password="wrong")

    sign_in()

    notice = Page(as_nobody.get("/admin/")).notice
    assert re.search(r"Attention 4 failed tries to sign in as you since \d\d:\d\d UTC\. If that was not you", notice)
    assert "failed" not in Page(as_nobody.get("/admin/")).notice


def test_an_owner_forgets_the_failed_tries_of_somebody(
    sign_in: Callable[..., Any], as_owner: Any, viewer: Staff, app: Flask
) -> None:
    url = f"/admin/staff/access/?id={viewer.id}"
    for _ in range(6):
        sign_in(email=viewer.email, password="wrong")
    told = Page(as_owner.get(url)).texts("p", within="main")

    as_owner.post_form(url, {"act": "unlock"})

    assert [line for line in told if line.startswith("6 tries to sign in failed.")] != []
    assert "failed" not in as_owner.get(url).text
    assert sign_in(email=viewer.email, client=app.test_client()).status_code == 303


@pytest.mark.usefixtures("no_time_passes")
def test_behind_a_proxy_each_address_counts_for_itself(tmp_path: Any) -> None:
    app = create_app({"ADMIN_PROXIES": "1"}, instance_path=str(tmp_path))
    app.test_client_class = Client
    with app.app_context():
        upgrade(directory=str(Path(__file__).resolve().parents[2] / "migrations"))
    client = app.test_client()
    token = client.token_of("/sign-in")

    def attempt(number: int, address: str) -> int:
        form = {"email": f"person{number}@example.com", "password": "wrong", "csrf_token": token}
        return client.post("/sign-in", data=form, headers={"X-Forwarded-For": f"1.2.3.4, {address}"}).status_code

    first = [attempt(number, "8.8.8.8") for number in range(32)]
    second = attempt(40, "9.9.9.9")
    with app.app_context():
        db.engine.dispose()

    assert (first, second) == ([422] * 30 + [429] * 2, 422)


# ---- where to afterwards


@pytest.mark.usefixtures("owner")
@on_sqlite
@pytest.mark.parametrize(
    "asked", ["/admin/user/?q=ann+lee&page=2", "/admin/user/?q=caf%C3%A9", "/admin/user/?q=%22a%20b%22%26"]
)
def test_a_stranger_is_led_back_to_the_page_they_asked_for(
    asked: str, as_nobody: Any, sign_in: Callable[..., Any]
) -> None:
    to_sign_in = as_nobody.get(asked)
    form = Page(as_nobody.get(to_sign_in.location))
    onward = form.all("input", name="next")[0].attributes["value"]

    response = sign_in(to_sign_in.location, next=onward)

    assert (to_sign_in.status_code, urlsplit(to_sign_in.location).path) == (302, "/sign-in")
    assert parse_qs(urlsplit(response.location).query) == parse_qs(urlsplit(asked).query)
    assert urlsplit(response.location).path == "/admin/user/"


HOSTILE = ["//evil.example", "https://evil.example", "https:evil.example", "javascript:alert(1)", "/\\evil.example",
           "\\\\evil.example", "/\n/evil.example", "/\r/evil.example", "/\t/evil.example", " //evil.example"]  # fmt: skip


@on_sqlite
@pytest.mark.parametrize("target", HOSTILE)
def test_who_is_signed_in_is_not_sent_elsewhere(target: str, as_owner: Any) -> None:
    response = as_owner.get("/sign-in", query_string={"next": target})

    assert (response.status_code, response.location) == (303, "/admin/")


@pytest.mark.usefixtures("owner")
@on_sqlite
@pytest.mark.parametrize("target", ["//evil.example", "/\r\nSet-Cookie: a=b"])
def test_signing_in_sends_nobody_elsewhere(target: str, sign_in: Callable[..., Any]) -> None:
    assert sign_in(next=target).location == "/admin/"


# ---- signing out


@on_sqlite
def test_a_link_signs_nobody_out(as_viewer: Any) -> None:
    response = as_viewer.get("/sign-out")

    assert response.status_code == 405
    assert as_viewer.get("/admin/").status_code == 200


def test_signing_out_ends_every_copy_of_the_cookie(as_viewer: Any, app: Flask) -> None:
    copy = app.test_client()
    with as_viewer.session_transaction() as original, copy.session_transaction() as session:
        session.update(original)
    before = copy.get("/admin/").status_code

    response = as_viewer.post_form("/sign-out", page="/admin/")

    assert (response.status_code, response.location) == (303, "/sign-in")
    assert (before, copy.get("/admin/").status_code) == (200, 302)
    with as_viewer.session_transaction() as session:
        assert "_user_id" not in session


@on_sqlite
def test_signing_out_leaves_the_other_browsers_signed_in(client_of: Any, viewer: Staff) -> None:
    here, elsewhere = client_of(viewer), client_of(viewer)

    here.post_form("/sign-out", page="/admin/")

    assert elsewhere.get("/admin/").status_code == 200


# ---- the first owner


def test_the_link_makes_the_first_owner_and_signs_them_in(link: str, as_nobody: Any, app: Flask) -> None:
    response = as_nobody.post_form(link, FIRST)

    with app.app_context():
        made = [(one.name, one.email, one.roles) for one in db.session.scalars(select(Staff))]
    assert (response.status_code, response.location) == (303, "/admin/")
    assert made == [("Olivia", "olivia@example.com", (OWNER,))]
    assert as_nobody.get("/admin/staff/").status_code == 200


def test_the_link_works_once(link: str, as_nobody: Any, app: Flask) -> None:
    stranger = app.test_client()
    token = stranger.token_of(link)
    as_nobody.post_form(link, FIRST)

    again = stranger.post(link, data={**FIRST, "email": "eve@example.com", "csrf_token": token})

    assert (again.status_code, stranger.get(link).status_code) == (404, 404)
    assert emails(app) == ["olivia@example.com"]


def test_the_link_works_once_for_two_at_the_same_moment(link: str, app: Flask) -> None:
    clients = [app.test_client(), app.test_client()]
    forms = [{**FIRST, "email": f"first{n}@example.com", "csrf_token": one.token_of(link)}
             for n, one in enumerate(clients)]  # fmt: skip

    with ThreadPoolExecutor(2) as threads:
        answers = list(threads.map(lambda one, form: one.post(link, data=form).status_code, clients, forms))

    assert sorted(answers) == [303, 404]
    assert len(emails(app)) == 1


@on_sqlite
@pytest.mark.parametrize("token", ["0", "0" * 40, "%00", "é", "x" * 5000])
def test_a_wrong_token_is_nobodys_page(token: str, as_nobody: Any, app: Flask) -> None:
    csrf = as_nobody.token_of("/sign-in")

    answers = [
        as_nobody.get(f"/set-up/{token}"),
        as_nobody.post(f"/set-up/{token}", data={**FIRST, "csrf_token": csrf}),
    ]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert emails(app) == []


@on_sqlite
def test_the_link_is_gone_when_anybody_has_an_account(link: str, as_nobody: Any, make_staff: Any) -> None:
    make_staff("Closed", is_active=False)

    assert as_nobody.get(link).status_code == 404


@on_sqlite
def test_the_link_needs_the_forms_token(link: str, as_nobody: Any, app: Flask) -> None:
    assert as_nobody.post(link, data=FIRST).status_code == 400
    assert emails(app) == []


@pytest.mark.usefixtures("owner")
@on_sqlite
def test_signing_in_needs_the_forms_token(as_nobody: Any, password: str) -> None:
    response = as_nobody.post("/sign-in", data={"email": "olivia@example.com", "password": password})

    assert response.status_code == 400
    assert as_nobody.get("/admin/").status_code == 302


@on_sqlite
def test_a_poor_first_account_is_refused_field_by_field(link: str, as_nobody: Any, app: Flask) -> None:
    response = as_nobody.post_form(link, {"name": "", "email": "nowhere", "password": "tiny-secret"})

    page = Page(response)
    assert page.status == 422
    assert {name: page.error_of(name) for name in ("name", "email", "password")} == {
        "name": "Enter the name.",
        "email": "Email must look like name@example.com.",
        "password": "Use 12 characters or more for the password.",
    }
    assert "tiny-secret" not in response.text
    assert emails(app) == []


def emails(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(Staff.email)))


# ---- an act of a session that has ended


@pytest.mark.parametrize(
    ("url", "sent", "referrer", "onward"),
    [
        ("/admin/activity/undo/", {"url": "/admin/post/?q=a"}, "", "/admin/post/?q=a"),
        ("/admin/activity/undo/", {"url": "//elsewhere.example"}, "http://localhost/admin/user/?page=2", "/admin/user/?page=2"),
        ("/admin/post/restore/", {}, "http://localhost/admin/post/history/?id=3", "/admin/post/history/?id=3"),
        ("/admin/post/restore/", {}, "http://elsewhere.example/admin/user/", "/admin/"),
        ("/admin/account/shortcuts/", {}, "http://localhost//elsewhere.example", "/admin/"),
        ("/admin/post/delete/?id=3", {}, "", "/admin/post/delete/?id=3"),
    ],
)  # fmt: skip
def test_an_act_without_a_session_says_that_it_was_not_done_and_leads_back_to_its_page(
    url: str, sent: dict[str, str], referrer: str, onward: str, *, as_nobody: Any
) -> None:
    headers = {"Referer": referrer} if referrer else {}

    answer = as_nobody.post_form(url, sent, page="/sign-in", headers=headers)

    page = Page(as_nobody.get(answer.location))
    assert (answer.status_code, page.all("input", name="next")[0].attributes["value"]) == (302, onward)
    assert page.notice.endswith(
        "You were signed out before this was done. Nothing was changed: sign in, and do it again."
    )


def test_what_scripts_send_in_the_background_leaves_no_word(as_nobody: Any) -> None:
    as_nobody.post_form("/admin/post/presence/?id=1", {}, page="/sign-in", headers={"Accept": "*/*"})

    assert Page(as_nobody.get("/sign-in")).notice == ""
