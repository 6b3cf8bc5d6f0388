"""Relative periods: "today", "last-7-days", "this-month". Pure: today is an argument."""

from __future__ import annotations

import re
from datetime import date, timedelta

# The suggestions; other numbers than 7 and 30 work, too, and other units.
PERIODS = (
    "today",
    "yesterday",
    "last-7-days",
    "last-30-days",
    "last-90-days",
    "last-365-days",
    "this-week",
    "last-week",
    "this-month",
    "last-month",
    "this-year",
    "last-year",
    "tomorrow",
    "next-7-days",
    "next-week",
    "next-month",
)  # fmt: skip -- one list

_DAYS = {"today": 0, "yesterday": -1, "tomorrow": 1}
_NAMED = re.compile(r"(this|last|next)-(week|month|year)")
# Three digits: 999 months are 83 years, which no calendar ends in.
_COUNTED = re.compile(r"(last|next)-([1-9][0-9]{0,2})-(day|week|month)s?")
_STEPS = {"this": 0, "last": -1, "next": 1}


def period(text: str, today: date) -> tuple[date, date]:
    """Return the first and the last day of a period, as of today; raise `ValueError` with the known periods."""
    name = _plain(text)
    if name in _DAYS:
        day = today + timedelta(days=_DAYS[name])
        return day, day
    if match := _NAMED.fullmatch(name):
        return _calendar(match[2], _STEPS[match[1]], today)
    if match := _COUNTED.fullmatch(name):
        return _counted(match[1], int(match[2]), match[3], today)
    message = "Enter a period, like today, last 7 days or this month."
    raise ValueError(message)


def period_in_words(text: str) -> str:
    """Return a period in words: "in the last 7 days"."""
    name = _plain(text)
    if name in _DAYS:
        return name
    words = name.replace("-", " ")
    return f"in the {words}" if _COUNTED.fullmatch(name) else words


def _plain(text: str) -> str:
    return "-".join(text.lower().replace("-", " ").split())


def _calendar(unit: str, step: int, today: date) -> tuple[date, date]:
    """Return a whole week (from Monday), month or year, `step` units from the present one."""
    if unit == "week":
        first = today - timedelta(days=today.weekday()) + timedelta(weeks=step)
        return first, first + timedelta(days=6)
    if unit == "month":
        return _month(today, step), _month(today, step + 1) - timedelta(days=1)
    return date(today.year + step, 1, 1), date(today.year + step, 12, 31)


def _month(today: date, step: int) -> date:
    """Return the first day of a month, `step` months from the present one."""
    years, month = divmod(today.month - 1 + step, 12)
    return date(today.year + years, month + 1, 1)


def _counted(direction: str, number: int, unit: str, today: date) -> tuple[date, date]:
    """Return this many days up to today, or from today on; today counts."""
    if unit == "month":
        other = _same_day(today, -number if direction == "last" else number)
        return (other + timedelta(days=1), today) if direction == "last" else (today, other - timedelta(days=1))
    away = timedelta(days=number * (7 if unit == "week" else 1) - 1)
    return (today - away, today) if direction == "last" else (today, today + away)


def _same_day(today: date, months: int) -> date:
    """Return the same day of another month, or its last where it is too short."""
    first, after = _month(today, months), _month(today, months + 1)
    return min(first + timedelta(days=today.day - 1), after - timedelta(days=1))
