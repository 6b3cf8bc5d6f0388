"""Numbers: a line of text, operators for single numbers, ranges and lists."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import TypeVar

from flask_admin.contrib.sqla import filters as engine
from sqlalchemy import ColumnElement

from admin_app.db.attributes import is_key
from admin_app.db.limits import limits_of
from admin_app.domain.plan.changes import Increase
from admin_app.extensions import AnyColumn, Expression, TableColumn
from admin_app.kinds import kind_of
from admin_app.kinds.number import DecimalKind, FloatKind, WholeNumberKind
from admin_app.number_parsing import AmbiguousNumber, number, numbers_in, whole_number
from admin_app.panel.kinds.base import Arguments, BulkChange, PanelKind
from admin_app.panel.operators.base import Operator, ReadValue, ends_in
from admin_app.panel.operators.equality import Empty, Equals, InList, NotEquals, NotInList
from admin_app.panel.typed_fields import TypedField
from admin_app.panel.view_models import Cell, CellKind
from admin_app.selection.list_schema import PAGE_SIZES

# Longest input: as many keys as a page has rows, each with the most digits and a comma.
LONGEST_KEYS = PAGE_SIZES[-1] * 20
# A filter's chip shows this many numbers, and counts the others.
MOST_NAMED = 3

T = TypeVar("T")


class _Number(Operator):
    """Base of operators on numbers."""

    def clean(self, value: str) -> object:
        """Read a number that the column can hold."""
        return number_for(self.column, value)


class NumberEquals(_Number, Equals):
    """The value is exactly this number."""


class NumberNotEquals(_Number, NotEquals):
    """The value is another number, or missing."""


class Greater(_Number, engine.FilterGreater):
    """The value is greater than this number."""

    slug, words = "greater", "is greater than"


class Smaller(_Number, engine.FilterSmaller):
    """The value is less than this number."""

    slug, words = "smaller", "is less than"


class AtLeast(_Number, engine.FilterGreater):
    """The value is this number or more."""

    slug, words = "at_least", "is at least"

    def condition(self, column: Expression, value: object) -> ColumnElement[bool]:
        """Include the number itself."""
        condition: ColumnElement[bool] = column >= value
        return condition


class AtMost(_Number, engine.FilterSmaller):
    """The value is this number or less."""

    slug, words = "at_most", "is at most"

    def condition(self, column: Expression, value: object) -> ColumnElement[bool]:
        """Include the number itself."""
        condition: ColumnElement[bool] = column <= value
        return condition


class NumbersBetween(_Number, engine.FilterEqual):
    """The value is between two numbers, both included."""

    slug, words = "between", "is between"
    hint = "Two numbers: 10 to 20."

    def clean(self, value: str) -> object:
        """Read "10 to 20"."""
        return sorted(number_for(self.column, end) for end in ends_in(value, "numbers, like 10 to 20"))

    def condition(self, column: Expression, value: ReadValue) -> ColumnElement[bool]:
        """Include both ends."""
        condition: ColumnElement[bool] = column.between(*value)
        return condition

    def sentence(self, text: str) -> str:
        """Return the sentence without quotes."""
        return f"{self.name} {self.words} {text}"


class NumberInList(InList):
    """The value is one of these numbers."""

    hint = "Separate numbers with commas, spaces or new lines."

    def fits(self) -> bool:
        """Whether `KeyInList` doesn't apply."""
        return not is_key(self.column)

    def split(self, text: str) -> list[str]:
        """Split at spaces too: no number in a list contains one."""
        return numbers_in(text, is_whole=is_whole(self.column))

    def clean_one(self, value: str) -> object:
        """Read a number that the column can hold."""
        return number_for(self.column, value)

    def named(self, text: str) -> str:
        """Return the numbers that were read, in quotes."""
        return f"“{', '.join(map(str, self.parse(text)))}”"


