"""The detour by the page that asks for the password: what was being sent survives it, for the same person alone."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from sqlalchemy import delete, select

from admin_app.extensions import db
from admin_app.models.draft import Draft
from admin_app.models.role import OWNER
from admin_app.models.staff import Staff, StaffSession
from tests.page import Page
from tests.pages.passkeys import CONFIRM
from tests.pages.reauthenticating import confirm, form_of, name_of

pytestmark = pytest.mark.usefixtures("no_time_passes")

NEW = "/admin/staff/new/"
CHOSEN = "a new one that is long enough"


def test_what_was_typed_is_saved_after_the_detour(stale: Any, viewer: Staff, app: Flask, password: str) -> None:
    url = f"/admin/staff/edit/?id={viewer.id}"

    asked = Page(stale.post_form(url, form_of(viewer, name="Verity")))
    before = name_of(app, viewer)
    done = confirm(stale, url, asked, password)

    assert (asked.status, asked.heading, before) == (403, "Confirm it's you", "Vera")
    assert (done.status_code, done.location) == (303, "/admin/staff/")
    assert name_of(app, viewer) == "Verity"


def test_a_password_that_was_typed_survives_and_is_readable_nowhere(
    stale: Any, viewer: Staff, app: Flask, password: str
) -> None:
    url = f"/admin/staff/edit/?id={viewer.id}"
    response = stale.post_form(url, form_of(viewer, password=CHOSEN))

    confirm(stale, url, Page(response), password)

    signed_in = app.test_client().post_form("/sign-in", {"email": viewer.email, "password": CHOSEN})
    assert CHOSEN not in response.text
    assert signed_in.status_code == 303


def test_a_wrong_password_changes_nothing_keeps_what_was_typed_and_is_counted(
    stale: Any, viewer: Staff, app: Flask, password: str
) -> None:
    url = f"/admin/staff/edit/?id={viewer.id}"
    page = Page(stale.post_form(url, form_of(viewer, name="Verity")))

    tries = []
    for _ in range(6):
        page = Page(confirm(stale, url, page, "wrong"))
        tries.append((page.status, page.error_of("proof_password")))
    late = Page(confirm(stale, url, page, password))

    assert tries[:5] == [(422, "This is not your password. Nothing was changed.")] * 5
    assert tries[5] == (422, "Too many failed attempts. Wait 1 second, then try again.")
    assert (late.status, name_of(app, viewer)) == (422, "Vera")


@pytest.mark.parametrize("forged", ["", "x", "é", "another page"])
def test_a_form_that_was_not_sealed_here_does_nothing(
    forged: str, stale: Any, viewer: Staff, app: Flask, password: str
) -> None:
    url = f"/admin/staff/delete/?id={viewer.id}"
    if forged == "another page":
        forged = Page(stale.post_form(NEW, form_of(viewer))).values("")["proof_typed"]

    answer = stale.post_form(url, {"proof_password": password, "proof_typed": forged})

    assert (answer.status_code, name_of(app, viewer)) == (409, "Vera")


def test_the_detour_needs_the_forms_token(stale: Any, viewer: Staff, app: Flask, password: str) -> None:
    url = f"/admin/staff/edit/?id={viewer.id}"
    sealed = Page(stale.post_form(url, form_of(viewer, name="Verity"))).values("")["proof_typed"]

    answer = stale.post(url, data={"proof_password": password, "proof_typed": sealed})

    assert (answer.status_code, name_of(app, viewer)) == (400, "Vera")


def test_proof_given_in_another_tab_meanwhile_is_enough(stale: Any, viewer: Staff, app: Flask, password: str) -> None:
    url = f"/admin/staff/edit/?id={viewer.id}"
    page = Page(stale.post_form(url, form_of(viewer, name="Verity")))
    stale.post_form(CONFIRM, {"proof_password": password})

    done = confirm(stale, url, page, "")

    assert (done.status_code, name_of(app, viewer)) == (303, "Verity")


def test_a_session_that_ends_at_the_password_page_keeps_what_was_typed_before(
    stale: Any, owner: Staff, viewer: Staff, app: Flask, password: str
) -> None:
    url = f"/admin/staff/edit/?id={viewer.id}"
    asked = Page(stale.post_form(url, form_of(viewer, name="Verity", password=CHOSEN)))
    with app.app_context():
        db.session.execute(delete(StaffSession))
        db.session.commit()

    led = confirm(stale, url, asked, password)

    with app.app_context():
        (draft,) = db.session.scalars(select(Draft)).all()
        kept = dict(draft.fields)
    assert (name_of(app, viewer), kept["name"], CHOSEN in kept.values()) == ("Vera", "Verity", False)
    stale.post_form(led.location, {"email": owner.email, "password": password}, page=led.location)
    onward = parse_qs(urlsplit(led.location).query)["next"][0]
    assert Page(stale.get(onward)).values()["name"] == "Verity"


def test_what_was_sealed_by_one_person_is_kept_for_nobody_else(  # noqa: PLR0917 -- fixtures
    stale: Any, viewer: Staff, client_of: Any, make_staff: Any, app: Flask, password: str
) -> None:
    url = f"/admin/staff/edit/?id={viewer.id}"
    asked = Page(stale.post_form(url, form_of(viewer, name="Verity")))
    other = client_of(make_staff("Oscar", OWNER))
    other.get("/admin/")
    with app.app_context():
        db.session.execute(delete(StaffSession))
        db.session.commit()

    other.post_form(url, {"proof_typed": asked.values("")["proof_typed"], "proof_password": password}, page="/sign-in")

    with app.app_context():
        assert list(db.session.scalars(select(Draft))) == []


def test_a_stale_token_at_the_password_page_shows_the_form_again(stale: Any, viewer: Staff, app: Flask) -> None:
    url = f"/admin/staff/edit/?id={viewer.id}"
    asked = Page(stale.post_form(url, form_of(viewer, name="Verity")))

    again = Page(stale.post(url, data={**asked.values(""), "csrf_token": "stale", "proof_password": "x"}))

    assert (again.status, again.values()["name"], name_of(app, viewer)) == (400, "Verity", "Vera")
