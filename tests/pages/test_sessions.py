"""Where one is signed in: listed in plain words, ended one by one or all others, by oneself or by an owner."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from flask import Flask

from admin_app.models.role import OWNER
from admin_app.models.staff import Staff
from tests.page import Page
from tests.pages.sessions import change, kept

ACCOUNT, SESSIONS = "/admin/account/", "/admin/account/sessions/"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PASSWORD = "a new one that is long enough"


# ---- the list


def test_signing_in_notes_the_device_and_the_place_in_plain_words(
    app: Flask, owner: Staff, as_nobody: Any, password: str
) -> None:
    form = {"email": owner.email, "password": password}
    as_nobody.post_form("/sign-in", form, headers={"User-Agent": FIREFOX}, environ_base={"REMOTE_ADDR": "203.0.113.9"})
    as_nobody.post_form("/sign-out", page=ACCOUNT)
    as_nobody.post_form("/sign-in", form, headers={"User-Agent": FIREFOX}, environ_base={"REMOTE_ADDR": "10.0.0.7"})

    page = Page(as_nobody.get(ACCOUNT))

    (row,) = page.rows("sessions")
    moments = [one.attributes["title"] for one in page.all("time", within="sessions")]
    assert row == ["Firefox on Linux", "local network, 10.0.0.7", *(f"just now {moment}" for moment in moments)]
    assert len(kept(app)) == 1


def test_the_present_browser_stands_first_and_is_marked(client_of: Any, viewer: Staff) -> None:
    here, _elsewhere = client_of(viewer), client_of(viewer)

    page = Page(here.get(ACCOUNT))

    actions = [[cell.text for cell in row.inside if hasattr(cell, "text")][-1] for row in page.all("tr")[1:]]
    assert actions == ["This browser", "Sign out Unknown browser, just now"]


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("127.0.0.1", "this server itself"),
        ("::1", "this server itself"),
        ("10.1.2.3", "local network, 10.1.2.3"),
        ("203.0.113.9", "local network, 203.0.113.9"),
        ("8.8.8.8", "internet, 8.8.8.8"),
        ("2a00:1450::1", "internet, 2a00:1450::1"),
        ("::ffff:8.8.8.8", "internet, 8.8.8.8"),
        ("fe80::1%eth0", "local network, fe80::1"),
        ("no address", "unknown location"),
        ("", "unknown location"),
    ],
)  # fmt: skip -- a table
def test_a_place_is_told_by_the_address_alone(
    address: str, place: str, *, owner: Staff, as_nobody: Any, password: str
) -> None:
    as_nobody.post_form("/sign-in", {"email": owner.email, "password": password}, environ_base={"REMOTE_ADDR": address})

    assert Page(as_nobody.get(ACCOUNT)).column("Location", "sessions") == [place]


def test_a_hostile_browser_name_is_text(app: Flask, as_viewer: Any) -> None:
    change(app, user_agent="<script>alert(1)</script>")

    response = as_viewer.get(ACCOUNT)

    assert "<script>alert" not in response.text
    assert Page(response).column("Device", "sessions") == ["Unknown browser"]


def test_no_page_shows_a_token_or_its_whole_hash(app: Flask, as_viewer: Any, as_owner: Any, viewer: Staff) -> None:
    pages = as_viewer.get(ACCOUNT).text + as_owner.get(f"/admin/staff/access/?id={viewer.id}").text
    with as_viewer.session_transaction() as cookie:
        token = cookie["_user_id"]

    assert hashlib.sha256(token.encode()).hexdigest() in {one.token_hash for one in kept(app)}
    assert token not in pages
    assert [one for one in kept(app) if one.token_hash in pages] == []


# ---- ending


def test_one_session_is_ended_and_the_others_stay(client_of: Any, viewer: Staff) -> None:
    here, there, elsewhere = (client_of(viewer) for _ in range(3))
    handle = handle_of(there)

    response = here.post_form(SESSIONS, {"session": handle}, page=ACCOUNT)

    assert (response.status_code, response.location) == (303, ACCOUNT)
    assert "That device was signed out." in Page(here.get(ACCOUNT)).notice
    assert [one.get("/admin/").status_code for one in (here, there, elsewhere)] == [200, 302, 200]


def test_all_others_are_ended_at_once(client_of: Any, viewer: Staff, as_editor: Any) -> None:
    here, there, elsewhere = (client_of(viewer) for _ in range(3))

    here.post_form(SESSIONS, {"session": "others"}, page=ACCOUNT)

    assert [one.get("/admin/").status_code for one in (here, there, elsewhere, as_editor)] == [200, 302, 302, 200]


def test_nobody_ends_a_session_of_somebody_else_on_the_account_page(as_viewer: Any, as_editor: Any) -> None:
    handle = handle_of(as_editor)

    as_viewer.post_form(SESSIONS, {"session": handle}, page=ACCOUNT)

    assert "was already signed out" in Page(as_viewer.get(ACCOUNT)).notice
    assert as_editor.get("/admin/").status_code == 200


@pytest.mark.parametrize("chosen", ["", "0" * 16, "%", "'", "\0", "x" * 5000])
def test_a_forged_handle_ends_nothing(chosen: str, as_viewer: Any, app: Flask) -> None:
    as_viewer.post_form(SESSIONS, {"session": chosen}, page=ACCOUNT)

    assert len(kept(app)) == 1


def test_an_owner_ends_one_or_all_sessions_of_somebody(client_of: Any, viewer: Staff, as_owner: Any) -> None:
    url = f"/admin/staff/access/?id={viewer.id}"
    first, second, third = (client_of(viewer) for _ in range(3))

    as_owner.post_form(url, {"session": handle_of(first)})
    after_one = [one.get("/admin/").status_code for one in (first, second, third)]
    as_owner.post_form(url, {"session": "others"})
    after_all = [one.get("/admin/").status_code for one in (first, second, third, as_owner)]

    assert (after_one, after_all) == ([302, 200, 200], [302, 302, 302, 200])
    assert Page(as_owner.get(url)).texts("p", within="main")[-1] == "Not signed in anywhere."


def test_the_page_about_a_person_leads_to_their_sessions(as_owner: Any, viewer: Staff) -> None:
    page = Page(as_owner.get(f"/admin/staff/edit/?id={viewer.id}"))

    assert page.link("Access and sessions") == f"/admin/staff/access/?id={viewer.id}"


# ---- another role


def test_another_role_ends_the_persons_sessions(as_owner: Any, as_editor: Any, editor: Staff) -> None:
    url = f"/admin/staff/edit/?id={editor.id}"
    form = {"name": editor.name, "email": editor.email, "roles": "viewer", "is_active": "y", "password": ""}

    as_owner.post_form(url, form)

    assert as_editor.get("/admin/").status_code == 302


def test_a_change_of_another_thing_ends_nothing(as_owner: Any, as_editor: Any, editor: Staff) -> None:
    url = f"/admin/staff/edit/?id={editor.id}"
    form = {"name": "Edmund", "email": editor.email, "roles": "editor", "is_active": "y", "password": ""}

    as_owner.post_form(url, form)

    assert as_editor.get("/admin/").status_code == 200


@pytest.mark.parametrize("change_of", [{"roles": "editor"}, {"password": PASSWORD}])
def test_who_changes_their_own_power_goes_on_with_a_new_id(
    change_of: dict[str, str], client_of: Any, owner: Staff, make_staff: Any, app: Flask
) -> None:
    make_staff("Otto", OWNER)
    here, elsewhere, copy = client_of(owner), client_of(owner), app.test_client()
    with here.session_transaction() as original, copy.session_transaction() as session:
        session.update(original)
    form = {"name": owner.name, "email": owner.email, "roles": "owner", "is_active": "y", "password": ""}

    here.post_form(f"/admin/staff/edit/?id={owner.id}", {**form, **change_of})

    assert [one.get("/admin/").status_code for one in (here, elsewhere, copy)] == [200, 302, 302]


def handle_of(client: Any) -> str:
    """Return what names a client's session on the account page."""
    with client.session_transaction() as session:
        return hashlib.sha256(session["_user_id"].encode()).hexdigest()[:16]
