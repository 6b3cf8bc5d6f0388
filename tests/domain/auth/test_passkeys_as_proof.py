"""Passkeys as proof: each question answered once, for one person and one host, and no count goes back unnoticed."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from admin_app.domain.auth import passkeys
from admin_app.domain.auth.passkeys import Site
from admin_app.errors import InvalidRecord
from admin_app.extensions import db
from admin_app.models.change_set import Kind
from admin_app.models.passkey import Passkey, UsedChallenge
from admin_app.models.staff import Staff
from tests.authenticator import Authenticator, text_of
from tests.domain.auth.passkeys import KEY, NEXT, SITE, add, answered, in_parallel, last_act, problem

pytestmark = pytest.mark.usefixtures("context")

on_sqlite = pytest.mark.parametrize("store", ["sqlite"], indirect=True)


def test_a_passkey_proves_its_person_and_counts(owner: Staff, enrolled: Passkey, device: Authenticator) -> None:
    first = problem(owner, answered(owner, device))
    second = problem(owner, answered(owner, device, b"third"), b"third")

    assert (first, second) == ("", "")
    assert enrolled.sign_count == 3
    assert enrolled.last_used_at is not None


@on_sqlite
def test_a_device_that_does_not_count_is_good_too(owner: Staff) -> None:
    device = Authenticator(counts=False)
    add(owner, device)

    answers = [problem(owner, answered(owner, device, question), question) for question in (NEXT, b"third")]

    assert answers == ["", ""]


def test_an_answer_is_good_once(owner: Staff, enrolled: Passkey) -> None:
    db.session.delete(enrolled)
    device = Authenticator(counts=False)
    add(owner, device, challenge=b"second")
    answer = answered(owner, device)

    assert [problem(owner, answer), problem(owner, answer)] == ["", passkeys.USED]


def test_a_question_that_was_answered_wrongly_is_used_up(
    owner: Staff, enrolled: Passkey, device: Authenticator
) -> None:
    assert enrolled
    assert problem(owner, "{}") == passkeys.NOT_PROVED
    assert problem(owner, answered(owner, device)) == passkeys.USED
    with pytest.raises(InvalidRecord, match=passkeys.USED):
        add(owner, Authenticator(), challenge=NEXT)


def test_one_answer_in_two_requests_at_once_is_good_once(context: Flask, owner: Staff) -> None:
    device = Authenticator(counts=False)
    add(owner, device)
    answer = answered(owner, device)

    answers = in_parallel(context, [lambda staff: problem(staff, answer)] * 4, owner)

    assert sorted(answers) == ["", *[passkeys.USED] * 3]


def test_one_count_in_two_requests_at_once_is_good_once(
    context: Flask, owner: Staff, enrolled: Passkey, device: Authenticator
) -> None:
    questions = (NEXT, b"third")
    texts = [answered(owner, copy, question) for copy, question in zip(twins(device), questions, strict=True)]
    acts = [lambda staff, at=place: problem(staff, texts[at], questions[at]) for place in range(2)]

    assert enrolled
    assert sorted(in_parallel(context, acts, owner)) == sorted(["", passkeys.COPIED])


def test_a_count_that_goes_back_is_refused_and_in_the_trail(
    owner: Staff, enrolled: Passkey, device: Authenticator
) -> None:
    original, copy = twins(device)
    original.count = 7
    before = problem(owner, answered(owner, original))

    after = problem(owner, answered(owner, copy, b"third"), b"third")

    act = last_act()
    assert (before, after, enrolled.sign_count) == ("", passkeys.COPIED, 8)
    assert (act.kind, act.record_id, act.summary) == (
        Kind.ACCESS,
        owner.id,
        "Refused the passkey “Key”, which may have been copied, of colleague “Olivia”",
    )


@on_sqlite
@pytest.mark.parametrize(
    "change",
    [
        {"origin": "https://evil.example"},
        {"origin": "http://localhost:81"},
        {"origin": "http://127.0.0.1"},
        {"verifies": False},
        {"credential": b"unknown"},
        {"key": Authenticator().key},
    ],
    ids=["another site", "another port", "another name", "nobody was asked", "unknown", "another key"],
)
def test_what_did_not_come_from_the_persons_device_here_is_refused(
    change: dict[str, Any], owner: Staff, enrolled: Passkey, device: Authenticator
) -> None:
    for name, value in change.items():
        setattr(device, name, value)

    refused = problem(owner, answered(owner, device))

    assert (refused, enrolled.sign_count) == (passkeys.NOT_PROVED, 1)


@on_sqlite
def test_an_answer_to_another_question_is_refused(owner: Staff, enrolled: Passkey, device: Authenticator) -> None:
    answer = answered(owner, device, b"third")

    assert enrolled
    assert problem(owner, answer, NEXT) == passkeys.NOT_PROVED


@on_sqlite
def test_making_one_is_no_proof(owner: Staff, enrolled: Passkey, device: Authenticator) -> None:
    made = json.loads(device.make(passkeys.making_options(db.session, owner, SITE, NEXT, key=KEY)))
    response = json.loads(answered(owner, device))["response"]
    made["response"] = {**response, "clientDataJSON": made["response"]["clientDataJSON"]}

    assert enrolled
    assert problem(owner, json.dumps(made)) == passkeys.NOT_PROVED


@on_sqlite
@pytest.mark.parametrize("part", ["clientDataJSON", "authenticatorData", "signature"])
@pytest.mark.parametrize("text", ["", "AAAA", text_of(b'{"type": []}'), text_of(b"\xff" * 40), "é"])
def test_a_proof_that_cannot_be_read_is_refused(
    part: str, text: str, owner: Staff, enrolled: Passkey, device: Authenticator
) -> None:
    answer = answered(owner, device, **{part: text})

    assert (problem(owner, answer), enrolled.sign_count) == (passkeys.NOT_PROVED, 1)


def test_another_persons_passkey_is_refused(
    owner: Staff, viewer: Staff, enrolled: Passkey, device: Authenticator
) -> None:
    other = Authenticator()
    add(viewer, other, challenge=b"third")
    answer = answered(viewer, other)

    assert enrolled.sign_count == device.count
    assert problem(owner, answer) == passkeys.NOT_PROVED


@on_sqlite
def test_a_passkey_is_for_one_host(owner: Staff, enrolled: Passkey, device: Authenticator) -> None:
    elsewhere = Site(host="admin.example.org", origin="https://admin.example.org", name="Admin")

    offered = passkeys.proving_options(db.session, owner, elsewhere, NEXT)

    assert enrolled
    assert offered is None
    assert problem(owner, answered(owner, device), site=elsewhere) == passkeys.NOT_PROVED


@on_sqlite
def test_questions_that_are_over_are_forgotten(owner: Staff, enrolled: Passkey, device: Authenticator) -> None:
    db.session.execute(update(UsedChallenge).values(expires_at=datetime.now(UTC) - timedelta(seconds=1)))

    problem(owner, answered(owner, device))

    assert enrolled
    assert db.session.scalar(select(func.count()).select_from(UsedChallenge)) == 1


def twins(device: Authenticator) -> tuple[Authenticator, Authenticator]:
    """Copy a device, key and all."""
    copy = Authenticator(credential=device.credential, key=device.key, count=device.count)
    return device, copy
