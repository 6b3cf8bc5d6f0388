"""Fields for one typed value, as the browser's own inputs; a value that is not valid is answered by what to type instead."""

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

# What the name of the zone is sent as that a time was drawn in: "at.zone".
ZONE = ".zone"


class TypedField(Field):
    """A value with a text form. An empty input is no value; the column's rule says whether one is required."""

    # For numbers too: browsers' own inputs for them drop signs in silence (of "1,5" one leaves 15).
    widget: Any = TextInput()
    # What templates call it: the name of the column's kind.
    kind: ClassVar[str]
    advice: ClassVar[str]
    # What the browser's own input for it takes. It empties anything else, which is therefore shown in a line of text.
    taken: ClassVar[re.Pattern[str] | None] = None

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
        return self._drawn(self.data)

    def _drawn(self, value: object) -> str:
        return "" if value is None else str(value) if isinstance(value, Unreadable) else self.write(value)

    def process(self, *args: Any, **kwargs: Any) -> None:
        """Take a line of text for what the browser's own input would empty."""
        super().process(*args, **kwargs)
        if self.taken is not None and not self.taken.fullmatch(self._value()):
            self.widget = TextInput()

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the value; raise ValueError with the advice, which WTForms shows at the field.

        What is sent as it was drawn is the value itself: its text may lack digits, and may be unreadable.
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
    """Return a text as a browser sends what it was given: with other line ends, and without NUL, which HTML replaces."""
    return plain_lines(text).replace("\0", "\ufffd")
