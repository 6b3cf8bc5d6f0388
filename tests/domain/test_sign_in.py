"""Proving who one is: every try counted, delays that grow for who guesses, and a way in for the person's own device."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from admin_app.current import writing
from admin_app.domain import passwords, sign_in, throttle
from admin_app.domain.sessions import Visitor
from admin_app.domain.sign_in import Device, Outcome
from admin_app.extensions import db
from admin_app.models.sign_in import ProofTry
from admin_app.models.staff import Staff

pytestmark = pytest.mark.usefixtures("context")

on_sqlite = pytest.mark.parametrize("store", ["sqlite"], indirect=True)
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def move(self, **forward: float) -> None:
        self.now += timedelta(**forward)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Set the clock of the delays to noon."""
    clock = Clock()
    monkeypatch.setattr(throttle, "utc_now", clock)
    return clock


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Judge passwords without hashing: what counts here is counting."""
    monkeypatch.setattr(sign_in, "is_right_for", lambda _hash, typed: typed == "right")
    monkeypatch.setattr(sign_in, "renew_hash", lambda _staff, _typed: None)


def attempt(email: str, typed: str = "wrong", address: str = "8.8.8.8", device: Device | None = None) -> Outcome:
    with writing():
        return sign_in.prove_by_password(
            db.session, email=email, password=typed, visitor=Visitor(address), device=device
        )


def count(email: str) -> int:
    return db.session.scalar(select(ProofTry.count).where(ProofTry.key == throttle.digest(f"account:{email}"))) or 0


# ---- growing delays


@pytest.mark.usefixtures("quick")
def test_some_tries_are_free_and_then_the_delay_doubles(owner: Staff, clock: Clock) -> None:
    waits = []
    for _ in range(9):
        attempt(owner.email)
        waits.append(attempt(owner.email).wait)
        clock.move(seconds=waits[-1])
        if waits[-1] == 0:
            continue

    assert waits == [0, 0, 1, 2, 4, 8, 16, 32, 64]


@pytest.mark.usefixtures("quick")
def test_the_delay_stops_growing(owner: Staff, clock: Clock) -> None:
    for _ in range(25):
        clock.move(minutes=15)
        attempt(owner.email)

    assert attempt(owner.email).wait == 15 * 60


@pytest.mark.usefixtures("quick")
def test_the_right_password_waits_too_and_is_right_afterwards(owner: Staff, clock: Clock) -> None:
    for _ in range(5):
        attempt(owner.email)

    early = attempt(owner.email, "right")
    clock.move(seconds=1)
    later = attempt(owner.email, "right")

    assert (early.staff, early.wait) == (None, 1)
    assert later.staff is owner


@pytest.mark.usefixtures("quick")
def test_tries_during_the_delay_count_but_do_not_prolong_it(owner: Staff, clock: Clock) -> None:
    for _ in range(5):
        attempt(owner.email)

    waits = [attempt(owner.email).wait for _ in range(10)]

    assert waits == [1] * 10
    assert count(owner.email) == 15
    assert clock.now == NOON


@pytest.mark.usefixtures("quick")
def test_after_an_hour_without_tries_they_are_free_again(owner: Staff, clock: Clock) -> None:
    for _ in range(6):
        attempt(owner.email)
    clock.move(hours=1, seconds=1)

    waits = [attempt(owner.email).wait for _ in range(6)]

    assert waits == [0, 0, 0, 0, 0, 1]


@pytest.mark.usefixtures("quick")
def test_unknown_accounts_and_closed_ones_are_delayed_alike(owner: Staff, make_staff: Any, clock: Clock) -> None:
    closed = make_staff("Closed", is_active=False).email
    waits: dict[str, list[int]] = {}
    for number, email in enumerate((owner.email, "nobody@example.com", closed)):
        waits[email] = [attempt(email, address=f"8.8.8.{number}").wait for _ in range(7)]

    assert list(waits.values()) == [[0, 0, 0, 0, 0, 1, 1]] * 3
    assert clock.now == NOON


@pytest.mark.usefixtures("quick", "clock")
def test_many_addresses_against_one_account_are_delayed(owner: Staff) -> None:
    waits = [attempt(owner.email, address=f"8.8.{number}.8").wait for number in range(12)]

    assert waits == [0] * 10 + [1, 1]


@pytest.mark.usefixtures("quick", "clock", "owner")
def test_one_address_against_many_accounts_is_delayed() -> None:
    waits = [attempt(f"person{number}@example.com").wait for number in range(32)]

    assert waits == [0] * 30 + [1, 1]


@pytest.mark.usefixtures("quick", "clock")
def test_a_long_address_counts_by_its_network() -> None:
    waits = [attempt(f"person{number}@example.com", address=f"2a00:1450::{number:x}").wait for number in range(32)]

    assert waits == [0] * 30 + [1, 1]


# ---- the innocent


@pytest.mark.usefixtures("quick", "clock")
def test_a_device_that_signed_in_before_keeps_its_way_in(owner: Staff) -> None:
    for number in range(40):
        attempt(owner.email, address=f"8.8.{number}.8")
    own, strange = Device("1", (owner.id,)), Device("2", (owner.id + 1,))

    outcomes = [attempt(owner.email, "right", address="9.9.9.9", device=device) for device in (strange, own)]

    assert [(outcome.staff, outcome.wait) for outcome in outcomes] == [(None, 1), (owner, 0)]


@pytest.mark.usefixtures("quick", "clock")
def test_a_known_device_that_guesses_is_delayed_like_others(owner: Staff) -> None:
    device = Device("1", (owner.id,))

    waits = [attempt(owner.email, device=device).wait for _ in range(12)]

    assert waits == [0] * 10 + [1, 1]
    assert count(owner.email) == 12


@pytest.mark.usefixtures("quick", "clock")
def test_one_who_signs_in_forgives_nobody_else_behind_the_address(owner: Staff) -> None:
    for number in range(29):
        attempt(f"person{number}@example.com")

    outcome = attempt(owner.email, "right")
    waits = [attempt(f"other{number}@example.com").wait for number in range(3)]

    assert outcome.staff is owner
    assert waits == [0, 1, 1]


@pytest.mark.usefixtures("quick", "clock")
def test_signing_in_clears_the_account(owner: Staff) -> None:
    for _ in range(4):
        attempt(owner.email)

    attempt(owner.email, "right")

    assert [attempt(owner.email).wait for _ in range(5)] == [0] * 5
    assert count(owner.email) == 5


@pytest.mark.usefixtures("quick")
def test_the_person_is_told_of_failed_tries_once(owner: Staff, clock: Clock) -> None:
    for _ in range(4):
        attempt(owner.email)
    clock.move(days=2)

    told = attempt(owner.email, "right")
    again = attempt(owner.email, "right")

    assert (told.failed, told.since) == (4, NOON)
    assert (again.failed, again.since is None) == (0, False)


@pytest.mark.usefixtures("quick", "clock")
def test_two_slips_are_not_worth_telling(owner: Staff) -> None:
    for _ in range(2):
        attempt(owner.email)

    assert attempt(owner.email, "right").failed == 0


@pytest.mark.usefixtures("quick")
def test_an_owner_unlocks_an_account_from_everywhere(owner: Staff, viewer: Staff, clock: Clock) -> None:
    for email in (owner.email, viewer.email):
        for _ in range(6):
            attempt(email)
    before, untouched = sign_in.delay_of(db.session, owner), sign_in.delay_of(db.session, viewer)

    with writing():
        sign_in.unlock(db.session, owner)
        db.session.commit()

    assert (before[0], untouched[0]) == (6, 6)
    assert sign_in.delay_of(db.session, owner) == (0, None)
    assert sign_in.delay_of(db.session, viewer) == untouched
    assert attempt(owner.email, "right", address="9.9.9.9").staff is owner
    assert clock.now == NOON


# ---- many at once, and a table that does not grow


def test_twenty_wrong_tries_at_the_same_moment_are_twenty(
    context: Flask, owner: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged: list[str] = []
    monkeypatch.setattr(sign_in, "is_right_for", lambda _hash, typed: judged.append(typed))
    email = owner.email
    db.session.rollback()

    def guess(number: int) -> int:
        with context.app_context():
            return attempt(email, f"guess {number}").wait

    with ThreadPoolExecutor(8) as threads:
        waits = list(threads.map(guess, range(20)))

    assert count(email) == 20
    assert len(judged) <= 7  # five are free, and a second may pass meanwhile
    assert sum(wait > 0 for wait in waits) == 20 - len(judged)


@pytest.mark.usefixtures("quick", "clock")
def test_a_blocked_address_makes_no_more_rows() -> None:
    for number in range(31):
        attempt(f"person{number}@example.com")
    before = db.session.scalar(select(func.count()).select_from(ProofTry))

    for number in range(40, 60):
        attempt(f"person{number}@example.com")

    assert db.session.scalar(select(func.count()).select_from(ProofTry)) == before


@pytest.mark.usefixtures("quick")
def test_old_rows_go(owner: Staff, clock: Clock) -> None:
    attempt("long-gone@example.com", address="9.9.9.9")
    clock.move(days=30, seconds=1)

    attempt(owner.email)

    assert count("long-gone@example.com") == 0
    assert db.session.scalar(select(func.count()).select_from(ProofTry)) == 3


@pytest.mark.usefixtures("quick")
def test_there_are_never_many_rows(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle, "MOST_ROWS", 30)
    monkeypatch.setattr(throttle, "PRUNED_EVERY", 1)

    for number in range(25):
        clock.move(seconds=1)
        attempt(f"person{number}@example.com", address=f"8.8.{number}.8")

    assert (db.session.scalar(select(func.count()).select_from(ProofTry)) or 0) <= 33
    assert count("person24@example.com") == 1


@pytest.mark.usefixtures("quick", "clock")
def test_the_table_holds_nothing_that_was_typed() -> None:
    attempt("my secret password", address="9.9.9.9")

    held = [str(row) for row in db.session.execute(select(ProofTry.__table__))]
    assert [row for row in held if "secret" in row or "9.9.9.9" in row] == []


# ---- changed meanwhile


@pytest.mark.parametrize("change", [{"is_active": False}, {"password_hash": "another"}])
def test_an_account_changed_while_its_password_was_hashed_signs_nobody_in(
    context: Flask, owner: Staff, change: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    key, email = owner.id, owner.email

    def judge(_hash: str, _typed: str) -> bool:
        alter(context, key, change)
        return True

    monkeypatch.setattr(sign_in, "is_right_for", judge)

    assert attempt(email).staff is None


def alter(app: Flask, key: int, change: dict[str, Any]) -> None:
    with app.app_context(), writing():
        person = db.session.get_one(Staff, key)
        for name, value in change.items():
            setattr(person, name, value)
        db.session.commit()


def test_an_account_deleted_while_its_password_was_hashed_signs_nobody_in(
    context: Flask, owner: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    email, key = owner.email, owner.id

    def judge(_hash: str, _typed: str) -> bool:
        with context.app_context(), writing():
            db.session.delete(db.session.get_one(Staff, key))
            db.session.commit()
        return True

    monkeypatch.setattr(sign_in, "is_right_for", judge)

    assert attempt(email).staff is None


def test_a_right_try_whose_rows_were_pruned_meanwhile_is_right(owner: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    def judge(_hash: str, _typed: str) -> bool:
        db.session.query(ProofTry).delete()
        db.session.commit()
        return True

    monkeypatch.setattr(sign_in, "is_right_for", judge)
    monkeypatch.setattr(sign_in, "renew_hash", lambda _staff, _typed: None)

    outcome = attempt(owner.email)

    assert (outcome.staff, outcome.failed) == (owner, 0)


# ---- hashing


@on_sqlite
def test_nobody_waits_for_a_lock_while_a_password_is_hashed(
    context: Flask, owner: Staff, viewer: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    judge: Callable[[str, str], bool] = passwords.is_right_for
    key, wrote = viewer.id, list[bool]()

    def write_and_judge(kept: str, typed: str) -> bool:
        alter(context, key, {"name": "Verity"})
        wrote.append(True)
        return judge(kept, typed)

    monkeypatch.setattr(sign_in, "is_right_for", write_and_judge)

    attempt(owner.email)

    assert wrote == [True]
