"""Fields for one typed value, with the browser's own inputs; the error of a wrong value says what to type instead."""

from __future__ import annotations

import re
from abc import abstractmethod
from typing import Any, ClassVar

from wtforms import Field
from wtforms.widgets import TextInput

from admin_app.db.unreadable import Unreadable
from admin_app.formatting import plain_lines
from admin_app.number_parsing import AmbiguousNumber
from admin_app.timezones import UnclearTimeError

# The suffix of the hidden field with the time zone in which a time was drawn: "at.zone".
ZONE = ".zone"


class TypedField(Field):
    """A value with a text form. An empty input is no value; the column's rule says whether one is required."""

    # Numbers have a text input, because browsers' number inputs drop characters silently: one turns "1,5" into 15.
    widget: Any = TextInput()
    # The field's type, as templates see it: the name of the column's kind.
    kind: ClassVar[str]
    advice: ClassVar[str]
    # The format that the browser's input accepts. It would empty anything else, which is therefore shown in a text input.
    taken: ClassVar[re.Pattern[str] | None] = None

    @abstractmethod
    def read(self, text: str) -> object:
        """Turn text into the value; raise ValueError or ArithmeticError for an unusable text, which shows the advice."""

    def write(self, value: object) -> str:
        """Turn the value into text for the input."""
        return str(value)

    def _value(self) -> str:
        """Return the typed text, readable or not, or else the value's text."""
        if self.raw_data:
            return str(self.raw_data[0])
        return self._drawn(self.data)

    def _drawn(self, value: object) -> str:
        return "" if value is None else str(value) if isinstance(value, Unreadable) else self.write(value)

    def process(self, *args: Any, **kwargs: Any) -> None:
        """Use a text input if the browser's own input would empty the text."""
        super().process(*args, **kwargs)
        if self.taken is not None and not self.taken.fullmatch(self._value()):
            self.widget = TextInput()

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the value; raise ValueError with the advice, which WTForms shows at the field.

        An unchanged text means the value itself: the text may lack digits of it, or be unreadable.
        """
        if not valuelist:
            return
        typed, self.data = str(valuelist[0]).strip(), None
        if self.object_data is not None and as_sent(typed) == as_sent(self._drawn(self.object_data)).strip():
            self.data = self.object_data
        elif typed:
            try:
                self.data = self.read(typed)
            except (AmbiguousNumber, UnclearTimeError):
                raise
            except (ValueError, ArithmeticError) as error:
                raise ValueError(self.advice) from error


def as_sent(text: str) -> str:
    """Return a text as a browser would send it back: with CRLF line ends, and without NUL, which HTML replaces."""
    return plain_lines(text).replace("\0", "\ufffd")
