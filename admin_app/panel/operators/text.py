"""Text: contains, starts with, is, is one of, is empty."""

from __future__ import annotations

import csv
from functools import cached_property
from typing import Any, ClassVar

from flask_admin.contrib.sqla import filters as engine
from sqlalchemy import ColumnElement, String, or_

from admin_app.domain.rules import kept
from admin_app.panel.filter_elements import OperatorChoice
from admin_app.panel.operators.base import Operator, yes_or_no
from admin_app.selection.containment import contains
from admin_app.selection.offer import ANYWHERE, AT_END, AT_START, WHOLE, SearchColumn
from admin_app.selection.search_indexes import is_indexed


class Contains(Operator, engine.FilterLike):
    """The text occurs, in any case; % and _ are characters."""

    slug, words = "contains", "contains"
    # Where in the text.
    frame: ClassVar[str] = ANYWHERE

    def condition(self, column: Any, value: Any) -> ColumnElement[bool]:
        """Look for it as a search does."""
        return contains(column, value, frame=self.frame)

    @cached_property
    def searched(self) -> SearchColumn | None:
        """Use the search's index where the column is in it."""
        return _searched(self, self.frame)


class StartsWith(Contains):
    """The text begins with it."""

    slug, words, frame = "starts", "starts with", AT_START


class EndsWith(Contains):
    """The text ends with it."""

    slug, words, frame = "ends", "ends with", AT_END


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

    @cached_property
    def searched(self) -> SearchColumn | None:
        """Use the search's index, but for a column that has one of its own for this."""
        return _searched(self, WHOLE) if type(self) is Equals and not self.means_one() else None

    def clean(self, value: str) -> Any:
        """Read it as the column keeps it."""
        return kept(self.column.property.columns[0], value)

    def means_one(self) -> bool:
        """Where no two have the same."""
        return bool(self.column.property.columns[0].unique)

    def typed(self, value: Any) -> str | None:
        """Write the value."""
        return str(value)


class NotEquals(Operator, engine.FilterNotEqual):
    """Anything else, nothing included."""

    slug, words = "not_equals", "is not"
    holds_for_nothing = True

    def clean(self, value: str) -> Any:
        """Read it as the column keeps it."""
        return kept(self.column.property.columns[0], value)

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

    def operators(self) -> tuple[OperatorChoice, ...]:
        """Offer both as operators that take no value."""
        return (OperatorChoice("empty=yes", "is empty", "none"), OperatorChoice("empty=no", "is not empty", "none"))

    def typed(self, value: Any) -> str | None:
        """Find those without a value."""
        return "yes" if value is None else None


class NullableEmpty(Empty):
    """The same, for columns of which most cannot be empty."""

    def fits(self) -> bool:
        """Where there can be nothing."""
        return bool(self.column.property.columns[0].nullable)


class Null(NullableEmpty):
    """There is no value at all, where text without characters is possible too."""

    slug, words = "null", "has no value"

    def condition(self, column: Any, value: Any) -> ColumnElement[bool]:
        """Ask for NULL."""
        condition: ColumnElement[bool] = column.is_(None) if value else column.is_not(None)
        return condition

    def sentence(self, text: str) -> str:
        """Say which of the two."""
        return f"{self.name} {'has no value' if yes_or_no(text) else 'has a value, or is blank'}"

    def operators(self) -> tuple[OperatorChoice, ...]:
        """Offer both as operators that take no value."""
        no = OperatorChoice("null=no", "has a value, or is blank", "none")
        return (OperatorChoice("null=yes", self.words, "none"), no)


class Blank(NullableEmpty):
    """There is text without characters, which is not the same as no value."""

    slug, words = "blank", "is blank"

    def condition(self, column: Any, value: Any) -> ColumnElement[bool]:
        """Ask for '', and for everything else."""
        condition: ColumnElement[bool] = column == "" if value else or_(column != "", column.is_(None))
        return condition

    def includes_nothing(self, value: Any) -> bool:
        """Count what is not there as not blank."""
        return not value

    def sentence(self, text: str) -> str:
        """Say which of the two."""
        return f"{self.name} {'is blank' if yes_or_no(text) else 'is not blank'}"

    def operators(self) -> tuple[OperatorChoice, ...]:
        """Offer both as operators that take no value."""
        return (OperatorChoice("blank=yes", self.words, "none"), OperatorChoice("blank=no", "is not blank", "none"))


class InList(Operator, engine.FilterInList):
    """One of several, separated by commas."""

    slug, words, control = "in", "is one of", "text"
    hint = "Values with commas between them; one that has a comma in quotation marks."

    @cached_property
    def searched(self) -> SearchColumn | None:
        """Use the search's index, but for a column that has one of its own for this."""
        is_plain = type(self) is InList and not self.column.property.columns[0].unique
        return _searched(self, WHOLE) if is_plain else None

    def clean(self, value: str) -> Any:
        """Read each value as one by itself would be read."""
        return [self.clean_one(one) for one in values_of(value)]

    def clean_one(self, value: str) -> Any:
        """Read one value as the column keeps it."""
        return kept(self.column.property.columns[0], value)

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


def _searched(operator: Operator, frame: str) -> SearchColumn | None:
    """Return the column as it is looked up in an index, where one knows it: what is not in a text none knows."""
    column = SearchColumn(operator.column, operator.relation, frame)
    return column if not operator.holds_for_nothing and is_indexed(column) else None


def values_of(text: str) -> list[str]:
    """Split at commas, but for those between quotation marks."""
    try:
        values = next(csv.reader([text], skipinitialspace=True), [])
    except csv.Error:
        # A line end outside of quotation marks: nothing that CSV knows, and no reason to refuse it.
        values = text.split(",")
    return [value.strip() for value in values if value.strip()]
