"""Periods follow each other without a gap, and end where the calendar does."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin_app.panel.grouping.periods import MOST, Unit, code_of, following, label_of, start_of, starts


@given(st.sampled_from(Unit), st.dates(date(1, 1, 1), date(9998, 12, 31)))
def test_every_day_is_in_one_period(unit: Unit, day: date) -> None:
    start = start_of(unit, day)
    end = following(unit, start)

    assert end is not None
    assert start <= day < end
    assert (start_of(unit, end - timedelta(days=1)), start_of(unit, end)) == (start, end)


def test_the_calendars_last_period_has_no_end() -> None:
    assert [following(unit, start_of(unit, date.max)) for unit in Unit] == [None] * 4


def test_periods_go_from_the_first_day_to_the_last() -> None:
    found = starts(Unit.MONTH, date(2025, 11, 30), date(2026, 2, 1))

    assert found == [date(2025, 11, 1), date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1)]


def test_of_too_many_periods_the_last_ones_are_left() -> None:
    found = starts(Unit.DAY, date(2000, 1, 1), date(2026, 1, 1))

    assert (len(found), found[-1]) == (MOST, date(2026, 1, 1))


@pytest.mark.parametrize(
    ("unit", "label", "code"),
    [
        (Unit.DAY, "2026-11-02", "2026-11-02"),
        (Unit.WEEK, "Week of 2026-11-02", "2026-11-02"),
        (Unit.MONTH, "November 2026", "2026-11"),
        (Unit.YEAR, "2026", "2026"),
    ],
)
def test_a_period_has_a_name(unit: Unit, label: str, code: str) -> None:
    assert (label_of(unit, date(2026, 11, 2)), code_of(unit, date(2026, 11, 2))) == (label, code)
