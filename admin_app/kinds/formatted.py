"""Text of a form of its own, which its column names in `info`: what is typed is kept in one spelling, and refused where it has none."""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Callable
from typing import ClassVar

from sqlalchemy import String

from admin_app.extensions import Expression
from admin_app.kinds.text import TextKind
from admin_app.unicode_text import line, unseen_in

# One @ with something on both sides and no white space: whether mail arrives, only mail can tell.
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")


class FormattedKind(TextKind):
    """Text that a form, a file and a command write in one way."""

    is_named = True
    types = (String,)
    values = ()
    # What it has to look like, and one of them.
    wanted: ClassVar[str]
    example: ClassVar[str]

    @abstractmethod
    def read(self, text: str) -> str:
        """Return the spelling that is kept; raise `ValueError` for what is none."""

    @property
    def way_of_keeping(self) -> Callable[[str], str]:
        """Write it in its spelling; what has none stays as it was typed, to be refused."""

        def keep(text: str) -> str:
            typed = line(text)
            try:
                return self.read(typed)
            except ValueError:
                return typed

        return keep

    def problem_with(self, label: str, value: str) -> str | None:
        """Refuse also what has no spelling."""
        if problem := super().problem_with(label, value):
            return problem
        try:
            self.read(value)
        except ValueError:
            return f"{label} must {self.wanted}, like {self.example}."
        return None

    def fits_sql(self, _value: Expression, _dialect: str) -> None:
        """Leave it to Python."""


class EmailKind(FormattedKind):
    """An email address, kept as it is typed."""

    name = "email"
    wanted = "look like an email address"
    example = "name@example.com"

    def read(self, text: str) -> str:
        """Look for the @."""
        if not _EMAIL.fullmatch(text):
            raise ValueError(text)
        return text

    def problem_with(self, label: str, value: str) -> str | None:
        """Name the characters that nobody sees; say what is missing."""
        if problem := TextKind.problem_with(self, label, value):
            return problem
        if unseen := unseen_in(value):
            return f"{label} contains an invisible character: {unseen}. Remove it."
        return None if _EMAIL.fullmatch(value) else f"{label} must look like {self.example}."
