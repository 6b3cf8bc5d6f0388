"""Taking back what was done to accounts: no way around the rules that hold when it is done by hand."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from admin_app.extensions import db
from admin_app.models.change_set import Change, ChangeSet, Kind
from admin_app.models.role import EDITOR, OWNER, VIEWER
from admin_app.models.staff import Staff, StaffSession
from tests.page import Page

UNDO = "/admin/activity/undo/"


def save(client: Any, person: Staff, **typed: str) -> None:
    """Save somebody's form as it was drawn, but for what is typed; "" unticks a box."""
    address = f"/admin/staff/edit/?id={person.id}"
    values = {**Page(client.get(address)).values(), **typed}
    answer = client.post(address, data={name: value for name, value in values.items() if name != "is_active" or value})
    assert answer.status_code == 303


def last_act(app: Flask) -> int:
    with app.app_context():
        return db.session.scalars(select(ChangeSet.id).order_by(ChangeSet.id.desc())).first() or 0


def last_change(app: Flask, person: Staff) -> int:
    with app.app_context():
        found = select(Change.id).where(Change.model == "staff", Change.record_id == person.id)
        return db.session.scalars(found.order_by(Change.id)).first() or 0


def take_back(client: Any, act: int, **more: str) -> Any:
    return client.post_form(UNDO, {"id": str(act), **more}, page="/admin/account/")


def account(app: Flask, person: Staff) -> tuple[str, bool]:
    with app.app_context():
        found = db.session.get_one(Staff, person.id)
        return str(found.roles), found.is_active


def let_proof_age(app: Flask) -> None:
    with app.app_context():
        db.session.execute(update(StaffSession).values(proved_at=datetime.now(UTC) - timedelta(minutes=16)))
        db.session.commit()


def home(client: Any) -> int:
    return int(client.get("/admin/").status_code)


def test_undoing_ones_own_change_of_an_account_asks_for_proof(
    as_owner: Any, editor: Staff, app: Flask, password: str
) -> None:
    save(as_owner, editor, is_active="")
    act = last_act(app)
    let_proof_age(app)

    asked = Page(take_back(as_owner, act))
    before = account(app, editor)
    done = as_owner.post(UNDO, data={**asked.values(""), "proof_password": password})

    assert (asked.status, asked.heading, before) == (403, "Confirm it's you", (EDITOR, False))
    assert (done.status_code, account(app, editor)) == (303, (EDITOR, True))


def test_a_new_password_is_nothing_to_undo(as_owner: Any, editor: Staff, app: Flask) -> None:
    save(as_owner, editor, password="wine-dark sea and sky")

    saved = Page(as_owner.get("/admin/staff/"))
    record = Page(as_owner.get(f"/admin/staff/edit/?id={editor.id}"))
    key = str(last_act(app))
    act = f"/admin/activity/set/?id={key}"
    pages = [saved, record, Page(as_owner.get("/admin/activity/?kind=changes")), Page(as_owner.get(act))]

    assert saved.texts(class_="banner") == ["Success Colleague “Edgar” was saved. View"]
    assert record.texts("a", within="main", href=act)[0] == "You changed a value that the history does not keep"
    assert [page.all("input", name="id", value=key) for page in pages] == [[], [], [], []]


def test_restoring_a_version_of_an_account_asks_for_proof(
    as_owner: Any, make_staff: Any, app: Flask, password: str
) -> None:
    person = make_staff("Ann", OWNER)
    save(as_owner, person, roles="viewer")
    let_proof_age(app)
    sent = {"change": str(last_change(app, person))}

    asked = Page(as_owner.post_form("/admin/staff/restore/", sent, page="/admin/account/"))
    before = account(app, person)
    done = as_owner.post("/admin/staff/restore/", data={**asked.values(""), "proof_password": password})

    assert (asked.status, asked.heading, before) == (403, "Confirm it's you", (VIEWER, True))
    assert (done.status_code, account(app, person)) == (303, (OWNER, True))


