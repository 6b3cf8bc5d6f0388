"""The view models of an edit conflict: the fields that differ, what each person changed, and the choices."""

from __future__ import annotations

from dataclasses import dataclass

from admin_app.domain.audit.diff import Piece, words_diff
from admin_app.formatting import in_words, short_name
from admin_app.panel.view_models import Cell

# Shorter texts are read faster than their differences.
SHORTEST_DIFF = 60


@dataclass(frozen=True)
class Difference:
    """A field that two people edited: its former value (None if unknown), its present one, and the question."""

    name: str
    label: str
    outcome: str
    was: Cell | None
    theirs: Cell
    # For long texts: what each person changed.
    theirs_diff: tuple[Piece, ...] = ()
    yours_diff: tuple[Piece, ...] = ()
    # The text with both changes, if they can be merged.
    both: Cell | None = None
    take_name: str = ""
    take: str = ""
    problem: str = ""


@dataclass(frozen=True)
class Changer:
    """A person who changed a record ("" if the history does not say), and when; `is_own` marks the current person."""

    name: str
    at: Cell
    is_own: bool


@dataclass(frozen=True)
class Meanwhile:
    """What happened to a record while a person had its page open: who changed it and when, and the fields by name.

    An unknown person is never called a colleague: it may have been the same person in another window.
    """

    people: tuple[Changer, ...]
    is_known: bool
    differences: dict[str, Difference]
    is_again: bool = False
    version: str = ""

    @property
    def is_own(self) -> bool:
        """Whether the person made all the changes themselves, in another window. If the history lacks a change, its author is unknown."""
        return self.is_known and bool(self.people) and all(one.is_own for one in self.people)

    @property
    def others(self) -> str:
        """The names of the colleagues who changed it; "" if an author is unknown, or is the person themselves."""
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
        """A clause about “it” that says who changed it."""
        if self.is_own:
            return "you changed it in another window."
        return f"{self.others} changed it." if self.others else "it has changed since you opened this page."


def diff_of(was: object, now: object) -> tuple[Piece, ...]:
    """Return what changed between two long texts word by word; nothing for anything else."""
    if not isinstance(was, str) or not isinstance(now, str):
        return ()
    return words_diff(was, now) if max(len(was), len(now)) > SHORTEST_DIFF else ()
