"""What the page of two people at one record is given: the fields that differ, what each of them did, what is asked."""

from __future__ import annotations

from dataclasses import dataclass

from admin_app.domain.audit.diff import Piece, words_diff
from admin_app.formatting import in_words, short_name
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
class Changer:
    """Who changed a record last, "" where the history does not say, and when; `is_own` for the person at the screen."""

    name: str
    at: Cell
    is_own: bool


@dataclass(frozen=True)
class Meanwhile:
    """What happened to a record while a person had its page open: who did it and when, and the fields by name.

    Nobody is said to be someone else of whom that is not known: it may have been the same person in another window.
    """

    people: tuple[Changer, ...]
    is_known: bool
    differences: dict[str, Difference]
    is_again: bool = False
    version: str = ""

    @property
    def is_own(self) -> bool:
        """Whether the person changed it themselves, in another window; where the history lacks a change, nobody knows whose that was."""
        return self.is_known and bool(self.people) and all(one.is_own for one in self.people)

    @property
    def others(self) -> str:
        """Name the colleagues who changed it, "" where that is not known of every change, or some are the person's own."""
        is_theirs = self.is_known and all(one.name and not one.is_own for one in self.people)
        return in_words([short_name(one.name) for one in self.people]) if is_theirs else ""

    @property
    def title(self) -> str:
        """Say in a few words who changed it."""
        if self.is_own:
            return "Changed in another window"
        return f"Changed by {self.others}" if self.others else "Changed since you opened this page"

    @property
    def told(self) -> str:
        """Say of "it" who changed it."""
        if self.is_own:
            return "you changed it in another window."
        return f"{self.others} changed it." if self.others else "it has changed since you opened this page."


def diff_of(was: object, now: object) -> tuple[Piece, ...]:
    """Return what changed between two long texts word by word; nothing for anything else."""
    if not isinstance(was, str) or not isinstance(now, str):
        return ()
    return words_diff(was, now) if max(len(was), len(now)) > SHORTEST_DIFF else ()
