"""One plain value as a table, a list of facts and a form's margin show it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from admin_app import text
from admin_app.current import zone
from admin_app.models.words import Words
from admin_app.panel.view_models import Cell, CellKind

# A cell is a glimpse: more than this is neither read in a table nor worth sending.
GLIMPSE = 120


def value_cell(value: Any, *, is_whole: bool) -> Cell:  # noqa: PLR0911 -- a table of types, one line each
    """Draw a plain value by its type; long text is cut to a glimpse unless the whole is wanted."""
    match value:
        case None:
            return Cell(CellKind.NULL, "—", "No value")
        case "":
            return Cell(CellKind.EMPTY, "empty", "Empty text")
        case bool():
            return Cell(CellKind.CHOICE, "Yes" if value else "No")
        case Words():
            return value_cell(str(value), is_whole=is_whole)
        case Enum():
            return Cell(CellKind.CHOICE, str(value.value).replace("_", " ").capitalize())
        case int() | float() | Decimal():
            return Cell(CellKind.NUMBER, str(value))
        case datetime():
            return _time_cell(value, is_whole=is_whole)
        case date():
            return Cell(CellKind.TIME, value.isoformat(), iso=value.isoformat())
        case _:
            whole = str(value)
            shown = (
                whole if is_whole or len(whole) <= GLIMPSE else " ".join(whole[: GLIMPSE * 2].split())[:GLIMPSE] + "…"
            )
            return Cell(CellKind.TEXT, shown)


def _time_cell(value: datetime, *, is_whole: bool) -> Cell:
    """Say how long ago, or the day where that is far; where there is room, to the second: not everybody can point at it."""
    exact = text.exact_time(value, zone())
    shown = f"{exact} ({text.relative_time(value)})" if is_whole else text.list_time(value, zone())
    return Cell(CellKind.TIME, shown, exact, iso=text.machine_time(value, zone()))
