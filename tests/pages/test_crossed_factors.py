"""Second factors, password links and sign-ins that cross another transaction on PostgreSQL: done whole, or not at all."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from admin_app.domain.auth import passwords
from admin_app.extensions import db
from admin_app.models.staff import Staff
from tests.authenticator import Authenticator
from tests.crossing import crossed
from tests.page import Page
from tests.pages.passkeys import CODE, ENROL, NEW, add, form_of
from tests.pages.sessions import ago, change, kept

pytestmark = [
    pytest.mark.parametrize("store", ["postgres"], indirect=True),
    pytest.mark.usefixtures("no_time_passes"),
]


def answer_that_crosses(app: Flask, client: Any, url: str, form: dict[str, str]) -> Any:
    """Send a form while somebody else holds the newest session, and then wants the one before it."""
    with app.app_context():
        engine = db.engine
    first, second = kept(app)[-2:]
    with crossed(engine, first, second) as found:
        answer = client.post(url, data=form)
    assert found == [first.token_hash]
    return answer


def test_a_factor_is_added_with_its_codes_shown_and_the_other_sessions_ended(
    as_viewer: Any, viewer: Staff, client_of: Any, app: Flask
) -> None:
    others = [client_of(viewer), client_of(viewer)]
    form = form_of(Page(as_viewer.get(NEW)), Authenticator().make, passkey_name="Blue key")

    answer = answer_that_crosses(app, as_viewer, NEW, form)

    assert (answer.status_code, len(Page(answer).texts("li", within="main"))) == (200, 8)
    assert [one.get("/admin/").status_code for one in others] == [302, 302]


@pytest.fixture
def over(app: Flask, viewer: Staff, client_of: Any) -> None:
    """Leave two sessions that ended by themselves: whoever signs in clears them away."""
    client_of(viewer)
    client_of(viewer)
    change(app, expires_at=ago(hours=1))


@pytest.mark.usefixtures("over")
def test_a_recovery_code_is_not_used_up_by_a_sign_in_that_failed(
    half_way: Any, enrolled: list[str], as_nobody: Any, app: Flask
) -> None:
    half_way()
    form = {"csrf_token": as_nobody.token_of(CODE), "code": enrolled[0]}

    answer = answer_that_crosses(app, as_nobody, CODE, form)
    again = as_nobody.post(CODE, data=form)

    assert (answer.status_code, Page(answer).texts("h1")) == (503, ["The database is busy"])
    assert (again.status_code, again.location) == (303, "/admin/")


@pytest.mark.usefixtures("over")
def test_a_password_link_is_not_used_up_by_a_sign_in_that_failed(editor: Staff, as_nobody: Any, app: Flask) -> None:
    with app.app_context():
        token = passwords.make_link(db.session, db.session.get_one(Staff, editor.id))
        db.session.commit()
    url = f"/password/{token}"
    form = {"csrf_token": as_nobody.token_of(url), "new_password": "twelve or more words"}

    answer = answer_that_crosses(app, as_nobody, url, form)
    again = as_nobody.post(url, data=form)

    assert (answer.status_code, Page(answer).texts("h1")) == (503, ["The database is busy"])
    assert (again.status_code, again.location) == (303, "/admin/")
    assert Page(as_nobody.get("/admin/")).notice == "Success Your password is set."


@pytest.mark.usefixtures("over", "required", "owner")
def test_a_first_factor_is_not_kept_by_a_sign_in_that_failed(half_way: Any, as_nobody: Any, app: Flask) -> None:
    half_way()
    form = form_of(Page(as_nobody.get(ENROL)), Authenticator().make, passkey_name="Blue key")

    answer = answer_that_crosses(app, as_nobody, ENROL, form)
    again = Page(add(as_nobody, Authenticator(), url=ENROL))

    assert (answer.status_code, Page(answer).texts("h1")) == (503, ["The database is busy"])
    assert len(again.texts("li", within="main")) == 8
