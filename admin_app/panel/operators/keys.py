"""These records, by keys that are not numbers: the selected rows of a list in its address."""

from __future__ import annotations

from typing import Any

from admin_app.db.keys import read_key
from admin_app.extensions import Attribute, Expression
from admin_app.panel.operators.equality import InList
from admin_app.selection.list_schema import PAGE_SIZES
from admin_app.value_lists import values_of

# A sentence lists this many keys; of more it gives the number.
MOST_NAMED = 10


class RecordInList(InList):
    """One of several records."""

    hint = "Separate IDs with commas or new lines. Put an ID that contains a comma in quotes."
    searched = None
    longest = PAGE_SIZES[-1] * 60

    def __init__(self, column: Attribute, name: str) -> None:
        """Keep the model whose keys they are."""
        super().__init__(column, name)
        self._model: Any = column.class_

    def split(self, text: str) -> list[str]:
        """Split at commas and lines: an ID may have blanks."""
        return values_of(text)

    def clean_one(self, value: str) -> object:
        """Read a key as it is printed, or typed."""
        key = read_key(self._model, value)
        if key is None:
            message = f"“{value[:50]}” is not an ID."
            raise ValueError(message)
        return key

    def condition(self, column: Expression, value: Any) -> Any:
        """Compare the key itself."""
        return column.in_(value)

    def named(self, text: str) -> str:
        """List a few keys, or give their number."""
        keys = self.parse(text)
        return ", ".join(map(str, keys)) if len(keys) <= MOST_NAMED else f"{len(keys):,} IDs"
