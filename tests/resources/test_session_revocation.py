"""Other rights end the sessions of who has them: whichever way a role changes, in the transaction of the change."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from admin_app.db.string_set import StringSet
from admin_app.domain.auth import session_revocation
from admin_app.domain.permissions import privileges
from admin_app.extensions import db
from admin_app.models.change_set import Change, ChangeSet
from admin_app.models.draft import Draft
from admin_app.models.role import Role
from admin_app.models.staff import Staff, StaffSession
from tests.page import Page
from tests.postgres import wait_until_waiting
from tests.stores import both_stores

LOOKS = ["", "*:list", "*:view"]


@pytest.fixture
def author(keep: Any) -> Role:
    """Authors look at everything and edit posts."""
    return keep(Role(name="Author", key="author", permissions=StringSet(["*:list", "*:view", "post:edit"])))


@pytest.fixture
def clerk(keep: Any) -> Role:
    """Clerks look after roles, their own included, and accounts."""
    return keep(
        Role(name="Clerk", key="clerk", permissions=StringSet(["*:list", "*:view", "*:undo", "role:*", "staff:*"]))
    )


@pytest.fixture
def as_one(client_of: Any, make_staff: Any) -> Callable[..., Any]:
    """Return the client of somebody new with these roles: `as_one("Ann", "author")`."""
    return lambda name, *keys: client_of(make_staff(name, *keys))


def edit_url(role: Role) -> str:
    return f"/admin/role/edit/?id={role.id}"


def home(client: Any) -> int:
    return int(client.get("/admin/").status_code)


def note(client: Any, role: Role) -> str:
    """Return what the form says of saving."""
    return " ".join(Page(client.get(edit_url(role))).texts("p", id="saving-note"))


def last_act(app: Flask) -> int:
    with app.app_context():
        return db.session.scalars(select(ChangeSet.id).order_by(ChangeSet.id.desc())).first() or 0


def take_back(client: Any, act: int) -> Page:
    sent = {"id": str(act), "url": "/admin/activity/"}
    answer = client.post_form("/admin/activity/undo/", sent, page="/admin/account/")
    assert answer.status_code == 303
    return Page(client.get(answer.location))


@both_stores
@pytest.mark.parametrize(
    "other",
    [
        {"permissions": LOOKS},
        {"fields": ["", "post.user:read_only"]},
        {"rows": ["", "post:own"]},
    ],
)
def test_who_has_a_role_signs_in_again_when_its_rights_change(
    other: dict[str, list[str]], as_owner: Any, as_editor: Any, as_one: Any, author: Role
) -> None:
    clients = [as_one("Ann", "author"), as_one("Bo", "author", "viewer")]
    before = [home(one) for one in (*clients, as_editor)]

    saved = as_owner.post_form(edit_url(author), {"name": "Author", **other})

    words = "2 people have to sign in again. Their unsaved text is kept."
    assert Page(as_owner.get(saved.location)).notice == f"Success Role “Author” was saved. {words} View"
    assert (before, [home(one) for one in (*clients, as_editor, as_owner)]) == ([200] * 3, [302, 302, 200, 200])


def test_another_name_of_a_role_ends_no_session(as_owner: Any, as_one: Any, author: Role) -> None:
    as_ann = as_one("Ann", "author")
    form = {"name": "Writer", "permissions": ["", *author.permissions]}

    saved = as_owner.post_form(edit_url(author), form)

    assert Page(as_owner.get(saved.location)).notice == "Success Role “Writer” was saved. View"
    assert home(as_ann) == 200


@pytest.mark.usefixtures("clerk")
def test_the_form_says_whose_sessions_end(as_owner: Any, as_one: Any, make_staff: Any, author: Role) -> None:
    make_staff("Abe", "author", is_active=False)
    said = [note(as_owner, author)]
    for name in ("Ann", "Bo", "Cy"):
        make_staff(name, "author")
        said.append(note(as_owner, author))
    as_dee = as_one("Dee", "author", "clerk")

    said.append(note(as_dee, author))

    kept = "with this role. Their unsaved text is kept."
    assert said == [
        "",
        f"Changing permissions signs out 1 person {kept}",
        f"Changing permissions signs out 2 people {kept}",
        f"Changing permissions signs out 3 people {kept}",
        f"Changing permissions signs out 3 other people {kept}",
    ]


@both_stores
def test_who_changes_a_role_of_their_own_goes_on_under_another_token(as_one: Any, clerk: Role, app: Flask) -> None:
    as_cleo = as_one("Cleo", "clerk")
    copy, said = app.test_client(), note(as_cleo, clerk)
    name = app.config["SESSION_COOKIE_NAME"]
    copy.set_cookie(name, as_cleo.get_cookie(name).value)

    saved = as_cleo.post_form(edit_url(clerk), {"name": "Clerk", "permissions": ["", "*:list", "*:undo", "role:*"]})
    act = last_act_on(app, clerk)
    page = Page(as_cleo.get(saved.location))

    undo = [one.attributes["value"] for one in page.all("input", name="id")]
    assert (said, page.notice, undo) == ("", "Success Role “Clerk” was saved. View", [str(act)])
    assert (home(as_cleo), as_cleo.get("/admin/role/details/?id=1").status_code, home(copy)) == (200, 200, 302)


def last_act_on(app: Flask, role: Role) -> int:
    with app.app_context():
        found = select(Change.change_set_id).where(Change.model == "role", Change.record_id == role.id)
        return db.session.scalars(found.order_by(Change.id.desc())).first() or 0


@both_stores
def test_an_undone_and_a_restored_change_of_a_role_end_sessions_too(
    as_owner: Any, client_of: Any, make_staff: Any, author: Role, app: Flask
) -> None:
    ann = make_staff("Ann", "author")
    as_owner.post_form(edit_url(author), {"name": "Author", "permissions": LOOKS})
    first = client_of(ann)

    undone = take_back(as_owner, last_act(app))
    second = client_of(ann)
    restored = as_owner.post_form("/admin/role/restore/", {"change": change_to(app, LOOKS)}, page="/admin/account/")

    words = "1 person has to sign in again. Their unsaved text is kept."
    assert undone.notice == f"Success Change to role “Author” undone. {words}"
    assert Page(as_owner.get(restored.location)).notice == f"Success Role “Author” was restored. {words}"
    assert [home(one) for one in (first, second, as_owner)] == [302, 302, 200]


def change_to(app: Flask, permissions: list[str]) -> str:
    """Return the first change that left a role these permissions."""
    with app.app_context():
        kept = StringSet(filter(None, permissions)).to_text()
        changes = db.session.scalars(select(Change).where(Change.model == "role").order_by(Change.id))
        return str(next(one.id for one in changes if (one.after or {}).get("permissions") == kept))


def test_an_undone_change_of_a_name_ends_no_session(as_owner: Any, as_one: Any, author: Role, app: Flask) -> None:
    as_ann = as_one("Ann", "author")
    as_owner.post_form(edit_url(author), {"name": "Writer"})

    page = take_back(as_owner, last_act(app))

    assert (page.notice, home(as_ann)) == ("Success Change to role “Writer” undone.", 200)


@both_stores
@pytest.mark.usefixtures("clerk")
def test_a_link_for_a_password_ends_when_a_role_of_its_person_holds_more(
    as_owner: Any, as_nobody: Any, make_staff: Any, as_one: Any, author: Role
) -> None:
    """A clerk who makes a link for somebody, and keeps it, would be that somebody with what the role holds later."""
    ann, as_cleo = make_staff("Ann", "author"), as_one("Cleo", "author", "clerk")
    page = Page(as_cleo.post_form(f"/admin/staff/access/?id={ann.id}", {"act": "link"}))
    link = next(one.attributes["value"] for one in page.all("input") if "/password/" in one.attributes.get("value", ""))
    path = link.partition("localhost")[2]
    before = as_nobody.get(path).status_code

    as_owner.post_form(edit_url(author), {"name": "Author", "permissions": ["", "*:*"]})

    assert (before, as_nobody.get(path).status_code) == (200, 404)


def test_what_was_typed_into_a_session_that_other_rights_ended_is_kept(
    as_owner: Any, as_one: Any, make_post: Any, author: Role, app: Flask
) -> None:
    url, as_ann = f"/admin/post/edit/?id={make_post().id}", as_one("Ann", "author")
    form = Page(as_ann.get(url)).values()
    as_owner.post_form(edit_url(author), {"name": "Author", "fields": ["", "post.user:read_only"]})

    sent = as_ann.post(url, data={**form, "content": "Typed for an hour"})

    with app.app_context():
        kept = [one.fields for one in db.session.scalars(select(Draft))]
    assert sent.status_code == 302
    assert [value for fields in kept for name, value in fields if name == "content"] == ["Typed for an hour"]


@pytest.mark.parametrize("store", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
def test_who_gets_the_role_while_its_change_waits_signs_in_again(
    as_owner: Any, as_viewer: Any, viewer: Staff, author: Role, app: Flask
) -> None:
    form = {"name": "Author", "permissions": ["", "*:*"], "csrf_token": as_owner.token_of("/admin/account/")}
    with ThreadPoolExecutor() as threads, app.app_context():
        privileges.lock(db.session)
        answer = threads.submit(as_owner.post, edit_url(author), data=form)
        wait_until_waiting(1)
        db.session.execute(update(Staff).where(Staff.id == viewer.id).values(roles=StringSet(["author"])))
        db.session.commit()
        saved = answer.result()

    assert (saved.status_code, home(as_viewer)) == (303, 302)


def test_a_role_of_many_costs_the_statements_of_a_role_of_one(
    as_owner: Any, as_one: Any, author: Role, statements: Callable[[], Any], app: Flask
) -> None:
    token = as_owner.token_of("/admin/account/")

    def save(*permissions: str) -> int:
        form = {"name": "Author", "permissions": ["", *permissions], "csrf_token": token}
        with statements() as sent:
            assert as_owner.post(edit_url(author), data=form).status_code == 303
        return len(sent)

    as_one("Ann", "author")
    of_one = save("post:list")
    for number in range(30):
        as_one(f"Ann{number}", "author")

    of_many = save("post:view")

    with app.app_context():
        left = db.session.scalars(select(StaffSession.staff_id)).all()
    assert (of_many, len(left)) == (of_one, 1)


@both_stores
def test_whatever_writes_a_role_ends_the_sessions(
    as_editor: Any, as_viewer: Any, as_one: Any, author: Role, app: Flask
) -> None:
    """A script, a job, a command: nothing but the session's commit. A role that is gone leaves those who have it less."""
    as_ann = as_one("Ann", "author")
    with app.app_context():
        db.session.scalars(select(Role).where(Role.key == "editor")).one().permissions = StringSet(["post:list"])
        db.session.delete(db.session.get_one(Role, author.id))
        db.session.commit()
        number = session_revocation.number_signed_out(db.session)

    assert (number, [home(one) for one in (as_editor, as_ann, as_viewer)]) == (2, [302, 302, 200])


def test_a_change_that_is_rolled_back_ends_no_session(as_owner: Any, author: Role, as_one: Any) -> None:
    as_ann = as_one("Ann", "author")

    page = Page(as_owner.post_form(edit_url(author), {"name": "Viewer", "permissions": LOOKS}))

    assert (page.status, home(as_ann)) == (422, 200)
