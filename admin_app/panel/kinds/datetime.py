"""A date and time: the browser's input, in UTC if the column has a time zone; lists show the viewer's time zone."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any, ClassVar

from wtforms.widgets import DateTimeLocalInput

from admin_app import formatting
from admin_app.context import zone
from admin_app.extensions import AnyColumn, TableColumn
from admin_app.kinds.base import AnyKind, without_zone
from admin_app.kinds.datetime import DateTimeKind, LocalDateTimeKind
from admin_app.panel.kinds.base import Arguments, PanelKind
from admin_app.panel.kinds.date import DatePanel
from admin_app.panel.typed_fields import TypedField
from admin_app.panel.view_models import Cell, CellKind

# Browsers take thousandths of a second.
_TAKEN = re.compile(r"(\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,3})?)?)?")


class UtcDateTimeField(TypedField):
    """A date and time, typed and shown in UTC."""

    kind = DateTimeKind.name
    widget = DateTimeLocalInput()
    taken = _TAKEN
    advice = "Enter a date and a time in UTC, like 2026-11-22 09:30."

    def read(self, text: str) -> datetime:
        """Read ISO 8601 as UTC; the label says so."""
        return datetime.fromisoformat(text).replace(tzinfo=UTC)

    def write(self, value: Any) -> str:
        """Write it without the time zone, which the browser's input doesn't support."""
        moment: datetime = value
        return moment.astimezone(UTC).replace(tzinfo=None).isoformat()


class LocalDateTimeField(TypedField):
    """A date and time without a time zone."""

    kind = LocalDateTimeKind.name
    widget = DateTimeLocalInput()
    taken = _TAKEN
    advice = "Enter a date and a time, like 2026-11-22 09:30."

    def read(self, text: str) -> datetime:
        """Read ISO 8601 without a time zone."""
        return without_zone(datetime.fromisoformat(text))

    def write(self, value: Any) -> str:
        """Write ISO 8601."""
        return str(value.isoformat())


class DateTimePanel(PanelKind):
    """A date and time input, and the time that has passed in lists."""

    kind: ClassVar[AnyKind] = DateTimeKind
    cell_kind = CellKind.TIME
    operators = DatePanel.operators
    bulk_changes = DatePanel.bulk_changes

    def field(self, _column: TableColumn, arguments: Arguments) -> TypedField:
        """Create the browser's date and time input, in UTC."""
        return UtcDateTimeField(**arguments)

    def cell(self, value: Any) -> Cell:
        """Draw the time to the second as text, because not everybody can see a tooltip."""
        drawn = self.glimpse(value)
        return (
            drawn if value.tzinfo is None else drawn._replace(text=f"{drawn.title} ({formatting.relative_time(value)})")
        )

    def glimpse(self, value: Any) -> Cell:
        """Draw how long ago it was, or the date if that is long."""
        if value.tzinfo is None:
            return Cell(CellKind.TIME, value.isoformat(" ", "seconds"), iso=value.isoformat(timespec="seconds"))
        there = zone()
        exact, words = formatting.exact_time(value, there), formatting.list_time(value, there)
        return Cell(CellKind.TIME, words, exact, iso=formatting.machine_time(value, there))


class LocalDateTimePanel(DateTimePanel):
    """A date and time input; without a time zone, how long ago it was is unknown."""

    kind = LocalDateTimeKind

    def width(self, _column: AnyColumn) -> str:
        """Return the width of a date with seconds."""
        return CellKind.TEXT.value

    def field(self, _column: TableColumn, arguments: Arguments) -> LocalDateTimeField:
        """Create the browser's date and time input."""
        return LocalDateTimeField(**arguments)
