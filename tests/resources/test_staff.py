"""Staff in the dashboard: for owners alone, without the hash, and called what people call them."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError

from admin_app.db.string_set import StringSet
from admin_app.extensions import db
from admin_app.models.role import VIEWER, Role
from admin_app.models.staff import Staff
from tests.page import Page
from tests.resources.accounts import LIST, NEW, delete_url, edit_url, filled
from tests.stores import both_stores

# ---- the hash is shown to nobody


def test_no_page_and_no_file_shows_a_hash(as_owner: Any, owner: Staff) -> None:
    urls = [LIST, f"/admin/staff/details/?id={owner.id}", edit_url(owner), delete_url(owner), NEW, "/admin/",
            "/admin/account/", "/admin/staff/export/csv/", f"{LIST}?q=Olivia&sort=-email"]  # fmt: skip

    pages = {url: as_owner.get(url, buffered=True) for url in urls}

    assert {page.status_code for page in pages.values()} == {200}
    shown = ("$argon2", "password_hash", "password hash", owner.password_hash.lower())
    assert [(url, word) for url, page in pages.items() for word in shown if word in page.text.lower()] == []


@pytest.mark.parametrize("query", ["password_hash__contains=argon", "password_hash__empty=no", "sort=password_hash",
                                   "add.password_hash.op=contains&add.password_hash=argon"])  # fmt: skip
@pytest.mark.parametrize("path", [LIST, "/admin/staff/export/csv/"])
def test_nothing_is_found_out_about_a_hash(path: str, query: str, as_owner: Any) -> None:
    response = as_owner.get(f"{path}?{query}", follow_redirects=True, buffered=True)

    assert "$argon2" not in response.text
    assert response.status_code == 400 or "add." in query


def test_a_search_does_not_look_into_hashes(as_owner: Any, owner: Staff) -> None:
    page = Page(as_owner.get(LIST, query_string={"q": owner.password_hash[:20]}))

    assert page.rows() == []


@both_stores
def test_a_refusal_of_the_database_does_not_say_the_hash(context: Flask, owner: Staff) -> None:
    db.session.add(Staff(name="Eve", email=owner.email, roles=StringSet([VIEWER]), password_hash=owner.password_hash))

    with pytest.raises(IntegrityError) as caught:
        db.session.commit()

    db.session.rollback()
    assert context
    assert "$argon2" not in str(caught.value)


def test_a_forged_form_sets_no_hash_and_no_key(as_owner: Any, viewer: Staff, app: Flask) -> None:
    forged = {"password_hash": "forged", "id": "77", "version": "9", "last_sign_in_at": "2020-01-01T00:00"}

    as_owner.post_form(edit_url(viewer), {**filled(viewer, name="Verity"), **forged})

    with app.app_context():
        after = db.session.get_one(Staff, viewer.id)
        assert (after.name, after.version) == ("Verity", 2)
        assert (after.password_hash, after.last_sign_in_at) == (viewer.password_hash, None)


# ---- owners alone


def test_others_see_no_trace_of_staff(as_viewer: Any, as_editor: Any, make_post: Any) -> None:
    post = make_post()
    for client in (as_viewer, as_editor):
        for url in ("/admin/", "/admin/user/", f"/admin/post/details/?id={post.id}", "/admin/account/", "/nowhere"):
            assert "/admin/staff/" not in client.get(url).text


@pytest.mark.parametrize("name", ["staff", "password_hash", "posts", ""])
def test_no_picker_offers_staff(name: str, as_editor: Any) -> None:
    answers = [as_editor.get(f"/admin/{kind}/lookup/?name={name}").status_code for kind in ("user", "post", "staff")]

    assert answers == [404, 404, 403]


# ---- what stored values are called


def facts(page: Page) -> dict[str, str]:
    return dict(zip(page.texts("dt", within="main"), page.texts("dd", within="main"), strict=True))


def test_facts_say_what_roles_are_called_and_which_zone_holds(as_owner: Any, make_staff: Any) -> None:
    people = [make_staff("Ann", "viewer", "editor"), make_staff("Bo", time_zone="Europe/Prague")]

    found = [facts(Page(as_owner.get(f"/admin/staff/details/?id={one.id}"))) for one in people]

    assert [(one["Roles"], one["Time zone"]) for one in found] == [
        ("Editor, Viewer", "UTC (default)"), ("Viewer", "Europe/Prague")]  # fmt: skip


def test_the_history_calls_a_role_that_is_gone_by_its_key(as_owner: Any, make_staff: Any, keep: Any) -> None:
    role = keep(Role(name="Author of posts", key="author"))
    ann = make_staff("Ann", "author", "editor")
    as_owner.post_form(edit_url(ann), filled(ann, roles="viewer"))
    before = Page(as_owner.get(f"/admin/staff/history/?id={ann.id}")).texts("dd", within="main")[0]

    as_owner.post_form(f"/admin/role/delete/?id={role.id}")

    after = Page(as_owner.get(f"/admin/staff/history/?id={ann.id}")).texts("dd", within="main")[0]
    assert (before, after) == (
        "removed: Author of posts, Editoradded: Viewer", "removed: author, Editoradded: Viewer")  # fmt: skip
