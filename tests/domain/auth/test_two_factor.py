"""The second factor: every code once, also in parallel; secrets that a copy of the database does not tell."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pyotp
import pytest
from flask import Flask
from sqlalchemy import select

from admin_app.context import writing
from admin_app.domain.auth import two_factor
from admin_app.errors import InvalidRecord
from admin_app.extensions import db
from admin_app.models.staff import Staff
from admin_app.models.two_factor import Authenticator, RecoveryCode

pytestmark = pytest.mark.usefixtures("context")

on_sqlite = pytest.mark.parametrize("store", ["sqlite"], indirect=True)
KEY = "a key of the dashboard that is long enough"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Set the clock."""
    return lambda moment: monkeypatch.setattr(two_factor, "utc_now", lambda: moment)


@pytest.fixture
def codes(owner: Staff, at: Any) -> list[str]:
    """Enrol Olivia's app at noon; return her recovery codes."""
    at(NOON)
    found = two_factor.enrol(db.session, owner, SECRET, code_at(NOON), key=KEY)
    db.session.commit()
    return found


def code_at(moment: datetime) -> str:
    return pyotp.TOTP(SECRET).at(moment)


def prove(staff: Staff, typed: str) -> bool:
    is_proved = two_factor.prove(db.session, staff, typed, key=KEY)
    db.session.commit()
    return is_proved


def in_parallel(app: Flask, staff: Staff, typed: list[str]) -> list[bool]:
    key = staff.id
    db.session.rollback()

    def use(code: str) -> bool:
        with app.app_context(), writing():
            return prove(db.session.get_one(Staff, key), code)

    with ThreadPoolExecutor(len(typed)) as threads:
        return list(threads.map(use, typed))


# ---- the app's codes


def test_the_next_code_is_right_once(owner: Staff, codes: list[str], at: Any) -> None:
    later = NOON + timedelta(seconds=60)
    at(later)

    answers = [prove(owner, code_at(later)) for _ in range(2)]

    assert answers == [True, False]
    assert len(codes) == 8


def test_the_code_that_enrolled_the_app_is_used_up(owner: Staff, codes: list[str]) -> None:
    assert codes
    assert not prove(owner, code_at(NOON))


@pytest.mark.parametrize(
    ("off", "is_right"), [(-61, False), (-30, True), (0, True), (30, True), (61, False)]
)  # fmt: skip -- a table
@on_sqlite
def test_a_telephones_clock_may_be_half_a_minute_off(
    off: int, owner: Staff, codes: list[str], at: Any, *, is_right: bool
) -> None:
    later = NOON + timedelta(minutes=10)
    at(later)

    assert codes
    assert prove(owner, code_at(later + timedelta(seconds=off))) is is_right


def test_after_a_newer_code_an_older_one_is_used_up(owner: Staff, codes: list[str], at: Any) -> None:
    later = NOON + timedelta(minutes=10)
    at(later)

    answers = [prove(owner, code_at(later + timedelta(seconds=off))) for off in (0, -30, 30)]

    assert codes
    assert answers == [True, False, True]


def test_one_code_in_two_requests_at_once_is_right_once(
    context: Flask, owner: Staff, codes: list[str], at: Any
) -> None:
    later = NOON + timedelta(minutes=10)
    at(later)

    assert codes
    assert sorted(in_parallel(context, owner, [code_at(later)] * 4)) == [False, False, False, True]


@on_sqlite
@pytest.mark.parametrize(
    "typed", ["", "000000", "12345", "1234567", "\N{FULLWIDTH DIGIT ONE}" * 6, "\0", "é" * 500, "x" * 5000]
)
def test_what_is_no_code_is_wrong(typed: str, owner: Staff, codes: list[str]) -> None:
    assert codes
    assert not prove(owner, typed)


