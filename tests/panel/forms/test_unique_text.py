"""Two people or a file ask for an email that differs in nothing but capitals: one has it, the other is told."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from flask import Flask
from sqlalchemy import select, text

from admin_app.extensions import db
from admin_app.models.role import EDITOR
from admin_app.models.user import User
from tests.page import Page
from tests.pages.test_activity import press_undo
from tests.postgres import wait_until_waiting
from tests.stores import both_stores

pytestmark = both_stores


def test_of_two_saves_at_once_one_wins_and_the_other_is_told(app: Flask, client_of: Any, make_staff: Any) -> None:
    clients = [client_of(make_staff(f"Editor{one}", EDITOR)) for one in range(2)]
    forms = [
        {**Page(client.get("/admin/user/new/")).values(), "name": "One", "email": email}
        for client, email in zip(clients, ("one@example.com", "One@Example.com"), strict=True)
    ]

    with ThreadPoolExecutor(2) as threads, app.app_context():
        is_postgres = db.engine.dialect.name == "postgresql"
        if is_postgres:
            # Both have found the email free by the time they write; SQLite lets one in at a time.
            db.session.execute(text('LOCK TABLE "user" IN SHARE MODE'))
        waiting = [
            threads.submit(one.post, "/admin/user/new/", data=form) for one, form in zip(clients, forms, strict=True)
        ]
        if is_postgres:
            wait_until_waiting(2)
        db.session.rollback()
        answers = [one.result() for one in waiting]

    assert sorted(one.status_code for one in answers) == [303, 422]
    late = Page(next(one for one in answers if one.status_code == 422))
    assert late.error_of("email").startswith("Email is already used by ")
    with app.app_context():
        assert len(db.session.scalars(select(User.email)).all()) == 1


def test_an_undo_names_another_of_the_same_name_who_has_the_email(as_editor: Any, make_user: Any) -> None:
    user = make_user(name="Ann", email="ann@example.com")
    deleted = as_editor.post_form(f"/admin/user/delete/?id={user.id}")
    thief = make_user(name="Ann", email="Ann@Example.com")

    page = Page(press_undo(as_editor, Page(as_editor.get(deleted.location))))

    assert page.status == 409
    assert "Email “ann@example.com” is used by another user now. See Ann." in page.root.text
    assert [one.attributes["href"] for one in page.all("a") if one.text == "Ann"][-1].endswith(f"edit/?id={thief.id}")
