"""The key of several columns, as a list shows it, sorts by it and a file says it: each of its columns is of a kind of its own."""

from __future__ import annotations

from typing import cast

from admin_app.db.key_parts import KeyOfParts, Parts
from admin_app.db.keys import print_key, read_key
from admin_app.kinds.base import Kind


class KeyPartsKind(Kind[Parts]):
    """All values of a key at once."""

    name = "key"
    types = (KeyOfParts,)
    values = (Parts,)
    is_read_only = True

    def to_url(self, value: Parts) -> str:
        """Write it as addresses of its record have it."""
        return print_key(value)

    def from_url(self, text: str) -> Parts:
        """Read it."""
        key = read_key(self.column.class_, text)
        if key is None:
            message = "no key"
            raise ValueError(message)
        return cast("Parts", key)
