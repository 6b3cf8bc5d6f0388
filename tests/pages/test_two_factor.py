"""The second step of signing in: no session before it, enrolment where the role asks for it, and no way around."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pyotp
import pytest
from flask import Flask
from sqlalchemy import func, select

from admin_app import create_app
from admin_app.domain import throttle, two_factor
from admin_app.extensions import db
from admin_app.models.change_set import ChangeSet
from admin_app.models.staff import Staff, StaffSession
from admin_app.pages.auth import set_up_url
from tests.page import Page

on_sqlite = pytest.mark.parametrize("store", ["sqlite"], indirect=True)
CODE, ENROL, ACCOUNT, OWN = "/sign-in/code", "/sign-in/enrol", "/admin/account/", "/admin/account/two-factor/"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture(autouse=True)
def no_time_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stop the clock of the delays: the first is a second, and hashing takes its time."""
    now = throttle.utc_now()
    monkeypatch.setattr(throttle, "utc_now", lambda: now)


@pytest.fixture
def enrolled(app: Flask, owner: Staff) -> list[str]:
    """Enrol Olivia's app a while ago; return her recovery codes."""
    with app.app_context():
        person = db.session.get_one(Staff, owner.id)
        code = pyotp.TOTP(SECRET).at(datetime.now(UTC) - timedelta(seconds=30))
        codes = two_factor.enrol(db.session, person, SECRET, code, key=str(app.secret_key))
        db.session.commit()
        return codes


def code_now() -> str:
    return pyotp.TOTP(SECRET).at(datetime.now(UTC) + timedelta(seconds=25))


def sessions(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(StaffSession)) or 0


def secret_of(page: Page) -> str:
    return page.texts("code", class_="secret")[0].replace(" ", "")


# ---- the code


def test_after_the_password_there_is_no_session_before_the_code(
    half_way: Any, enrolled: list[str], as_nobody: Any, app: Flask
) -> None:
    first = half_way()
    before = (sessions(app), as_nobody.get("/admin/").status_code, as_nobody.get(OWN).status_code)

    second = as_nobody.post_form(CODE, {"code": code_now()})

    assert enrolled
    assert (first.status_code, first.location, before) == (303, CODE, (0, 302, 302))
    assert (second.status_code, second.location) == (303, "/admin/")
    assert as_nobody.get("/admin/").status_code == 200


@on_sqlite
def test_the_way_on_is_kept(half_way: Any, enrolled: list[str], as_nobody: Any) -> None:
    half_way(next="/admin/user/?q=ann")

    assert enrolled
    assert as_nobody.post_form(CODE, {"code": code_now()}).location == "/admin/user/?q=ann"


def test_a_recovery_code_signs_in_once_and_says_how_many_are_left(
    half_way: Any, enrolled: list[str], as_nobody: Any, app: Flask
) -> None:
    other = app.test_client()
    half_way()
    half_way(client=other)

    answers = [client.post_form(CODE, {"code": enrolled[0]}).status_code for client in (as_nobody, other)]

    assert answers == [303, 422]
    assert "You have 7 codes left." in Page(as_nobody.get("/admin/")).notice


@on_sqlite
def test_a_wrong_code_is_told_and_counted(half_way: Any, enrolled: list[str], as_nobody: Any, app: Flask) -> None:
    half_way()

    answers = [as_nobody.post_form(CODE, {"code": "000000"}) for _ in range(6)]
    right = as_nobody.post_form(CODE, {"code": enrolled[0]})

    assert [answer.status_code for answer in answers] == [422] * 5 + [429]
    assert "This code is wrong" in Page(answers[0]).error_of("code")
    assert (right.status_code, sessions(app)) == (429, 0)


@on_sqlite
@pytest.mark.parametrize("url", [CODE, ENROL])
def test_without_the_password_there_is_no_second_step(url: str, as_nobody: Any, enrolled: list[str]) -> None:
    token = as_nobody.token_of("/sign-in")

    answers = [as_nobody.get(url), as_nobody.post(url, data={"csrf_token": token, "code": enrolled[0]})]

    assert [(answer.status_code, answer.location) for answer in answers] == [(303, "/sign-in")] * 2


@on_sqlite
def test_half_way_ends_with_a_new_password_and_a_closed_account(
    half_way: Any, enrolled: list[str], as_nobody: Any, app: Flask, owner: Staff
) -> None:
    answers = []
    for change in ({"password_hash": "another"}, {"password_hash": owner.password_hash, "is_active": False}):
        half_way()
        with app.app_context():
            person = db.session.get_one(Staff, owner.id)
            for name, value in change.items():
                setattr(person, name, value)
            db.session.commit()
        answers.append(as_nobody.get(CODE).status_code)
        with app.app_context():
            db.session.get_one(Staff, owner.id).password_hash = owner.password_hash
            db.session.commit()

    assert enrolled
    assert answers == [303, 303]


