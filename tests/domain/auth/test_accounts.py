"""Staff accounts: made, signed in, changed, closed; the last owner stays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from admin_app.domain.auth import accounts, passwords, sessions
from admin_app.domain.auth.sessions import NOBODY_KNOWN
from admin_app.domain.permissions import privileges
from admin_app.errors import InvalidRecord, LastOwnerError, NotFoundError
from admin_app.extensions import db
from admin_app.models.role import EDITOR, OWNER, VIEWER
from admin_app.models.staff import Staff, StaffSession
from admin_app.web.auth.password_sign_in import prove_by_password

pytestmark = pytest.mark.usefixtures("context")

on_sqlite = pytest.mark.parametrize("store", ["sqlite"], indirect=True)
NEW = "a new one that is long enough"
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Set the clock."""
    return lambda moment: monkeypatch.setattr(sessions, "utc_now", lambda: moment)


def count() -> int:
    return db.session.scalar(select(func.count()).select_from(StaffSession)) or 0


def who(token: str) -> Staff | None:
    found = sessions.find(db.session, token)
    return db.session.get(Staff, found.person.id) if found else None


def sign_in(email: str, password: str, hours: int = 12) -> str | None:
    outcome = prove_by_password(db.session, email=email, password=password, client=NOBODY_KNOWN)
    return sessions.begin(db.session, outcome.staff, hours=hours) if outcome.staff else None


# ---- addresses


@pytest.mark.parametrize("typed", ["ann@example.com", "  ann@example.com\n", "ANN@Example.COM"])
def test_an_address_has_one_spelling(typed: str) -> None:
    assert accounts.normalised_email(typed) == "ann@example.com"


# ---- making accounts


@on_sqlite
def test_the_first_owner_is_made_once() -> None:
    first = {"name": "Olivia", "password": NEW}
    accounts.create_first_owner(db.session, email="olivia@example.com", **first)

    with pytest.raises(NotFoundError, match="set up already"):
        accounts.create_first_owner(db.session, email="eve@example.com", **first)

    assert [*db.session.scalars(select(Staff.email))] == ["olivia@example.com"]


@on_sqlite
def test_an_account_is_made_with_a_tidy_name_and_address() -> None:
    made = accounts.create_staff(db.session, name=" Ann Lee ", email=" Ann@Example.com", roles=[EDITOR], password=NEW)
    db.session.commit()

    assert (made.name, made.email, made.roles, made.is_active) == ("Ann Lee", "ann@example.com", (EDITOR,), True)
    assert passwords.is_right_for(made.password_hash, NEW)


@pytest.mark.parametrize(
    ("values", "problems"),
    [
        ({"name": " "}, {"name": "Enter the name."}),
        ({"name": "x" * 81}, {"name": "Name must be 80 characters or fewer; it has 81."}),
        ({"email": "nowhere"}, {"email": "Email must look like name@example.com."}),
        ({"name": "", "email": ""}, {"name": "Enter the name.", "email": "Enter the email."}),
        ({"name": "a\0b"}, {"name": "Name contains a NUL character, which cannot be stored. Remove it."}),
        ({"password": "short"}, {"password": "Use 12 characters or more for the password."}),
    ],
)
def test_a_poor_account_is_refused_field_by_field(values: dict[str, str], problems: dict[str, str]) -> None:
    good = {"name": "Ann", "email": "ann@example.com", "password": NEW}

    with pytest.raises(InvalidRecord) as caught:
        accounts.create_staff(db.session, roles=[VIEWER], **{**good, **values})

    db.session.rollback()
    assert caught.value.problems == problems
    assert not accounts.is_set_up(db.session)


def test_an_address_is_one_account_in_any_case(owner: Staff) -> None:
    with pytest.raises(InvalidRecord) as caught:
        accounts.create_staff(db.session, name="Eve", email=owner.email.upper(), roles=[OWNER], password=NEW)

    assert caught.value.problems == {"email": "olivia@example.com already has an account."}


def test_the_dashboard_is_set_up_with_its_first_account(make_staff: Any) -> None:
    before = accounts.is_set_up(db.session)

    make_staff("Ann", is_active=False)

    assert (before, accounts.is_set_up(db.session)) == (False, True)


# ---- signing in


def test_signing_in_begins_a_session_of_so_many_hours(owner: Staff, password: str, at: Any) -> None:
    at(NOON)

    token = sign_in("OLIVIA@example.com", password, hours=2)

    assert token is not None
    assert who(token) is owner
    assert owner.last_sign_in_at == NOON
    assert db.session.scalars(select(StaffSession.expires_at)).all() == [NOON + timedelta(hours=2)]


@pytest.mark.parametrize(("email", "typed"), [("olivia@example.com", "wrong"), ("nobody@example.com", None)])
def test_wrong_and_unknown_begin_nothing(email: str, typed: str | None, owner: Staff, password: str) -> None:
    assert sign_in(email, typed or password) is None
    assert (count(), owner.last_sign_in_at) == (0, None)


@on_sqlite
def test_a_closed_account_begins_nothing(make_staff: Any, password: str) -> None:
    make_staff("Closed", is_active=False)

    assert sign_in("closed@example.com", password) is None
    assert count() == 0


# ---- the last owner


def test_the_last_owner_is_kept(owner: Staff, editor: Staff, make_staff: Any) -> None:
    make_staff("Closed", OWNER, is_active=False)
    assert editor.is_active

    with pytest.raises(LastOwnerError, match=r"Olivia is the last owner\. Make someone else an owner first\."):
        privileges.require_another_owner(db.session, owner)


def test_with_another_owner_one_may_go(owner: Staff, make_staff: Any) -> None:
    make_staff("Otto", OWNER)

    accounts.disable(db.session, owner)
    db.session.commit()

    assert not owner.is_active


def test_switching_off_ends_the_sessions(owner: Staff, viewer: Staff, signed_in: Any) -> None:
    token = signed_in(viewer)["_user_id"]
    assert owner.is_active

    accounts.disable(db.session, viewer)
    db.session.commit()

    assert who(token) is None
    assert count() == 0


def test_the_last_owner_is_not_switched_off(owner: Staff, signed_in: Any) -> None:
    token = signed_in(owner)["_user_id"]

    with pytest.raises(LastOwnerError):
        accounts.disable(db.session, owner)

    assert owner.is_active
    assert who(token) is owner


def test_an_account_switched_off_in_the_store_is_nobody_at_once(viewer: Staff, signed_in: Any) -> None:
    token = signed_in(viewer)["_user_id"]

    viewer.is_active = False
    db.session.commit()

    assert who(token) is None
