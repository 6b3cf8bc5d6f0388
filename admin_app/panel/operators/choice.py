"""Yes or no, and one of a fixed set."""

from __future__ import annotations

from flask_admin.contrib.sqla import filters as engine

from admin_app.panel.elements import Hidden
from admin_app.panel.operators.base import Operator, yes_or_no

YES_NO: tuple[Hidden, ...] = (("yes", "Yes"), ("no", "No"))


class IsYes(Operator, engine.FilterEqual):
    """A yes-or-no column."""

    slug, words, input_type = "is", "is", "select"

    def parse(self, text: str) -> bool:
        """Take yes or no."""
        return yes_or_no(text)

    def sentence(self, text: str) -> str:
        """Say it without quotes."""
        return f"{self.name}: {'yes' if yes_or_no(text) else 'no'}"

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
