"""Durations: a line of text, filters for longer and shorter ones."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement

from admin_app.extensions import Expression, TableColumn
from admin_app.kinds.interval import EXAMPLE, IntervalKind, clock, length_of
from admin_app.panel.kinds.base import Arguments, PanelKind
from admin_app.panel.operators.base import Operator
from admin_app.panel.operators.equality import Empty, Equals, NotEquals
from admin_app.panel.typed_fields import TypedField
from admin_app.panel.view_models import Cell, CellKind

ADVICE = f"Enter hours, minutes and seconds, like {EXAMPLE}, or 1d 2h 30m."


class _Length(Operator):
    """Base of operators on durations."""

    hint = "Hours, minutes and seconds, like 2:30:00, or 1d 2h 30m."

    def clean(self, value: str) -> timedelta:
        """Read a duration in any notation."""
        try:
            return length_of(value)
        except (ValueError, OverflowError) as error:
            raise ValueError(ADVICE) from error


class LengthEquals(_Length, Equals):
    """The duration is exactly this."""

    def typed(self, value: Any) -> str | None:
        """Write the duration as it is typed."""
        return clock(value)


class LengthNotEquals(_Length, NotEquals):
    """The duration is another one, or missing."""


class AtLeastSoLong(_Length):
    """The duration is this or longer."""

    slug, words = "at_least", "is at least"

    def condition(self, column: Expression, value: object) -> ColumnElement[bool]:
        """Include the duration itself."""
        condition: ColumnElement[bool] = column >= value
        return condition


class AtMostSoLong(_Length):
    """The duration is this or shorter."""

    slug, words = "at_most", "is at most"

    def condition(self, column: Expression, value: object) -> ColumnElement[bool]:
        """Include the duration itself."""
        condition: ColumnElement[bool] = column <= value
        return condition


class IntervalField(TypedField):
    """A duration."""

    kind = IntervalKind.name
    advice = ADVICE

    def read(self, text: str) -> timedelta:
        """Read a duration in any notation."""
        return length_of(text)

    def write(self, value: Any) -> str:
        """Write "26:30:00"."""
        return clock(value)


class IntervalPanel(PanelKind):
    """A line of text for a duration."""

    kind = IntervalKind
    cell_kind = CellKind.NUMBER
    operators = (LengthEquals, LengthNotEquals, AtLeastSoLong, AtMostSoLong, Empty)

    def field(self, _column: TableColumn, arguments: Arguments) -> IntervalField:
        """Create a line of text."""
        return IntervalField(**arguments)

    def cell(self, value: Any) -> Cell:
        """Draw the duration as it is typed."""
        return Cell(CellKind.NUMBER, clock(value))
