"""A clock that was ahead and is right again: what was written meanwhile holds for no longer than what is written now."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pyotp
import pytest
from flask import Flask
from sqlalchemy import select

from admin_app.domain.audit import entry
from admin_app.domain.auth import failed_sign_ins, passwords, sessions, sign_in, throttle, two_factor
from admin_app.domain.auth.sessions import ClientInfo
from admin_app.domain.auth.throttle import FORGIVEN_AFTER, LONGEST_DELAY, Limit
from admin_app.domain.clock import TOLERANCE
from admin_app.domain.work import drafts, idempotency, presence
from admin_app.extensions import db
from admin_app.jobs import store as job_store
from admin_app.metrics import Level
from admin_app.models.change_set import ChangeSet
from admin_app.models.draft import Draft
from admin_app.models.job import Job, JobState
from admin_app.models.sign_in import ProofTry
from admin_app.models.staff import Staff
from admin_app.models.submission import Submission
from admin_app.models.two_factor import Authenticator
from admin_app.web.auth import login, reauthentication
from admin_app.web.auth.password_sign_in import prove_by_password

pytestmark = pytest.mark.usefixtures("context")

MODULES = (
    drafts,
    failed_sign_ins,
    passwords,
    presence,
    sessions,
    idempotency,
    throttle,
    entry,
    two_factor,
    job_store,
    login,
    reauthentication,
)
YEAR = timedelta(days=365)
Clock = Callable[[timedelta], AbstractContextManager[None]]


@pytest.fixture
def ahead(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Set the clock by so much inside."""

    @contextmanager
    def set_ahead(by: timedelta) -> Iterator[None]:
        with monkeypatch.context() as clock:
            for module in MODULES:
                clock.setattr(module, "utc_now", lambda: datetime.now(UTC) + by)
            yield

    return set_ahead


def me(staff: Staff) -> Staff:
    return db.session.get_one(Staff, staff.id)


# ---- delays

LIMIT = Limit("account", "ann@example.com", 0, account="ann@example.com")


def failed_tries(number: int, limit: Limit = LIMIT) -> int:
    wait = 0
    for _ in range(number):
        wait = throttle.count_try(db.session, [limit])
        db.session.commit()
    return wait


@pytest.mark.parametrize("limit", [LIMIT, Limit("address", "192.0.2.1", 0)])
def test_nobody_waits_longer_than_the_longest_delay_from_now(ahead: Clock, limit: Limit) -> None:
    with ahead(YEAR):
        failed_tries(1, limit)

    first = failed_tries(1, limit)
    with ahead(LONGEST_DELAY + TOLERANCE):
        after = failed_tries(1, limit)

    assert 0 < first <= LONGEST_DELAY.total_seconds()
    assert after == 0


def test_what_a_page_says_of_a_delay_is_no_longer_either(ahead: Clock, viewer: Staff) -> None:
    with ahead(YEAR):
        for _ in range(12):
            prove_by_password(db.session, email=viewer.email, password="wrong", client=ClientInfo("192.0.2.1"))

    count, until = sign_in.delay_of(db.session, me(viewer))

    assert count == 12
    assert until is not None
    assert until <= datetime.now(UTC) + LONGEST_DELAY


def test_tries_of_a_clock_that_was_ahead_are_forgiven_like_others(ahead: Clock) -> None:
    with ahead(YEAR):
        failed_tries(1)
    failed_tries(1, Limit("account", "bob@example.com", 0))

    row = throttle.tries_of(db.session, LIMIT)

    assert row is not None
    assert max(row.first_at, row.last_at) <= datetime.now(UTC)
    with ahead(FORGIVEN_AFTER + TOLERANCE):
        failed_tries(1)
    assert db.session.scalars(select(ProofTry.streak).where(ProofTry.key == LIMIT.key)).one() == 1


# ---- sessions and proofs


