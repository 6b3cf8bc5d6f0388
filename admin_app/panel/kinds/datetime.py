"""A date and time: the browser's input in UTC, asked for days, drawn where the viewer is."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from wtforms.widgets import DateTimeLocalInput

from admin_app import text
from admin_app.current import zone
from admin_app.kinds.datetime import LocalDateTimeKind
from admin_app.panel.elements import Cell, CellKind
from admin_app.panel.kinds.base import PanelKind
from admin_app.panel.kinds.date import DatePanel
from admin_app.panel.typed_fields import TypedField


class UtcDateTimeField(TypedField):
    """A date and time, typed and shown in UTC."""

    kind = LocalDateTimeKind.name
    widget = DateTimeLocalInput()
    advice = "Enter a date and a time in UTC, like 2026-11-22 09:30."

    def read(self, text: str) -> datetime:
        """Read ISO 8601; the zone is the label's."""
        return datetime.fromisoformat(text).replace(tzinfo=UTC)

    def write(self, value: Any) -> str:
        """Leave the zone out: the browser's input has none."""
        moment: datetime = value
        return moment.astimezone(UTC).replace(tzinfo=None).isoformat()


class DateTimePanel(PanelKind):
    """A date and time input, drawn as how long ago."""

    kind = LocalDateTimeKind
    cell_kind = CellKind.TIME
    operators = DatePanel.operators

    def field(self, _column: Any, arguments: dict[str, Any]) -> UtcDateTimeField:
        """Make the browser's own date and time input, in UTC."""
        return UtcDateTimeField(**arguments)

    def cell(self, value: Any, *, is_whole: bool) -> Cell:
        """Say how long ago, or the day where that is far; where there is room, to the second: not everybody can point at it."""
        exact = text.exact_time(value, zone())
        shown = f"{exact} ({text.relative_time(value)})" if is_whole else text.list_time(value, zone())
        return Cell(CellKind.TIME, shown, exact, iso=text.machine_time(value, zone()))
