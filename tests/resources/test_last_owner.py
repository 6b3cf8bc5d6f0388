"""The dashboard is never without an owner, whichever way the last one goes."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask

from admin_app.domain.permissions import privileges
from admin_app.extensions import db
from admin_app.models.role import OWNER
from admin_app.models.staff import Staff
from tests.page import Page
from tests.postgres import wait_until_waiting
from tests.resources.accounts import LIST, delete_url, edit_url, filled, kept
from tests.stores import both_stores

LAST = "Olivia is the last owner. Make someone else an owner first."


@both_stores
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


@both_stores
def test_the_last_owner_cannot_be_deleted(as_owner: Any, owner: Staff, app: Flask) -> None:
    page = Page(as_owner.post_form(delete_url(owner)))

    assert (page.status, page.summary) == (422, [LAST])
    assert kept(app) == {"Olivia": ("owner", True)}


def test_an_owner_who_is_switched_off_is_no_owner_to_count_on(
    as_owner: Any, owner: Staff, make_staff: Any, app: Flask
) -> None:
    make_staff("Otto", OWNER, is_active=False)

    page = Page(as_owner.post_form(delete_url(owner)))

    assert (page.status, page.summary) == (422, [LAST])
    assert len(kept(app)) == 2


@both_stores
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
                privileges.lock(db.session)
            answers = [threads.submit(client.post, url, data=form)
                       for (client, url, _), form in zip(requests, forms, strict=True)]  # fmt: skip
            if is_postgres:
                wait_until_waiting(len(requests))
            db.session.rollback()
            return [answer.result().status_code for answer in answers]

    return send


@both_stores
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
