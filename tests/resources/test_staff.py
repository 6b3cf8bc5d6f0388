"""Staff in the dashboard: for owners alone, without the hash, and never without an owner."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from admin_app.domain import powers
from admin_app.extensions import db
from admin_app.models.role import OWNER, VIEWER, Role
from admin_app.models.staff import Staff
from admin_app.models.words import Words
from tests.page import Page
from tests.postgres import wait_until_waiting

LIST, NEW = "/admin/staff/", "/admin/staff/new/"
PASSWORD = "a new one that is long enough"
LAST = "Olivia is the last owner. Make somebody else an owner first."
on_sqlite = pytest.mark.parametrize("store", ["sqlite"], indirect=True)


def edit_url(staff: Staff) -> str:
    return f"/admin/staff/edit/?id={staff.id}"


def delete_url(staff: Staff) -> str:
    return f"/admin/staff/delete/?id={staff.id}"


def filled(staff: Staff, **changes: str | None) -> dict[str, str]:
    """Fill the form as the browser would for this person; a value of None leaves a control out."""
    values = {"name": staff.name, "email": staff.email, "roles": str(staff.roles), "is_active": "y", "password": ""}
    return {name: value for name, value in {**values, **changes}.items() if value is not None}


def kept(app: Flask) -> dict[str, tuple[str, bool]]:
    """Return everybody's role, and whether they may sign in."""
    with app.app_context():
        return {one.name: (str(one.roles), one.is_active) for one in db.session.scalars(select(Staff))}


# ---- the hash is shown to nobody


@on_sqlite
def test_no_page_and_no_file_shows_a_hash(as_owner: Any, owner: Staff) -> None:
    urls = [LIST, f"/admin/staff/details/?id={owner.id}", edit_url(owner), delete_url(owner), NEW, "/admin/",
            "/admin/account/", "/admin/staff/export/csv/", f"{LIST}?q=Olivia&sort=-email"]  # fmt: skip

    pages = {url: as_owner.get(url, buffered=True) for url in urls}

    assert {page.status_code for page in pages.values()} == {200}
    shown = ("$argon2", "password_hash", "password hash", owner.password_hash)
    assert [(url, word) for url, page in pages.items() for word in shown if word in page.text.lower()] == []


@on_sqlite
@pytest.mark.parametrize("query", ["password_hash__contains=argon", "password_hash__empty=no", "sort=password_hash",
                                   "add.password_hash.op=contains&add.password_hash=argon"])  # fmt: skip
@pytest.mark.parametrize("path", [LIST, "/admin/staff/export/csv/"])
def test_nothing_is_found_out_about_a_hash(path: str, query: str, as_owner: Any) -> None:
    response = as_owner.get(f"{path}?{query}", follow_redirects=True, buffered=True)

    assert "$argon2" not in response.text
    assert response.status_code == 400 or "add." in query


@on_sqlite
def test_a_search_does_not_look_into_hashes(as_owner: Any, owner: Staff) -> None:
    page = Page(as_owner.get(LIST, query_string={"q": owner.password_hash[:20]}))

    assert page.rows() == []


def test_a_refusal_of_the_database_does_not_say_the_hash(context: Flask, owner: Staff) -> None:
    db.session.add(Staff(name="Eve", email=owner.email, roles=Words([VIEWER]), password_hash=owner.password_hash))

    with pytest.raises(IntegrityError) as caught:
        db.session.commit()

    db.session.rollback()
    assert context
    assert "$argon2" not in str(caught.value)


@on_sqlite
def test_a_forged_form_sets_no_hash_and_no_key(as_owner: Any, viewer: Staff, app: Flask) -> None:
    forged = {"password_hash": "forged", "id": "77", "version": "9", "last_sign_in_at": "2020-01-01T00:00"}

    as_owner.post_form(edit_url(viewer), {**filled(viewer, name="Verity"), **forged})

    with app.app_context():
        after = db.session.get_one(Staff, viewer.id)
        assert (after.name, after.version) == ("Verity", 2)
        assert (after.password_hash, after.last_sign_in_at) == (viewer.password_hash, None)


# ---- owners alone


