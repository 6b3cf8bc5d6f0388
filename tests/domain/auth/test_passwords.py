"""Passwords: long, uncommon, kept as hashes; and the links by which a person sets one, once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import VerifyMismatchError
from flask import Flask
from sqlalchemy import func, select

from admin_app.context import writing
from admin_app.domain.auth import passwords
from admin_app.domain.auth.sessions import NOBODY_KNOWN
from admin_app.errors import InvalidRecord, NotFoundError
from admin_app.extensions import db
from admin_app.models.password_link import PasswordLink
from admin_app.models.staff import Staff, StaffSession
from admin_app.web.auth.password_sign_in import prove_by_password
from tests.cast import QUICK

pytestmark = pytest.mark.usefixtures("context")

on_sqlite = pytest.mark.parametrize("store", ["sqlite"], indirect=True)
NEW = "a new one that is long enough"
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
COMMON = "This password is common or easy to guess. Use a few unrelated words."


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Set the clock."""
    return lambda moment: monkeypatch.setattr(passwords, "utc_now", lambda: moment)


def count(model: Any = StaffSession) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


@pytest.mark.parametrize(
    ("length", "problem"),
    [
        (0, "Use 12 characters or more for the password."),
        (11, "Use 12 characters or more for the password."),
        (12, None),
        (1024, None),
        (1025, "Use 1,024 characters or fewer for the password."),
    ],
)
def test_a_password_is_neither_short_nor_endless(length: int, problem: str | None) -> None:
    assert passwords.password_problem(("kite-Orbit7 " * 100)[:length]) == problem


@on_sqlite
def test_a_password_is_kept_as_an_argon2id_hash(owner: Staff) -> None:
    passwords.set_password(db.session, owner, NEW)

    assert owner.password_hash.startswith("$argon2id$")
    assert NEW not in owner.password_hash
    assert passwords.is_right_for(owner.password_hash, NEW)
    assert not passwords.is_right_for(owner.password_hash, NEW + "x")


def test_a_poor_password_leaves_hash_and_sessions_as_they_are(owner: Staff, signed_in: Any) -> None:
    signed_in(owner)
    before = owner.password_hash

    with pytest.raises(InvalidRecord) as caught:
        passwords.set_password(db.session, owner, "short")

    assert caught.value.problems == {"password": "Use 12 characters or more for the password."}
    assert (owner.password_hash, count()) == (before, 1)


@on_sqlite
@pytest.mark.parametrize("kept", ["", "x", "$argon2id$broken", "plain text password"])
def test_a_hash_that_is_none_matches_nothing(kept: str, make_staff: Any) -> None:
    person = make_staff("Ann", password_hash=kept)

    assert not passwords.is_right_for(person.password_hash, kept)


@on_sqlite
@pytest.mark.usefixtures("full_hashes")
def test_a_hash_of_old_strength_is_renewed_at_sign_in(make_staff: Any, password: str) -> None:
    person = make_staff("Ann", password_hash=QUICK.hash(password))

    prove_by_password(db.session, email=person.email, password=password, client=NOBODY_KNOWN)

    assert not PasswordHasher().check_needs_rehash(person.password_hash)
    assert passwords.is_right_for(person.password_hash, password)


@on_sqlite
@pytest.mark.parametrize(
    "password",
    [
        "password1234",
        "passwordpassword",
        "123456789012",
        "qwertyuiop123",
        "iloveyouforever",
        "aaaaaaaaaaaa",
        "administrator",
        "Password12345!",
        "abcdefghijklmnop",
        "x" * 1024,
    ],
)  # fmt: skip -- a list of words
def test_a_common_password_is_refused(password: str) -> None:
    assert passwords.password_problem(password) == COMMON


@on_sqlite
@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery staple",
        "xk29dkw0d92k",
        "ooooo tanuki violin marsh",
        "ключ озеро велосипед",
        "鍵と湖と自転車と雲と窓と猫",
    ],
)  # fmt: skip -- a list of words
def test_neither_capitals_nor_digits_nor_signs_are_asked_for(password: str) -> None:
    assert passwords.password_problem(password) is None


@on_sqlite
def test_what_others_know_of_the_person_is_no_password(owner: Staff) -> None:
    with pytest.raises(InvalidRecord) as caught:
        passwords.set_password(db.session, owner, "olivia@example.com")

    assert caught.value.problems == {"password": COMMON}


@on_sqlite
@pytest.mark.usefixtures("full_hashes")
def test_the_hash_is_no_weaker_than_owasp_asks(owner: Staff) -> None:
    passwords.set_password(db.session, owner, NEW)

    kept = extract_parameters(owner.password_hash)
    assert kept.memory_cost >= 19 * 1024
    assert kept.time_cost >= 2
    assert (kept.parallelism >= 1, kept.hash_len >= 32, kept.salt_len >= 16) == (True, True, True)


@on_sqlite
def test_without_a_password_none_is_right(make_staff: Any) -> None:
    person = make_staff("Ann", password_hash="")

    assert [passwords.is_right_for(person.password_hash, typed) for typed in ("", "x", NEW)] == [False, False, False]


# ---- links


def test_a_link_sets_a_password_once_and_ends_sessions(owner: Staff, signed_in: Any) -> None:
    signed_in(owner)
    token = passwords.make_link(db.session, owner)
    db.session.commit()

    person = passwords.use_link(db.session, token, NEW)
    db.session.commit()

    assert person is owner
    assert passwords.is_right_for(owner.password_hash, NEW)
    assert (count(), count(PasswordLink)) == (0, 0)
    with pytest.raises(NotFoundError):
        passwords.use_link(db.session, token, "another one, long enough")
    db.session.rollback()
    assert passwords.is_right_for(owner.password_hash, NEW)