@pytest.mark.parametrize("by", [2 * TOLERANCE, timedelta(hours=1), YEAR])
@pytest.mark.parametrize("idle_hours", [None, 8])
def test_a_session_from_the_future_is_none(by: timedelta, idle_hours: int | None, ahead: Clock, viewer: Staff) -> None:
    with ahead(by):
        token = sessions.begin(db.session, me(viewer), hours=12)
        db.session.commit()
        then = sessions.find(db.session, token, idle_hours=idle_hours)

    assert then is not None
    assert sessions.find(db.session, token, idle_hours=idle_hours) is None
    assert sessions.all_of(db.session, me(viewer), idle_hours=idle_hours) == []


def test_a_session_from_the_future_is_not_good_when_its_time_comes(ahead: Clock, viewer: Staff) -> None:
    with ahead(YEAR):
        token = sessions.begin(db.session, me(viewer), hours=12)
    sessions.begin(db.session, me(viewer), hours=12)
    db.session.commit()

    with ahead(YEAR + timedelta(hours=1)):
        assert sessions.find(db.session, token) is None


def test_clocks_of_two_machines_may_differ_a_little(ahead: Clock, viewer: Staff) -> None:
    with ahead(TOLERANCE / 2):
        token = sessions.begin(db.session, me(viewer), hours=12)
        link = passwords.make_link(db.session, me(viewer))
        db.session.commit()

    assert sessions.find(db.session, token) is not None
    assert passwords.staff_of_link(db.session, link) is not None


@pytest.mark.parametrize(("by", "is_fresh"), [(YEAR, False), (timedelta(minutes=20), False), (timedelta(), True)])
def test_a_proof_from_the_future_is_not_fresh(
    by: timedelta, ahead: Clock, viewer: Staff, app: Flask, *, is_fresh: bool
) -> None:
    token = sessions.begin(db.session, me(viewer), hours=12)
    db.session.commit()
    with ahead(by):
        token = sessions.note_proof(db.session, token)
    # Seen again since, by a clock that is right.
    sessions.note_seen(db.session, token)
    db.session.commit()

    with app.test_request_context():
        login.begin(token)
        assert login.current_session() is not None
        assert reauthentication.is_fresh() is is_fresh


# ---- links and codes


@pytest.mark.parametrize("by", [2 * TOLERANCE, timedelta(hours=30), YEAR])
def test_a_password_link_from_the_future_is_good_for_nothing(by: timedelta, ahead: Clock, viewer: Staff) -> None:
    with ahead(by):
        link = passwords.make_link(db.session, me(viewer))
        db.session.commit()
        assert passwords.staff_of_link(db.session, link) is not None

    assert passwords.staff_of_link(db.session, link) is None


def test_a_code_used_by_a_clock_that_was_ahead_locks_nobody_out(ahead: Clock, viewer: Staff, app: Flask) -> None:
    secret, key = pyotp.random_base32(), str(app.secret_key)
    db.session.add(Authenticator(staff_id=viewer.id, secret=two_factor.seal(secret, key=key)))
    db.session.commit()

    def prove(moment: datetime) -> bool:
        return two_factor.prove(db.session, me(viewer), pyotp.TOTP(secret).at(moment), key=key)

    with ahead(YEAR):
        assert prove(datetime.now(UTC) + YEAR)

    now = datetime.now(UTC)
    assert [prove(now), prove(now)] == [True, False]


def test_a_code_is_no_good_after_a_newer_one(viewer: Staff, app: Flask) -> None:
    secret, key = pyotp.random_base32(), str(app.secret_key)
    step = int(datetime.now(UTC).timestamp()) // two_factor.STEP_SECONDS
    newest = step + two_factor.STEPS_OFF[-1]
    db.session.add(Authenticator(staff_id=viewer.id, secret=two_factor.seal(secret, key=key), last_step=newest))
    db.session.commit()

    codes = [pyotp.TOTP(secret).generate_otp(step + off) for off in two_factor.STEPS_OFF]

    assert [two_factor.prove(db.session, me(viewer), code, key=key) for code in codes] == [False] * 3


