"""One of a fixed set."""

from __future__ import annotations

from enum import Enum as PythonEnum

import sqlalchemy as sa
from sqlalchemy import ColumnElement, or_

from admin_app.extensions import Expression, Values
from admin_app.kinds.base import Kind
from admin_app.kinds.spreadsheet import neutralised


class ChoiceKind(Kind[object]):
    """One of a fixed set: members of an enumeration, or texts."""

    name = "choice"
    types = (sa.Enum,)
    values = (PythonEnum,)

    @property
    def members(self) -> Values:
        """The set, by what a person reads and a file says."""
        return {self.text_of(one): one for one in self.type.enum_class or self.type.enums}

    @staticmethod
    def text_of(value: object) -> str:
        """Return what a person reads of a member: its value, or its name where that is no text."""
        if not isinstance(value, PythonEnum):
            return str(value)
        return value.value if isinstance(value.value, str) else value.name.lower()

    def stored_as(self, value: object) -> str:
        """Return the text that the table keeps for a member."""
        kind = self.type
        return str(dict(zip(kind.enum_class, kind.enums, strict=False))[value] if kind.enum_class else value)

    def to_url(self, value: object) -> str:
        """Write what a person reads."""
        return self.text_of(value)

    def from_url(self, text: str) -> object:
        """Read a member."""
        return self.members[text]

    to_csv = to_json = to_sheet = staticmethod(text_of)

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
        """Read what the table keeps; a choice that was taken away since is its text."""
        kind = self.type
        members = zip(kind.enums, kind.enum_class or kind.enums, strict=False)
        return dict(members)[value]

    def may_return(self, held: object) -> bool:
        """Know a choice that there still is: of any other SQLAlchemy could not read the row again, nor a list with it."""
        return held is None or held in self.type.enums

    def may_return_sql(self, value: Expression) -> ColumnElement[bool]:
        """Know it by its text."""
        return or_(value.is_(None), sa.cast(value, sa.Text).in_(self.type.enums))
