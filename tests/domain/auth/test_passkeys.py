"""Passkeys: made by real signatures for one person, named and removed by them; and the last factor stays where one is needed."""

from __future__ import annotations

import json

import pyotp
import pytest
from flask import Flask
from sqlalchemy import func, select

from admin_app.domain.auth import passkeys, two_factor
from admin_app.errors import FactorError, InvalidRecord
from admin_app.extensions import db
from admin_app.models.passkey import Passkey
from admin_app.models.staff import Staff
from tests.authenticator import Authenticator, text_of
from tests.domain.auth.passkeys import CHALLENGE, KEY, NEXT, SITE, add, in_parallel, last_act, only, problem

pytestmark = pytest.mark.usefixtures("context")

on_sqlite = pytest.mark.parametrize("store", ["sqlite"], indirect=True)
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def enrol_app(staff: Staff) -> list[str]:
    codes = two_factor.enrol(db.session, staff, SECRET, pyotp.TOTP(SECRET).now(), key=KEY)
    db.session.commit()
    return codes


# ---- making


def test_the_first_factor_brings_recovery_codes_and_the_second_keeps_them(owner: Staff, device: Authenticator) -> None:
    first = add(owner, device)
    second = add(owner, Authenticator(), challenge=NEXT)

    assert (len(first), second) == (8, [])
    assert two_factor.prove(db.session, owner, first[0], key=KEY)
    assert (two_factor.has_factor(db.session, owner), two_factor.has_app(db.session, owner)) == (True, False)


@on_sqlite
def test_an_app_beside_a_passkey_keeps_the_codes_and_another_app_makes_new_ones(
    owner: Staff, enrolled: Passkey
) -> None:
    beside = enrol_app(owner)
    another = enrol_app(owner)

    assert enrolled
    assert (beside, len(another)) == ([], 8)


@on_sqlite
def test_a_device_is_told_who_it_is_for_and_what_it_must_ask(owner: Staff, enrolled: Passkey) -> None:
    told = json.loads(passkeys.making_options(db.session, owner, SITE, CHALLENGE, key=KEY))
    again = json.loads(passkeys.making_options(db.session, owner, SITE, NEXT, key=KEY))

    assert told["rp"] == {"id": "localhost", "name": "Admin"}
    assert told["authenticatorSelection"]["userVerification"] == "required"
    assert told["excludeCredentials"] == [
        {"id": enrolled.credential, "type": "public-key", "transports": ["hybrid", "internal"]}
    ]
    assert told["user"]["id"] == again["user"]["id"]
    assert (told["user"]["name"], told["user"]["displayName"]) == (owner.email, "Olivia")


def test_what_is_kept_is_the_public_half(owner: Staff, enrolled: Passkey, device: Authenticator) -> None:
    assert enrolled.staff_id == owner.id
    assert (enrolled.site, enrolled.sign_count, enrolled.transports) == ("localhost", 1, "hybrid,internal")
    assert enrolled.credential == text_of(device.credential)
    assert device.key.public_key().public_numbers().x.to_bytes(32, "big") in enrolled.public_key
    assert device.key.private_numbers().private_value.to_bytes(32, "big") not in enrolled.public_key


def test_one_key_is_one_persons(owner: Staff, viewer: Staff, enrolled: Passkey, device: Authenticator) -> None:
    with pytest.raises(InvalidRecord):
        add(viewer, device, challenge=NEXT)
    db.session.commit()

    assert enrolled.staff_id == owner.id
    assert passkeys.all_of(db.session, viewer) == []


@on_sqlite
@pytest.mark.parametrize(
    "hostile",
    [
        Authenticator(origin="https://evil.example"),
        Authenticator(origin="http://localhost:81"),
        Authenticator(verifies=False),
        Authenticator(credential=b""),
        Authenticator(credential=b"x" * 1024),
    ],
    ids=["another site", "another port", "nobody was asked", "no name", "an endless name"],
)
def test_what_a_device_made_elsewhere_or_unasked_is_no_passkey(hostile: Authenticator, owner: Staff) -> None:
    with pytest.raises(InvalidRecord, match=passkeys.NOT_MADE):
        add(owner, hostile)

    assert passkeys.all_of(db.session, owner) == []


HOSTILE = [
    "",
    "{",
    "[]",
    "null",
    "1" * 5000,
    '{"id": 1}',
    "[" * 30_000,
    "x" * 40_000,
    "\0",
    '{"id": "é", "rawId": "é"}',
]


@on_sqlite
@pytest.mark.parametrize("answer", HOSTILE, ids=range(len(HOSTILE)))
def test_what_is_no_answer_is_refused(answer: str, owner: Staff, enrolled: Passkey) -> None:
    with pytest.raises(InvalidRecord, match=passkeys.NOT_MADE):
        passkeys.add(db.session, owner, SITE, challenge=b"third", answer=answer, name="Key", key=KEY)

    assert enrolled
    assert problem(owner, answer) == passkeys.NOT_PROVED


