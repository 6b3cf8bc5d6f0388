"""A choice from a fixed set."""

from __future__ import annotations

from enum import Enum as PythonEnum

import sqlalchemy as sa
from sqlalchemy import ColumnElement, or_

from admin_app.extensions import Expression, Values
from admin_app.kinds.base import Kind
from admin_app.kinds.spreadsheet import neutralised

# PostgreSQL's limit in bytes.
_LONGEST_LABEL = 63


class ChoiceKind(Kind[object]):
    """A choice from a fixed set: members of an enumeration, or texts."""

    name = "choice"
    types = (sa.Enum,)
    values = (PythonEnum,)

    @property
    def members(self) -> Values:
        """The members of the set, by their texts on pages and in files."""
        return {self.text_of(one): one for one in self.type.enum_class or self.type.enums}

    @staticmethod
    def text_of(value: object) -> str:
        """Return a member's text: its value, or its name if the value isn't text."""
        if not isinstance(value, PythonEnum):
            return str(value)
        return value.value if isinstance(value.value, str) else value.name.lower()

    def stored_as(self, value: object) -> str:
        """Return the text that the table stores for a member."""
        kind = self.type
        return str(dict(zip(kind.enum_class, kind.enums, strict=False))[value] if kind.enum_class else value)

    def to_url(self, value: object) -> str:
        """Write the member's text."""
        return self.text_of(value)

    def from_url(self, text: str) -> object:
        """Return the member with this text."""
        return self.members[text]

    to_csv = to_json = to_sheet = staticmethod(text_of)

    def from_cell(self, cell: str) -> object:
        """Return the choice with this text, neutralised or not, else the first that differs only in capitals."""
        text, members = cell.strip(), self.members
        by_text = {form(one).strip(): member for form in (str, neutralised) for one, member in members.items()}
        in_small_letters = {one.lower(): member for one, member in reversed(by_text.items())}
        found = by_text.get(text, in_small_letters.get(text.lower()))
        if found is not None:
            return found
        message = f"must be one of {', '.join(members)}."
        raise ValueError(message)

    def from_neutralised_cell(self, cell: str) -> object:
        """Return the choice with this text; `from_cell` accepts both forms."""
        return self.from_cell(cell)

    def history_of(self, value: object) -> str:
        """Write the stored text."""
        return self.stored_as(value)

    def value_in_history(self, value: object) -> object:
        """Return the member with this stored text; a choice that was removed stays text."""
        kind = self.type
        members = zip(kind.enums, kind.enum_class or kind.enums, strict=False)
        return dict(members)[value]

    def may_return(self, held: object) -> bool:
        """Whether the column still takes the choice. A removed one is shown as unreadable, and a check refuses it."""
        return self.is_present(held) or (not self.type.create_constraint and len(str(held)) <= self._room)

    def is_present(self, held: object) -> bool:
        """Whether the set still has the choice. SQLAlchemy can't read a list with a removed one."""
        return held is None or held in self.type.enums

    def may_return_sql(self, value: Expression) -> ColumnElement[bool]:
        """Compare the stored text with the set, or only its length with the column's if there is no check."""
        text = sa.cast(value, sa.Text)
        fits = text.in_(self.type.enums) if self.type.create_constraint else sa.func.length(text) <= self._room
        return or_(value.is_(None), fits)

    def from_history_on_postgres(self, text: Expression) -> Expression:
        """Return the text whole: a cast to the column's length would cut a longer one."""
        return sa.cast(text, self.type) if self.type.native_enum else sa.type_coerce(text, self.type)

    @property
    def _room(self) -> int:
        """The length that the column takes; PostgreSQL's own type has no limit, and keeps removed choices."""
        return _LONGEST_LABEL if self.type.native_enum else self.type.length
