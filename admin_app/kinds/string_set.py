"""A set of words: the roles of a person, the permissions of a role."""

from __future__ import annotations

from typing import Any

from admin_app.kinds.base import Kind
from admin_app.models.words import Words, WordsType


class StringSetKind(Kind[Words]):
    """A set of words, each once and in order."""

    name = "string_set"
    types = (WordsType,)
    values = (Words,)

    def to_url(self, value: Words) -> str:
        """Write them as the table keeps them."""
        return Words(value).to_text()

    def from_url(self, text: str) -> Words:
        """Read what the table keeps."""
        return Words.from_text(text)

    def from_cell(self, cell: str) -> Words:
        """Read words with commas between them."""
        return Words(word for one in cell.split(",") if (word := one.strip()))

    def history_of(self, value: Words) -> str:
        """Write them as the table keeps them."""
        return Words(value).to_text()

    def value_in_history(self, value: Any) -> Words:
        """Read what the table keeps."""
        return Words.from_text(value)
