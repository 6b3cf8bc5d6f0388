"""One's own passkeys: added, named, removed; the last stays where one is needed; and the hosts that they are for."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from admin_app.models.staff import Staff
from admin_app.web.auth import passkeys as web_passkeys
from tests.authenticator import Authenticator
from tests.page import Page
from tests.pages.passkeys import (
    ACCOUNT,
    CONFIRM,
    NEW,
    OWN,
    add,
    enrol_app,
    form_of,
    let_proof_age,
    told,
)


def edit_of(client: Any) -> str:
    return Page(client.get(ACCOUNT)).link("Rename or remove Blue key")


# ---- one's own


def test_the_first_passkey_shows_recovery_codes_and_the_next_ends_other_sessions(
    client_of: Any, viewer: Staff, app: Flask
) -> None:
    here, elsewhere = client_of(viewer), client_of(viewer)
    first = Page(add(here, Authenticator()))
    codes = first.texts("li", within="main")
    second = add(here, Authenticator(), "Phone")

    page = Page(here.get(ACCOUNT))

    assert (len(codes), second.status_code, second.location) == (8, 303, ACCOUNT)
    assert page.notice == "Success The passkey was added. You are signed out everywhere else."
    assert [row[0] for row in page.rows("passkeys")] == ["Blue key", "Phone"]
    assert (
        "Two-factor sign-in is on. After your password you use a passkey. 8 of 8 recovery codes are left"
        in page.root.text
    )
    assert elsewhere.get("/admin/").status_code == 302
    assert told(app, 3) == [
        "Added the passkey “Phone” of colleague “Vera”",
        "Added the passkey “Blue key” of colleague “Vera”",
    ]


@pytest.mark.parametrize("name", ["", "x" * 61, "a\0b"])
def test_a_passkey_without_a_name_is_called_by_its_browser(name: str, as_viewer: Any) -> None:
    add(as_viewer, Authenticator(), name)

    assert Page(as_viewer.get(ACCOUNT)).column("Passkey", "passkeys") == ["Unknown browser"]


def test_a_passkey_is_renamed_and_removed(as_viewer: Any, app: Flask) -> None:
    add(as_viewer, Authenticator())
    url = edit_of(as_viewer)

    refused = Page(as_viewer.post_form(url, {"name": " "}))
    as_viewer.post_form(url, {"name": "Red key"})
    renamed = Page(as_viewer.get(ACCOUNT)).column("Passkey", "passkeys")
    removed = as_viewer.post_form(url, {"act": "remove"})

    assert (refused.status, refused.error_of("name")) == (422, "Enter the name.")
    assert (renamed, removed.location) == (["Red key"], ACCOUNT)
    assert "Two-factor sign-in is off. You sign in with your password only." in as_viewer.get(ACCOUNT).text
    assert told(app, 2) == [
        "Removed the passkey “Red key” of colleague “Vera”",
        "Renamed the passkey “Blue key” to “Red key” of colleague “Vera”",
    ]


def test_adding_and_removing_ask_for_proof_first_and_renaming_does_not(as_viewer: Any, app: Flask) -> None:
    add(as_viewer, Authenticator())
    page, url = Page(as_viewer.get(NEW)), edit_of(as_viewer)
    let_proof_age(app)

    asked = as_viewer.get(NEW)
    added = as_viewer.post(NEW, data=form_of(page, Authenticator().make))
    removed = as_viewer.post_form(url, {"act": "remove"})
    renamed = as_viewer.post_form(url, {"name": "Red key"})

    assert (asked.status_code, asked.location) == (302, f"{CONFIRM}?next=/admin/account/passkeys/")
    assert [added.status_code, removed.status_code, renamed.status_code] == [403, 403, 303]


def test_a_passkey_that_was_made_survives_the_question_for_the_password(
    as_viewer: Any, app: Flask, password: str
) -> None:
    page = Page(as_viewer.get(NEW))
    let_proof_age(app)
    asked = Page(as_viewer.post(NEW, data=form_of(page, Authenticator().make, passkey_name="Blue key")))

    done = as_viewer.post(NEW, data={**asked.values("words"), "proof_password": password})

    assert len(Page(done).texts("li", within="main")) == 8
    assert Page(as_viewer.get(ACCOUNT)).column("Passkey", "passkeys") == ["Blue key"]


@pytest.mark.usefixtures("required")
def test_the_last_factor_stays_where_the_role_needs_one(as_owner: Any, device: Authenticator) -> None:
    url = edit_of(as_owner)

    page = Page(as_owner.get(url))
    answers = [as_owner.post_form(url, {"act": "remove"}), as_owner.post_form(OWN, {"act": "remove"}, page=ACCOUNT)]

    assert device
    assert "Remove passkey" not in page.texts("button")
    assert [answer.status_code for answer in answers] == [422, 403]
    assert Page(answers[0]).summary == ["Your role needs a second factor, and this is the last. Add another one first."]
    assert Page(as_owner.get(ACCOUNT)).column("Passkey", "passkeys") == ["Blue key"]


@pytest.mark.usefixtures("required")
def test_the_app_stays_where_it_is_the_last_factor_and_the_role_needs_one(
    as_owner: Any, owner: Staff, app: Flask
) -> None:
    enrol_app(app, owner)

    as_owner.post_form(OWN, {"act": "remove-app"}, page=ACCOUNT)

    page = Page(as_owner.get(ACCOUNT))
    assert "Your role needs a second factor, and this is the last. Add another one first." in page.notice
    assert "Two-factor sign-in is on. After your password you use a code from your app." in page.root.text


def test_beside_a_passkey_one_may_do_without_the_app(as_viewer: Any, viewer: Staff, app: Flask) -> None:
    add(as_viewer, Authenticator())
    enrol_app(app, viewer)
    before = as_viewer.get(ACCOUNT).text

    as_viewer.post_form(OWN, {"act": "remove-app"}, page=ACCOUNT)

    assert "Two-factor sign-in is on. After your password you use a passkey or a code from your app." in before
    assert "Two-factor sign-in is on. After your password you use a passkey." in as_viewer.get(ACCOUNT).text


def test_the_page_without_scripts_says_what_is_needed(as_viewer: Any) -> None:
    page = Page(as_viewer.get(NEW))

    answer = Page(as_viewer.post(NEW, data={**page.values(""), "passkey_name": "Blue key"}))

    assert page.texts("noscript") == [
        "Passkeys need JavaScript, which is off in this browser. Set up an app instead under Account."
    ]
    assert (answer.status, answer.summary) == (
        422,
        ["Your browser sent no passkey. Press the button, which needs JavaScript."],
    )


# ---- where


@pytest.mark.parametrize(
    ("address", "listed", "host", "origin"),
    [
        ("http://localhost", None, "localhost", "http://localhost"),
        ("http://localhost:8000", None, "localhost", "http://localhost:8000"),
        ("https://admin.example.org", ["admin.example.org"], "admin.example.org", "https://admin.example.org"),
        ("https://ADMIN.example.org", ["admin.example.org"], "admin.example.org", "https://admin.example.org"),
        ("https://admin.example.org:8443", ["admin.example.org:8443"], "admin.example.org", None),
        ("https://eu.example.org", [".example.org"], "eu.example.org", "https://eu.example.org"),
        ("https://example.org", [".example.org"], "example.org", "https://example.org"),
        ("http://127.0.0.1:8000", None, "", ""),
        ("https://admin.example.org", None, "", ""),
        ("http://admin.example.org", ["admin.example.org"], "", ""),
        ("https://admin.example.org:8443", ["admin.example.org"], "", ""),
        ("https://192.0.2.7", ["192.0.2.7"], "", ""),
    ],
)  # fmt: skip -- a table
def test_passkeys_are_for_hosts_that_the_settings_name(
    address: str, listed: list[str] | None, host: str, origin: str | None, *, app: Flask, monkeypatch: Any
) -> None:
    monkeypatch.setitem(app.config, "TRUSTED_HOSTS", listed)
    with app.test_request_context(base_url=address):
        found = web_passkeys.site()

    expected = (host, address if origin is None else origin) if host else None
    assert (found and (found.host, found.origin)) == expected


def test_behind_a_proxy_that_speaks_https_the_origin_is_https(app: Flask, monkeypatch: Any) -> None:
    monkeypatch.setitem(app.config, "TRUSTED_HOSTS", ["admin.example.org"])
    monkeypatch.setitem(app.config, "HTTPS", True)  # noqa: FBT003 -- monkeypatch's signature
    with app.test_request_context(base_url="http://admin.example.org"):
        found = web_passkeys.site()

    assert found is not None
    assert found.origin == "https://admin.example.org"


def test_where_passkeys_do_not_work_the_page_says_why(as_viewer: Any, app: Flask, monkeypatch: Any) -> None:
    monkeypatch.setattr(web_passkeys, "LOCAL", "elsewhere")

    page = Page(as_viewer.get(NEW))
    form = {"csrf_token": as_viewer.token_of(ACCOUNT), "passkey": "{}"}
    answer = Page(as_viewer.post(NEW, data=form))
    proof = Page(as_viewer.post(CONFIRM, data=form))

    assert app
    assert page.texts("p", within="main")[0] == web_passkeys.ELSEWHERE
    assert [answer.summary, proof.summary] == [[web_passkeys.ELSEWHERE]] * 2
