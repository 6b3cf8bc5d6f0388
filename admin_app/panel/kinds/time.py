"""Times of day: the browser's input, filters for earlier and later, ISO 8601."""

from __future__ import annotations

import re
from datetime import time

from flask_admin.contrib.sqla import filters as engine
from sqlalchemy import ColumnElement
from wtforms.widgets import TimeInput

from admin_app.extensions import Expression, TableColumn
from admin_app.kinds.base import without_zone
from admin_app.kinds.time import TimeKind
from admin_app.panel.kinds.base import Arguments, PanelKind
from admin_app.panel.operators.base import Operator
from admin_app.panel.operators.equality import Empty
from admin_app.panel.typed_fields import TypedField


class _Time(Operator):
    """Base of operators on times of day."""

    @property
    def hint(self) -> str:  # type: ignore[override] # it depends on the column
        """What to type."""
        return f"A time like {TimeKind(self.column).example}."

    def clean(self, value: str) -> time:
        """Read a time of day."""
        kind = TimeKind(self.column)
        try:
            return kind.read(value.strip())
        except ValueError as error:
            message = f"Enter a time like {kind.example}."
            raise ValueError(message) from error


class FromTime(_Time, engine.FilterGreater):
    """The time is this one or later."""

    slug, words = "from", "is at or after"

    def condition(self, column: Expression, value: object) -> ColumnElement[bool]:
        """Include the time itself."""
        condition: ColumnElement[bool] = column >= value
        return condition


class UntilTime(_Time, engine.FilterSmaller):
    """The time is this one or earlier."""

    slug, words = "until", "is at or before"

    def condition(self, column: Expression, value: object) -> ColumnElement[bool]:
        """Include the time itself."""
        condition: ColumnElement[bool] = column <= value
        return condition


class TimeField(TypedField):
    """A time of day."""

    kind = TimeKind.name
    widget = TimeInput()
    taken = re.compile(r"(\d\d:\d\d(:\d\d(\.\d{1,3})?)?)?")
    advice = "Enter a time like 09:30."

    def read(self, text: str) -> time:
        """Read ISO 8601."""
        return without_zone(time.fromisoformat(text))


class OffsetTimeField(TypedField):
    """A time of day with its offset, for which browsers have no input."""

    kind = TimeKind.name
    advice = "Enter a time with its offset from UTC, like 09:30+02:00."

    def read(self, text: str) -> time:
        """Read ISO 8601 with an offset."""
        found = time.fromisoformat(text)
        if found.tzinfo is None:
            raise ValueError(text)
        return found


class TimePanel(PanelKind):
    """A time input."""

    kind = TimeKind
    operators = (FromTime, UntilTime, Empty)

    def field(self, column: TableColumn, arguments: Arguments) -> TypedField:
        """Create the browser's time input, or a line for a time with an offset."""
        return (OffsetTimeField if TimeKind(column).has_offset else TimeField)(**arguments)
