"""Whose digest is due at an hour of the day, and that one process alone sends it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from admin_app.db.types import utc_now
from admin_app.domain.work import digests
from admin_app.domain.work.digests import Due
from admin_app.extensions import db
from admin_app.models.staff import Staff

DAY = datetime(2026, 6, 1, tzinfo=UTC)


def at(hour: float) -> datetime:
    return DAY + timedelta(hours=hour)


@pytest.mark.parametrize(
    ("zone", "now", "since", "is_due"),
    [
        ("", 6.9, None, False),
        ("", 7, None, True),
        ("", 23.9, None, True),
        ("", 7, -17, True),
        ("", 8, 7.5, False),
        ("Asia/Tokyo", 7, None, True),
        # Seven in Tokyo was ten at night in Greenwich.
        ("Asia/Tokyo", 14.9, -1.9, False),
        ("Asia/Tokyo", 22, -1.9, True),
        ("America/New_York", 10.9, None, False),
        ("America/New_York", 11, None, True),
    ],
)
def test_an_hour_strikes_where_a_person_is(zone: str, now: float, since: float | None, *, is_due: bool) -> None:
    told = None if since is None else at(since)

    assert digests.has_struck(7, zone, now=at(now), since=told) is is_due


@pytest.mark.usefixtures("context")
def test_a_digest_is_claimed_once(viewer: Staff) -> None:
    one, now = Due(viewer.id, None), utc_now()

    claims = [digests.claim(db.session, one, now), digests.claim(db.session, one, now)]
    later = digests.claim(db.session, Due(viewer.id, now), now + timedelta(days=1))

    assert (claims, later) == ([True, False], True)


@pytest.mark.usefixtures("context")
def test_a_claim_by_a_clock_that_was_ahead_holds_nobody_up(viewer: Staff) -> None:
    now = utc_now()
    digests.claim(db.session, Due(viewer.id, None), now + timedelta(days=2))

    assert digests.claim(db.session, Due(viewer.id, None), now) is True


@pytest.mark.usefixtures("context")
def test_what_was_not_sent_is_given_back_by_whom_it_was_claimed(viewer: Staff) -> None:
    one, now = Due(viewer.id, None), utc_now()
    digests.claim(db.session, one, now)
    digests.give_back(db.session, one, now - timedelta(hours=1))
    kept = [due.staff_id for due in digests.due(db.session)]

    digests.give_back(db.session, one, now)

    assert (kept, digests.due(db.session)) == ([], [one])


def test_without_an_hour_everyone_is_due_who_was_told_none_for_a_day(context: Flask, viewer: Staff) -> None:
    assert context
    digests.claim(db.session, Due(viewer.id, None), utc_now() - timedelta(hours=21))

    assert [one.staff_id for one in digests.due(db.session)] == [viewer.id]
