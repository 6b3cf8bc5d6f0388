"""Tries to sign in that failed: delayed by account and by address, told to whose account it is, forgotten by an owner."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_migrate import upgrade

from admin_app import create_app
from admin_app.extensions import db
from admin_app.models.staff import Staff
from tests.client import Client
from tests.page import Page


@pytest.mark.usefixtures("no_time_passes")
def test_too_many_tries_are_told_to_wait(sign_in: Callable[..., Any], owner: Staff) -> None:
    answers = [sign_in(password="wrong") for _ in range(6)]

    assert [answer.status_code for answer in answers] == [422] * 5 + [429]
    assert Page(answers[-1]).summary == ["Too many failed attempts. Wait 1 second, then try again."]
    assert answers[-1].headers["Retry-After"] == "1"
    assert owner.email in answers[-1].text


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


@pytest.mark.usefixtures("no_time_passes")
def test_a_device_cookie_opens_nothing_and_a_forged_one_is_none(
    sign_in: Callable[..., Any], app: Flask, owner: Staff
) -> None:
    sign_in()
    forger = app.test_client()
    for name in ("device", f"device-{app.config['COOKIE_MARK']}"):
        forger.set_cookie(name, f'["1",{owner.id}]')
    for _ in range(6):
        sign_in(client=app.test_client(), password="wrong")

    assert sign_in(client=forger).status_code == 429
    assert forger.get("/admin/").status_code == 302


def test_the_device_cookie_is_out_of_reach_of_scripts(sign_in: Callable[..., Any], owner: Staff) -> None:
    headers = sign_in(email=owner.email).headers.getlist("Set-Cookie")

    (cookie,) = [header.split("; ")[1:] for header in headers if header.startswith("device-")]
    assert {part.partition("=")[0] for part in cookie} == {"Expires", "HttpOnly", "Max-Age", "Path", "SameSite"}
    assert "SameSite=Lax" in cookie


@pytest.mark.usefixtures("owner")
def test_the_next_sign_in_tells_of_failed_tries(sign_in: Callable[..., Any], as_nobody: Any, app: Flask) -> None:
    for _ in range(4):
        sign_in(client=app.test_client(), password="wrong")

    sign_in()

    notice = Page(as_nobody.get("/admin/")).notice
    assert re.search(r"Attention 4 failed attempts to sign in as you since \d\d:\d\d UTC\. If that was not you", notice)
    assert "failed" not in Page(as_nobody.get("/admin/")).notice


def test_an_owner_forgets_the_failed_tries_of_somebody(
    sign_in: Callable[..., Any], as_owner: Any, viewer: Staff, app: Flask
) -> None:
    url = f"/admin/staff/access/?id={viewer.id}"
    for _ in range(6):
        sign_in(email=viewer.email, password="wrong")
    told = Page(as_owner.get(url)).texts("p", within="main")

    as_owner.post_form(url, {"act": "unlock"})

    assert [line for line in told if line.startswith("6 attempts to sign in failed.")] != []
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
