"""No growth of power by roles, undo and restore: nobody widens a role, or brings back, what they do not hold."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from admin_app.extensions import db
from admin_app.models.change_set import Change, ChangeSet
from admin_app.models.role import EDITOR, OWNER, Role
from admin_app.models.staff import Staff
from tests.page import Page
from tests.resources.holding import ANY_PAGE, filled, people

pytestmark = pytest.mark.covers

NEW_ROLE = "/admin/role/new/"

ABOVE = "You do not have all of these permissions yourself. Ask someone who has them."


def roles(app: Flask) -> dict[str, tuple[str, ...]]:
    with app.app_context():
        return {one.key: tuple(one.permissions) for one in db.session.scalars(select(Role))}


def act_on(app: Flask, table: str) -> int:
    """Return the latest act about a table."""
    with app.app_context():
        wanted = select(ChangeSet.id).where(ChangeSet.resource == table).order_by(ChangeSet.id.desc())
        return db.session.scalars(wanted).first() or 0


# ---- roles


@pytest.mark.parametrize(
    "form",
    [
        {"permissions": ["*:*"]},
        {"permissions": ["*:edit"]},
        {"permissions": ["post:*"]},
        {"permissions": ["post:edit"]},
        {"permissions": ["post:view", "user:delete"]},
    ],
)
def test_nobody_makes_or_widens_a_role_beyond_their_own(
    form: dict[str, Any], as_clerk: Any, looker: Staff, app: Flask
) -> None:
    assert looker
    before = roles(app)
    role = role_of(app, "looker")

    pages = [
        Page(as_clerk.post_form(NEW_ROLE, {"name": "New", **form})),
        Page(as_clerk.post_form(f"/admin/role/edit/?id={role}", {"name": "Looker", **form})),
        Page(as_clerk.post_form(f"/admin/role/edit/?id={role_of(app, 'clerk')}", {"name": "Clerk", **form})),
    ]

    assert [(page.status, page.summary) for page in pages] == [(422, [ABOVE])] * 3
    assert roles(app) == before


@pytest.mark.parametrize("key", [OWNER, EDITOR])
@pytest.mark.parametrize("view", ["edit", "delete"])
def test_nobody_touches_a_role_that_holds_more(key: str, view: str, as_clerk: Any, app: Flask) -> None:
    url, before = f"/admin/role/{view}/?id={role_of(app, key)}", roles(app)

    answers = [as_clerk.get(url).status_code,
               as_clerk.post_form(url, {"name": "X", "permissions": [""]}, page=ANY_PAGE).status_code]  # fmt: skip

    assert (answers, roles(app)) == ([403, 403], before)


def test_a_box_that_one_does_not_hold_is_closed(as_clerk: Any) -> None:
    page = Page(as_clerk.get(NEW_ROLE))

    open_ = [one.attributes["value"] for one in page.all("input", type="checkbox") if "disabled" not in one.attributes]
    assert [value for value in open_ if value.startswith(("*", "post"))] == [
        "*:list", "*:view", "*:history", "*:undo", "post:list", "post:view", "post:history", "post:undo"]  # fmt: skip
    assert {"staff:*", "role:*"} <= set(open_)


# ---- undo and restore


def test_nobody_undoes_what_gives_back_more_than_they_hold(
    as_owner: Any, as_clerk: Any, looker: Staff, app: Flask
) -> None:
    url = f"/admin/staff/edit/?id={looker.id}"
    as_owner.post_form(url, filled(looker, roles=[OWNER]))
    as_owner.post_form(url, filled(looker, roles=["looker"]))
    before = people(app)

    page = Page(as_clerk.post_form("/admin/activity/undo/", {"id": str(act_on(app, "staff"))}, page=ANY_PAGE))

    assert (page.status, people(app)) == (409, before)
    assert page.summary == [ABOVE]


def test_nobody_takes_a_role_by_undo_from_who_holds_more(
    as_owner: Any, as_clerk: Any, looker: Staff, app: Flask
) -> None:
    as_owner.post_form(f"/admin/staff/edit/?id={looker.id}", filled(looker, roles=[OWNER]))
    before = people(app)

    page = Page(as_clerk.post_form("/admin/activity/undo/", {"id": str(act_on(app, "staff"))}, page=ANY_PAGE))

    assert (page.status, people(app)) == (409, before)


def test_nobody_restores_a_person_or_a_role_that_holds_more(
    as_owner: Any, as_clerk: Any, looker: Staff, app: Flask
) -> None:
    url, role = f"/admin/staff/edit/?id={looker.id}", role_of(app, "looker")
    as_owner.post_form(url, filled(looker, roles=[OWNER]))
    as_owner.post_form(url, filled(looker, roles=["looker"]))
    as_owner.post_form(f"/admin/role/edit/?id={role}", {"name": "Looker", "permissions": ["*:*"]})
    as_owner.post_form(f"/admin/role/edit/?id={role}", {"name": "Looker", "permissions": ["post:list"]})
    before = people(app), roles(app)
    with app.app_context():
        given = {one.model: one.id for one in db.session.scalars(select(Change).order_by(Change.id))
                 if {"roles": '["owner"]'}.items() <= (one.after or {}).items()
                 or (one.after or {}).get("permissions") == '["*:*"]'}  # fmt: skip

    answers = [
        as_clerk.post_form(f"/admin/{name}/restore/", {"change": str(given[name])}, page=ANY_PAGE).status_code
        for name in ("staff", "role")
    ]

    assert (answers, (people(app), roles(app))) == ([422, 422], before)


def test_nobody_brings_a_deleted_person_back_who_held_more(
    as_owner: Any, as_clerk: Any, editor: Staff, app: Flask
) -> None:
    as_owner.post_form(f"/admin/staff/delete/?id={editor.id}", {})
    with app.app_context():
        gone = db.session.scalars(select(Change.id).order_by(Change.id.desc())).first()
    before = people(app)

    restored = as_clerk.post_form("/admin/staff/restore/", {"change": str(gone)}, page=ANY_PAGE)
    undone = as_clerk.post_form("/admin/activity/undo/", {"id": str(act_on(app, "staff"))}, page=ANY_PAGE)

    assert (restored.status_code, undone.status_code, people(app)) == (422, 409, before)


@pytest.mark.usefixtures("owner")
def test_a_clerk_undoes_what_is_within_their_own(as_clerk: Any, looker: Staff, app: Flask) -> None:
    as_clerk.post_form(f"/admin/staff/edit/?id={looker.id}", filled(looker, roles=["clerk"]))

    answer = as_clerk.post_form("/admin/activity/undo/", {"id": str(act_on(app, "staff"))}, page=ANY_PAGE)

    assert (answer.status_code, people(app)["Lou"][0]) == (303, ("looker",))


def role_of(app: Flask, key: str) -> int:
    with app.app_context():
        return int(db.session.scalar(select(Role.id).where(Role.key == key)) or 0)
