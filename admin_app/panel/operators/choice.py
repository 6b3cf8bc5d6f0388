"""Values that are not measured or read but named: yes or no, one of a fixed set, a UUID."""

from __future__ import annotations

import json
from enum import Enum
from typing import Any
from uuid import UUID

from flask_admin.contrib.sqla import filters as engine
from sqlalchemy import ColumnElement

from admin_app.panel.elements import Hidden
from admin_app.panel.operators.base import Operator, yes_or_no
from admin_app.panel.operators.text import Equals, InList, NotEquals, NotInList, values_of
from admin_app.selection.search.match_sql import contains

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

    def typed(self, value: Any) -> str | None:
        """Write the answer."""
        return "yes" if value else "no"


class _Uuid(Operator):
    """What operators on UUIDs have in common."""

    def clean(self, value: str) -> UUID:
        """Read a UUID, however it is written."""
        try:
            return UUID(value.strip())
        except ValueError as error:
            message = "Enter a UUID, like 12345678-1234-5678-1234-567812345678."
            raise ValueError(message) from error


class UuidEquals(_Uuid, Equals):
    """Exactly this UUID."""


class UuidNotEquals(_Uuid, NotEquals):
    """Any other UUID, or none."""


class UuidInList(_Uuid, InList):
    """One of several UUIDs."""

    clean, clean_one = InList.clean, _Uuid.clean

    def split(self, text: str) -> list[str]:
        """Split at blanks too: no UUID has one."""
        return values_of(text, at_blanks=True)


class UuidNotInList(UuidInList, NotInList):
    """None of several UUIDs."""


class IsChoice(Operator, engine.FilterEqual):
    """One of a fixed set."""

    slug, words, input_type = "is", "is", "select"

    def clean(self, value: str) -> str:
        """Take one of the set."""
        return member_of(self.column, value)

    def choices(self) -> tuple[Hidden, ...]:
        """Offer the set."""
        return tuple((value, value.replace("_", " ").capitalize()) for value in self.column.type.enums)

    def typed(self, value: Any) -> str | None:
        """Write the member as the set has it."""
        kind = self.column.type
        if isinstance(value, Enum):
            return str(dict(zip(kind.enum_class, kind.enums, strict=False))[value]) if kind.enum_class else None
        return str(value)


class HasWord(Operator, engine.FilterLike):
    """The word is in the set."""

    slug, words = "has", "include"

    def clean(self, value: str) -> str:
        """Take one word."""
        return value.strip().lower()

    def condition(self, column: Any, value: Any) -> ColumnElement[bool]:
        """Look for it between its quotes."""
        return contains(column, json.dumps(value, ensure_ascii=False))


class HasNotWord(HasWord):
    """The word is not in the set."""

    slug, words = "has_not", "do not include"

    def condition(self, column: Any, value: Any) -> ColumnElement[bool]:
        """Look for sets without it."""
        return ~super().condition(column, value)


class ChoiceInList(InList):
    """One of several of a fixed set."""

    def clean_one(self, value: str) -> Any:
        """Take one of the set."""
        return member_of(self.column, value)


class ChoiceNotInList(ChoiceInList, NotInList):
    """None of several of a fixed set."""


def member_of(column: Any, value: str) -> str:
    """Return the value if the column's set has it; raise ValueError naming the set."""
    if value not in column.type.enums:
        message = f"Choose one of {', '.join(column.type.enums)}."
        raise ValueError(message)
    return value
