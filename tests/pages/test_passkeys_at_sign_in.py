"""Passkeys at sign-in and as proof: every answer once, from the browser that was asked, delayed like a code."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from admin_app.domain.auth import passkeys, throttle
from admin_app.extensions import db
from admin_app.models.passkey import Passkey
from admin_app.models.staff import Staff
from tests.authenticator import Authenticator
from tests.page import Page
from tests.pages.passkeys import (
    CODE,
    CONFIRM,
    ENROL,
    NEW,
    OWN,
    add,
    form_of,
    let_proof_age,
    prove,
    sessions,
    told,
)

REFUSED = "This passkey was not accepted. Press the button to try again, or use another way."
USED = "This page was open too long, or its passkey has already been used. Press the button to try again."


@pytest.fixture(autouse=True)
def no_time_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stop the clock of the delays: the first is a second, and hashing takes its time."""
    now = throttle.utc_now()
    monkeypatch.setattr(throttle, "utc_now", lambda: now)


# ---- signing in


def test_a_passkey_signs_in_after_the_password_and_there_is_no_session_before(
    device: Authenticator, half_way: Any, as_nobody: Any, app: Flask
) -> None:
    first = half_way()
    before = (sessions(app), as_nobody.get("/admin/").status_code)

    done = prove(as_nobody, device)

    assert (first.location, before) == (CODE, (1, 302))
    assert (done.status_code, done.location) == (303, "/admin/")
    assert as_nobody.get("/admin/").status_code == 200


@pytest.mark.usefixtures("required", "owner")
def test_a_role_that_needs_a_second_factor_enrols_a_passkey_before_there_is_a_session(
    half_way: Any, as_nobody: Any, app: Flask
) -> None:
    first = half_way()
    before = sessions(app)

    done = add(as_nobody, Authenticator(), url=ENROL)
    again = as_nobody.get(ENROL)

    assert (first.location, before, sessions(app)) == (ENROL, 0, 1)
    assert len(Page(done).texts("li", within="main")) == 8
    assert (as_nobody.get("/admin/").status_code, again.location) == (200, "/sign-in")


@pytest.mark.usefixtures("required", "owner")
def test_a_passkey_that_is_refused_enrols_nobody(half_way: Any, as_nobody: Any, app: Flask) -> None:
    half_way()

    answer = Page(add(as_nobody, Authenticator(origin="https://evil.example"), url=ENROL))

    assert (answer.status, answer.summary, sessions(app)) == (422, [passkeys.NOT_MADE], 0)


def test_whoever_has_a_factor_cannot_enrol_another_half_way(
    device: Authenticator, half_way: Any, as_nobody: Any, app: Flask
) -> None:
    half_way()
    form = form_of(Page(as_nobody.get(CODE)), device.prove)

    answer = as_nobody.post(ENROL, data=form)

    assert (answer.status_code, answer.location, sessions(app)) == (303, "/sign-in", 1)


def test_an_answer_signs_in_once(device: Authenticator, half_way: Any, as_nobody: Any, app: Flask) -> None:
    device.counts = False
    with app.app_context():
        db.session.execute(update(Passkey).values(sign_count=0))
        db.session.commit()
    half_way()
    copy = app.test_client()
    form = form_of(Page(as_nobody.get(CODE)), device.prove)
    with as_nobody.session_transaction() as original, copy.session_transaction() as session:
        session.update(original)

    answers = [client.post(CODE, data=form) for client in (as_nobody, copy)]

    assert [answer.status_code for answer in answers] == [303, 422]
    assert Page(answers[1]).summary == [USED]


def test_a_passkey_whose_count_goes_back_signs_nobody_in(
    device: Authenticator, half_way: Any, as_nobody: Any, app: Flask
) -> None:
    with app.app_context():
        db.session.execute(update(Passkey).values(sign_count=2**32 - 1))
        db.session.commit()
    half_way()

    answer = Page(prove(as_nobody, device))

    assert (answer.status, answer.summary) == (422, [passkeys.COPIED])
    assert told(app, 1) == ["Refused the passkey “Blue key”, which may have been copied, of colleague “Olivia”"]
    assert sessions(app) == 1


