"""A composite key, as lists, sorting and files show it. Each of its columns has its own kind."""

from __future__ import annotations

from typing import cast

from admin_app.db.key_parts import KeyOfParts, Parts
from admin_app.db.keys import print_key, read_key
from admin_app.kinds.base import Kind


class KeyPartsKind(Kind[Parts]):
    """All values of a composite key."""

    name = "key"
    types = (KeyOfParts,)
    values = (Parts,)
    is_read_only = True

    def to_url(self, value: Parts) -> str:
        """Write the key as in the addresses of its record."""
        return print_key(value)

    def from_url(self, text: str) -> Parts:
        """Read a key from an address."""
        key = read_key(self.column.class_, text)
        if key is None:
            message = "no key"
            raise ValueError(message)
        return cast("Parts", key)
