"""The operators of each type: Flask-Admin's filters with their holes closed, saying what they mean and what they take."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_admin.contrib.sqla import filters as engine
from flask_admin.model.filters import convert as of_type

from admin_app.panel.operators.base import Operator
from admin_app.panel.operators.choice import (
    ChoiceInList,
    ChoiceNotInList,
    HasNotWord,
    HasWord,
    IsChoice,
    IsYes,
    UuidEquals,
    UuidInList,
    UuidNotEquals,
    UuidNotInList,
)
from admin_app.panel.operators.day import BetweenDays, FromDay, FromTime, OnDay, UntilDay, UntilTime, Within
from admin_app.panel.operators.number import (
    AtLeast,
    AtMost,
    Greater,
    KeyInList,
    NumberEquals,
    NumberInList,
    NumberNotEquals,
    NumberNotInList,
    NumbersBetween,
    Smaller,
)
from admin_app.panel.operators.text import (
    Blank,
    Contains,
    Empty,
    EndsWith,
    Equals,
    InList,
    NotContains,
    NotEquals,
    NotInList,
    Null,
    NullableEmpty,
    StartsWith,
)


class Operators(engine.FilterConverter):
    """Which operators a column's type gets; Flask-Admin's `scaffold_filters` asks it."""

    strings = (Contains, NotContains, StartsWith, EndsWith, Equals, NotEquals, InList, NotInList, Empty, Null, Blank)
    int_filters = (
        NumberEquals,
        NumberNotEquals,
        Greater,
        Smaller,
        AtLeast,
        AtMost,
        NumbersBetween,
        NumberInList,
        KeyInList,
        NumberNotInList,
        Empty,
    )  # fmt: skip -- one list
    float_filters = int_filters
    uuid_filters = (UuidEquals, UuidNotEquals, UuidInList, UuidNotInList, Empty)
    time_filters = (FromTime, UntilTime, Empty)
    bool_filters = (IsYes, NullableEmpty)
    date_filters = (OnDay, FromDay, UntilDay, BetweenDays, Within, Empty)
    datetime_filters = date_filters

    def convert(self, type_name: str, column: Any, name: str, **arguments: Any) -> Sequence[Any] | None:
        """Return the operators that say something about this column, None where its type has none."""
        found = super().convert(type_name, column, name, **arguments)
        return None if found is None else [one for one in found if not isinstance(one, Operator) or one.fits()]

    @of_type("utcdatetime")
    def conv_utc(self, column: Any, name: str, **arguments: Any) -> Sequence[Operator]:
        """Treat our UTC times as Flask-Admin treats DateTime."""
        return [operator(column, name, **arguments) for operator in self.datetime_filters]

    @of_type("stringsettype")
    def conv_words(self, column: Any, name: str, **arguments: Any) -> Sequence[Operator]:
        """Ask for one word of a set."""
        return [operator(column, name, **arguments) for operator in (HasWord, HasNotWord)]

    @of_type("enum")
    def conv_enum(self, column: Any, name: str, **arguments: Any) -> Sequence[Operator]:
        """Offer the set's members, not free text."""
        kinds = (IsChoice, ChoiceInList, ChoiceNotInList, NullableEmpty)
        return [operator(column, name, **arguments) for operator in kinds]
