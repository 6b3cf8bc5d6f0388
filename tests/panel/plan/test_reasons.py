"""Roles that ask for a reason before many records are changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from admin_app.extensions import db
from admin_app.models.change_set import ChangeSet
from admin_app.models.plan import Plan
from admin_app.models.role import Role
from admin_app.models.staff import Staff
from tests.client import Client
from tests.page import Page
from tests.panel.plan.plans import agreed, given, owners
from tests.stores import both_stores

MISSING = "Enter the reason for this change."


@pytest.fixture
def ask_for_reasons(app: Flask) -> Callable[[str], None]:
    """Let a role ask for a reason, behind the dashboard's back: sessions go on."""

    def ask(key: str) -> None:
        with app.app_context():
            db.session.execute(update(Role).where(Role.key == key).values(needs_reason=True))
            db.session.commit()

    return ask


@both_stores
def test_who_has_such_a_role_changes_nothing_without_a_reason(
    as_editor: Client, make_user: Any, make_post: Any, ask_for_reasons: Any
) -> None:
    user, post = make_user(), make_post()
    ask_for_reasons("editor")
    address = given(as_editor, user)

    without = Page(as_editor.post_form(address, {"reason": "  "}))
    before = owners(as_editor)
    agreed(as_editor, address, reason="Asked by Ann")

    assert (without.status, without.error_of("reason"), before) == (422, MISSING, {post.id: None})
    assert owners(as_editor) == {post.id: user.id}
    with as_editor.application.app_context():
        assert db.session.scalars(select(ChangeSet.reason).where(ChangeSet.kind == "bulk")).all() == ["Asked by Ann"]


def test_one_of_several_roles_is_enough(
    client_of: Callable[[Staff], Client], make_staff: Any, make_user: Any, make_post: Any, ask_for_reasons: Any
) -> None:
    make_post()
    ask_for_reasons("viewer")
    client = client_of(make_staff("Ann", "editor", "viewer"))

    page = Page(client.post_form(given(client, make_user())))

    assert (page.status, page.error_of("reason")) == (422, MISSING)


def test_somebody_else_may_leave_it_out(
    as_editor: Client, make_user: Any, make_post: Any, ask_for_reasons: Any
) -> None:
    user, post = make_user(), make_post()
    ask_for_reasons("viewer")
    address = given(as_editor, user)

    page = Page(as_editor.get(address))
    agreed(as_editor, address)

    assert "Reason (optional)" in page.texts("label")
    assert owners(as_editor) == {post.id: user.id}


def test_a_role_that_begins_to_ask_asks_for_plans_that_were_made_before(
    as_editor: Client, make_user: Any, make_post: Any, ask_for_reasons: Any
) -> None:
    make_post()
    address = given(as_editor, make_user())
    before = Page(as_editor.get(address)).texts("label")
    ask_for_reasons("editor")

    page = Page(as_editor.post_form(address))

    assert ("Reason (optional)" in before, "Reason" in page.texts("label")) == (True, True)
    assert (page.status, page.error_of("reason")) == (422, MISSING)
    with as_editor.application.app_context():
        assert db.session.scalars(select(Plan.state)).all() == ["planned"]
