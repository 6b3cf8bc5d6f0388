"""The operators of each type: Flask-Admin's filters with their holes closed, saying what they mean and what they take."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_admin.contrib.sqla import filters as engine
from flask_admin.model.filters import convert

from admin_app.panel.operators.base import Operator
from admin_app.panel.operators.choice import IsChoice, IsYes, UuidEquals, UuidNotEquals
from admin_app.panel.operators.day import BetweenDays, FromDay, FromTime, OnDay, UntilDay, UntilTime
from admin_app.panel.operators.number import Greater, NumberEquals, NumberInList, NumberNotEquals, Smaller
from admin_app.panel.operators.text import Contains, Empty, Equals, InList, NotContains, NotEquals, NotInList


class Operators(engine.FilterConverter):
    """Which operators a column's type gets; Flask-Admin's `scaffold_filters` asks it."""

    strings = (Contains, NotContains, Equals, NotEquals, InList, NotInList, Empty)
    int_filters = (NumberEquals, NumberNotEquals, Greater, Smaller, NumberInList, Empty)
    float_filters = int_filters
    uuid_filters = (UuidEquals, UuidNotEquals, Empty)
    time_filters = (FromTime, UntilTime, Empty)
    bool_filters = (IsYes,)
    date_filters = (OnDay, FromDay, UntilDay, BetweenDays, Empty)
    datetime_filters = date_filters

    @convert("utcdatetime")
    def conv_utc(self, column: Any, name: str, **arguments: Any) -> Sequence[Operator]:
        """Treat our UTC times as Flask-Admin treats DateTime."""
        return [operator(column, name, **arguments) for operator in self.datetime_filters]

    @convert("enum")
    def conv_enum(self, column: Any, name: str, **arguments: Any) -> Sequence[Operator]:
        """Offer the set's members, not free text."""
        return [IsChoice(column, name, **arguments)]
