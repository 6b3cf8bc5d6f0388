"""Days, and times of the day: a time column is asked for whole days where the viewer is, a date column for dates."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, ClassVar

from flask_admin.contrib.sqla import filters as engine
from sqlalchemy import ColumnElement, Date, and_

from admin_app.current import today, zone
from admin_app.panel.elements import Hidden
from admin_app.panel.operators.base import Operator
from admin_app.panel.operators.period import PERIODS, period, words_of
from admin_app.text import local


class _Day(Operator):
    """What times and dates have in common: a day is typed, and means all of that day in the viewer's zone."""

    hint = "A date like 2026-11-22."
    control = "date"

    def clean(self, value: str) -> tuple[Any, Any]:
        """Read a day as its first moment and the first moment after it."""
        return self._span(_day(value), _day(value))

    def _span(self, first: date, last: date) -> tuple[Any, Any]:
        after = last + timedelta(days=1)
        if isinstance(self.column.type, Date):
            return first, after
        return first_moment(first), first_moment(after)

    def sentence(self, text: str) -> str:
        """Say it without quotes."""
        return f"{self.name} {self.words} {text}"


class _Time(Operator):
    """What times of the day have in common."""

    hint = "A time like 09:30."

    def clean(self, value: str) -> time:
        """Read a time of the day."""
        try:
            return time.fromisoformat(value.strip()).replace(tzinfo=None)
        except ValueError as error:
            message = "Enter a time like 09:30."
            raise ValueError(message) from error


class FromTime(_Time, engine.FilterGreater):
    """That time or later."""

    slug, words = "from", "is at or after"

    def condition(self, column: Any, value: Any) -> ColumnElement[bool]:
        """Count the time itself in."""
        condition: ColumnElement[bool] = column >= value
        return condition


class UntilTime(_Time, engine.FilterSmaller):
    """That time or earlier."""

    slug, words = "until", "is at or before"

    def condition(self, column: Any, value: Any) -> ColumnElement[bool]:
        """Count the time itself in."""
        condition: ColumnElement[bool] = column <= value
        return condition


class OnDay(_Day):
    """Some time that day."""

    slug, words = "on", "is on"

    def condition(self, column: Any, value: Any) -> ColumnElement[bool]:
        """Ask for the whole day."""
        return and_(column >= value[0], column < value[1])

    def typed(self, value: Any) -> str | None:
        """Write the day that it was where the viewer is."""
        return (local(value, zone()) if isinstance(value, datetime) else value).strftime("%Y-%m-%d")


class FromDay(_Day):
    """That day or later."""

    slug, words = "from", "is on or after"

    def condition(self, column: Any, value: Any) -> ColumnElement[bool]:
        """Begin with the day's first moment."""
        condition: ColumnElement[bool] = column >= value[0]
        return condition


class UntilDay(_Day):
    """That day or earlier."""

    slug, words = "until", "is on or before"

    def condition(self, column: Any, value: Any) -> ColumnElement[bool]:
        """End with the day's last moment."""
        condition: ColumnElement[bool] = column < value[1]
        return condition


class BetweenDays(OnDay):
    """From one day to another, both included."""

    slug, words, control = "between", "is between", "text"
    hint = "Two dates: 2026-01-01 to 2026-01-31."

    def typed(self, value: Any) -> str | None:  # noqa: ARG002 -- as declared
        """Mean no single day."""
        return None

    def clean(self, value: str) -> tuple[Any, Any]:
        """Read "2026-01-01 to 2026-01-31"."""
        parts = re.split(r"\s+(?:to|and)\s+", value.strip())
        if len(parts) != 2:  # noqa: PLR2004 -- a first and a last day
            message = "Enter two dates, like 2026-01-01 to 2026-01-31."
            raise ValueError(message)
        first, last = sorted(map(_day, parts))
        return self._span(first, last)


class Within(OnDay):
    """In a stretch of days that moves along: today, the last 7 days, this month."""

    slug, words, control = "within", "is within", "text"
    hint = "Choose or type a period: today, last 7 days, this month."
    suggestions: ClassVar[tuple[Hidden, ...]] = tuple((name, words_of(name)) for name in PERIODS)

    def clean(self, value: str) -> tuple[Any, Any]:
        """Read the period as it is today."""
        return self._span(*period(value, today()))

    def sentence(self, text: str) -> str:
        """Say it in words."""
        return f"{self.name.removesuffix(' at')} {words_of(text)}"

    def typed(self, value: Any) -> str | None:  # noqa: ARG002 -- as declared
        """Mean no single day."""
        return None


def first_moment(day: date) -> datetime:
    """Return when a day begins where the viewer is, in UTC.

    Where clocks skip midnight the day begins when they do; where they show it twice, the first time.
    """
    try:
        return datetime.combine(day, time(), zone()).astimezone(UTC)
    except OverflowError:
        # The calendar's first day begins before the calendar does, in the east.
        return datetime.combine(day, time(), UTC)


def _day(text: str) -> date:
    """Read a date, or the date of a time."""
    try:
        day = date.fromisoformat(text.strip()[:10])
    except ValueError as error:
        message = "Enter a date like 2026-11-22."
        raise ValueError(message) from error
    if day == date.max:
        message = "Enter a date before 9999-12-31."
        raise ValueError(message)
    return day
