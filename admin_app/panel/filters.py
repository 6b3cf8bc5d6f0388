"""The operators of each type: Flask-Admin's filters, with its holes closed, saying what they mean and what they take."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, ClassVar

from flask_admin.contrib.sqla import filters as engine
from flask_admin.model.filters import convert
from sqlalchemy import ColumnElement, Date, String, and_, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from admin_app.domain.finding import find_one
from admin_app.errors import NotFoundError
from admin_app.extensions import db
from admin_app.panel.elements import Hidden
from admin_app.panel.registry import names_of

YES_NO: tuple[Hidden, ...] = (("yes", "Yes"), ("no", "No"))
LARGEST_NUMBER = 2**63 - 1


class Operator(engine.BaseSQLAFilter):  # type: ignore[misc]  # Flask-Admin's generics leak Any
    """One operator on one column: a Flask-Admin filter that parses strictly and yields a plain condition."""

    slug: ClassVar[str]
    words: ClassVar[str]
    input_type: ClassVar[str] = "text"
    # The to-one relation that leads to the column, where it is another model's.
    relation: InstrumentedAttribute[Any] | None = None

    def operation(self) -> str:
        """Name the operator."""
        return self.words

    def parse(self, text: str) -> Any:
        """Turn what was typed into a value; raise ValueError saying what to type."""
        if not text.strip():
            message = "Enter a value."
            raise ValueError(message)
        return self.clean(text)

    def criterion(self, value: Any) -> ColumnElement[bool]:
        """Return the condition on the listed model, through the relation where there is one."""
        condition = self.condition(self.column, value)
        return condition if self.relation is None else self.relation.has(condition)

    def condition(self, column: Any, value: Any) -> ColumnElement[bool]:
        """Return the condition on the column itself: what Flask-Admin's own `apply` would have added to the query."""
        statement = self.apply(select(column), value)
        condition: ColumnElement[bool] = statement.whereclause
        return condition

    def sentence(self, text: str) -> str:
        """Say it for a person."""
        return f"{self.name} {self.words} “{text}”"

    def operators(self) -> tuple[Hidden, ...]:
        """Return what the form offers for this filter: (value, words)."""
        return ((self.slug, self.words),)

    def choices(self) -> tuple[Hidden, ...]:
        """Return the values to choose from, where there is a fixed set."""
        return ()


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

    def condition(self, column: Any, value: Any) -> ColumnElement[bool]:
        """Count NULL in."""
        return or_(~super().condition(column, value), column.is_(None))


class Equals(Operator, engine.FilterEqual):
    """Exactly this."""

    slug, words = "equals", "is"


class NotEquals(Operator, engine.FilterNotEqual):
    """Anything else, nothing included."""

    slug, words = "not_equals", "is not"

    def condition(self, column: Any, value: Any) -> ColumnElement[bool]:
        """Count NULL in, which `!=` leaves out."""
        return or_(column != value, column.is_(None))


class Empty(Operator, engine.FilterEmpty):
    """There is a value, or there is none; for text, no characters are no value."""

    slug, words = "empty", "is empty"

    def parse(self, text: str) -> bool:
        """Take yes or no."""
        return _yes_or_no(text)

    def condition(self, column: Any, value: Any) -> ColumnElement[bool]:
        """Ask for NULL, and for '' in text."""
        is_text = isinstance(column.type, String)
        empty = or_(column.is_(None), column == "") if is_text else column.is_(None)
        return empty if value else ~empty

    def sentence(self, text: str) -> str:
        """Say which of the two."""
        return f"{self.name} {'is empty' if _yes_or_no(text) else 'is not empty'}"

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


class _Number(Operator):
    """What whole numbers have in common."""

    input_type = "text"

    def clean(self, value: str) -> Any:
        """Read a whole number that a database can hold."""
        return _whole_number(value)


class NumberEquals(_Number, Equals):
    """Exactly this number."""


class NumberNotEquals(_Number, NotEquals):
    """Any other number, or none."""


class Greater(_Number, engine.FilterGreater):
    """Above."""

    slug, words = "greater", "is greater than"


class Smaller(_Number, engine.FilterSmaller):
    """Below."""

    slug, words = "smaller", "is smaller than"


class NumberInList(InList):
    """One of several numbers."""

    def clean(self, value: str) -> Any:
        """Read whole numbers between commas."""
        return [_whole_number(part) for part in value.split(",") if part.strip()]


class IsYes(Operator, engine.FilterEqual):
    """A yes-or-no column."""

    slug, words, input_type = "is", "is", "select"

    def parse(self, text: str) -> bool:
        """Take yes or no."""
        return _yes_or_no(text)

    def sentence(self, text: str) -> str:
        """Say it without quotes."""
        return f"{self.name}: {'yes' if _yes_or_no(text) else 'no'}"

    def choices(self) -> tuple[Hidden, ...]:
        """Offer both."""
        return YES_NO


class IsChoice(Operator, engine.FilterEqual):
    """One of a fixed set."""

    slug, words, input_type = "is", "is", "select"

    def clean(self, value: str) -> str:
        """Take one of the set."""
        if value not in self.column.type.enums:
            message = f"Choose one of {', '.join(self.column.type.enums)}."
            raise ValueError(message)
        return value

    def choices(self) -> tuple[Hidden, ...]:
        """Offer the set."""
        return tuple((value, value.replace("_", " ").capitalize()) for value in self.column.type.enums)


