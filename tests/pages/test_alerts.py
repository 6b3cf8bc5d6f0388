"""Emails to people whose way to sign in has changed: to the address that was theirs, after the commit, and never in its way."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from admin_app.db.types import utc_now
from admin_app.domain.auth import alerts, two_factor
from admin_app.extensions import db
from admin_app.models.staff import Staff
from tests.authenticator import Authenticator
from tests.page import Page
from tests.pages.passkeys import add, enrol_app

ACCOUNT, OWN = "/admin/account/", "/admin/account/two-factor/"
PASSWORD = "a new one that is long enough"
SUBJECT = "Your account: the way you sign in has changed"
CHANGED, CODES = "The password was changed.", "New recovery codes were created."
ADDED, OFF = "A passkey was added.", "Two-factor sign-in was turned off: apps, passkeys and recovery codes are gone."


def told(outbox: Any) -> list[tuple[str, list[str]]]:
    """Return whom each email went to, and what it says was done."""
    return [(one.to[0], [line[2:] for line in one.body.splitlines() if line[:2] == "- "]) for one in outbox.outbox]


def edit(client: Any, person: Staff, **typed: str) -> int:
    form = {"name": person.name, "email": person.email, "roles": str(person.roles), "is_active": "y", **typed}
    return int(client.post_form(f"/admin/staff/edit/?id={person.id}", form).status_code)


def test_an_email_says_what_was_done_when_and_what_to_do(as_owner: Any, make_staff: Any, outbox: Any) -> None:
    ann = make_staff("Ann", time_zone="Asia/Tokyo")

    edit(as_owner, ann, password=PASSWORD)

    (sent,) = outbox.outbox
    lines = sent.body.splitlines()
    assert (sent.to, sent.subject, lines[0]) == (["ann@example.com"], SUBJECT, "Hello Ann,")
    assert lines[2].startswith(f"at {utc_now():%Y}")
    assert lines[2].endswith("UTC the way you sign in as ann@example.com changed:")
    assert " JST, " in lines[2]
    assert lines[4] == f"- {CHANGED}"
    assert lines[6].endswith("choose a new password and tell an owner of the dashboard.")
    assert PASSWORD not in sent.body


def test_factors_that_come_and_go_are_told(as_owner: Any, owner: Staff, editor: Staff, outbox: Any, app: Flask) -> None:
    device, second = Authenticator(), Authenticator()
    add(as_owner, device)
    add(as_owner, second, name="Red key")
    edit_key = Page(as_owner.get(ACCOUNT)).link("Rename or remove Red key")
    as_owner.post_form(edit_key, {"act": "remove"})
    enrol_app(app, owner)
    as_owner.post_form(OWN, {"act": "remove-app"}, page=ACCOUNT)
    as_owner.post_form(OWN, {"act": "codes"}, page=ACCOUNT)
    enrol_app(app, editor)
    as_owner.post_form(f"/admin/staff/access/?id={editor.id}", {"act": "reset-two-factor"})

    hers, his = owner.email, editor.email
    assert [one for one in told(outbox) if one[0] == hers] == [
        (hers, [CODES, ADDED]),
        (hers, [ADDED]),
        (hers, ["A passkey was removed."]),
        (hers, ["An app for two-factor sign-in was set up."]),
        (hers, ["The app for two-factor sign-in was removed."]),
        (hers, [CODES]),
    ]
    assert [one for one in told(outbox) if one[0] == his] == [
        (his, [CODES, "An app for two-factor sign-in was set up."]),
        (his, [OFF]),
    ]


def test_a_password_by_a_link_and_ones_own_are_told_and_the_first_one_is_not(
    as_owner: Any, as_nobody: Any, make_staff: Any, outbox: Any, password: str
) -> None:
    ann, invited = make_staff("Ann"), make_staff("Bo", password_hash="")
    for person in (ann, invited):
        as_owner.post_form(f"/admin/staff/access/?id={person.id}", {"act": "link"})
    for sent in outbox.outbox[:2]:
        link = next(line for line in sent.body.splitlines() if "/password/" in line)
        as_nobody.post_form(link.partition("localhost")[2], {"new_password": PASSWORD})
    as_owner.post_form(ACCOUNT, {"current_password": password, "new_password": PASSWORD})

    assert told(outbox)[2:] == [(ann.email, [CHANGED]), ("olivia@example.com", [CHANGED])]


def test_who_changes_the_address_too_is_told_on_at_the_former_one(as_owner: Any, viewer: Staff, outbox: Any) -> None:
    edit(as_owner, viewer, email="mallory@example.com", password=PASSWORD)

    assert told(outbox) == [(viewer.email, [CHANGED])]


def test_what_was_not_done_is_not_told(as_owner: Any, viewer: Staff, outbox: Any, app: Flask) -> None:
    edit(as_owner, viewer, email="olivia@example.com", password=PASSWORD)
    with app.app_context():
        person = db.session.scalars(select(Staff).where(Staff.id == viewer.id)).one()
        two_factor.reset(db.session, person)
        with db.session.begin_nested():
            pass
        before = alerts.due(db.session)
        db.session.rollback()
        db.session.commit()
        assert (before, alerts.due(db.session)) == ([], [])

    assert told(outbox) == []


@pytest.mark.usefixtures("dead_mail_server")
def test_a_server_that_takes_no_email_stops_nothing(as_owner: Any, as_nobody: Any, viewer: Staff) -> None:
    saved = edit(as_owner, viewer, password=PASSWORD)

    signed_in = as_nobody.post_form("/sign-in", {"email": viewer.email, "password": PASSWORD})
    assert (saved, signed_in.status_code) == (303, 303)
