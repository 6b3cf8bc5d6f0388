"""One's own account: a new password ends every other session, and nobody gets one without the present one."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from admin_app.extensions import db
from admin_app.models.staff import Staff
from tests.page import Page

on_sqlite = pytest.mark.parametrize("store", ["sqlite"], indirect=True)
URL = "/admin/account/"
NEW = "a new one that is long enough"


def hash_of(app: Flask, staff: Staff) -> str:
    with app.app_context():
        return db.session.scalars(select(Staff.password_hash).where(Staff.id == staff.id)).one()


def test_a_new_password_ends_every_other_session(client_of: Any, viewer: Staff, password: str, app: Flask) -> None:
    here, elsewhere = client_of(viewer), client_of(viewer)
    before = hash_of(app, viewer)

    response = here.post_form(URL, {"current_password": password, "new_password": NEW})

    assert (response.status_code, response.location) == (303, URL)
    assert (here.get("/admin/").status_code, elsewhere.get("/admin/").status_code) == (200, 302)
    assert hash_of(app, viewer) != before


def test_a_copy_of_the_old_cookie_is_dead_after_the_change(
    client_of: Any, viewer: Staff, password: str, app: Flask
) -> None:
    here, copy = client_of(viewer), app.test_client()
    with here.session_transaction() as original, copy.session_transaction() as session:
        session.update(original)

    here.post_form(URL, {"current_password": password, "new_password": NEW})

    assert copy.get("/admin/").status_code == 302


@on_sqlite
def test_the_new_password_signs_in_and_the_old_one_does_not(
    as_editor: Any, editor: Staff, password: str, app: Flask
) -> None:
    as_editor.post_form(URL, {"current_password": password, "new_password": NEW})

    answers = {}
    for tried in (password, NEW):
        response = app.test_client().post_form("/sign-in", {"email": editor.email, "password": tried})
        answers[tried] = response.status_code

    assert answers == {password: 422, NEW: 303}


@on_sqlite
def test_nobody_elses_sessions_end(as_editor: Any, as_viewer: Any, password: str) -> None:
    as_editor.post_form(URL, {"current_password": password, "new_password": NEW})

    assert as_viewer.get("/admin/").status_code == 200


def test_a_wrong_present_password_changes_nothing(client_of: Any, viewer: Staff, app: Flask) -> None:
    here, elsewhere = client_of(viewer), client_of(viewer)
    before = hash_of(app, viewer)

    response = here.post_form(URL, {"current_password": "wrong", "new_password": NEW})

    page = Page(response)
    assert (page.status, page.title) == (422, "Error: Account - Admin")
    assert page.error_of("current_password") == "This is not your current password."
    assert hash_of(app, viewer) == before
    assert elsewhere.get("/admin/").status_code == 200


@on_sqlite
@pytest.mark.parametrize(
    ("new", "problem"),
    [
        ("", "Choose a new password."),
        ("eleven char", "Use 12 characters or more for the password."),
        ("x" * 1025, "Use 1,024 characters or fewer for the password."),
        ("password1234", "This password is common or easy to guess. Use a few unrelated words."),
    ],
)
def test_a_poor_new_password_is_refused(new: str, problem: str, as_viewer: Any, viewer: Staff, app: Flask) -> None:
    before = hash_of(app, viewer)

    page = Page(as_viewer.post_form(URL, {"current_password": "anything", "new_password": new}))

    assert (page.status, page.summary) == (422, [problem])
    assert hash_of(app, viewer) == before


@on_sqlite
def test_ones_own_address_is_no_new_password(as_viewer: Any, viewer: Staff, password: str, app: Flask) -> None:
    before = hash_of(app, viewer)

    page = Page(as_viewer.post_form(URL, {"current_password": password, "new_password": viewer.email}))

    assert page.status == 422
    assert page.error_of("new_password") == "This password is common or easy to guess. Use a few unrelated words."
    assert hash_of(app, viewer) == before


@on_sqlite
def test_a_refused_form_shows_no_password(as_viewer: Any) -> None:
    response = as_viewer.post_form(URL, {"current_password": "typed-as-present", "new_password": "typed-new"})

    assert response.status_code == 422
    assert "typed-" not in response.text


@on_sqlite
def test_the_page_shows_who_one_is_and_nothing_secret(as_viewer: Any, viewer: Staff) -> None:
    page = Page(as_viewer.get(URL))

    facts = dict(zip(page.texts("dt"), page.texts("dd"), strict=True))
    assert list(facts) == ["Name", "Email", "Role", "Last sign-in"]
    assert (facts["Name"], facts["Email"], facts["Role"].lower()) == (viewer.name, viewer.email, "viewer")
    assert "$argon2" not in page.root.raw


@on_sqlite
def test_the_form_changes_no_more_than_the_password(as_viewer: Any, viewer: Staff, password: str, app: Flask) -> None:
    forged = {"role": "owner", "email": "x@example.com", "id": "1", "is_active": "", "password_hash": "x"}

    response = as_viewer.post_form(URL, {"current_password": password, "new_password": NEW, **forged})

    with app.app_context():
        kept = db.session.get_one(Staff, viewer.id)
        assert (kept.role, kept.email, kept.is_active) == ("viewer", viewer.email, True)
    assert response.status_code == 303
    assert hash_of(app, viewer).startswith("$argon2id$")
