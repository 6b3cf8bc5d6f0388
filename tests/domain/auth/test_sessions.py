"""Sessions: found by their token alone, ended by time, by want of use and by people; written down when last seen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from admin_app.domain.auth import passwords, sessions
from admin_app.domain.auth.sessions import ClientInfo
from admin_app.extensions import db
from admin_app.models.staff import Staff, StaffSession

pytestmark = pytest.mark.usefixtures("context")

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


def test_the_table_holds_no_token(owner: Staff) -> None:
    token = sessions.begin(db.session, owner, hours=1)
    db.session.flush()

    assert db.session.scalars(select(StaffSession.token_hash)).all() != [token]
    assert who(token) is owner
    (kept,) = db.session.scalars(select(StaffSession.token_hash))
    assert who(kept) is None


def test_a_session_ends_at_its_hour(owner: Staff, at: Any) -> None:
    at(NOON)
    token = sessions.begin(db.session, owner, hours=1)

    seen = []
    for minutes in (0, 59, 60, 61):
        at(NOON + timedelta(minutes=minutes))
        seen.append(who(token))

    assert seen == [owner, owner, None, None]


def test_a_new_session_sweeps_out_those_that_ended(owner: Staff, at: Any) -> None:
    at(NOON)
    sessions.begin(db.session, owner, hours=1)
    sessions.begin(db.session, owner, hours=3)
    at(NOON + timedelta(hours=2))

    sessions.begin(db.session, owner, hours=1)

    assert count() == 2


def test_signing_out_ends_one_session_and_twice_is_no_harm(owner: Staff) -> None:
    first = sessions.begin(db.session, owner, hours=1)
    second = sessions.begin(db.session, owner, hours=1)

    sessions.end(db.session, first)
    sessions.end(db.session, first)

    db.session.expire_all()
    assert count() == 1
    assert who(second) is owner


@pytest.mark.parametrize("token", ["", "x", "\0", "é" * 1000])
def test_a_made_up_token_is_nobodys(token: str, owner: Staff) -> None:
    sessions.begin(db.session, owner, hours=1)

    assert who(token) is None


def test_a_new_password_ends_the_persons_sessions_alone(owner: Staff, viewer: Staff, signed_in: Any) -> None:
    signed_in(owner)
    signed_in(owner)
    theirs = signed_in(viewer)["_user_id"]

    passwords.set_password(db.session, owner, NEW)

    assert count() == 1
    assert who(theirs) is viewer


def test_a_person_not_yet_stored_has_no_sessions_to_end(owner: Staff, signed_in: Any) -> None:
    signed_in(owner)

    sessions.end_all(db.session, Staff(name="New"))

    assert count() == 1


# ---- idle, seen, listed, ended


def test_a_session_ends_for_want_of_use_before_its_hour(owner: Staff, at: Any) -> None:
    at(NOON)
    token = sessions.begin(db.session, owner, hours=12)

    seen = []
    for hours in (0, 7.9, 8, 11):
        at(NOON + timedelta(hours=hours))
        seen.append(sessions.find(db.session, token, idle_hours=8) is not None)

    assert seen == [True, True, False, False]


def test_use_prolongs_a_session_but_not_beyond_its_hour(owner: Staff, at: Any) -> None:
    at(NOON)
    token = sessions.begin(db.session, owner, hours=12)
    at(NOON + timedelta(hours=7))
    sessions.note_seen(db.session, token)
    db.session.commit()

    at(NOON + timedelta(hours=11))
    prolonged = sessions.find(db.session, token, idle_hours=8)
    at(NOON + timedelta(hours=12))

    assert prolonged is not None
    assert sessions.find(db.session, token, idle_hours=8) is None


def test_a_session_is_noted_once_a_minute(owner: Staff, at: Any) -> None:
    at(NOON)
    token = sessions.begin(db.session, owner, hours=12)
    found = sessions.find(db.session, token)
    assert found is not None

    wanted = []
    for seconds in (0, 59, 60):
        at(NOON + timedelta(seconds=seconds))
        wanted.append(sessions.is_to_be_noted(found))

    assert wanted == [False, False, True]


def test_sessions_are_listed_last_seen_first_without_those_that_ended(owner: Staff, viewer: Staff, at: Any) -> None:
    for hours, agent in ((0, "idle"), (5, "older"), (7, "newer")):
        at(NOON + timedelta(hours=hours))
        sessions.begin(db.session, owner, hours=24, client=ClientInfo(user_agent=agent))
    sessions.begin(db.session, viewer, hours=24)
    at(NOON + timedelta(hours=9))

    listed = [one.user_agent for one in sessions.all_of(db.session, owner, idle_hours=8)]

    assert listed == ["newer", "older"]


def test_a_browser_may_say_anything_about_itself(owner: Staff) -> None:
    client = ClientInfo(address="::1", user_agent="a\0b" + "x" * 5000)

    sessions.begin(db.session, owner, hours=1, client=client)
    db.session.commit()

    kept = db.session.scalars(select(StaffSession)).one()
    assert (kept.address, kept.user_agent) == ("::1", "ab" + "x" * 298)


def test_a_session_is_ended_by_its_handle_only_for_its_own_person(owner: Staff, viewer: Staff) -> None:
    token = sessions.begin(db.session, owner, hours=1)
    found = sessions.find(db.session, token)
    assert found is not None

    by_another = sessions.end_by_handle(db.session, viewer, found.handle)
    by_owner = sessions.end_by_handle(db.session, owner, found.handle)
    db.session.commit()

    assert (by_another, by_owner, count()) == (False, True, 0)


def test_all_others_end_and_the_present_one_stays(owner: Staff) -> None:
    tokens = [sessions.begin(db.session, owner, hours=1) for _ in range(3)]

    sessions.end_all(db.session, owner, but=tokens[1])
    db.session.commit()

    assert [who(token) for token in tokens] == [None, owner, None]
