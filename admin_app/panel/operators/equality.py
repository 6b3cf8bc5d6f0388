"""Operators for values of any kind: is, is one of, is empty."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property
from typing import Any

from flask_admin.contrib.sqla import filters as engine
from sqlalchemy import ColumnElement, or_, select

from admin_app.db.attributes import is_nullable, is_unique, stored_column
from admin_app.db.caseless import is_caseless, same, same_as_any
from admin_app.db.keys import key_of
from admin_app.domain.records.rules import normalised
from admin_app.extensions import AnyColumn, Expression
from admin_app.kinds import kind_of
from admin_app.kinds.formatted import EmailKind
from admin_app.panel.operators.base import Operator, ReadValue, yes_or_no
from admin_app.panel.view_models import OperatorChoice
from admin_app.selection.list_schema import WHOLE, SearchColumn
from admin_app.selection.search.indexes import is_indexed
from admin_app.selection.search.match_sql import is_whole
from admin_app.unicode_text import forms
from admin_app.value_lists import values_of

_SEPARATOR_BUT_COMMA = re.compile(r"[;\t\r\n\v\f\x85\u2028\u2029]")


class Equals(Operator, engine.FilterEqual):
    """Exactly this value. Text in a unique column is compared without case, as uniqueness is."""

    slug, words = "equals", "is"

    def condition(self, column: Expression, value: ReadValue) -> ColumnElement[bool]:
        """Use the unique index if there is one."""
        if _is_caseless(self):
            return same(column, value)
        return is_whole(column, value) if _is_free(column) else super().condition(column, value)

    @cached_property
    def searched(self) -> SearchColumn | None:
        """Use the search's index, but for a column that has one of its own for this."""
        return searched_in(self, WHOLE) if type(self) is Equals and not self.means_one() else None

    def clean(self, value: str) -> object:
        """Read the value as the column stores it."""
        return normalised(self.column, value)

    def means_one(self) -> bool:
        """Whether the column is unique."""
        return is_unique(self.column)

    def typed(self, value: object) -> str | None:
        """Write the value."""
        return str(value)


class NotEquals(Operator, engine.FilterNotEqual):
    """Another value, or no value."""

    slug, words = "not_equals", "is not"
    holds_for_nothing = True
    clean = Equals.clean

    def condition(self, column: Expression, value: ReadValue) -> ColumnElement[bool]:
        """Include NULL, which `!=` leaves out."""
        if _is_caseless(self):
            return _all_but(column, same(column, value))
        is_other = ~is_whole(column, value) if _is_free(column) else column != value
        return or_(is_other, column.is_(None))


class Empty(Operator, engine.FilterEmpty):
    """There is a value, or there is none; an empty text counts as none."""

    slug, words = "empty", "is empty"

    def parse(self, text: str) -> bool:
        """Take yes or no."""
        return yes_or_no(text)

    def condition(self, column: Expression, value: object) -> ColumnElement[bool]:
        """Test for NULL, and for '' in text."""
        empty = or_(column.is_(None), column == "") if kind_of(column).is_text else column.is_(None)
        return empty if value else ~empty

    def includes_nothing(self, value: object) -> bool:
        """Count what is not there as empty."""
        return bool(value)

    def sentence(self, text: str) -> str:
        """Say which of the two."""
        return f"{self.name} {'is empty' if yes_or_no(text) else 'is not empty'}"

    def operators(self) -> tuple[OperatorChoice, ...]:
        """Offer both as operators that take no value."""
        return (OperatorChoice("empty=yes", "is empty", "none"), OperatorChoice("empty=no", "is not empty", "none"))

    def typed(self, value: object) -> str | None:
        """Find those without a value."""
        return "yes" if value is None else None


class NullableEmpty(Empty):
    """There is a value, or there is none; offered only for columns that can be empty."""

    def fits(self) -> bool:
        """Whether the column can be empty."""
        return is_nullable(self.column)


class InList(Operator, engine.FilterInList):
    """One of several, with commas, semicolons, tabs or line ends between them: typed, or pasted from a spreadsheet."""

    slug, words, control = "in", "is one of", "text"
    hint = "Separate values with commas, semicolons or new lines. Put a value that contains a comma in quotes."

    @cached_property
    def searched(self) -> SearchColumn | None:
        """Use the search's index, but for a column that has one of its own for this."""
        is_plain = type(self) is InList and not is_unique(self.column)
        return searched_in(self, WHOLE) if is_plain else None

    def condition(self, column: Expression, value: ReadValue) -> ColumnElement[bool]:
        """Compare each as one by itself would be compared."""
        return same_as_any(column, value) if _is_caseless(self) else super().condition(column, _forms(column, value))

    def clean(self, value: str) -> list[object]:
        """Read each value as one by itself would be read."""
        return [self.clean_one(one) for one in self.split(value)]

    def split(self, text: str) -> list[str]:
        """Split where the kind of value allows it: an email has no blanks, a name may."""
        return values_of(text, at_blanks=is_email(self.column))

    def clean_one(self, value: str) -> object:
        """Read one value as the column keeps it."""
        return normalised(self.column, value)

    def parse(self, text: str) -> list[object]:
        """Refuse an empty list: it would match no row, or every row."""
        values = self.clean(text)
        if not values:
            message = "Enter one or more values, separated by commas."
            raise ValueError(message)
        return values

    def sentence(self, text: str) -> str:
        """Return the filter in words, on one line."""
        return f"{self.name} {self.words} {self.named(text)}"

    def named(self, text: str) -> str:
        """Return the values as typed, with commas in place of pasted line ends."""
        return f"“{', '.join(self.split(text)) if _SEPARATOR_BUT_COMMA.search(text) else text}”"


class NotInList(InList, engine.FilterNotInList):
    """None of several."""

    slug, words = "not_in", "is none of"
    holds_for_nothing = True

    def condition(self, column: Expression, value: ReadValue) -> ColumnElement[bool]:
        """Leave out the rows that the index finds."""
        if _is_caseless(self):
            return _all_but(column, same_as_any(column, value))
        return super().condition(column, _forms(column, value))


def _is_caseless(operator: Operator) -> bool:
    column = stored_column(operator.column)
    return column is not None and is_caseless(column)


def _is_free(column: AnyColumn) -> bool:
    """Whether the column can hold any text; values of a fixed set have one spelling."""
    return kind_of(column).normaliser is not None


def _forms(column: AnyColumn, values: Iterable[Any]) -> list[object]:
    """Add to texts the forms in which old rows may have them."""
    return [form for one in values for form in forms(one)] if _is_free(column) else list(values)


def _all_but(column: AnyColumn, found: ColumnElement[bool]) -> ColumnElement[bool]:
    """Leave out the records that the index finds. The look-up runs once; a negated comparison would run for each row."""
    key: Expression = key_of(column.parent.class_)
    return key.not_in(select(key).select_from(column.parent.class_).where(found).correlate(None))


def searched_in(operator: Operator, frame: str) -> SearchColumn | None:
    """Return the column for a look-up in the search index, if that has the column. An index cannot find rows without a value."""
    column = SearchColumn(operator.column, operator.relation, frame)
    return column if not operator.holds_for_nothing and is_indexed(column) else None


def is_email(column: AnyColumn) -> bool:
    """Whether the column holds emails."""
    return isinstance(kind_of(column), EmailKind)
