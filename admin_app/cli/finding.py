"""What a check found."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """Something that is wrong, and what to do about it."""

    problem: str
    advice: str

    def __str__(self) -> str:
        """Write both as one line."""
        return f"{self.problem} {self.advice}"
