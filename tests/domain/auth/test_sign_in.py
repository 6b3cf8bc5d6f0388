"""Proving who one is: a way in for the person's own device, and nobody signed in by what an account was a moment ago."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from admin_app.context import writing
from admin_app.domain.auth import passwords, sign_in
from admin_app.domain.auth.sign_in import Device
from admin_app.extensions import db
from admin_app.models.sign_in import ProofTry
from admin_app.models.staff import Staff
from tests.domain.auth.signing_in import NOON, Clock, attempt, count

pytestmark = pytest.mark.usefixtures("context")

on_sqlite = pytest.mark.parametrize("store", ["sqlite"], indirect=True)


# ---- the innocent


@pytest.mark.usefixtures("quick", "clock")
def test_a_device_that_signed_in_before_keeps_its_way_in(owner: Staff) -> None:
    for number in range(40):
        attempt(owner.email, address=f"8.8.{number}.8")
    own, strange = Device("1", (owner.id,)), Device("2", (owner.id + 1,))

    outcomes = [attempt(owner.email, "right", address="9.9.9.9", device=device) for device in (strange, own)]

    assert [(outcome.staff, outcome.wait) for outcome in outcomes] == [(None, 1), (owner, 0)]


@pytest.mark.usefixtures("quick", "clock")
@pytest.mark.parametrize("typed", ["olga@example.com", "OLGA@example.com", "Olga@Example.com"])
def test_an_account_kept_in_capitals_is_signed_in_to(typed: str, make_staff: Any) -> None:
    kept = make_staff("Olga", email="Olga@Example.com")

    assert attempt(typed, "right").staff == kept


@pytest.mark.usefixtures("quick", "clock")
def test_tries_at_one_account_are_counted_together_however_it_is_written(make_staff: Any) -> None:
    make_staff("Olga", email="straße@example.com")

    waits = [attempt(f"{one}@example.com").wait for one in ("straße", "strasse", "STRASSE") * 2]

    assert waits == [0] * 5 + [1]


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
