"""Days, weeks, months and years, one after the other. Pure: knows no column and no clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from enum import StrEnum

# More bars cannot be distinguished; everything earlier is one group.
MOST = 400


class Unit(StrEnum):
    """How long a period is."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


_STARTS: dict[Unit, Callable[[date], date]] = {
    Unit.DAY: lambda day: day,
    # From Monday, as in the filters.
    Unit.WEEK: lambda day: day - timedelta(days=day.weekday()),
    Unit.MONTH: lambda day: day.replace(day=1),
    Unit.YEAR: lambda day: day.replace(month=1, day=1),
}
# More days than the longest of each has, and fewer than two have.
_LONGEST = {Unit.DAY: 1, Unit.WEEK: 7, Unit.MONTH: 31, Unit.YEAR: 366}


def start_of(unit: Unit, day: date) -> date:
    """Return the first day of the period that a day is in."""
    return _STARTS[unit](day)


def following(unit: Unit, start: date) -> date | None:
    """Return the first day of the next period; None at the calendar's end."""
    try:
        return start_of(unit, start + timedelta(days=_LONGEST[unit]))
    except OverflowError:
        return None


def starts(unit: Unit, first: date, last: date) -> list[date]:
    """Return the first days of the periods between two days; of the last periods, if there are too many."""
    found = [start_of(unit, last)]
    while found[-1] > first and len(found) < MOST:
        found.append(start_of(unit, found[-1] - timedelta(days=1)))
    return found[::-1]


def label_of(unit: Unit, start: date) -> str:
    """Name a period: "Week of 2026-11-02", "November 2026"."""
    if unit is Unit.MONTH:
        return f"{start:%B} {start.year}"
    if unit is Unit.YEAR:
        return str(start.year)
    return start.isoformat() if unit is Unit.DAY else f"Week of {start.isoformat()}"


def code_of(unit: Unit, start: date) -> str:
    """Return a period's name for a file, which sorts in order as text: "2026-11-02", "2026-11", "2026"."""
    return start.isoformat()[: {Unit.MONTH: 7, Unit.YEAR: 4}.get(unit, 10)]