def test_another_persons_passkey_signs_nobody_in(
    device: Authenticator, half_way: Any, as_viewer: Any, as_nobody: Any, app: Flask
) -> None:
    add(as_viewer, Authenticator())
    half_way(email="vera@example.com")

    answer = Page(prove(as_nobody, device))

    assert (answer.status, answer.summary, sessions(app)) == (422, [REFUSED], 2)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"origin": "https://evil.example"}, REFUSED),
        ({"credential": b"unknown"}, REFUSED),
        ({"verifies": False}, REFUSED),
    ],
    ids=["another site", "an unknown key", "nobody was asked"],
)
def test_what_a_device_may_not_do_signs_nobody_in(
    change: dict[str, Any], words: str, *, device: Authenticator, half_way: Any, as_nobody: Any
) -> None:
    for name, value in change.items():
        setattr(device, name, value)
    half_way()

    answer = Page(prove(as_nobody, device))

    assert (answer.status, answer.summary) == (422, [words])


def test_a_question_of_another_browser_another_kind_or_none_is_refused(
    device: Authenticator, half_way: Any, as_owner: Any, as_nobody: Any, app: Flask
) -> None:
    half_way()
    other = app.test_client()
    half_way(client=other)
    asked = Page(as_nobody.get(CODE))
    of_another_browser = form_of(Page(other.get(CODE)), device.prove)["passkey_question"]
    for_making = form_of(Page(as_owner.get(NEW)), device.make)["passkey_question"]
    of_an_app = Page(as_owner.get(OWN)).values("enrolment")["secret"]

    forged = [of_another_browser, for_making, of_an_app, "", "é"]
    answers = [
        Page(as_nobody.post(CODE, data={**form_of(asked, device.prove), "passkey_question": one})) for one in forged
    ]

    assert [answer.summary for answer in answers] == [[USED]] * 5


def test_a_question_is_good_for_ten_minutes(
    device: Authenticator, half_way: Any, as_nobody: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    half_way()
    monkeypatch.setattr(passkeys, "CHALLENGE_SECONDS", -1)

    assert Page(prove(as_nobody, device)).summary == [USED]


def test_wrong_passkeys_and_wrong_codes_are_delayed_together(
    device: Authenticator, half_way: Any, as_nobody: Any, app: Flask
) -> None:
    half_way()
    stranger = Authenticator()

    answers = [as_nobody.post_form(CODE, {"code": "000000"}) for _ in range(3)]
    answers += [prove(as_nobody, stranger) for _ in range(3)]
    right = prove(as_nobody, device)

    assert [answer.status_code for answer in answers] == [422] * 5 + [429]
    assert (right.status_code, int(right.headers["Retry-After"]) > 0, sessions(app)) == (429, True, 1)


def test_a_passkey_needs_the_forms_token(device: Authenticator, half_way: Any, as_nobody: Any, app: Flask) -> None:
    half_way()
    form = form_of(Page(as_nobody.get(CODE)), device.prove)

    answer = as_nobody.post(CODE, data={**form, "csrf_token": ""})

    assert (answer.status_code, sessions(app)) == (400, 1)


def test_at_another_host_the_page_says_where_the_passkeys_work(
    device: Authenticator, half_way: Any, as_nobody: Any, app: Flask
) -> None:
    with app.app_context():
        db.session.execute(update(Passkey).values(site="admin.example.org"))
        db.session.commit()
    half_way()

    page = Page(as_nobody.get(CODE))

    assert device
    assert page.texts("p", within="main")[1] == "Your passkeys work only at admin.example.org."
    assert page.all("button", data_passkey="get") == []


# ---- proof


def test_a_passkey_is_proof_and_what_was_sent_is_carried_out(
    device: Authenticator, as_owner: Any, viewer: Staff, app: Flask
) -> None:
    url = f"/admin/staff/edit/?id={viewer.id}"
    sent = {"name": "Verity", "email": viewer.email, "roles": "viewer", "is_active": "y", "password": ""}
    let_proof_age(app)
    asked = Page(as_owner.post_form(url, sent))

    done = as_owner.post(url, data=form_of(asked, device.prove))

    with app.app_context():
        assert db.session.get_one(Staff, viewer.id).name == "Verity"
    assert (asked.status, done.status_code) == (403, 303)
    assert as_owner.post_form(url, sent).status_code == 303


def test_wrong_passkeys_and_wrong_passwords_are_delayed_together(
    device: Authenticator, as_owner: Any, app: Flask
) -> None:
    let_proof_age(app)
    stranger = Authenticator()

    answers = [Page(as_owner.post_form(CONFIRM, {"proof_password": "wrong"})) for _ in range(3)]
    answers += [Page(prove(as_owner, stranger, CONFIRM)) for _ in range(3)]
    right = prove(as_owner, device, CONFIRM)

    assert [answer.summary for answer in answers[2:5]] == [
        ["This is not your password. Nothing was changed."],
        [REFUSED],
        [REFUSED],
    ]
    assert (answers[5].summary, right.status_code) == (
        ["Too many failed attempts. Wait 1 second, then try again."],
        422,
    )
