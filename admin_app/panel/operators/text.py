"""Text: contains, is, is one of, is empty."""

from __future__ import annotations

from typing import Any

from flask_admin.contrib.sqla import filters as engine
from sqlalchemy import ColumnElement, String, or_

from admin_app.panel.elements import Hidden
from admin_app.panel.operators.base import Operator, yes_or_no


class Contains(Operator, engine.FilterLike):
    """The text occurs, in any case; % and _ are characters."""

    slug, words = "contains", "contains"

    def condition(self, column: Any, value: Any) -> ColumnElement[bool]:
        """Escape what LIKE would read as wildcards."""
        condition: ColumnElement[bool] = column.icontains(value, autoescape=True)
        return condition


class NotContains(Contains):
    """The text does not occur; where there is no text at all it does not occur either."""

    slug, words = "not_contains", "does not contain"
    holds_for_nothing = True

    def condition(self, column: Any, value: Any) -> ColumnElement[bool]:
        """Count NULL in."""
        return or_(~super().condition(column, value), column.is_(None))


class Equals(Operator, engine.FilterEqual):
    """Exactly this."""

    slug, words = "equals", "is"


class NotEquals(Operator, engine.FilterNotEqual):
    """Anything else, nothing included."""

    slug, words = "not_equals", "is not"
    holds_for_nothing = True

    def condition(self, column: Any, value: Any) -> ColumnElement[bool]:
        """Count NULL in, which `!=` leaves out."""
        return or_(column != value, column.is_(None))


class Empty(Operator, engine.FilterEmpty):
    """There is a value, or there is none; for text, no characters are no value."""

    slug, words = "empty", "is empty"

    def parse(self, text: str) -> bool:
        """Take yes or no."""
        return yes_or_no(text)

    def condition(self, column: Any, value: Any) -> ColumnElement[bool]:
        """Ask for NULL, and for '' in text."""
        is_text = isinstance(column.type, String)
        empty = or_(column.is_(None), column == "") if is_text else column.is_(None)
        return empty if value else ~empty

    def includes_nothing(self, value: Any) -> bool:
        """Count what is not there as empty."""
        return bool(value)

    def sentence(self, text: str) -> str:
        """Say which of the two."""
        return f"{self.name} {'is empty' if yes_or_no(text) else 'is not empty'}"

    def operators(self) -> tuple[Hidden, ...]:
        """Offer both as operators that take no value."""
        return (("empty=yes", "is empty"), ("empty=no", "is not empty"))


class InList(Operator, engine.FilterInList):
    """One of several, separated by commas."""

    slug, words = "in", "is one of"

    def parse(self, text: str) -> Any:
        """Refuse a list of nothing: it would match no row, or every row."""
        values = self.clean(text)
        if not values:
            message = "Enter one or more values, separated by commas."
            raise ValueError(message)
        return values


class NotInList(InList, engine.FilterNotInList):
    """None of several."""

    slug, words = "not_in", "is none of"
    holds_for_nothing = True
