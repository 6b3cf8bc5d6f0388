"""Guessing at sign-in: every try counted, delays that grow for who guesses, and a table that does not."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from admin_app.domain.auth import sign_in, throttle
from admin_app.extensions import db
from admin_app.models.sign_in import ProofTry
from admin_app.models.staff import Staff
from tests.domain.auth.signing_in import NOON, Clock, attempt, count

pytestmark = pytest.mark.usefixtures("context")


# ---- growing delays


@pytest.mark.usefixtures("quick")
def test_some_tries_are_free_and_then_the_delay_doubles(owner: Staff, clock: Clock) -> None:
    waits = []
    for _ in range(9):
        attempt(owner.email)
        waits.append(attempt(owner.email).wait)
        clock.move(seconds=waits[-1])

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
