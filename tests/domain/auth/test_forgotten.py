"""Links for whoever forgot their password: for accounts that have one, and not too often."""

from __future__ import annotations

from typing import Any

import pytest

from admin_app.domain.auth import forgotten, passwords
from admin_app.extensions import db

pytestmark = pytest.mark.usefixtures("context")


def test_link_is_made_for_an_account_with_a_password_only(make_staff: Any) -> None:
    staff = make_staff("Ann")
    make_staff("Bea", is_active=False), make_staff("Cid", password_hash="")

    made = forgotten.make_link(db.session, " ANN@example.com")
    others = [forgotten.make_link(db.session, f"{name}@example.com") for name in ("bea", "cid", "dan")]

    assert made is not None
    assert (passwords.staff_of_link(db.session, made.token), made.name, made.email) == (staff, "Ann", "ann@example.com")
    assert others == [None] * 3


@pytest.mark.usefixtures("clock")
def test_requests_are_counted_by_email_and_by_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forgotten, "FREE_FOR_ADDRESS", 4)
    asked = [("a", "192.0.2.1")] * 4 + [("b", "192.0.2.2"), ("c", "192.0.2.1"), ("d", "192.0.2.1")]

    waits = [forgotten.count_request(db.session, email=f"{one}@example.com", address=at) for one, at in asked]

    assert [wait > 0 for wait in waits] == [False, False, False, True, False, False, True]