@on_sqlite
def test_others_see_no_trace_of_staff(as_viewer: Any, as_editor: Any, make_post: Any) -> None:
    post = make_post()
    for client in (as_viewer, as_editor):
        for url in ("/admin/", "/admin/user/", f"/admin/post/details/?id={post.id}", "/admin/account/", "/nowhere"):
            assert "/admin/staff/" not in client.get(url).text


@on_sqlite
@pytest.mark.parametrize("name", ["staff", "password_hash", "posts", ""])
def test_no_picker_offers_staff(name: str, as_editor: Any) -> None:
    answers = [as_editor.get(f"/admin/{kind}/lookup/?name={name}").status_code for kind in ("user", "post", "staff")]

    assert answers == [404, 404, 403]


# ---- the last owner


@pytest.mark.parametrize(
    "changes", [{"roles": "editor"}, {"roles": "viewer"}, {"is_active": None}, {"roles": "viewer", "is_active": None}]
)
def test_the_last_owner_can_be_neither_demoted_nor_switched_off(
    changes: dict[str, Any], as_owner: Any, owner: Staff, editor: Staff, app: Flask
) -> None:
    page = Page(as_owner.post_form(edit_url(owner), filled(owner, **changes)))

    assert (page.status, page.summary) == (422, [LAST])
    assert kept(app) == {"Olivia": ("owner", True), editor.name: ("editor", True)}
    assert as_owner.get(LIST).status_code == 200


def test_the_last_owner_cannot_be_deleted(as_owner: Any, owner: Staff, app: Flask) -> None:
    page = Page(as_owner.post_form(delete_url(owner)))

    assert (page.status, page.summary) == (422, [LAST])
    assert kept(app) == {"Olivia": ("owner", True)}


@on_sqlite
def test_an_owner_who_is_switched_off_is_no_owner_to_count_on(
    as_owner: Any, owner: Staff, make_staff: Any, app: Flask
) -> None:
    make_staff("Otto", OWNER, is_active=False)

    page = Page(as_owner.post_form(delete_url(owner)))

    assert (page.status, page.summary) == (422, [LAST])
    assert len(kept(app)) == 2


@pytest.mark.parametrize("changes", [{"roles": "viewer"}, {"is_active": None}])
def test_with_another_owner_one_may_step_down(
    changes: dict[str, Any], as_owner: Any, owner: Staff, make_staff: Any
) -> None:
    make_staff("Otto", OWNER)

    response = as_owner.post_form(edit_url(owner), filled(owner, **changes))

    assert (response.status_code, response.location) == (303, LIST)
    # Another role goes on in a new session; a closed account does not go on.
    assert as_owner.get(LIST).status_code == (403 if "roles" in changes else 302)


@pytest.fixture
def at_once(app: Flask) -> Callable[..., list[int]]:
    """Send forms in the same moment. On PostgreSQL all have read everything by the time they reach the owner's role."""

    def send(*requests: tuple[Any, str, dict[str, str]]) -> list[int]:
        forms = [{**form, "csrf_token": client.token_of("/admin/account/")} for client, _, form in requests]
        with ThreadPoolExecutor(len(requests)) as threads, app.app_context():
            if is_postgres := db.engine.dialect.name == "postgresql":
                powers.lock(db.session)
            answers = [threads.submit(client.post, url, data=form)
                       for (client, url, _), form in zip(requests, forms, strict=True)]  # fmt: skip
            if is_postgres:
                wait_until_waiting(len(requests))
            db.session.rollback()
            return [answer.result().status_code for answer in answers]

    return send


@pytest.mark.parametrize("change", [{"roles": "editor"}, {"is_active": None}, None])
@pytest.mark.parametrize("is_oneself", [False, True])
def test_two_owners_who_go_at_the_same_moment_leave_one(
    request: pytest.FixtureRequest, change: dict[str, Any] | None, *, is_oneself: bool, at_once: Any, app: Flask
) -> None:
    olivia = request.getfixturevalue("owner")
    otto = request.getfixturevalue("make_staff")("Otto", OWNER)
    client_of = request.getfixturevalue("client_of")

    def act(person: Staff, target: Staff) -> tuple[Any, str, dict[str, str]]:
        url, form = (edit_url(target), filled(target, **change)) if change else (delete_url(target), {})
        return client_of(person), url, form

    pairs = [(olivia, olivia), (otto, otto)] if is_oneself else [(olivia, otto), (otto, olivia)]
    statuses = at_once(*(act(*pair) for pair in pairs))

    assert statuses.count(303) == 1
    assert [status for status in statuses if status >= 500] == []
    assert list(kept(app).values()).count(("owner", True)) == 1