def test_the_table_holds_no_token(owner: Staff) -> None:
    token = passwords.make_link(db.session, owner)
    db.session.commit()

    (kept,) = db.session.scalars(select(PasswordLink.token_hash))

    assert kept != token
    assert passwords.staff_of_link(db.session, kept) is None


def test_a_new_link_takes_the_place_of_the_old_one(owner: Staff, viewer: Staff) -> None:
    theirs = passwords.make_link(db.session, viewer)
    old = passwords.make_link(db.session, owner)
    new = passwords.make_link(db.session, owner)

    found = [passwords.staff_of_link(db.session, token) for token in (old, new, theirs)]

    assert found == [None, owner, viewer]


@pytest.mark.parametrize(("has_password", "hours"), [(True, 24), (False, 72)])
def test_a_link_is_good_for_some_hours(make_staff: Any, at: Any, hours: int, *, has_password: bool) -> None:
    person = make_staff("Ann", **({} if has_password else {"password_hash": ""}))
    at(NOON)
    token = passwords.make_link(db.session, person)

    seen = []
    for moment in (NOON, NOON + timedelta(hours=hours, seconds=-1), NOON + timedelta(hours=hours)):
        at(moment)
        seen.append(passwords.staff_of_link(db.session, token))

    assert seen == [person, person, None]


def test_links_that_are_too_old_are_swept_out(owner: Staff, viewer: Staff, at: Any) -> None:
    at(NOON)
    passwords.make_link(db.session, viewer)
    at(NOON + timedelta(days=2))

    passwords.make_link(db.session, owner)
    db.session.commit()

    assert db.session.scalars(select(PasswordLink.staff_id)).all() == [owner.id]


def test_a_closed_accounts_link_opens_nothing(viewer: Staff) -> None:
    token = passwords.make_link(db.session, viewer)
    viewer.is_active = False
    db.session.commit()

    with pytest.raises(NotFoundError):
        passwords.use_link(db.session, token, NEW)

    db.session.rollback()
    assert not passwords.is_right_for(viewer.password_hash, NEW)


def test_a_poor_password_does_not_use_the_link_up(owner: Staff) -> None:
    token = passwords.make_link(db.session, owner)
    db.session.commit()

    with pytest.raises(InvalidRecord):
        passwords.use_link(db.session, token, "password1234")

    db.session.rollback()
    assert passwords.staff_of_link(db.session, token) is owner


def test_a_new_password_ends_the_link(owner: Staff) -> None:
    token = passwords.make_link(db.session, owner)

    passwords.set_password(db.session, owner, NEW)

    assert passwords.staff_of_link(db.session, token) is None


def test_two_at_the_same_moment_use_a_link_once(context: Flask, owner: Staff) -> None:
    token = passwords.make_link(db.session, owner)
    db.session.commit()

    def use(password: str) -> bool:
        with context.app_context(), writing():
            try:
                passwords.use_link(db.session, token, password)
                db.session.commit()
            except NotFoundError:
                db.session.rollback()
                return False
            return True

    with ThreadPoolExecutor(2) as threads:
        answers = list(threads.map(use, ["first one, long enough", "second one, long enough"]))

    assert sorted(answers) == [False, True]


@on_sqlite
@pytest.mark.parametrize(
    ("chosen", "typed"),
    [
        ("le cafe\u0301 du grand\u00e8re", "le caf\u00e9 du grande\u0300re"),
        ("le caf\u00e9 du grand\u00e8re", "le cafe\u0301 du grande\u0300re"),
        ("four\u00a0unrelated\u3000words here", "four unrelated words here"),
        ("four unrelated words here", "four\u2003unrelated words\u00a0here"),
    ],
)
def test_a_password_is_the_same_on_another_keyboard(owner: Staff, chosen: str, typed: str) -> None:
    passwords.set_password(db.session, owner, chosen)

    assert passwords.is_right_for(owner.password_hash, typed)
    assert passwords.is_right_for(owner.password_hash, chosen)
    assert not passwords.is_right_for(owner.password_hash, chosen.upper())
    assert not passwords.is_right_for(owner.password_hash, f"{chosen} ")


@on_sqlite
@pytest.mark.parametrize("typed", ["le cafe\u0301 du grand\u00e8re", "four\u00a0unrelated words here"])
def test_a_password_hashed_as_it_was_typed_goes_on_working(owner: Staff, typed: str) -> None:
    owner.password_hash = QUICK.hash(typed)

    assert passwords.is_right_for(owner.password_hash, typed)
    assert not passwords.is_right_for(owner.password_hash, "another one altogether")


@pytest.mark.parametrize("control", ["\t", "\n", "\x1b", "\x00"])
def test_a_password_has_no_control_characters(control: str) -> None:
    words = "The password has a tab, a line end or another control character in it. Leave that out."

    assert passwords.password_problem(f"kite-Orbit7{control}bamboo") == words


def test_letters_of_a_password_are_counted_composed() -> None:
    assert passwords.password_problem("e\u0301" * 11) == "Use 12 characters or more for the password."


@on_sqlite
@pytest.mark.parametrize("hasher", [QUICK, PasswordHasher(time_cost=2, memory_cost=16, parallelism=2)])
def test_nobodys_hash_costs_what_anybodys_does(hasher: PasswordHasher) -> None:
    nobodys = passwords.hash_of_nothing(hasher)

    assert extract_parameters(nobodys) == extract_parameters(hasher.hash("a password"))
    with pytest.raises(VerifyMismatchError):
        hasher.verify(nobodys, "a password")
