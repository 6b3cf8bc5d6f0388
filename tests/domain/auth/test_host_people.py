"""People whom another application signs in: one account each, which says of them what that application says."""

from __future__ import annotations

import logging

import pytest
from sqlalchemy import func, select

from admin_app.domain.auth.accounts import create_staff
from admin_app.domain.auth.host_people import Person, account_of
from admin_app.extensions import db
from admin_app.models.host_person import HostPerson
from admin_app.models.staff import Staff

pytestmark = [pytest.mark.usefixtures("context"), pytest.mark.parametrize("store", ["sqlite"], indirect=True)]

KIM = Person(7, "Kim", "Kim@Example.com", ["editor"])


def test_a_person_has_one_account_however_often_they_come() -> None:
    first, second = account_of(db.session, KIM), account_of(db.session, KIM)

    assert first is second
    assert (first.name, first.email, first.roles, first.password_hash) == ("Kim", "kim@example.com", ("editor",), "")


def test_what_the_application_says_anew_is_taken_over() -> None:
    before = account_of(db.session, KIM).id

    now = account_of(db.session, Person("7", "K" * 100, "", ["viewer"]))

    assert (now.id, now.name, now.email, now.roles) == (before, "K" * 80, "7", ("viewer",))


def test_an_account_that_was_made_here_before_is_the_persons() -> None:
    made = create_staff(db.session, name="Kim", email="kim@example.com", roles=["viewer"], password=None)

    assert account_of(db.session, KIM) is made
    assert db.session.get(HostPerson, "7") is not None


def test_an_address_goes_to_who_has_it_now() -> None:
    before = account_of(db.session, KIM)

    now = account_of(db.session, Person(8, "Lee", "kim@example.com", []))

    assert (now.email, before.email) == ("kim@example.com", f"{before.id}.kim@example.com")
    assert db.session.scalar(select(func.count()).select_from(Staff)) == 2


def test_a_role_that_there_is_not_gives_nothing_and_is_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        person = account_of(db.session, Person(9, "Max", "max@example.com", ["viewer", "king"]))

    assert person.roles == ("viewer",)
    assert caplog.messages == ["the application names roles that the dashboard does not have: king"]
