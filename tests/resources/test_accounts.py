"""Accounts of staff, made and changed: passwords, addresses, roles, and when a change takes effect."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from admin_app.extensions import db
from admin_app.models.staff import Staff
from tests.page import Page
from tests.resources.accounts import NEW, delete_url, edit_url, filled, kept
from tests.stores import both_stores

PASSWORD = "a new one that is long enough"


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("eleven char", "Use 12 characters or more for the password."),
        ("password1234", "This password is common or easy to guess. Use a few unrelated words."),
        ("ann@example.com", "This password is common or easy to guess. Use a few unrelated words."),
    ],
)
def test_a_new_account_takes_no_poor_password(typed: str, problem: str, as_owner: Any, app: Flask) -> None:
    form = {"name": "Ann", "email": "ann@example.com", "roles": "viewer", "is_active": "y", "password": typed}

    page = Page(as_owner.post_form(NEW, form))

    assert (page.status, page.error_of("password")) == (422, problem)
    assert list(kept(app)) == ["Olivia"]


def test_no_role_is_ticked_beforehand_and_one_is_needed(as_owner: Any, app: Flask) -> None:
    form = {"name": "Ann", "email": "ann@example.com", "roles": "", "is_active": "y", "password": PASSWORD}

    drawn = Page(as_owner.get(NEW))
    refused = Page(as_owner.post_form(NEW, form))

    assert [one.attributes["value"] for one in drawn.all("input", name="roles") if "checked" in one.attributes] == []
    assert drawn.texts(id="roles-hint") == ["Roles add up. Choose at least one."]
    assert (refused.status, refused.error_of("roles")) == (422, "Choose at least one role.")
    assert list(kept(app)) == ["Olivia"]


def test_the_last_role_is_not_taken_away(as_owner: Any, viewer: Staff, app: Flask) -> None:
    address = f"/admin/staff/edit/?id={viewer.id}"

    page = Page(as_owner.post_form(address, {**Page(as_owner.get(address)).values(), "roles": ""}))

    assert (page.status, page.error_of("roles"), kept(app)["Vera"][0]) == (422, "Choose at least one role.", "viewer")


def test_a_new_account_without_a_password_leads_to_its_link(as_owner: Any, app: Flask) -> None:
    form = {"name": "Ann", "email": "ann@example.com", "roles": "viewer", "is_active": "y", "password": ""}

    made = as_owner.post_form(NEW, form)

    page = Page(as_owner.get(made.location))
    assert (made.status_code, page.heading) == (303, "Ann: access and sessions")
    assert "Next: create an invitation link for Ann." in page.notice
    assert app.test_client().post_form("/sign-in", {"email": "ann@example.com", "password": "x"}).status_code == 422


def test_a_new_account_can_sign_in_by_its_address_in_lower_case(as_owner: Any, app: Flask) -> None:
    form = {"name": "Ann", "email": " Ann@Example.COM", "roles": "editor", "is_active": "y", "password": PASSWORD}

    made = as_owner.post_form(NEW, form)
    signed_in = app.test_client().post_form("/sign-in", {"email": "ann@example.com", "password": PASSWORD})

    assert (made.status_code, signed_in.status_code) == (303, 303)
    assert kept(app)["Ann"] == ("editor", True)


@both_stores
@pytest.mark.parametrize("address", ["olivia@example.com", "OLIVIA@Example.com", "  Olivia@example.com "])
def test_an_address_is_used_once_in_any_case(address: str, as_owner: Any, owner: Staff, app: Flask) -> None:
    form = {"name": "Eve", "email": address, "roles": "viewer", "is_active": "y", "password": PASSWORD}

    page = Page(as_owner.post_form(NEW, form))

    assert page.status == 422
    assert page.error_of("email") == f"Email is already used by colleague {owner.id}. Enter a different one."
    assert list(kept(app)) == ["Olivia"]


@both_stores
@pytest.mark.parametrize("address", ["É@example.com", "İ" * 100 + "@example.com"])
def test_letters_beyond_ascii_make_one_account_or_a_message(address: str, as_owner: Any, make_staff: Any) -> None:
    make_staff("Elodie", email="é@example.com")
    form = {"name": "Eve", "email": address, "roles": "viewer", "is_active": "y", "password": PASSWORD}

    page = Page(as_owner.post_form(NEW, form))

    assert page.status == 422
    assert page.error_of("email") != ""


def test_a_reset_password_ends_the_persons_sessions(as_owner: Any, as_viewer: Any, viewer: Staff, app: Flask) -> None:
    response = as_owner.post_form(edit_url(viewer), filled(viewer, password=PASSWORD))

    signed_in = app.test_client().post_form("/sign-in", {"email": viewer.email, "password": PASSWORD})
    assert (response.status_code, signed_in.status_code) == (303, 303)
    assert (as_viewer.get("/admin/").status_code, as_owner.get("/admin/").status_code) == (302, 200)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"roles": "viewer"}, " 1 person has to sign in again. Their unsaved text is kept."),
        ({"is_active": None}, ""),
        ({"name": "Eddy"}, ""),
    ],
)
def test_who_has_to_sign_in_again_is_said(change: dict[str, Any], words: str, *, as_owner: Any, editor: Staff) -> None:
    saved = as_owner.post_form(edit_url(editor), filled(editor, **change))

    name = change.get("name", "Edgar")
    assert Page(as_owner.get(saved.location)).notice == f"Success Colleague “{name}” was saved.{words} View"


def test_an_empty_password_keeps_the_present_one(as_owner: Any, as_viewer: Any, viewer: Staff, app: Flask) -> None:
    as_owner.post_form(edit_url(viewer), filled(viewer, name="Verity"))

    with app.app_context():
        assert db.session.get_one(Staff, viewer.id).password_hash == viewer.password_hash
    assert as_viewer.get("/admin/").status_code == 200


@pytest.mark.parametrize(
    ("change", "page", "status"),
    [({"roles": "viewer"}, "/admin/user/new/", 302), ({"is_active": None}, "/admin/", 302), (None, "/admin/", 302)],
)
def test_a_change_takes_effect_on_the_next_request(
    change: dict[str, Any] | None, page: str, status: int, *, as_owner: Any, as_editor: Any, editor: Staff
) -> None:
    before = as_editor.get(page).status_code
    url, form = (edit_url(editor), filled(editor, **change)) if change else (delete_url(editor), {})

    as_owner.post_form(url, form)

    assert (before, as_editor.get(page).status_code) == (200, status)


@pytest.mark.parametrize("roles", ["", "admin", "OWNER", "owner\0"])
def test_a_role_that_is_none_is_refused(roles: str, as_owner: Any, viewer: Staff, app: Flask) -> None:
    page = Page(as_owner.post_form(edit_url(viewer), filled(viewer, roles=roles)))

    assert page.status == 422
    assert page.error_of("roles") != ""
    assert kept(app)["Vera"] == ("viewer", True)
