"""A set of words: the roles of a person, the permissions of a role."""

from __future__ import annotations

from admin_app.db.string_set import StringSet, StringSetType
from admin_app.kinds.base import Kind


class StringSetKind(Kind[StringSet]):
    """A set of words, each once and in order."""

    name = "string_set"
    types = (StringSetType,)
    values = (StringSet,)

    def to_url(self, value: StringSet) -> str:
        """Write them as the table keeps them."""
        return StringSet(value).to_text()

    def from_url(self, text: str) -> StringSet:
        """Read what the table keeps."""
        return StringSet.from_text(text)

    def from_cell(self, cell: str) -> StringSet:
        """Read words with commas between them."""
        return StringSet(word for one in cell.split(",") if (word := one.strip()))

    def history_of(self, value: StringSet) -> str:
        """Write them as the table keeps them."""
        return StringSet(value).to_text()

    def value_in_history(self, value: object) -> StringSet:
        """Read what the table keeps."""
        return StringSet.from_text(str(value))