def test_redoing_a_deletion_of_very_many_asks_for_proof(as_editor: Any, make_post: Any, app: Flask) -> None:
    app.config["PROOF_ROWS"] = 0
    post = make_post()
    try:
        as_editor.post_form(f"/admin/post/edit/?id={post.id}", {"content": "Other words", "user": ""})
        let_proof_age(app)

        asked = Page(take_back(as_editor, last_act(app)))
    finally:
        app.config["PROOF_ROWS"] = 1000

    assert (asked.status, asked.heading) == (403, "Confirm it's you")


@pytest.mark.parametrize(
    ("typed", "undone"),
    [({"roles": "viewer"}, (EDITOR, True)), ({"roles": "owner"}, (EDITOR, True))],
)
def test_an_undone_change_of_role_ends_the_persons_sessions(  # noqa: PLR0917 -- fixtures
    typed: dict[str, str], undone: tuple[str, bool], as_owner: Any, editor: Staff, client_of: Any, app: Flask
) -> None:
    save(as_owner, editor, **typed)
    act, as_editor = last_act(app), client_of(editor)

    take_back(as_owner, act)

    assert (account(app, editor), home(as_editor), home(as_owner)) == (undone, 302, 200)


def test_an_undone_change_of_name_ends_no_session(as_owner: Any, editor: Staff, as_editor: Any, app: Flask) -> None:
    save(as_owner, editor, name="Eddy")

    take_back(as_owner, last_act(app))

    assert home(as_editor) == 200


def test_who_takes_their_own_role_back_goes_on_with_the_former(
    as_owner: Any, editor: Staff, client_of: Any, app: Flask
) -> None:
    save(as_owner, editor, roles="owner")
    act, promoted = last_act(app), client_of(editor)

    answer = take_back(promoted, act)

    assert (answer.status_code, account(app, editor)) == (303, (EDITOR, True))
    assert (home(promoted), promoted.get("/admin/staff/").status_code) == (200, 403)


def test_who_undoes_the_making_of_their_own_account_is_signed_out(
    owner: Staff, make_staff: Any, client_of: Any, app: Flask
) -> None:
    person = make_staff("Ann", OWNER)
    act, client = last_act(app), client_of(person)

    answer = take_back(client, act, proceed="1")

    assert (answer.status_code, home(client)) == (303, 302)
    with app.app_context():
        assert list(db.session.scalars(select(Staff.name))) == [owner.name]


def test_the_last_owner_stays_whatever_is_undone(as_owner: Any, owner: Staff, make_staff: Any, app: Flask) -> None:
    person = make_staff("Ann", VIEWER)
    save(as_owner, person, roles="owner")
    promotion = last_act(app)
    save(as_owner, owner, roles="editor")
    as_ann = promotion

    with app.app_context():
        assert db.session.get_one(Staff, person.id).roles == (OWNER,)
    answer = take_back(as_owner, as_ann)

    assert (answer.status_code, account(app, person)) == (404, (OWNER, True))


def test_an_undo_that_takes_the_last_owner_says_so_and_changes_nothing(
    as_owner: Any, owner: Staff, make_staff: Any, client_of: Any, app: Flask
) -> None:
    person = make_staff("Ann", VIEWER)
    save(as_owner, person, roles="owner")
    promotion = last_act(app)
    as_ann = client_of(person)
    save(as_ann, owner, is_active="")

    page, offered = Page(take_back(as_ann, promotion)), Page(as_ann.get("/admin/activity/"))

    assert (page.status, account(app, person)) == (409, (OWNER, True))
    assert [one for one in offered.texts("form", class_="undo") if "Created" in one and "“Ann”" in one] == []
    assert "Then nobody could manage staff. Make someone else an owner first." in page.summary