# ---- the rest


def test_whoever_was_at_a_form_in_the_future_is_there_no_longer(ahead: Clock, viewer: Staff, owner: Staff) -> None:
    place = presence.OpenForm("post", 1)
    with ahead(YEAR):
        presence.arrive(db.session, place, viewer.id, lasting=presence.OPENED)
        (noted,) = presence.present_at(db.session, place)

    assert presence.present_at(db.session, place) == []
    assert not noted.is_fresh
    presence.arrive(db.session, place, owner.id, lasting=presence.OPENED)
    assert [one.staff_id for one in presence.present_at(db.session, place)] == [owner.id]
    with ahead(YEAR):
        assert presence.present_at(db.session, place) == []


def test_what_was_typed_in_the_future_is_kept_and_no_newer_than_now(viewer: Staff) -> None:
    old = drafts.keep_draft(db.session, viewer.id, address="/a", fields=[("content", "Old")])
    assert old is not None
    old.created_at = datetime.now(UTC) + YEAR
    db.session.commit()

    drafts.keep_draft(db.session, viewer.id, address="/b", fields=[("content", "New")])
    db.session.commit()

    found = drafts.draft_of(db.session, me(viewer), old.key, address="/a")
    assert found is not None
    assert db.session.scalars(select(Draft.created_at).where(Draft.key == old.key)).one() <= datetime.now(UTC)


def test_sendings_of_the_future_do_not_stay(ahead: Clock, viewer: Staff) -> None:
    with ahead(YEAR):
        idempotency.claim(db.session, me(viewer), "future")
    idempotency.claim(db.session, me(viewer), "now")

    assert db.session.scalars(select(Submission.digest)).all() == ["now"]


def test_failures_of_the_future_are_not_counted_on(ahead: Clock) -> None:
    for at in (YEAR, timedelta()):
        with ahead(at):
            failed_sign_ins.record(db.session, "ann@example.com", resource="staff")
            db.session.commit()

    assert len(db.session.scalars(select(ChangeSet)).all()) == 2


def job(viewer: Staff, **values: Any) -> Job:
    made = Job(staff_id=viewer.id, kind="export", title="Posts", arguments={}, **values)
    db.session.add(made)
    db.session.commit()
    return made


def test_a_job_whose_worker_was_heard_of_in_the_future_is_taken_from_it(viewer: Staff) -> None:
    heard = datetime.now(UTC) + YEAR
    stuck = job(viewer, state=JobState.RUNNING, attempt=1, heartbeat_at=heard)
    was_lost = job_store.is_lost(stuck)

    waiting = job_store.recover(db.session)

    assert (was_lost, waiting) == (True, [stuck.id])


def test_a_worker_of_the_future_is_none(ahead: Clock) -> None:
    with ahead(YEAR):
        job_store.worker_seen(db.session, worker_id="ahead")

    assert not job_store.is_anybody_working(db.session)
    assert job_store.levels(db.session)[Level.WORKERS] == 0
    job_store.worker_seen(db.session, worker_id="here")
    with ahead(YEAR):
        assert not job_store.is_anybody_working(db.session)


def test_a_file_made_in_the_future_is_kept_as_long_as_others(ahead: Clock, viewer: Staff) -> None:
    ended = datetime.now(UTC) + YEAR
    made = job(viewer, state=JobState.DONE, finished_at=ended, expires_at=ended + timedelta(days=7))
    job_store.expired(db.session)
    db.session.commit()

    with ahead(timedelta(days=6)):
        before = [one.id for one in job_store.expired(db.session)]
    with ahead(timedelta(days=8)):
        after = [one.id for one in job_store.expired(db.session)]

    assert (before, after) == ([], [made.id])