class KeyInList(NumberInList):
    """The record is one of these: the selected rows of a list, or pasted IDs."""

    hint = "Separate IDs with commas, spaces or new lines."
    longest = LONGEST_KEYS

    def clean(self, value: str) -> list[object]:
        """Remove repetitions."""
        return list(dict.fromkeys(super().clean(value)))

    def named(self, text: str) -> str:
        """Return a few IDs, or the number of many."""
        keys = self.parse(text)
        return ", ".join(map(str, keys)) if len(keys) <= MOST_NAMED else f"{len(keys):,} IDs"

    def fits(self) -> bool:
        """Whether the column is a key."""
        return is_key(self.column)


class NumberNotInList(NumberInList, NotInList):
    """The value is none of these numbers."""

    def fits(self) -> bool:
        """Return True: it applies to every column."""
        return True


def number_for(column: TableColumn, text: str) -> int | Decimal:
    """Read a number in any notation for this column."""
    if not is_whole(column):
        return _read(number, text, "Enter a number, like 4.2.")
    value = _read(whole_number, text, "Enter a whole number, like 42.")
    smallest, largest = limits_of(column)
    if not smallest <= value <= largest:
        message = f"Enter a number between {smallest:,} and {largest:,}."
        raise ValueError(message)
    return value


def _read(read: Callable[[str], T], text: str, advice: str) -> T:
    try:
        return read(text)
    except AmbiguousNumber:
        raise
    except ValueError as error:
        raise ValueError(advice) from error


def is_whole(column: TableColumn) -> bool:
    """Whether a column holds whole numbers."""
    return isinstance(kind_of(column), WholeNumberKind)


class WholeNumberField(TypedField):
    """A whole number."""

    kind = WholeNumberKind.name
    advice = "Enter a whole number, like 42."

    def read(self, text: str) -> int:
        """Read a number in any notation."""
        return whole_number(text)


class DecimalField(TypedField):
    """A decimal."""

    kind = DecimalKind.name
    advice = "Enter a number, like 4.2."

    def read(self, text: str) -> Decimal:
        """Read any notation; refuse infinity and "not a number"."""
        return number(text)


class FloatField(TypedField):
    """A number that the database stores as a float."""

    kind = FloatKind.name
    advice = "Enter a number, like 4.2."

    def read(self, text: str) -> float:
        """Read any notation; the column's rule refuses numbers too large for a float."""
        return float(number(text))


def _increase(column: TableColumn, typed: Sequence[str]) -> Increase:
    """Read the difference, which may exceed the column's range."""
    if is_whole(column):
        return Increase(_read(whole_number, typed[0], WholeNumberField.advice))
    by = _read(number, typed[0], DecimalField.advice)
    return Increase(float(by) if isinstance(kind_of(column), FloatKind) else by)


INCREASE = BulkChange(
    key="increase",
    words="Increase by",
    inputs=(("increase", ""),),
    read=_increase,
    said="increase by {}",
    hint="A minus sign before the number decreases. Records without a number stay without one.",
)


class _NumberPanel(PanelKind):
    """Base of the panel kinds of numbers."""

    cell_kind = CellKind.NUMBER
    operators = (
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
    bulk_changes = (INCREASE,)

    def cell(self, value: object) -> Cell:
        """Draw the number."""
        return Cell(CellKind.NUMBER, str(value))


class WholeNumberPanel(_NumberPanel):
    """A line of text for a whole number; browsers' number inputs drop wrong characters silently."""

    kind = WholeNumberKind

    def width(self, column: AnyColumn) -> str:
        """Return the width of an ID for keys and foreign keys."""
        return "id" if column.primary_key or column.foreign_keys else super().width(column)

    def field(self, _column: TableColumn, arguments: Arguments) -> WholeNumberField:
        """Create a line of text; a validator checks the column's range."""
        return WholeNumberField(**arguments)


class DecimalPanel(_NumberPanel):
    """A line of text for a decimal."""

    kind = DecimalKind

    def field(self, _column: TableColumn, arguments: Arguments) -> DecimalField:
        """Create a line of text, which loses no digit."""
        return DecimalField(**arguments)


class FloatPanel(_NumberPanel):
    """A line of text for a float."""

    kind = FloatKind

    def field(self, _column: TableColumn, arguments: Arguments) -> FloatField:
        """Create a line of text."""
        return FloatField(**arguments)
