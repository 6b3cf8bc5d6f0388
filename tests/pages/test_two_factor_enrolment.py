"""Enrolment of the second factor: where the role asks for it before there is a session, and on one's own account."""

from __future__ import annotations

import re
from typing import Any

import pyotp
import pytest
from flask import Flask
from sqlalchemy import select

from admin_app import create_app
from admin_app.extensions import db
from admin_app.models.change_set import ChangeSet
from admin_app.models.staff import Staff
from admin_app.pages.auth import set_up_url
from tests.page import Page
from tests.pages.codes import SECRET, code_now, secret_of
from tests.pages.passkeys import ACCOUNT, ENROL, OWN, sessions

pytestmark = [pytest.mark.covers, pytest.mark.usefixtures("no_time_passes")]


# ---- enrolment where the role asks for it


@pytest.mark.usefixtures("required", "owner")
def test_a_role_that_needs_a_second_factor_is_led_to_enrol_before_there_is_a_session(
    half_way: Any, as_nobody: Any, app: Flask
) -> None:
    first = half_way()
    page = Page(as_nobody.get(ENROL))
    before = (sessions(app), as_nobody.get("/admin/").status_code)
    form = {name: value for name, value in page.values("enrolment").items() if name != "code"}

    done = as_nobody.post(ENROL, data={**form, "code": pyotp.TOTP(secret_of(page)).now()})

    assert (first.status_code, first.location, before) == (303, ENROL, (0, 302))
    assert len(Page(done).texts("li", within="main")) == 8
    assert as_nobody.get("/admin/").status_code == 200
    with app.app_context():
        acts = db.session.scalars(select(ChangeSet.summary).order_by(ChangeSet.id.desc()).limit(2)).all()
    assert acts == ["Signed in", "Set up the app for two-factor sign-in of colleague “Olivia”"]


@pytest.mark.usefixtures("required", "owner")
def test_a_wrong_first_code_keeps_the_square(half_way: Any, as_nobody: Any, app: Flask) -> None:
    half_way()
    page = Page(as_nobody.get(ENROL))

    refused = Page(as_nobody.post(ENROL, data={**page.values("enrolment"), "code": "000000"}))

    assert refused.status == 422
    assert secret_of(refused) == secret_of(page)
    assert sessions(app) == 0


@pytest.mark.usefixtures("required", "owner")
def test_a_forged_secret_enrols_nothing(half_way: Any, as_nobody: Any, app: Flask) -> None:
    half_way()

    answers = [as_nobody.post_form(ENROL, {"secret": forged, "code": code_now()}) for forged in ("", SECRET, "é")]

    assert [Page(answer).error_of("code") != "" for answer in answers] == [True] * 3
    assert sessions(app) == 0


@pytest.mark.usefixtures("required")
def test_who_has_a_factor_does_not_enrol_another_one_half_way(
    half_way: Any, enrolled: list[str], as_nobody: Any
) -> None:
    half_way()

    assert enrolled
    assert as_nobody.get(ENROL).location == "/sign-in"


@pytest.mark.usefixtures("required", "viewer")
def test_other_roles_sign_in_by_their_password(half_way: Any) -> None:
    assert half_way(email="vera@example.com").location == "/admin/"


@pytest.mark.usefixtures("required")
def test_the_first_owner_enrols_at_once(app: Flask, as_nobody: Any) -> None:
    with app.test_request_context():
        link = set_up_url()

    made = as_nobody.post_form(
        link, {"name": "Olivia", "email": "olivia@example.com", "password": "twelve or more words"}
    )

    assert (made.status_code, made.location) == (303, ENROL)
    assert as_nobody.get("/admin/").status_code == 302


# ---- one's own account


def test_anybody_enrols_on_the_account_page_and_other_sessions_end(client_of: Any, viewer: Staff) -> None:
    here, elsewhere = client_of(viewer), client_of(viewer)
    page = Page(here.get(OWN))

    done = here.post(OWN, data={**page.values("enrolment"), "code": pyotp.TOTP(secret_of(page)).now()})

    assert len(Page(done).texts("li", within="main")) == 8
    assert [one.get("/admin/").status_code for one in (here, elsewhere)] == [200, 302]
    assert "8 of 8 recovery codes are left" in here.get(ACCOUNT).text


def test_the_square_holds_what_the_text_says_and_nothing_inline(as_viewer: Any) -> None:
    response = as_viewer.get(OWN)

    page = Page(response)
    (square,) = page.all("img", class_="square")
    (link,) = [one.attributes["href"] for one in page.all("a") if one.text == "open it on this device"]
    assert square.attributes["src"].startswith("data:image/svg+xml")
    assert re.fullmatch(rf"otpauth://totp/Admin:vera%40example.com\?secret={secret_of(page)}&issuer=Admin", link)
    assert "style=" not in response.text


# ---- the setting


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize(
    ("settings", "roles"),
    [
        ({}, set()),
        ({"ADMIN_HTTPS": "1"}, {"owner"}),
        ({"ADMIN_HTTPS": "1", "ADMIN_TWO_FACTOR": "none"}, set()),
        ({"ADMIN_TWO_FACTOR": "owner, Editor"}, {"owner", "editor"}),
    ],
)  # fmt: skip -- a table
def test_owners_need_it_where_it_is_meant_in_earnest(settings: dict[str, str], roles: set[str], tmp_path: Any) -> None:
    assert create_app(settings, instance_path=str(tmp_path)).config["TWO_FACTOR"] == roles
