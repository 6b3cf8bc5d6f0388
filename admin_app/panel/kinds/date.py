"""Dates: the browser's date input. Filters go by whole days, for time columns in the viewer's time zone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, and_
from typing_extensions import override
from wtforms.widgets import DateInput

from admin_app.context import today, zone
from admin_app.domain.plan.changes import Postpone
from admin_app.extensions import AnyColumn, Expression, TableColumn
from admin_app.formatting import local
from admin_app.kinds import kind_of
from admin_app.kinds.date import DateKind
from admin_app.kinds.datetime import DateTimeKind
from admin_app.number_parsing import whole_number
from admin_app.panel.kinds.base import Arguments, BulkChange, PanelKind
from admin_app.panel.operators.base import Operator, ReadValue, ends_in
from admin_app.panel.operators.equality import Empty
from admin_app.panel.operators.period import PERIODS, period, period_in_words
from admin_app.panel.typed_fields import TypedField
from admin_app.panel.view_models import Cell, CellKind, Hidden


class _Day(Operator):
    """Base of operators on times and dates: the input is a day, and means all of it in the viewer's time zone."""

    hint = "A date like 2026-11-22."
    control = "date"

    def clean(self, value: str) -> tuple[object, object]:
        """Read a day as its first moment and the first moment after it."""
        return self._span(_day(value), _day(value))

    def _span(self, first: date, last: date) -> tuple[object, object]:
        return beginning_of(self.column, first), beginning_of(self.column, last + timedelta(days=1))

    def sentence(self, text: str) -> str:
        """Return the sentence without quotes."""
        return f"{self.name} {self.words} {text}"


class OnDay(_Day):
    """The time is on this day."""

    slug, words = "on", "is on"

    def condition(self, column: Expression, value: ReadValue) -> ColumnElement[bool]:
        """Test for the whole day."""
        return and_(column >= value[0], column < value[1])

    def typed(self, value: Any) -> str | None:
        """Write the day on which the value is for the viewer."""
        return day_of(value).isoformat()


class FromDay(_Day):
    """The time is on this day or later."""

    slug, words = "from", "is on or after"

    def condition(self, column: Expression, value: ReadValue) -> ColumnElement[bool]:
        """Begin with the day's first moment."""
        condition: ColumnElement[bool] = column >= value[0]
        return condition


class UntilDay(_Day):
    """The time is on this day or earlier."""

    slug, words = "until", "is on or before"

    def condition(self, column: Expression, value: ReadValue) -> ColumnElement[bool]:
        """End with the day's last moment."""
        condition: ColumnElement[bool] = column < value[1]
        return condition


class BetweenDays(OnDay):
    """The time is between two days, both included."""

    slug, words, control = "between", "is between", "text"
    hint = "Two dates: 2026-01-01 to 2026-01-31."

    @override
    def typed(self, value: object) -> str | None:
        """Return None: a value is a single day."""
        return None

    def clean(self, value: str) -> tuple[object, object]:
        """Read "2026-01-01 to 2026-01-31"."""
        first, last = sorted(map(_day, ends_in(value, "dates, like 2026-01-01 to 2026-01-31")))
        return self._span(first, last)


class Within(OnDay):
    """The time is in a relative period: today, the last 7 days, this month."""

    slug, words, control = "within", "is within", "period"
    hint = "A period: today, last 7 days, this month."
    suggestions: ClassVar[tuple[Hidden, ...]] = tuple((name, period_in_words(name)) for name in PERIODS)

    def clean(self, value: str) -> tuple[object, object]:
        """Read the period as of today."""
        return self._span(*period(value, today()))

    def sentence(self, text: str) -> str:
        """Return the sentence with the period in words."""
        return f"{self.name.removesuffix(' at')} {period_in_words(text)}"

    @override
    def typed(self, value: object) -> str | None:
        """Return None: a value is a single day."""
        return None


def beginning_of(column: AnyColumn, day: date) -> object:
    """Return the first value of a column on a day of the viewer's."""
    kind = kind_of(column)
    if isinstance(kind, DateKind):
        return day
    return first_moment(day) if isinstance(kind, DateTimeKind) else datetime.combine(day, time())


def day_of(value: date) -> date:
    """Return the day on which a value is for the viewer."""
    if not isinstance(value, datetime):
        return value
    return (local(value, zone()) if value.tzinfo else value).date()


def first_moment(day: date) -> datetime:
    """Return when a day begins in the viewer's time zone, in UTC.

    If the clocks skip midnight, the day begins at the next moment; if they show it twice, at the first.
    """
    try:
        return datetime.combine(day, time(), zone()).astimezone(UTC)
    except OverflowError:
        # In the east, the calendar's first day begins before the calendar does.
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


class DateField(TypedField):
    """A date."""

    kind = DateKind.name
    widget = DateInput()
    taken = re.compile(r"(\d{4}-\d\d-\d\d)?")
    advice = "Enter a date like 2026-11-22."

    def read(self, text: str) -> date:
        """Read ISO 8601."""
        return date.fromisoformat(text)


def _later(_column: TableColumn, typed: Sequence[str]) -> Postpone:
    return Postpone(timedelta(days=_days(typed[0])))


def _earlier(_column: TableColumn, typed: Sequence[str]) -> Postpone:
    return Postpone(timedelta(days=-_days(typed[0])))


# The number of days in the calendar.
_MOST_DAYS = (date.max - date.min).days


def _days(text: str) -> int:
    try:
        days = whole_number(text)
    except ValueError:
        days = 0
    if not 0 < days <= _MOST_DAYS:
        message = "Enter a number of days, like 7."
        raise ValueError(message)
    return days


_NO_DATE = "A number of days. Records without a date stay without one."
POSTPONEMENTS = (
    BulkChange("later", "Later by", (("later", ""),), _later, said="later by {} days", hint=_NO_DATE),
    BulkChange("earlier", "Earlier by", (("earlier", ""),), _earlier, said="earlier by {} days", hint=_NO_DATE),
)


class DatePanel(PanelKind):
    """A date input, and ISO 8601 in lists."""

    kind = DateKind
    cell_kind = CellKind.TIME
    operators = (OnDay, FromDay, UntilDay, BetweenDays, Within, Empty)
    bulk_changes = POSTPONEMENTS

    def field(self, _column: TableColumn, arguments: Arguments) -> DateField:
        """Create the browser's date input."""
        return DateField(**arguments)

    def cell(self, value: Any) -> Cell:
        """Draw ISO 8601, as it is typed."""
        return Cell(CellKind.TIME, value.isoformat(), iso=value.isoformat())
