"""Days are meant where the viewer is: through the nights when clocks change, and in every zone on earth."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin_app import context, timezones
from admin_app.models.user import User
from admin_app.panel.kinds import operators_of
from admin_app.panel.kinds.date import first_moment
from admin_app.panel.operators.period import PERIODS, period, period_in_words
from tests.page import Page


def span(zone: str, slug: str, text: str) -> tuple[datetime, datetime]:
    """Return the first moment that an operator means, and the first one after it."""
    operators = operators_of(User.created_at, "Created at")
    with context.time_zone(ZoneInfo(zone)):
        return next(one for one in operators if one.slug == slug).parse(text)


@pytest.mark.parametrize(
    ("zone", "day", "begins", "hours"),
    [
        ("Europe/Prague", "2026-03-28", datetime(2026, 3, 27, 23, tzinfo=UTC), 24),
        ("Europe/Prague", "2026-03-29", datetime(2026, 3, 28, 23, tzinfo=UTC), 23),
        ("Europe/Prague", "2026-10-25", datetime(2026, 10, 24, 22, tzinfo=UTC), 25),
        ("America/New_York", "2026-03-08", datetime(2026, 3, 8, 5, tzinfo=UTC), 23),
        ("America/New_York", "2026-11-01", datetime(2026, 11, 1, 4, tzinfo=UTC), 25),
        # Clocks skip midnight, or show it twice.
        ("America/Havana", "2026-03-08", datetime(2026, 3, 8, 5, tzinfo=UTC), 23),
        ("America/Havana", "2026-11-01", datetime(2026, 11, 1, 4, tzinfo=UTC), 25),
        ("Australia/Lord_Howe", "2026-04-05", datetime(2026, 4, 4, 13, tzinfo=UTC), 24.5),
        ("Asia/Kathmandu", "2026-01-31", datetime(2026, 1, 30, 18, 15, tzinfo=UTC), 24),
        # A day that was never there.
        ("Pacific/Apia", "2011-12-30", datetime(2011, 12, 30, 10, tzinfo=UTC), 0),
    ],
)
def test_day_is_as_long_as_it_is_there(zone: str, day: str, begins: datetime, hours: float) -> None:
    first, after = span(zone, "on", day)

    assert (first, (after - first) / timedelta(hours=1)) == (begins, hours)


@given(st.sampled_from(timezones.offered()), st.dates(date(1, 1, 1), date(9999, 12, 30)))
def test_days_follow_each_other_without_a_gap_in_every_zone(zone: str, day: date) -> None:
    with context.time_zone(timezones.zone_of(zone)):
        first, after = first_moment(day), first_moment(day + timedelta(days=1))

    assert first <= after <= first + timedelta(hours=50)


TODAY = date(2026, 11, 22)  # a Sunday


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("today", "2026-11-22", "2026-11-22"),
        ("Yesterday", "2026-11-21", "2026-11-21"),
        ("tomorrow", "2026-11-23", "2026-11-23"),
        ("last-7-days", "2026-11-16", "2026-11-22"),
        ("last 7 days", "2026-11-16", "2026-11-22"),
        ("last-1-day", "2026-11-22", "2026-11-22"),
        ("next-7-days", "2026-11-22", "2026-11-28"),
        ("last-2-weeks", "2026-11-09", "2026-11-22"),
        ("last-9-months", "2026-02-23", "2026-11-22"),
        ("next-3-months", "2026-11-22", "2027-02-21"),
        ("this-week", "2026-11-16", "2026-11-22"),
        ("last-week", "2026-11-09", "2026-11-15"),
        ("next-week", "2026-11-23", "2026-11-29"),
        ("this-month", "2026-11-01", "2026-11-30"),
        ("last-month", "2026-10-01", "2026-10-31"),
        ("next-month", "2026-12-01", "2026-12-31"),
        ("this-year", "2026-01-01", "2026-12-31"),
        ("last-year", "2025-01-01", "2025-12-31"),
        ("next-year", "2027-01-01", "2027-12-31"),
    ],
)
def test_period_moves_along_with_today(text: str, first: str, last: str) -> None:
    assert period(text, TODAY) == (date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(
    ("today", "text", "first", "last"),
    [
        (date(2026, 1, 15), "last-month", date(2025, 12, 1), date(2025, 12, 31)),
        (date(2026, 12, 15), "next-month", date(2027, 1, 1), date(2027, 1, 31)),
        (date(2026, 3, 31), "last-1-month", date(2026, 3, 1), date(2026, 3, 31)),
        (date(2028, 2, 29), "last-year", date(2027, 1, 1), date(2027, 12, 31)),
    ],
)
def test_period_ends_where_months_and_years_do(today: date, text: str, first: date, last: date) -> None:
    assert period(text, today) == (first, last)


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.sampled_from([*PERIODS, "last-999-months", "next-999-weeks"]))
def test_every_period_has_a_first_and_a_last_day(today: date, text: str) -> None:
    first, last = period(text, today)

    assert first <= last
    assert period_in_words(text).removeprefix("in the ") == text.replace("-", " ")


def test_list_shows_the_days_of_who_looks(client_of: Any, make_staff: Any, make_user: Any) -> None:
    make_user(name="Ann", created_at=datetime(2026, 1, 31, 23, 30, tzinfo=UTC))
    pages = {}
    for name, zone in (("Utah", ""), ("Petra", "Europe/Prague")):
        client = client_of(make_staff(name, time_zone=zone))
        pages[name] = [client.get(f"/admin/user/?created_at__on=2026-0{day}").text for day in ("1-31", "2-01")]

    assert {name: ["Ann" in page for page in found] for name, found in pages.items()} == {
        "Utah": [True, False],
        "Petra": [False, True],
    }
    assert 'title="2026-02-01 00:30:00 CET, 2026-01-31 23:30:00 UTC"' in pages["Petra"][1]
    assert 'datetime="2026-02-01T00:30:00+01:00"' in pages["Petra"][1]
    assert 'title="2026-01-31 23:30:00 UTC"' in pages["Utah"][0]


@pytest.mark.parametrize(
    ("past", "shown"),
    [
        ({"hours": 2}, "2 hours ago"),
        ({"days": 6, "hours": 23}, "6 days ago"),
        ({"days": -3, "hours": -1}, "3 days from now"),
        ({"days": 400}, ""),
    ],
)
def test_list_says_how_long_ago_within_a_week_and_the_viewers_day_before_that(
    past: dict[str, float], shown: str, client_of: Any, make_staff: Any, make_user: Any
) -> None:
    moment = datetime.now(UTC) - timedelta(**past)
    user = make_user(created_at=moment)
    client = client_of(make_staff("Petra", time_zone="Pacific/Auckland"))
    there = moment.astimezone(ZoneInfo("Pacific/Auckland"))

    row = Page(client.get("/admin/user/?columns=name,created_at")).all("time", within="listing")[0]
    facts = client.get(f"/admin/user/details/?id={user.id}").text

    assert row.text == (shown or f"{there:%Y-%m-%d}")
    assert row.attributes["title"].endswith(f"{moment:%H:%M:%S} UTC")
    assert f"{there:%Y-%m-%d %H:%M:%S %Z}, " in facts
    assert f"{moment:%H:%M:%S} UTC (" in facts


def test_zone_of_one_request_is_not_the_next_ones(client_of: Any, make_staff: Any) -> None:
    client_of(make_staff("Petra", time_zone="Europe/Prague")).get("/admin/user/")

    assert context.zone() is UTC


@pytest.mark.parametrize("zone", ["Mars/Olympus", "America/Argentina"])
def test_zone_that_the_system_no_longer_knows_is_utc(
    zone: str, client_of: Any, make_staff: Any, make_user: Any
) -> None:
    make_user(name="Ann", created_at=datetime(2026, 1, 31, 23, 30, tzinfo=UTC))

    page = client_of(make_staff("Mars", time_zone=zone)).get("/admin/user/?created_at__on=2026-01-31")

    assert "Ann" in page.text
