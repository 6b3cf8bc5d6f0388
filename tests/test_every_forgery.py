"""What nobody was offered: ended sessions, columns that no form shows, keys of other records, other models, other people."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from admin_app.extensions import db
from admin_app.models.draft import Draft
from admin_app.models.post import Post
from admin_app.models.staff import Staff, StaffSession
from admin_app.models.user import User
from tests.page import Page
from tests.routes import ROUTES, everything
from tests.subject import Subject

CAST = ("Olivia", "Edgar")


@pytest.fixture
def store() -> str:
    """Stay on one store: what is refused here is refused before the store is asked."""
    return "sqlite"


def test_an_ended_session_is_nobodys_on_every_route(as_owner: Any, app: Flask, address_of: Any) -> None:
    # Signing out takes the token along.
    urls = {rule: address_of(rule) for rule in sorted(ROUTES, key="/sign-out".__eq__)}
    token = as_owner.token_of("/admin/account/")
    with app.app_context():
        db.session.execute(update(StaffSession).values(expires_at=datetime.now(UTC)))
        db.session.commit()
    before = everything(app)

    answers: dict[str, dict[str, int]] = {}
    for rule, url in urls.items():
        answers[rule] = {"GET": as_owner.get(url).status_code}
        # A token outlives the session, in the cookie: it is none to act by.
        answers[rule]["POST"] = as_owner.post(url, data={"csrf_token": token}).status_code

    asked = ("GET", "POST")
    assert answers == {rule: {name: ROUTES[rule].answers("nobody")[name] for name in asked} for rule in ROUTES}
    assert everything(app) == before


# ---- columns that no form shows


# A number, a text and a key alike, and nothing that a column has by itself.
FORGED = "7654321"


def forged_columns(of: Subject, shown: set[str]) -> dict[str, str]:
    """Return a value for every column and relation of a model that its form does not show, and for what others are often called."""
    names = {*(one.key for one in of.mapper.columns), *(one.key for one in of.mapper.relationships)}
    often = {
        "id",
        "pk",
        "version",
        "role",
        "is_admin",
        "is_active",
        "owner_id",
        "staff_id",
        "password_hash",
        "created_at",
    }
    return dict.fromkeys(sorted((names | often) - shown), FORGED)


def columns_of(record: Any) -> dict[str, Any]:
    return {one.key: getattr(record, one.key) for one in record.__table__.columns}


def test_what_a_form_does_not_show_is_not_changed_by_it(subject: Subject, as_owner: Any) -> None:
    key = subject.add(1)
    address = subject.at("edit", key)
    sent = Page(as_owner.get(address)).values()
    before = columns_of(subject.record(key))

    response = as_owner.post(address, data={**sent, **forged_columns(subject, set(sent))})

    assert (response.status_code, columns_of(subject.record(key))) == (303, before)


def test_what_a_form_does_not_show_is_not_set_by_it(subject: Subject, as_owner: Any, password: str) -> None:
    address = f"{subject.root}new/"
    sent = subject.typed(Page(as_owner.get(address)).values(), 7, password)

    response = as_owner.post(address, data={**sent, **forged_columns(subject, set(sent))})

    made = columns_of(subject.record(subject.ids()[-1]))
    assert response.status_code == 303
    assert [name for name, value in made.items() if FORGED in str(value)] == []
    assert (made["version"], datetime.now(UTC) - made["created_at"] < timedelta(minutes=1)) == (1, True)


def test_a_key_in_the_body_is_nobodys(subject: Subject, as_owner: Any, password: str) -> None:
    mine, other = subject.add(1), subject.add(2)
    before = columns_of(subject.record(other))
    address = subject.at("edit", mine)
    sent = subject.typed(Page(as_owner.get(address)).values(), 8, password)

    response = as_owner.post(address, data={**sent, "id": str(other), "pk": str(other), "model.id": str(other)})

    assert (response.status_code, subject.record(mine).version) == (303, 2)
    assert (columns_of(subject.record(other)), len(subject.ids())) == (before, len(set(subject.ids())))


# ---- keys of something else


def test_a_view_of_another_resource_is_nobodys(as_owner: Any, address_of: Any, app: Flask) -> None:
    of_posts = address_of("/admin/post/views/edit/").partition("=")[2]
    token = as_owner.token_of("/admin/account/")
    before = everything(app)

    answers = [
        as_owner.post(f"/admin/user/{path}", data={"csrf_token": token, "name": "Mine", "view": of_posts}).status_code
        for path in (
            f"views/edit/?id={of_posts}",
            f"views/delete/?id={of_posts}",
            f"views/save/?view={of_posts}",
            "views/default/",
        )
    ]

    assert answers == [404, 404, 400, 404]
    assert everything(app) == before


def test_a_session_of_somebody_else_is_not_ended(
    as_owner: Any, as_editor: Any, viewer: Staff, app: Flask, signed_in: Any
) -> None:
    """A handle names a session among those of the person whose page it is: one's own, or the one an owner looks at."""
    signed_in(viewer)
    with app.app_context():
        owner, editor = (db.session.scalars(select(Staff.id).where(Staff.name == name)).one() for name in CAST)
        handle = {one.staff_id: one.handle for one in db.session.scalars(select(StaffSession))}

    as_editor.post_form("/admin/account/sessions/", {"session": handle[owner]}, page="/admin/account/")
    as_editor.post_form("/admin/account/sessions/", {"session": handle[viewer.id]}, page="/admin/account/")
    as_owner.post_form(f"/admin/staff/access/?id={editor}", {"act": "end", "session": handle[viewer.id]})

    with app.app_context():
        assert sorted(db.session.scalars(select(StaffSession.staff_id))) == sorted([owner, editor, viewer.id])


def test_a_draft_of_somebody_else_is_neither_shown_nor_forgotten(
    as_editor: Any, owner: Staff, make_user: Any, keep: Any, app: Flask
) -> None:
    user = make_user(name="Ann")
    address = f"/admin/user/edit/?id={user.id}"
    draft = keep(Draft(staff_id=owner.id, address=address, fields=[["name", "Typed by Olivia"]]))

    page = as_editor.get(f"{address}&draft={draft.key}")
    as_editor.post_form(address, {"name": "Bea", "email": user.email, "_draft": draft.key})
    as_editor.post_form(address, {"_discard": "1", "_draft": draft.key})

    assert (page.status_code, "Typed by Olivia" in page.text) == (200, False)
    with app.app_context():
        assert db.session.scalars(select(Draft.key)).all() == [draft.key]


def test_a_record_of_another_list_is_not_given_to_it(
    as_editor: Any, make_user: Any, make_post: Any, app: Flask
) -> None:
    """The child lists of a page show its own children: what an address says of them narrows them, and reaches no others."""
    ann, bea = make_user(name="Ann"), make_user(name="Bea")
    make_post(user=ann, content="Of Ann")
    make_post(user=bea, content="Of Bea")

    asked = [
        f"posts.user__is={bea.id}",
        f"posts.where=user+is+{bea.id}+or+user+is+{ann.id}",
        f"posts.q=Of&user={bea.id}",
    ]
    texts = [as_editor.get(f"/admin/user/edit/?id={ann.id}&{one}").text for one in asked]

    assert ["Of Bea" in text for text in texts] == [False] * 3
    with app.app_context():
        assert dict(db.session.execute(select(User.name, Post.content).join(Post.user)).all()) == {
            "Ann": "Of Ann",
            "Bea": "Of Bea",
        }
