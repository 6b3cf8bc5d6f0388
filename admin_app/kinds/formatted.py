"""Text with a format, named in the column's `info`: input is normalised to one spelling, or refused."""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Callable
from typing import ClassVar

from sqlalchemy import String

from admin_app.extensions import Expression
from admin_app.kinds.text import TextKind
from admin_app.unicode_text import line, unseen_in

# One @ with something on both sides and no white space: only a mail can show whether the address works.
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")


class FormattedKind(TextKind):
    """Text that is normalised in forms, files and commands."""

    is_named = True
    types = (String,)
    values = ()
    # What the text must be, and an example.
    wanted: ClassVar[str]
    example: ClassVar[str]

    @abstractmethod
    def read(self, text: str) -> str:
        """Return the normalised text; raise `ValueError` if the format is wrong."""

    @property
    def normaliser(self) -> Callable[[str], str]:
        """The function that normalises a text; text in a wrong format stays unchanged, and is refused later."""

        def keep(text: str) -> str:
            typed = line(text)
            try:
                return self.read(typed)
            except ValueError:
                return typed

        return keep

    def problem_with(self, label: str, value: str) -> str | None:
        """Return the problem with a text that is too long or in a wrong format."""
        if problem := super().problem_with(label, value):
            return problem
        try:
            self.read(value)
        except ValueError:
            return f"{label} must {self.wanted}, like {self.example}."
        return None

    def fits_sql(self, _value: Expression, _dialect: str) -> None:
        """Leave the check to Python."""


class EmailKind(FormattedKind):
    """An email address, stored as it is typed."""

    name = "email"
    wanted = "look like an email address"
    example = "name@example.com"

    def read(self, text: str) -> str:
        """Require the @."""
        if not _EMAIL.fullmatch(text):
            raise ValueError(text)
        return text

    def problem_with(self, label: str, value: str) -> str | None:
        """Return the problem with invisible characters, or with a missing part."""
        if problem := TextKind.problem_with(self, label, value):
            return problem
        if unseen := unseen_in(value):
            return f"{label} contains an invisible character: {unseen}. Remove it."
        return None if _EMAIL.fullmatch(value) else f"{label} must look like {self.example}."
