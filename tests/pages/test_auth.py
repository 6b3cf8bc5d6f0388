"""Signing in and out, where to afterwards, and what was sent without a session."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from argon2 import PasswordHasher, extract_parameters
from flask import Flask

from admin_app.models.role import OWNER
from admin_app.models.staff import Staff
from tests.page import Page
from tests.stores import both_stores

WRONG = "The email or the password is wrong."


# ---- signing in


def test_the_right_password_signs_in(sign_in: Callable[..., Any], owner: Staff, as_nobody: Any) -> None:
    response = sign_in()

    assert (response.status_code, response.location) == (303, "/admin/")
    assert Page(as_nobody.get("/admin/")).texts("p", class_="who__name") == [f"{owner.name} Owner"]


@pytest.mark.usefixtures("owner")
def test_the_address_may_be_typed_in_any_case_with_spaces_around(sign_in: Callable[..., Any]) -> None:
    assert sign_in(email="  OLIVIA@Example.COM ").status_code == 303


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


@both_stores
@pytest.mark.usefixtures("owner")
@pytest.mark.parametrize("email", ["\0", "é" * 500, "olivia@example.com' --", "%"])
def test_an_address_that_cannot_be_is_wrong_like_any_other(email: str, sign_in: Callable[..., Any]) -> None:
    response = sign_in(email=email)

    assert (response.status_code, Page(response).summary) == (422, [WRONG])


@pytest.mark.usefixtures("owner")
def test_a_refused_sign_in_keeps_the_email_and_forgets_the_password(sign_in: Callable[..., Any]) -> None:
    page = Page(sign_in(password="wrong one", next="/admin/user/?q=ann"))

    values = {one.attributes["name"]: one.attributes.get("value", "") for one in page.all("input", within="main")}

    assert {name: value for name, value in values.items() if name != "csrf_token"} == {
        "email": "olivia@example.com",
        "password": "",
        "next": "/admin/user/?q=ann",
    }


def test_an_empty_form_says_what_to_enter(sign_in: Callable[..., Any]) -> None:
    page = Page(sign_in(email=" ", password=""))

    assert page.summary == ["Enter your email.", "Enter your password."]
    assert page.title == "Error: Sign in - Admin"


@pytest.mark.usefixtures("owner")
def test_signing_in_begins_a_new_cookie(sign_in: Callable[..., Any], as_nobody: Any) -> None:
    old_token = as_nobody.token_of("/sign-in")
    with as_nobody.session_transaction() as session:
        session["planted"] = "by somebody else"

    sign_in()

    with as_nobody.session_transaction() as session:
        assert "planted" not in session
    assert as_nobody.post("/admin/account/", data={"csrf_token": old_token}).status_code == 400
    assert as_nobody.get("/admin/").status_code == 200


@pytest.mark.usefixtures("owner")
def test_signing_in_needs_the_forms_token(as_nobody: Any, password: str) -> None:
    response = as_nobody.post("/sign-in", data={"email": "olivia@example.com", "password": password})

    assert response.status_code == 400
    assert as_nobody.get("/admin/").status_code == 302


# ---- where to afterwards


@pytest.mark.usefixtures("owner")
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


@pytest.mark.parametrize("target", HOSTILE)
def test_who_is_signed_in_is_not_sent_elsewhere(target: str, as_owner: Any) -> None:
    response = as_owner.get("/sign-in", query_string={"next": target})

    assert (response.status_code, response.location) == (303, "/admin/")


@pytest.mark.usefixtures("owner")
@pytest.mark.parametrize("target", ["//evil.example", "/\r\nSet-Cookie: a=b"])
def test_signing_in_sends_nobody_elsewhere(target: str, sign_in: Callable[..., Any]) -> None:
    assert sign_in(next=target).location == "/admin/"


# ---- signing out


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


def test_signing_out_leaves_the_other_browsers_signed_in(client_of: Any, viewer: Staff) -> None:
    here, elsewhere = client_of(viewer), client_of(viewer)

    here.post_form("/sign-out", page="/admin/")

    assert elsewhere.get("/admin/").status_code == 200


# ---- an act of a session that has ended


@pytest.mark.parametrize(
    ("url", "sent", "referrer", "onward"),
    [
        ("/admin/activity/undo/", {"url": "/admin/post/?q=a"}, "", "/admin/post/?q=a"),
        ("/admin/activity/undo/", {"url": "//elsewhere.example"}, "http://localhost/admin/user/?page=2", "/admin/user/?page=2"),
        ("/admin/post/restore/", {}, "http://localhost/admin/post/history/?id=3", "/admin/post/history/?id=3"),
        ("/admin/post/restore/", {}, "http://elsewhere.example/admin/user/", "/admin/"),
        ("/admin/account/preferences/", {}, "http://localhost//elsewhere.example", "/admin/"),
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
        "You were signed out before this was done. Nothing was changed. Sign in and do it again."
    )


def test_what_scripts_send_in_the_background_leaves_no_word_and_no_cookie(as_nobody: Any) -> None:
    answer = as_nobody.post_form("/admin/post/presence/?id=1", {}, page="/sign-in", headers={"Accept": "*/*"})

    assert (answer.status_code, answer.headers.getlist("Set-Cookie")) == (204, [])
    assert Page(as_nobody.get("/sign-in")).notice == ""
