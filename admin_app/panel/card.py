"""The cards that a resource shows on the home page, declared in one line each."""

from __future__ import annotations

from dataclasses import dataclass

# How far back cards about recent rows look.
WEEKS = 12


@dataclass(frozen=True)
class Count:
    """The number of rows of a list; `query` is the part of the list's address after the question mark: "user__empty=yes"."""

    label: str
    query: str


@dataclass(frozen=True)
class PerWeek:
    """The number of rows of each of the last weeks, by a time column that the list has a filter for."""

    column: str
    label: str = ""


@dataclass(frozen=True)
class Top:
    """The records that most rows of the last weeks belong to, by a to-one relation that the list has a filter for."""

    relation: str
    label: str = ""


@dataclass(frozen=True)
class Newest:
    """The newest records."""


Card = Count | PerWeek | Top | Newest
