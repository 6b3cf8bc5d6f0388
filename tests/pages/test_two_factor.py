"""The second step of signing in: no session before it, and no way around."""

from __future__ import annotations

import time
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from admin_app.extensions import db
from admin_app.models.change_set import ChangeSet
from admin_app.models.staff import Staff
from tests.page import Page
from tests.pages.codes import code_now
from tests.pages.passkeys import ACCOUNT, CODE, ENROL, OWN, sessions

pytestmark = [pytest.mark.covers, pytest.mark.usefixtures("no_time_passes")]


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


def test_a_wrong_code_is_told_and_counted(half_way: Any, enrolled: list[str], as_nobody: Any, app: Flask) -> None:
    half_way()

    answers = [as_nobody.post_form(CODE, {"code": "000000"}) for _ in range(6)]
    right = as_nobody.post_form(CODE, {"code": enrolled[0]})

    assert [answer.status_code for answer in answers] == [422] * 5 + [429]
    assert "This code is wrong" in Page(answers[0]).error_of("code")
    assert (right.status_code, sessions(app)) == (429, 0)


@pytest.mark.parametrize("url", [CODE, ENROL])
def test_without_the_password_there_is_no_second_step(url: str, as_nobody: Any, enrolled: list[str]) -> None:
    token = as_nobody.token_of("/sign-in")

    answers = [as_nobody.get(url), as_nobody.post(url, data={"csrf_token": token, "code": enrolled[0]})]

    assert [(answer.status_code, answer.location) for answer in answers] == [(303, "/sign-in")] * 2


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


def test_half_way_ends_after_ten_minutes(
    half_way: Any, enrolled: list[str], as_nobody: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    half_way()
    begun, answers = time.time(), []
    for seconds in (0, 10 * 60 - 10, 10 * 60 + 10):
        monkeypatch.setattr("itsdangerous.timed.time.time", lambda later=seconds: begun + later)
        answers.append(as_nobody.get(CODE).status_code)

    assert enrolled
    assert answers == [200, 200, 303]


def test_the_code_needs_the_forms_token(half_way: Any, enrolled: list[str], as_nobody: Any, app: Flask) -> None:
    half_way()

    assert as_nobody.post(CODE, data={"code": enrolled[0]}).status_code == 400
    assert sessions(app) == 0


# ---- one's own account


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


@pytest.mark.usefixtures("required")
def test_it_is_not_turned_off_where_the_role_needs_it(
    as_owner: Any, enrolled: list[str], half_way: Any, app: Flask
) -> None:
    answer = as_owner.post_form(OWN, {"act": "remove"}, page=ACCOUNT)

    assert enrolled
    assert (answer.status_code, half_way(client=app.test_client()).location) == (403, CODE)
    assert "Turn off" not in as_owner.get(ACCOUNT).text


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
        (owner.id, "Turned two-factor sign-in off for colleague “Olivia”", owner.id),
        (owner.id, "Created new recovery codes for colleague “Olivia”", owner.id),
        (owner.id, "Set up the app for two-factor sign-in of colleague “Olivia”", owner.id),
    ]
