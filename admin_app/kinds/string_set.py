"""A set of words: a person's roles, a role's permissions."""

from __future__ import annotations

from admin_app.db.string_set import StringSet, StringSetType
from admin_app.kinds.base import Kind


class StringSetKind(Kind[StringSet]):
    """A sorted set of words."""

    name = "string_set"
    types = (StringSetType,)
    values = (StringSet,)

    def to_url(self, value: StringSet) -> str:
        """Write the stored text."""
        return StringSet(value).to_text()

    def from_url(self, text: str) -> StringSet:
        """Read the stored text."""
        return StringSet.from_text(text)

    def from_cell(self, cell: str) -> StringSet:
        """Read words separated by commas."""
        return parse_words(cell)

    def history_of(self, value: StringSet) -> str:
        """Write the stored text."""
        return StringSet(value).to_text()

    def value_in_history(self, value: object) -> StringSet:
        """Read the stored text."""
        return StringSet.from_text(str(value))


def parse_words(text: str) -> StringSet:
    """Read words separated by commas."""
    return StringSet(word for one in text.split(",") if (word := one.strip()))