@on_sqlite
@pytest.mark.parametrize("part", ["clientDataJSON", "attestationObject"])
@pytest.mark.parametrize("text", ["", "AAAA", text_of(b'{"type": []}'), text_of(b"\xbf" * 40), "é"])
def test_a_part_that_cannot_be_read_is_refused(part: str, text: str, owner: Staff, device: Authenticator) -> None:
    answer = device.make(passkeys.making_options(db.session, owner, SITE, CHALLENGE, key=KEY), **{part: text})

    with pytest.raises(InvalidRecord, match=passkeys.NOT_MADE):
        passkeys.add(db.session, owner, SITE, challenge=CHALLENGE, answer=answer, name="Key", key=KEY)


def test_a_person_has_twenty_at_most(owner: Staff, monkeypatch: pytest.MonkeyPatch, enrolled: Passkey) -> None:
    monkeypatch.setattr(passkeys, "MOST_PASSKEYS", 1)

    with pytest.raises(InvalidRecord, match=r"^You have 1 passkeys, and cannot add more\. Remove one first\.$"):
        add(owner, Authenticator(), challenge=NEXT)

    assert enrolled


# ---- the person's own


def test_a_passkey_is_found_by_its_own_person_alone(owner: Staff, viewer: Staff, enrolled: Passkey) -> None:
    asked = [(owner, enrolled.id), (viewer, enrolled.id), (owner, enrolled.id + 1), (owner, None)]
    found = [passkeys.find(db.session, staff, key) for staff, key in asked]

    assert found == [enrolled, None, None, None]


@on_sqlite
def test_a_passkey_is_renamed(owner: Staff, enrolled: Passkey) -> None:
    passkeys.rename(db.session, owner, enrolled, "  Blue key ")
    db.session.commit()

    assert enrolled.name == "Blue key"
    assert last_act().summary == "Renamed the passkey “Key” to “Blue key” of colleague “Olivia”"


@on_sqlite
@pytest.mark.parametrize("name", ["", "  ", "\u200b", "\u2060 \u3164", "x" * 61, "a\0b"])
def test_what_is_no_name_is_refused(name: str, owner: Staff, enrolled: Passkey) -> None:
    with pytest.raises(InvalidRecord):
        passkeys.rename(db.session, owner, enrolled, name)

    assert enrolled.name == "Key"


def test_the_last_factor_stays_where_one_is_needed(owner: Staff, enrolled: Passkey) -> None:
    with pytest.raises(FactorError):
        passkeys.remove(db.session, owner, enrolled, is_required=True)
    db.session.rollback()

    assert only(owner).name == "Key"
    assert two_factor.codes_left(db.session, owner) == 8


def test_the_last_factor_goes_with_its_codes_where_none_is_needed(owner: Staff, enrolled: Passkey) -> None:
    passkeys.remove(db.session, owner, enrolled, is_required=False)
    db.session.commit()

    assert (two_factor.has_factor(db.session, owner), two_factor.codes_left(db.session, owner)) == (False, 0)
    assert last_act().summary == "Removed the passkey “Key” of colleague “Olivia”"


@on_sqlite
def test_with_an_app_the_passkey_may_go_and_with_a_passkey_the_app(owner: Staff, enrolled: Passkey) -> None:
    enrol_app(owner)
    two_factor.remove_app(db.session, owner, is_required=True)
    db.session.commit()
    enrol_app(owner)
    passkeys.remove(db.session, owner, enrolled, is_required=True)
    db.session.commit()

    assert (two_factor.has_app(db.session, owner), passkeys.all_of(db.session, owner)) == (True, [])
    assert two_factor.codes_left(db.session, owner) == 8


def test_of_the_last_two_factors_one_stays_also_for_two_requests_at_once(
    context: Flask, owner: Staff, enrolled: Passkey
) -> None:
    enrol_app(owner)
    key = enrolled.id

    def without_passkey(staff: Staff) -> str:
        passkeys.remove(db.session, staff, db.session.get_one(Passkey, key), is_required=True)
        return ""

    def without_app(staff: Staff) -> str:
        two_factor.remove_app(db.session, staff, is_required=True)
        return ""

    answers = in_parallel(context, [without_passkey, without_app], owner)

    assert sorted(bool(one) for one in answers) == [False, True]
    assert two_factor.has_factor(db.session, owner)


@on_sqlite
def test_a_passkey_that_is_gone_is_removed_without_a_word(owner: Staff, enrolled: Passkey) -> None:
    for _ in range(2):
        passkeys.remove(db.session, owner, enrolled, is_required=False)
    db.session.commit()

    assert passkeys.all_of(db.session, owner) == []


def test_a_reset_and_a_deletion_take_the_passkeys_along(owner: Staff, viewer: Staff, enrolled: Passkey) -> None:
    add(viewer, Authenticator(), challenge=NEXT)
    db.session.delete(viewer)
    two_factor.reset(db.session, owner)
    db.session.commit()

    assert enrolled
    assert db.session.scalar(select(func.count()).select_from(Passkey)) == 0