def test_nobody_but_an_owner_undoes_or_restores_what_was_done_to_accounts(
    as_owner: Any, editor: Staff, as_editor: Any, viewer: Staff, app: Flask
) -> None:
    save(as_owner, viewer, is_active="")
    act, change = last_act(app), last_change(app, viewer)

    answers = [
        take_back(as_editor, act).status_code,
        take_back(as_editor, act, proceed="1", insist=str(change)).status_code,
        as_editor.post_form("/admin/staff/restore/", {"change": str(change)}, page="/admin/account/").status_code,
        as_editor.post_form("/admin/user/restore/", {"change": str(change)}, page="/admin/account/").status_code,
        as_editor.get(f"/admin/staff/history/?id={editor.id}").status_code,
        as_editor.get(f"/admin/activity/set/?id={act}").status_code,
    ]

    assert (answers, account(app, viewer)) == ([404, 404, 403, 404, 403, 404], (VIEWER, False))


def test_a_change_of_another_act_is_not_insisted_on(as_editor: Any, make_user: Any, viewer: Staff, app: Flask) -> None:
    """An editor's own act, with the number of a change of an account sent along."""
    user = make_user(name="Ann")
    as_editor.post_form(f"/admin/user/edit/?id={user.id}", {"name": "Anna", "email": user.email})
    made = last_change(app, viewer)

    answer = take_back(as_editor, last_act(app), proceed="1", insist=str(made))

    assert (answer.status_code, account(app, viewer)) == (303, (VIEWER, True))


def test_an_account_that_comes_back_needs_a_link_before_anybody_signs_in(
    as_owner: Any, editor: Staff, as_nobody: Any, app: Flask, password: str
) -> None:
    as_owner.post_form(f"/admin/staff/delete/?id={editor.id}", {})
    take_back(as_owner, last_act(app))
    back = account(app, editor)
    save(as_owner, editor, is_active="y")

    answers = [
        as_nobody.post_form("/sign-in", {"email": editor.email, "password": typed}).status_code
        for typed in (password, "")
    ]

    assert (back, account(app, editor), answers) == ((EDITOR, False), (EDITOR, True), [422, 422])


def test_the_trail_says_what_the_undo_was(as_owner: Any, owner: Staff, editor: Staff, app: Flask) -> None:
    save(as_owner, editor, roles="viewer")
    act = last_act(app)

    take_back(as_owner, act)
    take_back(as_owner, last_act(app))

    with app.app_context():
        acts = db.session.scalars(select(ChangeSet).where(ChangeSet.id >= act).order_by(ChangeSet.id)).all()
        told = [(one.kind, one.actor_id, one.summary, one.count) for one in acts]
    assert told == [
        (Kind.FORM, owner.id, "Changed colleague “Edgar”", 1),
        (Kind.UNDO, owner.id, "Undid: Changed colleague “Edgar”", 1),
        (Kind.UNDO, owner.id, "Redid: Changed colleague “Edgar”", 1),
    ]


def test_a_sign_in_is_no_version_to_restore(as_owner: Any, editor: Staff, as_nobody: Any, password: str) -> None:
    as_nobody.post_form("/sign-in", {"email": editor.email, "password": password})
    save(as_owner, editor, name="Eddie")

    page = Page(as_owner.get(f"/admin/staff/history/?id={editor.id}"))

    entries = page.all("li", class_="event")
    assert [any(link.text.startswith("Restore") for link in one.all("a")) for one in entries] == [False, False, True]
    assert "by a sign-in" in entries[1].text


def test_the_trail_says_who_made_a_link_and_who_used_it(
    as_owner: Any, owner: Staff, as_nobody: Any, editor: Staff, app: Flask
) -> None:
    access = f"/admin/staff/access/?id={editor.id}"
    shown = as_owner.post_form(access, {"act": "link"}).get_data(as_text=True)
    link = re.findall(r"/password/[\w-]+", shown)[0]
    as_nobody.post_form(link, {"new_password": "some quite unrelated words"})

    with app.app_context():
        acts = db.session.scalars(select(ChangeSet).order_by(ChangeSet.id.desc()).limit(3)).all()
        told = [(one.actor_id, one.summary, one.kind, one.count) for one in acts]
    assert told == [
        (editor.id, "Signed in", Kind.SIGN_IN, 1),
        (editor.id, "Colleague “Edgar” chose a password with a link", Kind.FORM, 1),
        (owner.id, "Created a password link for colleague “Edgar”", Kind.ACCESS, 0),
    ]
