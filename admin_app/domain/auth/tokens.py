"""The stored form of tokens and of what people type: only a hash, so that a copy of a table opens nothing and reveals nothing."""

from __future__ import annotations

import hashlib


def digest(text: str) -> str:
    """Return the hash that a table stores in place of a text."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
