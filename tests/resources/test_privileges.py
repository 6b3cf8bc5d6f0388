"""No growth of power by accounts, by direct request: nobody gives what they do not hold, or touches who holds more."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qs

import pytest
from flask import Flask
from sqlalchemy import select, update

from admin_app.db.string_set import StringSet
from admin_app.domain.permissions import privileges
from admin_app.extensions import db
from admin_app.models.role import EDITOR, OWNER, VIEWER
from admin_app.models.staff import Staff, StaffSession
from tests.page import Page
from tests.postgres import wait_until_waiting
from tests.resources.holding import ANY_PAGE, filled, people

NEW_STAFF = "/admin/staff/new/"


def test_a_clerk_gives_the_roles_that_they_hold(as_clerk: Any, looker: Staff, app: Flask) -> None:
    form = {"name": "Ann", "email": "ann@example.com", "roles": ["", "looker", "clerk"], "is_active": "y"}

    made = as_clerk.post_form(NEW_STAFF, form)
    changed = as_clerk.post_form(f"/admin/staff/edit/?id={looker.id}", filled(looker, roles=["looker", "clerk"]))

    assert (made.status_code, changed.status_code) == (303, 303)
    assert (people(app)["Ann"][0], people(app)["Lou"][0]) == (("clerk", "looker"), ("clerk", "looker"))


@pytest.mark.parametrize("role", [OWNER, EDITOR, VIEWER])
def test_nobody_gives_a_role_that_holds_more(role: str, as_clerk: Any, looker: Staff, clerk: Staff, app: Flask) -> None:
    before = people(app)
    form = {"name": "Ann", "email": "ann@example.com", "is_active": "y"}

    pages = [
        Page(as_clerk.post_form(NEW_STAFF, {**form, "roles": ["looker", role]})),
        Page(as_clerk.post_form(f"/admin/staff/edit/?id={looker.id}", filled(looker, roles=["looker", role]))),
        Page(as_clerk.post_form(f"/admin/staff/edit/?id={clerk.id}", filled(clerk, roles=["clerk", role]))),
    ]

    words = f"You cannot give the role {role.capitalize()}: it has permissions that you do not have."
    assert [(page.status, page.error_of("roles")) for page in pages] == [(422, words)] * 3
    assert people(app) == before


def test_the_form_shows_what_cannot_be_given(as_clerk: Any, looker: Staff) -> None:
    page = Page(as_clerk.get(f"/admin/staff/edit/?id={looker.id}"))

    found = [one for one in page.all("input", type="checkbox") if one.attributes["name"] == "roles"]
    assert {one.attributes["value"]: "disabled" in one.attributes for one in found} == {
        "clerk": False, "looker": False, "editor": True, "owner": True, "viewer": True}  # fmt: skip


@pytest.mark.parametrize("forged", ["king", "owner\0", '"owner"', "%", "*"])
def test_a_role_that_there_is_not_is_refused(forged: str, as_clerk: Any, looker: Staff, app: Flask) -> None:
    before = people(app)

    page = Page(as_clerk.post_form(f"/admin/staff/edit/?id={looker.id}", filled(looker, roles=[forged])))

    assert (page.status, people(app)) == (422, before)
    assert page.error_of("roles").endswith("cannot be chosen. Choose from what the form shows.")


def test_an_account_needs_a_role(as_clerk: Any, looker: Staff) -> None:
    page = Page(as_clerk.post_form(f"/admin/staff/edit/?id={looker.id}", filled(looker, roles=[""])))

    assert (page.status, page.error_of("roles")) == (422, "Choose at least one role.")


@pytest.mark.parametrize("is_active", [True, False])
@pytest.mark.parametrize(
    ("view", "form"),
    [
        ("edit", {"name": "Changed", "email": "changed@example.com", "password": "a new and long password"}),
        ("edit", {"name": "Olivia", "email": "olivia@example.com", "is_active": ""}),
        ("delete", {}),
        ("access", {"act": "link"}),
        ("access", {"act": "unlock"}),
        ("access", {"session": ""}),
        ("presence", {}),
    ],
)
def test_nobody_touches_somebody_who_holds_more(
    view: str, form: dict[str, str], as_clerk: Any, make_staff: Any, app: Flask, *, is_active: bool
) -> None:
    above = make_staff("Olivia", OWNER, is_active=is_active)
    make_staff("Otto", OWNER)
    url, before = f"/admin/staff/{view}/?id={above.id}", people(app)

    asked = as_clerk.get(url).status_code if view != "presence" else 403
    answer = as_clerk.post_form(url, form, page=ANY_PAGE).status_code

    assert (asked, answer, people(app)) == (403, 403, before)


def test_a_list_offers_no_button_for_somebody_who_holds_more(
    as_clerk: Any, clerk: Staff, looker: Staff, owner: Staff
) -> None:
    links = [one.attributes.get("href", "") for one in Page(as_clerk.get("/admin/staff/")).all("a", within="main")]

    buttons = [one for one in links if one.startswith(("/admin/staff/edit/", "/admin/staff/delete/"))]
    details = Page(as_clerk.get(f"/admin/staff/details/?id={owner.id}"))
    assert {parse_qs(one.partition("?")[2])["id"][0] for one in buttons} == {str(looker.id), str(clerk.id)}
    assert [words for words in ("Edit", "Delete", "Access and sessions") if details.has_link(words)] == []


def test_the_sessions_of_somebody_who_holds_more_go_on(as_clerk: Any, owner: Staff, as_owner: Any, app: Flask) -> None:
    as_clerk.post_form(f"/admin/staff/access/?id={owner.id}", {"session": ""}, page=ANY_PAGE)

    with app.app_context():
        assert db.session.scalars(select(StaffSession).where(StaffSession.staff_id == owner.id)).all() != []
    assert as_owner.get("/admin/").status_code == 200


@pytest.mark.parametrize("store", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
def test_what_was_taken_away_while_a_request_waited_is_not_given(
    as_clerk: Any, clerk: Staff, looker: Staff, app: Flask
) -> None:
    form = {**filled(looker, roles=["looker", "clerk"]), "csrf_token": as_clerk.token_of(ANY_PAGE)}
    with ThreadPoolExecutor() as threads, app.app_context():
        privileges.lock(db.session)
        answer = threads.submit(as_clerk.post, f"/admin/staff/edit/?id={looker.id}", data=form)
        wait_until_waiting(1)
        db.session.execute(update(Staff).where(Staff.id == clerk.id).values(roles=StringSet(["looker"])))
        db.session.commit()
        page = Page(answer.result())

    assert (page.status, people(app)["Lou"][0]) == (422, ("looker",))
    assert page.error_of("roles") == "You cannot give the role Clerk: it has permissions that you do not have."


def test_a_link_for_a_password_ends_with_other_roles(
    as_clerk: Any, as_owner: Any, as_nobody: Any, looker: Staff
) -> None:
    page = Page(as_clerk.post_form(f"/admin/staff/access/?id={looker.id}", {"act": "link"}))
    link = next(one.attributes["value"] for one in page.all("input") if "/password/" in one.attributes.get("value", ""))
    path = link.partition("localhost")[2]
    before = as_nobody.get(path).status_code

    as_owner.post_form(f"/admin/staff/edit/?id={looker.id}", filled(looker, roles=[OWNER]))

    assert (before, as_nobody.get(path).status_code) == (200, 404)
