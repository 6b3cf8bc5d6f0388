"""The declaration of one setting, and parsers that several settings share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Setting:
    """One environment variable: its name, default, meaning, and how its text becomes a value."""

    name: str
    default: str
    meaning: str
    parse: Callable[[str], object]


def boolean(text: str) -> bool:
    """Read 1 or 0."""
    if text.lower() in {"1", "true", "yes", "on"}:
        return True
    if text.lower() in {"", "0", "false", "no", "off"}:
        return False
    message = "must be 1 or 0"
    raise ValueError(message)