# ---- accounts made and changed


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


def test_a_new_account_without_a_password_leads_to_its_link(as_owner: Any, app: Flask) -> None:
    form = {"name": "Ann", "email": "ann@example.com", "roles": "viewer", "is_active": "y", "password": ""}

    made = as_owner.post_form(NEW, form)

    page = Page(as_owner.get(made.location))
    assert (made.status_code, page.heading) == (303, "Access of Ann")
    assert "Make the link with which Ann chooses a password." in page.notice
    assert app.test_client().post_form("/sign-in", {"email": "ann@example.com", "password": "x"}).status_code == 422


def test_a_new_account_can_sign_in_by_its_address_in_lower_case(as_owner: Any, app: Flask) -> None:
    form = {"name": "Ann", "email": " Ann@Example.COM", "roles": "editor", "is_active": "y", "password": PASSWORD}

    made = as_owner.post_form(NEW, form)
    signed_in = app.test_client().post_form("/sign-in", {"email": "ann@example.com", "password": PASSWORD})

    assert (made.status_code, signed_in.status_code) == (303, 303)
    assert kept(app)["Ann"] == ("editor", True)


@pytest.mark.parametrize("address", ["olivia@example.com", "OLIVIA@Example.com", "  Olivia@example.com "])
def test_an_address_is_used_once_in_any_case(address: str, as_owner: Any, owner: Staff, app: Flask) -> None:
    form = {"name": "Eve", "email": address, "roles": "viewer", "is_active": "y", "password": PASSWORD}

    page = Page(as_owner.post_form(NEW, form))

    assert page.status == 422
    assert page.error_of("email") == f"Email is already used by member of staff {owner.id}. Enter a different one."
    assert list(kept(app)) == ["Olivia"]


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


@on_sqlite
@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"roles": "viewer"}, " 1 person has to sign in again; what they typed is kept."),
        ({"is_active": None}, ""),
        ({"name": "Eddy"}, ""),
    ],
)
def test_who_has_to_sign_in_again_is_said(change: dict[str, Any], words: str, *, as_owner: Any, editor: Staff) -> None:
    saved = as_owner.post_form(edit_url(editor), filled(editor, **change))

    name = change.get("name", "Edgar")
    assert Page(as_owner.get(saved.location)).notice == f"Success Member of staff “{name}” was saved.{words} View"


@on_sqlite
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


# ---- what stored values are called


def facts(page: Page) -> dict[str, str]:
    return dict(zip(page.texts("dt", within="main"), page.texts("dd", within="main"), strict=True))


@on_sqlite
def test_facts_say_what_roles_are_called_and_which_zone_holds(as_owner: Any, make_staff: Any) -> None:
    people = [make_staff("Ann", "viewer", "editor"), make_staff("Bo", time_zone="Europe/Prague")]

    found = [facts(Page(as_owner.get(f"/admin/staff/details/?id={one.id}"))) for one in people]

    assert [(one["Roles"], one["Time zone"]) for one in found] == [
        ("Editor, Viewer", "UTC (default)"), ("Viewer", "Europe/Prague")]  # fmt: skip


@on_sqlite
def test_the_history_calls_a_role_that_is_gone_by_its_key(as_owner: Any, make_staff: Any, keep: Any) -> None:
    role = keep(Role(name="Author of posts", key="author"))
    ann = make_staff("Ann", "author", "editor")
    as_owner.post_form(edit_url(ann), filled(ann, roles="viewer"))
    before = Page(as_owner.get(f"/admin/staff/history/?id={ann.id}")).texts("dd", within="main")[0]

    as_owner.post_form(f"/admin/role/delete/?id={role.id}")

    after = Page(as_owner.get(f"/admin/staff/history/?id={ann.id}")).texts("dd", within="main")[0]
    assert (before, after) == (
        "removed: Author of posts, Editoradded: Viewer", "removed: author, Editoradded: Viewer")  # fmt: skip
