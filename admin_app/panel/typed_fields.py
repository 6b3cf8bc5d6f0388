"""Fields for one typed value, as the browser's own inputs; a value that is not valid is answered by what to type instead."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, ClassVar

from wtforms import Field
from wtforms.widgets import TextInput

from admin_app.number_parsing import AmbiguousNumber


class TypedField(Field):
    """A value with a text form. An empty input is no value; the column's rule says whether one is required."""

    # For numbers too: browsers' own inputs for them drop signs in silence (of "1,5" one leaves 15).
    widget: Any = TextInput()
    # What templates call it: the name of the column's kind.
    kind: ClassVar[str]
    advice: ClassVar[str]

    @abstractmethod
    def read(self, text: str) -> object:
        """Turn text into the value; may raise ValueError or ArithmeticError, which the advice answers."""

    def write(self, value: object) -> str:
        """Turn the value into what the input takes."""
        return str(value)

    def _value(self) -> str:
        """Return what was typed, readable or not, else the value's text."""
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else self.write(self.data)

    def process_formdata(self, valuelist: list[str]) -> None:
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
