"""What the page of two people at one record is given: the fields that differ, what each of them did, what is asked."""

from __future__ import annotations

from dataclasses import dataclass

from admin_app.domain.audit.diff import Piece, words_diff
from admin_app.panel.view_models import Cell

# Shorter texts are read faster than what differs between them.
SHORTEST_DIFF = 60


@dataclass(frozen=True)
class Difference:
    """A field that two people edited: its former value (None if unknown), its present one, and the question."""

    name: str
    label: str
    outcome: str
    was: Cell | None
    theirs: Cell
    # What each of them changed, for long text.
    theirs_diff: tuple[Piece, ...] = ()
    yours_diff: tuple[Piece, ...] = ()
    # The text with both changes, where there is one.
    both: Cell | None = None
    take_name: str = ""
    take: str = ""
    problem: str = ""


@dataclass(frozen=True)
class Meanwhile:
    """What happened to a record while somebody had its page open: who did it and when, and the fields by name.

    `is_own` where nobody else did it: they have the record open in two windows.
    """

    people: tuple[tuple[str, Cell], ...]
    is_known: bool
    differences: dict[str, Difference]
    is_own: bool = False
    is_again: bool = False
    version: str = ""


def diff_of(was: object, now: object) -> tuple[Piece, ...]:
    """Return what changed between two long texts word by word; nothing for anything else."""
    if not isinstance(was, str) or not isinstance(now, str):
        return ()
    return words_diff(was, now) if max(len(was), len(now)) > SHORTEST_DIFF else ()
