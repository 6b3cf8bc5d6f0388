"""A problem of the set-up, with advice."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """A problem and what to do about it."""

    problem: str
    advice: str

    def __str__(self) -> str:
        """Write both on one line."""
        return f"{self.problem} {self.advice}"