def test_a_code_may_be_typed_with_spaces(owner: Staff, codes: list[str], at: Any) -> None:
    later = NOON + timedelta(minutes=10)
    at(later)
    code = code_at(later)

    assert codes
    assert prove(owner, f" {code[:3]} {code[3:]}\n")


def test_another_persons_code_is_wrong(owner: Staff, viewer: Staff, codes: list[str], at: Any) -> None:
    later = NOON + timedelta(minutes=10)
    at(later)

    assert (prove(viewer, code_at(later)), prove(viewer, codes[0])) == (False, False)
    assert prove(owner, codes[0])


# ---- recovery codes


def test_each_recovery_code_is_right_once(owner: Staff, codes: list[str]) -> None:
    answers = [prove(owner, code) for code in codes + codes]

    assert answers == [True] * 8 + [False] * 8
    assert two_factor.codes_left(db.session, owner) == 0


def test_one_recovery_code_in_two_requests_at_once_is_right_once(
    context: Flask, owner: Staff, codes: list[str]
) -> None:
    assert sorted(in_parallel(context, owner, [codes[0]] * 2)) == [False, True]


@on_sqlite
def test_a_recovery_code_may_be_typed_in_any_way(owner: Staff, codes: list[str]) -> None:
    assert prove(owner, f"  {codes[0].upper().replace('-', ' ')} ")


def test_new_recovery_codes_void_the_old_ones(owner: Staff, codes: list[str]) -> None:
    new = two_factor.renew_codes(db.session, owner, key=KEY)
    db.session.commit()

    assert set(new).isdisjoint(codes)
    assert [prove(owner, code) for code in (codes[0], new[0])] == [False, True]
    assert two_factor.codes_left(db.session, owner) == 7


# ---- what the store holds


def test_the_tables_hold_neither_secret_nor_codes(owner: Staff, codes: list[str]) -> None:
    kept = str(db.session.execute(select(Authenticator.__table__)).all()) + str(
        db.session.execute(select(RecoveryCode.__table__)).all()
    )

    assert owner
    assert SECRET not in kept
    assert [code for code in codes if code in kept or code.replace("-", "") in kept] == []


def test_with_another_key_no_code_is_right_and_nobody_is_let_off(owner: Staff, codes: list[str], at: Any) -> None:
    later = NOON + timedelta(minutes=10)
    at(later)

    answers = [two_factor.prove(db.session, owner, typed, key="another key") for typed in (code_at(later), codes[0])]

    assert answers == [False, False]
    assert two_factor.has_factor(db.session, owner)


# ---- enrolling


@on_sqlite
def test_an_app_is_enrolled_only_by_its_code(owner: Staff, at: Any) -> None:
    at(NOON)

    with pytest.raises(InvalidRecord):
        two_factor.enrol(db.session, owner, SECRET, "000000", key=KEY)

    assert not two_factor.has_factor(db.session, owner)


@pytest.fixture
def offered(owner: Staff) -> Callable[..., str | None]:
    """Ask for the secret that was offered to Olivia."""
    sealed = two_factor.offer(owner, key=KEY)
    return lambda staff=owner, key=KEY, text=sealed: two_factor.offered_secret(staff, text, key=key)


@on_sqlite
def test_an_offered_secret_is_for_one_person_and_one_key(offered: Callable[..., str | None], viewer: Staff) -> None:
    found = [offered(), offered(staff=viewer), offered(key="another key"), offered(text=""), offered(text="é")]

    assert len(found[0] or "") == 32
    assert found[1:] == [None] * 4


def test_a_reset_takes_every_factor_of_one_person_away(owner: Staff, viewer: Staff, codes: list[str]) -> None:
    two_factor.enrol(db.session, viewer, SECRET, code_at(NOON), key=KEY)

    two_factor.reset(db.session, owner)
    db.session.commit()

    assert codes
    assert [two_factor.has_factor(db.session, staff) for staff in (owner, viewer)] == [False, True]
    assert [two_factor.codes_left(db.session, staff) for staff in (owner, viewer)] == [0, 8]
