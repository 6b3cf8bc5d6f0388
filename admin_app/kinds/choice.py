"""One of a fixed set."""

from __future__ import annotations

from enum import Enum as PythonEnum
from typing import Any

import sqlalchemy as sa

from admin_app.extensions import Values
from admin_app.kinds.base import Expression, Kind
from admin_app.kinds.spreadsheet import neutralised


class ChoiceKind(Kind[object]):
    """One of a fixed set: members of an enumeration, or texts."""

    name = "choice"
    types = (sa.Enum,)
    values = (PythonEnum,)
    is_text = True

    @property
    def members(self) -> Values:
        """The set, by what a person reads and a file says."""
        kind = self.type
        return {str(one.value): one for one in kind.enum_class} if kind.enum_class else {one: one for one in kind.enums}

    def stored_as(self, value: object) -> str:
        """Return the text that the table keeps for a member."""
        kind = self.type
        return str(dict(zip(kind.enum_class, kind.enums, strict=False))[value] if kind.enum_class else value)

    def to_url(self, value: object) -> str:
        """Write what a person reads."""
        return str(value.value if isinstance(value, PythonEnum) else value)

    def from_url(self, text: str) -> object:
        """Read a member."""
        return self.members[text]

    @staticmethod
    def to_csv(value: Any) -> str:
        """Write what a person reads."""
        return str(value.value)

    @staticmethod
    def to_json(value: Any) -> object:
        """Write the value as it is."""
        return value.value

    @staticmethod
    def to_sheet(value: Any) -> str:
        """Write what a person reads."""
        return str(value.value)

    def from_cell(self, cell: str) -> object:
        """Find the choice that is written like this, neutralised or not, else the first that differs in capitals alone."""
        text, members = cell.strip(), self.members
        by_text = {form(one).strip(): member for form in (str, neutralised) for one, member in members.items()}
        in_small_letters = {one.lower(): member for one, member in reversed(by_text.items())}
        found = by_text.get(text, in_small_letters.get(text.lower()))
        if found is not None:
            return found
        message = f"must be one of {', '.join(members)}."
        raise ValueError(message)

    def from_neutralised_cell(self, cell: str) -> object:
        """Find a choice by either form."""
        return self.from_cell(cell)

    def history_of(self, value: object) -> str:
        """Write what the table keeps."""
        return self.stored_as(value)

    def value_in_history(self, value: object) -> object:
        """Read what the table keeps."""
        kind = self.type
        return dict(zip(kind.enums, kind.enum_class, strict=False))[value] if kind.enum_class else value

    def from_history_on_postgres(self, text: Expression) -> Expression:
        """Take the text."""
        return text
