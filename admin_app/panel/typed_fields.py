"""Fields of one typed value, as the browser's own inputs; what cannot be read is answered by what to type instead."""

from __future__ import annotations

from abc import abstractmethod
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from wtforms import Field
from wtforms.widgets import DateInput, DateTimeLocalInput, TextInput, TimeInput

from admin_app.number_parsing import AmbiguousNumber, number, whole_number


class TypedField(Field):
    """A value with a text form. An empty input is no value, and whether one is needed the column's rule says."""

    # For numbers too: browsers' own inputs for them drop signs in silence (of "1,5" one leaves 15).
    widget: Any = TextInput()
    advice: ClassVar[str]

    @abstractmethod
    def read(self, text: str) -> Any:
        """Turn text into the value; may raise ValueError or ArithmeticError, which the advice answers."""

    def write(self, value: Any) -> str:
        """Turn the value into what the input takes."""
        return str(value)

    def _value(self) -> str:
        """Return what was typed, readable or not, else the value's text."""
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else self.write(self.data)

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the value; raise ValueError with the advice, which WTForms shows at the field."""
        if not valuelist:
            return
        typed, self.data = str(valuelist[0]).strip(), None
        if typed:
            try:
                self.data = self.read(typed)
            except AmbiguousNumber:
                raise
            except (ValueError, ArithmeticError) as error:
                raise ValueError(self.advice) from error


class WholeNumberField(TypedField):
    """A whole number."""

    advice = "Enter a whole number, like 42."

    def read(self, text: str) -> int:
        """Read it however it is written."""
        return whole_number(text)


class DecimalField(TypedField):
    """An exact number."""

    advice = "Enter a number, like 4.2."

    def read(self, text: str) -> Decimal:
        """Read it however it is written; neither infinity nor what is no number."""
        return number(text)


class FloatField(TypedField):
    """A number that the database keeps as a float."""

    advice = "Enter a number, like 4.2."

    def read(self, text: str) -> float:
        """Read it however it is written; what is too large for a float the rule refuses."""
        return float(number(text))


class DateField(TypedField):
    """A day."""

    widget = DateInput()
    advice = "Enter a date like 2026-11-22."

    def read(self, text: str) -> date:
        """Read ISO 8601."""
        return date.fromisoformat(text)


class TimeField(TypedField):
    """A time of the day."""

    widget = TimeInput()
    advice = "Enter a time like 09:30."

    def read(self, text: str) -> time:
        """Read ISO 8601."""
        return time.fromisoformat(text)


class UtcDateTimeField(TypedField):
    """A date and time, typed and shown in UTC."""

    widget = DateTimeLocalInput()
    advice = "Enter a date and a time in UTC, like 2026-11-22 09:30."

    def read(self, text: str) -> datetime:
        """Read ISO 8601; the zone is the label's."""
        return datetime.fromisoformat(text).replace(tzinfo=UTC)

    def write(self, value: Any) -> str:
        """Leave the zone out: the browser's input has none."""
        moment: datetime = value
        return moment.astimezone(UTC).replace(tzinfo=None).isoformat()


class UuidField(TypedField):
    """A UUID, however it is written."""

    advice = "Enter a UUID like 12345678-1234-5678-1234-567812345678."

    def read(self, text: str) -> UUID:
        """Take it with braces, without hyphens."""
        return UUID(text)
