"""The link that makes the first owner: once, and for nobody else."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from admin_app.extensions import db
from admin_app.models.change_set import ChangeSet
from admin_app.models.role import OWNER
from admin_app.models.staff import Staff
from admin_app.pages.auth import set_up_url
from tests.page import Page
from tests.stores import both_stores

pytestmark = pytest.mark.covers


@pytest.fixture
def link(app: Flask) -> str:
    """Return the set-up link."""
    with app.test_request_context():
        return set_up_url()


FIRST = {"name": "Olivia", "email": "Olivia@Example.com ", "password": "twelve or more characters"}


def test_the_link_makes_the_first_owner_and_signs_them_in(link: str, as_nobody: Any, app: Flask) -> None:
    response = as_nobody.post_form(link, FIRST)

    with app.app_context():
        made = [(one.name, one.email, one.roles) for one in db.session.scalars(select(Staff))]
        acts = [*db.session.scalars(select(ChangeSet.summary).order_by(ChangeSet.id))]
    assert (response.status_code, response.location) == (303, "/admin/")
    assert made == [("Olivia", "olivia@example.com", (OWNER,))]
    assert acts == ["Created colleague “Olivia”", "Signed in"]
    assert as_nobody.get("/admin/staff/").status_code == 200


def test_the_link_works_once(link: str, as_nobody: Any, app: Flask) -> None:
    stranger = app.test_client()
    token = stranger.token_of(link)
    as_nobody.post_form(link, FIRST)

    again = stranger.post(link, data={**FIRST, "email": "eve@example.com", "csrf_token": token})

    assert (again.status_code, stranger.get(link).status_code) == (404, 404)
    assert emails(app) == ["olivia@example.com"]


@both_stores
def test_the_link_works_once_for_two_at_the_same_moment(link: str, app: Flask) -> None:
    clients = [app.test_client(), app.test_client()]
    forms = [{**FIRST, "email": f"first{n}@example.com", "csrf_token": one.token_of(link)}
             for n, one in enumerate(clients)]  # fmt: skip

    with ThreadPoolExecutor(2) as threads:
        answers = list(threads.map(lambda one, form: one.post(link, data=form).status_code, clients, forms))

    assert sorted(answers) == [303, 404]
    assert len(emails(app)) == 1


@pytest.mark.parametrize("token", ["0", "0" * 40, "%00", "é", "x" * 5000])
def test_a_wrong_token_is_nobodys_page(token: str, as_nobody: Any, app: Flask) -> None:
    csrf = as_nobody.token_of("/sign-in")

    answers = [
        as_nobody.get(f"/set-up/{token}"),
        as_nobody.post(f"/set-up/{token}", data={**FIRST, "csrf_token": csrf}),
    ]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert emails(app) == []


def test_the_link_is_gone_when_anybody_has_an_account(link: str, as_nobody: Any, make_staff: Any) -> None:
    make_staff("Closed", is_active=False)

    assert as_nobody.get(link).status_code == 404


def test_the_link_needs_the_forms_token(link: str, as_nobody: Any, app: Flask) -> None:
    assert as_nobody.post(link, data=FIRST).status_code == 400
    assert emails(app) == []


def test_a_poor_first_account_is_refused_field_by_field(link: str, as_nobody: Any, app: Flask) -> None:
    response = as_nobody.post_form(link, {"name": "", "email": "nowhere", "password": "tiny-secret"})

    page = Page(response)
    assert page.status == 422
    assert {name: page.error_of(name) for name in ("name", "email", "password")} == {
        "name": "Enter the name.",
        "email": "Email must look like name@example.com.",
        "password": "Use 12 characters or more for the password.",
    }
    assert "tiny-secret" not in response.text
    assert emails(app) == []


def emails(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(Staff.email)))
