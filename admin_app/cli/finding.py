"""Something that is wrong with the set-up, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """A problem and an advice."""

    problem: str
    advice: str

    def __str__(self) -> str:
        """Write both as one line."""
        return f"{self.problem} {self.advice}"
