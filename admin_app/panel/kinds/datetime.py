"""A date and time: the browser's input; a moment is typed and shown in the viewer's time zone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, tzinfo
from typing import Any, ClassVar, cast

from markupsafe import Markup
from typing_extensions import override
from wtforms import Field
from wtforms.widgets import DateTimeLocalInput, Input, TextInput

from admin_app import formatting
from admin_app.context import zone
from admin_app.extensions import AnyColumn, TableColumn
from admin_app.kinds.base import AnyKind, without_zone
from admin_app.kinds.datetime import DateTimeKind, LocalDateTimeKind
from admin_app.panel.kinds.base import Arguments, PanelKind
from admin_app.panel.kinds.date import DatePanel
from admin_app.panel.typed_fields import ZONE, TypedField
from admin_app.panel.view_models import Cell, CellKind
from admin_app.timezones import UTC_NAME, UnclearTimeError, clock_text, known_zone, moment_at

# Browsers take thousandths of a second.
_TAKEN = re.compile(r"(\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,3})?)?)?")


class ZonedInput(TextInput):
    """An input with the name of the zone that its time is drawn in: the person may choose another one before they send it."""

    def __init__(self, input_type: str, drawn_in: tzinfo) -> None:
        """Keep the zone."""
        super().__init__(input_type)
        self.drawn_in = drawn_in

    @override
    def __call__(self, field: Field, **attributes: object) -> Markup:
        """Draw both."""
        said = Markup('<input type="hidden" name="{}" value="{}">').format(field.name + ZONE, self.drawn_in)
        return super().__call__(field, **attributes) + said


class MomentField(TypedField):
    """A date and time, typed and shown in the viewer's time zone, which it names."""

    kind = DateTimeKind.name
    widget: Input = DateTimeLocalInput()
    taken = _TAKEN
    advice = "Enter a date and a time, like 2026-11-22 09:30."

    def process(self, formdata: Any, *args: object, **kwargs: object) -> None:
        """Read what is sent in the zone that it was drawn in, which is the viewer's of then."""
        self.drawn_in = _drawn_in(self.name, formdata or {})
        self.zone = self.drawn_in or zone()
        self.hint, self.widget = f"Time in {self.zone}.", DateTimeLocalInput()
        super().process(formdata, *args, **kwargs)
        is_text = self.widget.input_type == "text" or self._is_unclear()
        self.widget = ZonedInput("text" if is_text else "datetime-local", self.zone)

    def read(self, text: str) -> datetime:
        """Read ISO 8601; without an offset it is the clock of the zone."""
        moment = _day_and_time(text)
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
        if self.drawn_in is None:
            message = f"It was entered in a time zone that is not known here. Enter the time in {self.zone}."
            raise UnclearTimeError(message)
        return moment_at(moment, self.drawn_in)

    def write(self, value: object) -> str:
        """Write the clock of the zone, which is all that the browser's input takes."""
        return clock_text(cast("datetime", value), self.zone)

    def _is_unclear(self) -> bool:
        """Whether an offset has to be typed."""
        try:
            self.read(self._value())
        except ValueError as error:
            return isinstance(error, UnclearTimeError)
        except OverflowError:
            return False
        return False


class LocalDateTimeField(TypedField):
    """A date and time without a time zone."""

    kind = LocalDateTimeKind.name
    widget = DateTimeLocalInput()
    taken = _TAKEN
    advice = "Enter a date and a time, like 2026-11-22 09:30."

    def read(self, text: str) -> datetime:
        """Read ISO 8601 without a time zone."""
        return without_zone(_day_and_time(text))

    def write(self, value: Any) -> str:
        """Write ISO 8601."""
        return str(value.isoformat())


def _drawn_in(name: str, sent: Mapping[str, str]) -> tzinfo | None:
    """Return the zone that a field was drawn in, None for an unknown one: a release before this one drew it in UTC, and did not say so."""
    return known_zone(sent.get(name + ZONE, UTC_NAME)) if name in sent else zone()


def _day_and_time(text: str) -> datetime:
    """Read ISO 8601; refuse a day alone, which Python takes for its first moment."""
    try:
        date.fromisoformat(text)
    except ValueError:
        return datetime.fromisoformat(text)
    raise ValueError(text)


class DateTimePanel(PanelKind):
    """A date and time input, and the time that has passed in lists."""

    kind: ClassVar[AnyKind] = DateTimeKind
    cell_kind = CellKind.TIME
    operators = DatePanel.operators
    bulk_changes = DatePanel.bulk_changes

    def field(self, _column: TableColumn, arguments: Arguments) -> TypedField:
        """Create the browser's date and time input, in the viewer's zone."""
        return MomentField(**arguments)

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
