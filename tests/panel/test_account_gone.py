"""Accounts that are deleted in the very moment in which their owners write something of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, event, func, select

from admin_app.extensions import db
from admin_app.models.post import Post
from admin_app.models.staff import Staff
from tests.client import Client
from tests.page import Page

# SQLite lets nobody delete an account while somebody else's request may write.
pytestmark = [pytest.mark.postgres, pytest.mark.parametrize("store", ["postgres"], indirect=True)]

LIST = "/admin/post/"
Deleting = Callable[[str], Any]


@pytest.fixture
def deleting(app: Flask, editor: Staff) -> Deleting:
    """Delete Edgar's account just before the first row of a table is written."""
    with app.app_context():
        engine = db.engine

    @contextmanager
    def wait_for(table: str) -> Iterator[list[str]]:
        seen: list[str] = []

        def look(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            if not seen and statement.startswith(f"INSERT INTO {table} "):
                seen.append(statement)
                with engine.begin() as other:
                    other.execute(delete(Staff).where(Staff.id == editor.id))

        event.listen(engine, "before_cursor_execute", look)
        yield seen
        event.remove(engine, "before_cursor_execute", look)

    return wait_for


@pytest.fixture
def post(make_post: Any) -> Post:
    """Make a post."""
    return make_post()


def test_a_new_record_is_not_made_and_what_was_typed_is_given_back(
    app: Flask, as_editor: Client, deleting: Deleting
) -> None:
    form = Page(as_editor.get(f"{LIST}new/")).values()

    with deleting("submission") as seen:
        response = as_editor.post(f"{LIST}new/", data={**form, "content": "Garden wall"})

    page = Page(response)
    assert len(seen) == 1
    # As of anybody whose session ended and whose text cannot be kept for them.
    assert (page.status, page.heading, "Garden wall" in response.text) == (403, "You are not signed in", True)
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Post)) == 0


@pytest.mark.parametrize(
    ("table", "address", "fields"),
    [
        ("tick_set", "ticks/", {"shown": "1", "tick": "1"}),
        ("preference", "page-size/", {"per_page": "50", "url": LIST}),
        ("preference", "columns/", {"columns": "content"}),
        ("saved_view", "views/new/", {"name": "Mine", "audience": "mine"}),
        ("plan", "delete-many/", {"listed": "1"}),
        ("watch", "watch/?id=1", {"on": "1"}),
    ],
)
@pytest.mark.usefixtures("post")
def test_whatever_else_was_theirs_leads_to_the_sign_in_page(
    table: str, address: str, fields: dict[str, str], as_editor: Client, deleting: Deleting
) -> None:
    with deleting(table) as seen:
        response = as_editor.post_form(f"{LIST}{address}", fields)

    assert len(seen) == 1
    assert response.status_code == 302
    assert response.location.startswith("/sign-in?next=")
    assert Page(as_editor.get(response.location)).heading == "Sign in"
