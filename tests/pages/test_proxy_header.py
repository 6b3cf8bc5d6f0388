"""Whom a proxy has signed in: believed from its address alone, and for as long as it says so."""

from __future__ import annotations

import ipaddress
from typing import Any

import pytest
from flask import Flask

from admin_app.models.role import OWNER
from admin_app.models.staff import Staff
from admin_app.web.auth import proxy_header
from tests.page import Page

pytestmark = pytest.mark.covers

NAMED = {"X-Forwarded-Email": "Olivia@example.com"}


@pytest.fixture(autouse=True)
def header(app: Flask, company_rules: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Believe the header from 127.0.0.1, as the tests' client is."""
    company_rules(AUTH_HEADER="X-Forwarded-Email", AUTH_PROXIES=(ipaddress.ip_network("127.0.0.1"),))
    before = {None: [*app.before_request_funcs.get(None, []), proxy_header._end_of_others]}
    monkeypatch.setattr(app, "before_request_funcs", before)


def test_whom_the_proxy_names_is_signed_in(owner: Staff, as_nobody: Any) -> None:
    response = as_nobody.get("/sign-in?next=/admin/post/", headers=NAMED)

    assert (response.status_code, response.location) == (303, "/admin/post/")
    assert Page(as_nobody.get("/admin/", headers=NAMED)).texts("p", class_="who__name") == [f"{owner.name} Owner"]


@pytest.mark.parametrize("peer", [{"REMOTE_ADDR": "192.0.2.1"}, {"REMOTE_ADDR": ""}])
@pytest.mark.usefixtures("owner")
def test_from_elsewhere_the_header_says_nothing(peer: dict[str, str], as_nobody: Any) -> None:
    assert as_nobody.get("/sign-in", headers=NAMED, environ_overrides=peer).status_code == 200


@pytest.mark.usefixtures("owner")
def test_what_a_proxy_says_of_the_client_makes_nobody_a_proxy(as_nobody: Any) -> None:
    forged = {"REMOTE_ADDR": "127.0.0.1", "werkzeug.proxy_fix.orig": {"REMOTE_ADDR": "192.0.2.1"}}

    assert as_nobody.get("/sign-in", headers=NAMED, environ_overrides=forged).status_code == 200


@pytest.mark.usefixtures("owner")
@pytest.mark.parametrize("later", [{}, {"X-Forwarded-Email": "nora@example.com"}])
def test_the_session_ends_when_the_proxy_names_somebody_else(later: dict[str, str], as_nobody: Any) -> None:
    as_nobody.get("/sign-in", headers=NAMED)

    assert as_nobody.get("/admin/", headers=later).status_code == 302
    assert as_nobody.get("/admin/", headers=NAMED).status_code == 302


def test_a_password_still_signs_in_another_one(owner: Staff, sign_in: Any, as_nobody: Any) -> None:
    sign_in()

    assert owner.is_active
    assert as_nobody.get("/admin/", headers={"X-Forwarded-Email": "nora@example.com"}).status_code == 200


def test_who_has_no_account_is_told_so_and_can_use_another(make_staff: Any, as_nobody: Any) -> None:
    make_staff("Olivia", OWNER, is_active=False)

    off = as_nobody.get("/sign-in", headers=NAMED)
    unknown = as_nobody.get("/sign-in", headers={"X-Forwarded-Email": "nora@example.com"})

    assert [one.status_code for one in (off, unknown)] == [403, 403]
    assert [Page(one).summary for one in (off, unknown)] == [
        ["The account olivia@example.com is switched off. Ask an owner of this dashboard."],
        ["nora@example.com has no account here. Ask an owner of this dashboard for one."],
    ]


@pytest.mark.usefixtures("owner")
def test_who_signs_out_is_not_signed_in_again_at_once(as_nobody: Any) -> None:
    as_nobody.get("/sign-in", headers=NAMED)
    token = {
        "csrf_token": as_nobody.get("/admin/", headers=NAMED).text.split('name="csrf_token" value="')[1].split('"')[0]
    }

    out = as_nobody.post("/sign-out", data=token, headers=NAMED)
    page = as_nobody.get(out.location, headers=NAMED)

    assert Page(page).has_link("Sign in as Olivia@example.com")
