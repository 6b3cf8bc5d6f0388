"""Whoever forgot their password gets a link by email; nobody learns by that who has an account."""

from __future__ import annotations

import re
import threading
from typing import Any

import pytest
from flask import Flask

from admin_app.domain.auth import forgotten as rules
from admin_app.extensions import db
from admin_app.models.change_set import ChangeSet
from admin_app.models.password_link import PasswordLink
from admin_app.web.mail.forgotten import THREAD
from tests.page import Page

ADDRESS = "/forgotten-password"


@pytest.fixture
def store() -> str:
    """Stay on one store: what is kept there is tried elsewhere."""
    return "sqlite"


@pytest.fixture(autouse=True)
def known_host(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Say under which name people come."""
    monkeypatch.setitem(app.config, "TRUSTED_HOSTS", ["localhost"])


def ask(client: Any, email: str) -> Any:
    """Ask for a link, and wait until what is done beside the answer is done."""
    answer = client.post_form(ADDRESS, {"email": email})
    for thread in threading.enumerate():
        if thread.name == THREAD:
            thread.join()
    return answer


def test_link_by_email_sets_the_password(as_nobody: Any, owner: Any, outbox: Any, app: Flask) -> None:
    offered = Page(as_nobody.get("/sign-in")).texts("a")
    answer = ask(as_nobody, owner.email.upper())
    (mail,) = outbox.outbox
    link = re.search(r"http://localhost(/password/\S+)", mail.body)
    assert link
    chosen = as_nobody.post_form(
        link[1], {"new_password": "a quite unguessable sentence", "repeated": "a quite unguessable sentence"}
    )

    assert ("I have forgotten my password" in offered, answer.status_code, answer.headers["Location"]) == (
        True,
        303,
        "/sign-in",
    )
    assert (mail.to, mail.subject, chosen.status_code) == ([owner.email], "Choose a new password", 303)
    with app.app_context():
        by = db.select(ChangeSet.actor).where(ChangeSet.summary.startswith("Created a password link for"))
        assert db.session.scalars(by).all() == ["Forgotten password"]


@pytest.mark.parametrize("case", ["unknown", "switched off", "invited"])
def test_others_get_the_same_answer_and_no_email(
    case: str, as_nobody: Any, make_staff: Any, outbox: Any, app: Flask
) -> None:
    make_staff("Ann", is_active=False) if case == "switched off" else None
    make_staff("Ann", password_hash="") if case == "invited" else None
    make_staff("Bea")

    there, answer = ask(as_nobody, "bea@example.com"), ask(as_nobody, "ann@example.com")

    same = [(one.status_code, one.headers["Location"], one.text) for one in (there, answer)]
    assert same[0] == same[1]
    assert [mail.to for mail in outbox.outbox] == [["bea@example.com"]]
    with app.app_context():
        assert db.session.query(PasswordLink).count() == 1


def test_link_names_the_host_that_is_known_whatever_the_request_says(as_nobody: Any, owner: Any, outbox: Any) -> None:
    token = as_nobody.token_of(ADDRESS)

    refused = as_nobody.post(ADDRESS, data={"csrf_token": token, "email": owner.email}, base_url="http://evil.example")

    assert (refused.status_code, outbox.outbox) == (400, [])


@pytest.mark.usefixtures("outbox")
def test_asking_too_often_is_delayed_alike_for_everybody(as_nobody: Any, owner: Any) -> None:
    statuses = {}
    for email in (owner.email, "nobody@example.com"):
        statuses[email] = [ask(as_nobody, email).status_code for _ in range(rules.FREE_FOR_ACCOUNT)]
        # On a busy machine a delay of a second may be over: they grow.
        statuses[email] += [max(ask(as_nobody, email).status_code for _ in range(6))]

    assert statuses == dict.fromkeys(statuses, [303] * rules.FREE_FOR_ACCOUNT + [429])


def test_it_is_not_there_without_email_or_without_a_known_host(
    as_nobody: Any, request: pytest.FixtureRequest, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_mail = as_nobody.get(ADDRESS).status_code
    request.getfixturevalue("outbox")
    with_both = as_nobody.get(ADDRESS).status_code
    monkeypatch.setitem(app.config, "TRUSTED_HOSTS", None)

    assert (without_mail, with_both, as_nobody.get(ADDRESS).status_code) == (404, 200, 404)


@pytest.mark.usefixtures("outbox")
def test_who_is_signed_in_is_led_to_their_account(as_viewer: Any) -> None:
    assert as_viewer.get(ADDRESS).headers["Location"] == "/admin/account/"


@pytest.mark.usefixtures("outbox")
def test_an_empty_field_is_told(as_nobody: Any) -> None:
    answer = as_nobody.post_form(ADDRESS, {"email": " "})

    assert (answer.status_code, Page(answer).texts("a", href="#email")) == (422, ["Enter your email."])
