"""What a resource shows on the home page, declared in one line a card."""

from __future__ import annotations

from dataclasses import dataclass

# As far back as cards look that are about the last time.
WEEKS = 12


@dataclass(frozen=True)
class Count:
    """How many rows a list has: `query` is the list's address behind the question mark, "user__empty=yes"."""

    label: str
    query: str


@dataclass(frozen=True)
class PerWeek:
    """How many rows each of the last weeks has, by a column of time that the list is filtered by."""

    column: str
    label: str = ""


@dataclass(frozen=True)
class Top:
    """The records that most rows of the last weeks belong to, by a relation to one that the list is filtered by."""

    relation: str
    label: str = ""


@dataclass(frozen=True)
class Newest:
    """The records that were made last."""


Card = Count | PerWeek | Top | Newest
