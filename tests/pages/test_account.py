"""One's own account: a new password ends every other session, and nobody gets one without the present one."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from admin_app.extensions import db
from admin_app.models.staff import Staff
from tests.page import Page

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


def test_the_new_password_signs_in_and_the_old_one_does_not(
    as_editor: Any, editor: Staff, password: str, app: Flask
) -> None:
    as_editor.post_form(URL, {"current_password": password, "new_password": NEW})

    answers = {}
    for tried in (password, NEW):
        response = app.test_client().post_form("/sign-in", {"email": editor.email, "password": tried})
        answers[tried] = response.status_code

    assert answers == {password: 422, NEW: 303}


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


def test_ones_own_address_is_no_new_password(as_viewer: Any, viewer: Staff, password: str, app: Flask) -> None:
    before = hash_of(app, viewer)

    page = Page(as_viewer.post_form(URL, {"current_password": password, "new_password": viewer.email}))

    assert page.status == 422
    assert page.error_of("new_password") == "This password is common or easy to guess. Use a few unrelated words."
    assert hash_of(app, viewer) == before


def test_a_refused_form_shows_no_password(as_viewer: Any) -> None:
    response = as_viewer.post_form(URL, {"current_password": "typed-as-present", "new_password": "typed-new"})

    assert response.status_code == 422
    assert "typed-" not in response.text


def test_the_page_shows_who_one_is_and_nothing_secret(as_viewer: Any, viewer: Staff) -> None:
    page = Page(as_viewer.get(URL))

    facts = dict(zip(page.texts("dt"), page.texts("dd"), strict=True))
    assert list(facts) == ["Name", "Email", "Roles", "Last sign-in"]
    assert (facts["Name"], facts["Email"], facts["Roles"].lower()) == (viewer.name, viewer.email, "viewer")
    assert "$argon2" not in page.root.raw


def test_the_form_changes_no_more_than_the_password(as_viewer: Any, viewer: Staff, password: str, app: Flask) -> None:
    forged = {"roles": "owner", "email": "x@example.com", "id": "1", "is_active": "", "password_hash": "x"}

    response = as_viewer.post_form(URL, {"current_password": password, "new_password": NEW, **forged})

    with app.app_context():
        kept = db.session.get_one(Staff, viewer.id)
        assert (str(kept.roles), kept.email, kept.is_active) == ("viewer", viewer.email, True)
    assert response.status_code == 303
    assert hash_of(app, viewer).startswith("$argon2id$")


def test_the_time_zone_is_kept_and_shown_as_chosen(as_viewer: Any, viewer: Staff, app: Flask) -> None:
    response = as_viewer.post_form(f"{URL}preferences/", {"time_zone": "Europe/Prague"}, page=URL)

    with app.app_context():
        assert db.session.get_one(Staff, viewer.id).time_zone == "Europe/Prague"
    page = Page(as_viewer.get(URL))
    assert (response.status_code, response.location) == (303, URL)
    assert page.notice == "Success Preferences saved."
    assert [one.text for one in page.all("option") if "selected" in one.attributes] == ["Prague"]


def test_utc_is_kept_as_no_zone(as_viewer: Any, viewer: Staff, app: Flask) -> None:
    as_viewer.post_form(f"{URL}preferences/", {"time_zone": "UTC"}, page=URL)

    with app.app_context():
        assert db.session.get_one(Staff, viewer.id).time_zone == ""


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "../etc/passwd", "Europe/Prague\0", "/etc/localtime", "x" * 9999])
def test_what_is_no_zone_is_refused_at_its_field(zone: str, as_viewer: Any, viewer: Staff, app: Flask) -> None:
    page = Page(as_viewer.post_form(f"{URL}preferences/", {"time_zone": zone}, page=URL))

    with app.app_context():
        assert db.session.get_one(Staff, viewer.id).time_zone == ""
    assert (page.status, page.error_of("time_zone")) == (422, "Choose a time zone from the list.")


def test_shortcuts_are_switched_off_and_on_for_one_person(as_viewer: Any, as_editor: Any) -> None:
    def is_off(client: Any) -> bool:
        return "data-no-shortcuts" in Page(client.get("/admin/")).all("body")[0].attributes

    before = is_off(as_viewer)

    response = as_viewer.post_form(f"{URL}preferences/", {"time_zone": "UTC"}, page=URL)

    assert (response.status_code, response.location) == (303, URL)
    assert (before, is_off(as_viewer), is_off(as_editor)) == (False, True, False)
    as_viewer.post_form(f"{URL}preferences/", {"time_zone": "UTC", "shortcuts": "y"}, page=URL)
    assert is_off(as_viewer) is False


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_a_passkey_is_offered_only_where_it_can_be_made(host: str, as_viewer: Any, app: Flask) -> None:
    cookie = as_viewer.get_cookie(app.config["SESSION_COOKIE_NAME"])
    as_viewer.set_cookie(cookie.key, cookie.value, domain=host)

    page = as_viewer.get("/admin/account/", base_url=f"http://{host}").text

    is_offered, says_why = "Add a passkey" in page, "Ask whoever runs the dashboard to turn on https." in page
    assert (is_offered, says_why) == (host == "localhost", host != "localhost")