@on_sqlite
def test_half_way_ends_after_ten_minutes(
    half_way: Any, enrolled: list[str], as_nobody: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    half_way()
    before = as_nobody.get(CODE).status_code
    monkeypatch.setattr("admin_app.web.second_factor.HALF_WAY_SECONDS", -1)

    assert enrolled
    assert (before, as_nobody.get(CODE).status_code) == (200, 303)


@on_sqlite
def test_the_code_needs_the_forms_token(half_way: Any, enrolled: list[str], as_nobody: Any, app: Flask) -> None:
    half_way()

    assert as_nobody.post(CODE, data={"code": enrolled[0]}).status_code == 400
    assert sessions(app) == 0


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


@on_sqlite
@pytest.mark.usefixtures("required", "owner")
def test_a_wrong_first_code_keeps_the_square(half_way: Any, as_nobody: Any, app: Flask) -> None:
    half_way()
    page = Page(as_nobody.get(ENROL))

    refused = Page(as_nobody.post(ENROL, data={**page.values("enrolment"), "code": "000000"}))

    assert refused.status == 422
    assert secret_of(refused) == secret_of(page)
    assert sessions(app) == 0


@on_sqlite
@pytest.mark.usefixtures("required", "owner")
def test_a_forged_secret_enrols_nothing(half_way: Any, as_nobody: Any, app: Flask) -> None:
    half_way()

    answers = [as_nobody.post_form(ENROL, {"secret": forged, "code": code_now()}) for forged in ("", SECRET, "é")]

    assert [Page(answer).error_of("code") != "" for answer in answers] == [True] * 3
    assert sessions(app) == 0


@on_sqlite
@pytest.mark.usefixtures("required")
def test_who_has_a_factor_does_not_enrol_another_one_half_way(
    half_way: Any, enrolled: list[str], as_nobody: Any
) -> None:
    half_way()

    assert enrolled
    assert as_nobody.get(ENROL).location == "/sign-in"


@on_sqlite
@pytest.mark.usefixtures("required", "viewer")
def test_other_roles_sign_in_by_their_password(half_way: Any) -> None:
    assert half_way(email="vera@example.com").location == "/admin/"


@on_sqlite
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


def test_recovery_codes_are_made_anew(as_owner: Any, enrolled: list[str], half_way: Any, app: Flask) -> None:
    new = Page(as_owner.post_form(OWN, {"act": "codes"}, page=ACCOUNT)).texts("li", within="main")
    client = app.test_client()
    half_way(client=client)

    answers = [client.post_form(CODE, {"code": code}).status_code for code in (enrolled[0], new[0])]

    assert (len(new), answers) == (8, [422, 303])


def test_it_is_turned_off_where_the_role_does_without(
    as_owner: Any, enrolled: list[str], half_way: Any, app: Flask
) -> None:
    answer = as_owner.post_form(OWN, {"act": "remove"}, page=ACCOUNT)

    assert enrolled
    assert (answer.status_code, half_way(client=app.test_client()).location) == (303, "/admin/")


@on_sqlite
@pytest.mark.usefixtures("required")
def test_it_is_not_turned_off_where_the_role_needs_it(
    as_owner: Any, enrolled: list[str], half_way: Any, app: Flask
) -> None:
    answer = as_owner.post_form(OWN, {"act": "remove"}, page=ACCOUNT)

    assert enrolled
    assert (answer.status_code, half_way(client=app.test_client()).location) == (403, CODE)
    assert "Turn off" not in as_owner.get(ACCOUNT).text


@on_sqlite
def test_the_square_holds_what_the_text_says_and_nothing_inline(as_viewer: Any) -> None:
    response = as_viewer.get(OWN)

    page = Page(response)
    (square,) = page.all("img", class_="square")
    (link,) = [one.attributes["href"] for one in page.all("a") if one.text == "open it on this device"]
    assert square.attributes["src"].startswith("data:image/svg+xml")
    assert re.fullmatch(rf"otpauth://totp/Admin:vera%40example.com\?secret={secret_of(page)}&issuer=Admin", link)
    assert "style=" not in response.text


# ---- the setting


@on_sqlite
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


@on_sqlite
def test_the_trail_says_what_became_of_a_second_factor(
    enrolled: list[str], as_owner: Any, owner: Staff, app: Flask
) -> None:
    assert len(enrolled) == 8
    for act in ("codes", "remove"):
        as_owner.post_form(OWN, {"act": act}, page=ACCOUNT)

    with app.app_context():
        acts = db.session.scalars(select(ChangeSet).order_by(ChangeSet.id.desc()).limit(3)).all()
        told = [(one.actor_id, one.summary, one.record_id) for one in acts]
    assert told == [
        (owner.id, "Turned two-factor sign-in off for staff “Olivia”", owner.id),
        (owner.id, "Made new recovery codes for staff “Olivia”", owner.id),
        (owner.id, "Set up the app for two-factor sign-in of staff “Olivia”", owner.id),
    ]
