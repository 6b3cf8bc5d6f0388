"""Links that set a password: made by an owner, shown once or sent, used once, and no way around signing in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from admin_app.models.staff import Staff
from tests.page import Page

NEW = "a new one that is long enough"


def access(staff: Staff) -> str:
    return f"/admin/staff/access/?id={staff.id}"


def link_of(page: Page) -> str:
    (control,) = page.all("input", id="link")
    return urlsplit(control.attributes["value"]).path


def test_an_owner_hands_a_link_over_and_the_person_signs_in_with_it(
    as_owner: Any, as_viewer: Any, viewer: Staff, as_nobody: Any, password: str
) -> None:
    url = link_of(Page(as_owner.post_form(access(viewer), {"act": "link"})))
    before = as_viewer.get("/admin/").status_code

    used = as_nobody.post_form(url, {"new_password": NEW})

    assert (used.status_code, used.location) == (303, "/admin/")
    assert (before, as_viewer.get("/admin/").status_code, as_nobody.get("/admin/").status_code) == (200, 302, 200)
    as_nobody.post_form("/sign-out", page="/admin/")
    answers = [as_nobody.post_form("/sign-in", {"email": viewer.email, "password": tried}).status_code
               for tried in (password, NEW)]  # fmt: skip
    assert answers == [422, 303]


def test_a_link_asks_for_the_second_factor_before_it_signs_in(
    as_owner: Any, viewer: Staff, as_nobody: Any, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = link_of(Page(as_owner.post_form(access(viewer), {"act": "link"})))
    monkeypatch.setitem(app.config, "TWO_FACTOR", frozenset({"viewer"}))

    used = as_nobody.post_form(url, {"new_password": NEW})

    assert (used.location, as_nobody.get("/admin/").status_code) == ("/sign-in/enrol", 302)


def test_a_password_that_could_not_be_stored_leaves_its_person_signed_in(
    as_owner: Any, viewer: Staff, as_viewer: Any, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = link_of(Page(as_owner.post_form(access(viewer), {"act": "link"})))
    monkeypatch.setitem(app.config, "TWO_FACTOR", frozenset({"viewer"}))
    token = as_viewer.token_of(url)

    with the_database_refusing(Staff):
        refused = as_viewer.post(url, data={"new_password": NEW, "csrf_token": token})

    assert (refused.status_code, as_viewer.get("/admin/").status_code) == (503, 200)


@contextmanager
def the_database_refusing(model: type[Any]) -> Iterator[None]:
    """Let the database refuse to change a record of this model."""

    def refuse(session: Session, *_: Any) -> None:
        if any(isinstance(one, model) for one in session.dirty):
            raise OperationalError(None, None, TimeoutError())

    event.listen(Session, "before_flush", refuse)
    try:
        yield
    finally:
        event.remove(Session, "before_flush", refuse)


def test_a_link_works_once(as_owner: Any, viewer: Staff, app: Flask) -> None:
    url = link_of(Page(as_owner.post_form(access(viewer), {"act": "link"})))
    first, second = app.test_client(), app.test_client()
    token = second.token_of(url)
    first.post_form(url, {"new_password": NEW})

    again = second.post(url, data={"new_password": "another one, long enough", "csrf_token": token})

    assert (again.status_code, second.get(url).status_code) == (404, 404)
    assert first.get("/admin/").status_code == 200


def test_a_link_is_shown_once(as_owner: Any, viewer: Staff) -> None:
    url = link_of(Page(as_owner.post_form(access(viewer), {"act": "link"})))

    page = as_owner.get(access(viewer)).text

    assert url not in page


def test_a_poor_password_is_refused_and_the_link_stays_good(as_owner: Any, viewer: Staff, as_nobody: Any) -> None:
    url = link_of(Page(as_owner.post_form(access(viewer), {"act": "link"})))

    pages = [Page(as_nobody.post_form(url, {"new_password": typed})) for typed in ("", "short", viewer.email)]

    assert [(page.status, page.error_of("new_password")) for page in pages] == [
        (422, "Choose a password."),
        (422, "Use 12 characters or more for the password."),
        (422, "This password is common or easy to guess. Use a few unrelated words."),
    ]
    assert as_nobody.get(url).status_code == 200


def test_a_link_needs_the_forms_token(as_owner: Any, viewer: Staff, as_nobody: Any) -> None:
    url = link_of(Page(as_owner.post_form(access(viewer), {"act": "link"})))

    assert as_nobody.post(url, data={"new_password": NEW}).status_code == 400
    assert as_nobody.get(url).status_code == 200


@pytest.mark.parametrize("token", ["0", "0" * 43, "%00", "é", "x" * 5000])
def test_a_made_up_link_is_good_no_more(token: str, as_nobody: Any) -> None:
    response = as_nobody.get(f"/password/{token}")

    assert (response.status_code, Page(response).heading) == (404, "This link is no longer valid")


@pytest.mark.parametrize("person", ["as_viewer", "as_editor"])
def test_only_owners_make_links(person: str, viewer: Staff, request: pytest.FixtureRequest) -> None:
    client = request.getfixturevalue(person)

    assert client.post_form(access(viewer), {"act": "link"}, page="/admin/account/").status_code == 403


# ---- by email


def test_with_a_mail_server_the_link_is_sent_and_not_shown(
    as_owner: Any, viewer: Staff, as_nobody: Any, outbox: Any
) -> None:
    page = as_owner.post_form(access(viewer), {"act": "link"})

    (sent,) = outbox.outbox
    url = next(line for line in sent.body.splitlines() if "/password/" in line)
    assert (sent.to, sent.subject) == ([viewer.email], "Your account: choose a password")
    assert url not in page.text
    assert "A link was sent to vera@example.com. It works once and expires in 24 hours." in Page(page).notice
    assert as_nobody.get(urlsplit(url).path).status_code == 200


@pytest.mark.usefixtures("dead_mail_server")
def test_an_email_that_cannot_be_sent_leaves_the_link_to_be_handed_over(
    as_owner: Any, viewer: Staff, as_nobody: Any
) -> None:
    page = Page(as_owner.post_form(access(viewer), {"act": "link"}))

    assert as_nobody.get(link_of(page)).status_code == 200