class _Day(Operator):
    """What times and dates have in common: a day is typed, and means all of that day in UTC."""

    def clean(self, value: str) -> tuple[Any, Any]:
        """Read a day as its first moment and the first moment after it."""
        return self._span(_day(value), _day(value))

    def _span(self, first: date, last: date) -> tuple[Any, Any]:
        after = last + timedelta(days=1)
        if isinstance(self.column.type, Date):
            return first, after
        return datetime.combine(first, time(), UTC), datetime.combine(after, time(), UTC)

    def sentence(self, text: str) -> str:
        """Say it without quotes."""
        return f"{self.name} {self.words} {text}"


class OnDay(_Day):
    """Some time that day."""

    slug, words = "on", "is on"

    def condition(self, column: Any, value: Any) -> ColumnElement[bool]:
        """Ask for the whole day."""
        return and_(column >= value[0], column < value[1])


class FromDay(_Day):
    """That day or later."""

    slug, words = "from", "is on or after"

    def condition(self, column: Any, value: Any) -> ColumnElement[bool]:
        """Begin with the day's first moment."""
        condition: ColumnElement[bool] = column >= value[0]
        return condition


class UntilDay(_Day):
    """That day or earlier."""

    slug, words = "until", "is on or before"

    def condition(self, column: Any, value: Any) -> ColumnElement[bool]:
        """End with the day's last moment."""
        condition: ColumnElement[bool] = column < value[1]
        return condition


class BetweenDays(OnDay):
    """From one day to another, both included."""

    slug, words = "between", "is between"

    def clean(self, value: str) -> tuple[Any, Any]:
        """Read "2026-01-01 to 2026-01-31"."""
        parts = re.split(r"\s+(?:to|and)\s+", value.strip())
        if len(parts) != 2:  # noqa: PLR2004 -- a first and a last day
            message = "Enter two dates, like 2026-01-01 to 2026-01-31."
            raise ValueError(message)
        first, last = sorted(map(_day, parts))
        return self._span(first, last)


class RelationIs(Operator):
    """The related record is this one, given by its ID, its email or its name."""

    slug, words, input_type = "is", "is", "relation"

    def __init__(self, relation: InstrumentedAttribute[Any], name: str) -> None:
        """Keep the relation and the model on its other side."""
        super().__init__(relation, name)
        self.target = relation.property.mapper.class_

    def clean(self, value: str) -> Any:
        """Find the record; an id that is gone still means that id, and matches nothing."""
        if value.strip().isascii() and value.strip().isdigit():
            return _whole_number(value)
        noun, nouns = names_of(self.target)
        try:
            return find_one(db.session, self.target, value, noun=noun, nouns=nouns).id
        except NotFoundError as error:
            raise ValueError(str(error)) from error

    def condition(self, column: Any, value: Any) -> ColumnElement[bool]:
        """Compare the foreign key: no join."""
        condition: ColumnElement[bool] = column.property.local_remote_pairs[0][0] == value
        return condition

    def sentence(self, text: str) -> str:
        """Name the record rather than its number."""
        record = db.session.get(self.target, self.parse(text))
        return f"{self.name} is “{record}”" if record is not None else f"{self.name} is ID {text} (deleted)"


class RelationEmpty(Empty):
    """There is a related record, or none."""

    def condition(self, column: Any, value: Any) -> ColumnElement[bool]:
        """Ask the foreign key."""
        foreign_key = column.property.local_remote_pairs[0][0]
        condition: ColumnElement[bool] = foreign_key.is_(None) if value else foreign_key.is_not(None)
        return condition


class Operators(engine.FilterConverter):  # type: ignore[misc]  # Flask-Admin's generics leak Any
    """Which operators a column's type gets; Flask-Admin's `scaffold_filters` asks it."""

    strings = (Contains, NotContains, Equals, NotEquals, InList, NotInList, Empty)
    int_filters = (NumberEquals, NumberNotEquals, Greater, Smaller, NumberInList, Empty)
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


def _yes_or_no(text: str) -> bool:
    answers = {"yes": True, "1": True, "no": False, "0": False}
    if text.strip().lower() not in answers:
        message = "Enter yes or no."
        raise ValueError(message)
    return answers[text.strip().lower()]


def _whole_number(text: str) -> int:
    """Read what a person types, thousands separators included."""
    digits = text.strip().replace(",", "").replace(" ", "")
    if not re.fullmatch(r"[+-]?[0-9]{1,19}", digits) or abs(int(digits)) > LARGEST_NUMBER:
        message = "Enter a whole number, like 42."
        raise ValueError(message)
    return int(digits)


def _day(text: str) -> date:
    """Read a date, or the date of a time."""
    try:
        day = date.fromisoformat(text.strip()[:10])
    except ValueError as error:
        message = "Enter a date like 2026-11-22."
        raise ValueError(message) from error
    if day == date.max:
        message = "Enter a date before 9999-12-31."
        raise ValueError(message)
    return day
