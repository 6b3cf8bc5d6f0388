"""How an owner looks after somebody's way in, and what of that stands in the person's history."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from admin_app.domain.auth import two_factor
from admin_app.extensions import db
from admin_app.models.staff import Staff, StaffSession
from tests.authenticator import Authenticator
from tests.page import Page
from tests.pages.passkeys import (
    ACCOUNT,
    add,
    enrol_app,
    let_proof_age,
    told,
)
from tests.stores import both_stores

pytestmark = pytest.mark.covers

# ---- an owner's reset


def test_an_owner_resets_a_second_factor_and_ends_the_sessions(
    as_owner: Any, as_viewer: Any, viewer: Staff, half_way: Any, app: Flask
) -> None:
    add(as_viewer, Authenticator())
    enrol_app(app, viewer)
    url = f"/admin/staff/access/?id={viewer.id}"
    before = Page(as_owner.get(url)).root.text

    done = as_owner.post_form(url, {"act": "reset-two-factor"})

    page = Page(as_owner.get(url))
    assert "In addition to a password, Vera uses an app, 1 passkey and 8 recovery codes." in before
    assert (done.status_code, page.notice) == (
        303,
        "Success The second factor of Vera was reset. They are signed out everywhere.",
    )
    assert "Two-factor sign-in is off. Vera signs in with a password only." in page.root.text
    assert as_viewer.get("/admin/").status_code == 302
    assert half_way(client=app.test_client(), email=viewer.email).location == "/admin/"
    assert told(app, 1) == ["Turned two-factor sign-in off for colleague “Vera”"]


def test_ones_own_factor_is_not_reset_there(as_owner: Any, device: Authenticator, owner: Staff, app: Flask) -> None:
    url = f"/admin/staff/access/?id={owner.id}"

    page = Page(as_owner.get(url))
    answer = as_owner.post_form(url, {"act": "reset-two-factor"})

    with app.app_context():
        assert two_factor.has_factor(db.session, db.session.get_one(Staff, owner.id))
    assert device
    assert "Reset two-factor sign-in" not in page.texts("button")
    assert answer.status_code == 403


def test_a_reset_asks_for_proof(as_owner: Any, as_viewer: Any, viewer: Staff, app: Flask) -> None:
    add(as_viewer, Authenticator())
    let_proof_age(app)

    answer = as_owner.post_form(f"/admin/staff/access/?id={viewer.id}", {"act": "reset-two-factor"})

    assert answer.status_code == 403
    assert Page(as_viewer.get(ACCOUNT)).column("Passkey", "passkeys") == ["Blue key"]


# ---- the history


def test_what_was_done_about_somebodys_access_is_in_their_history(as_owner: Any, client_of: Any, viewer: Staff) -> None:
    here = client_of(viewer)
    url = f"/admin/staff/access/?id={viewer.id}"
    as_owner.post_form(f"/admin/staff/edit/?id={viewer.id}", {"name": "Verity", "email": viewer.email, "roles": "viewer", "is_active": "y", "password": ""})  # fmt: skip
    here.post_form("/admin/account/sessions/", {"session": "others"}, page=ACCOUNT)
    for form in ({"act": "link"}, {"act": "unlock"}, {"session": handle_of(here)}, {"session": "others"}):
        as_owner.post_form(url, form)

    history = Page(as_owner.get(f"/admin/staff/history/?id={viewer.id}"))
    activity = Page(as_owner.get("/admin/activity/?kind=access"))

    heads = [one.all("p")[0].text for one in history.all("li", class_="event")]
    who = "Olivia (olivia@example.com)"
    assert heads == [
        f"{who} ended all sessions of colleague “Verity”",
        f"{who} ended a session of colleague “Verity”",
        f"{who} reset the failed sign-in attempts of colleague “Verity”",
        f"{who} created a password link for colleague “Verity”",
        "Verity (vera@example.com) ended all other sessions of colleague “Verity”",
        f"{who} changed it",
        heads[-1],
    ]
    assert [one.text for one in activity.all("a", class_="event__what")][:2] == [
        "Ended all sessions of colleague “Verity”",
        "Ended a session of colleague “Verity”",
    ]


@both_stores
def test_a_long_history_of_access_comes_in_pages_and_leaves_nothing_out(
    as_owner: Any, viewer: Staff, app: Flask
) -> None:
    edit = f"/admin/staff/edit/?id={viewer.id}"
    values = {"email": viewer.email, "roles": "viewer", "is_active": "y", "password": ""}
    for number in range(24):
        as_owner.post_form(f"/admin/staff/access/?id={viewer.id}", {"session": "others"})
        if number % 6 == 0:
            as_owner.post_form(edit, {"name": f"Vera {number}", **values})

    pages = [Page(as_owner.get(f"/admin/staff/history/?id={viewer.id}"))]
    while pages[-1].has_link("Older"):
        pages.append(Page(as_owner.get(pages[-1].link("Older"))))

    entries = [[one.all("p")[0].text for one in page.all("li", class_="event")] for page in pages]
    links = [link.attributes["href"] for page in pages for link in page.all("a") if "Details of" in link.text]
    assert app
    assert [len(one) for one in entries] == [20, 9]
    assert len(set(links)) == 29
    assert sum("changed it" in one for page in entries for one in page) == 4
    assert ([page.has_link("Newest") for page in pages]) == [False, True]


def handle_of(client: Any) -> str:
    """Return what names a client's session."""
    rows = Page(client.get(ACCOUNT))
    assert rows.status == 200
    with client.application.app_context():
        newest = (
            select(StaffSession).join(Staff, StaffSession.staff_id == Staff.id).where(Staff.email == "vera@example.com")
        )
        return db.session.scalars(newest).one().handle
