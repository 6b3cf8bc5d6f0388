"""The words for reversing a change set: an undo is redone, everything else is undone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from admin_app.domain.audit.undo import is_redo, is_undo
from admin_app.models.change_set import ChangeSet, Kind


class UndoWords(NamedTuple):
    """What a button says, what somebody did, and what was done."""

    act: str
    past: str
    done: str


_NOUNS = {"Changed": "Change to", "Created": "Creation of", "Deleted": "Deletion of"}
# What the act did besides: "and changed 17 posts".
_FURTHER = re.compile(r"(, | and )(changed|created|deleted) \d")

# How something was done, as it follows what was done; other ways are told by their kinds.
_WAYS: Mapping[str, str] = {
    Kind.FORM: "",
    Kind.BULK: "many at once",
    Kind.IMPORT: "by an import",
    Kind.COMMAND: "by a command",
    Kind.UNDO: "by an undo",
    Kind.RESTORE: "by restoring a version",
    Kind.DEMO: "by the demo",
    Kind.SIGN_IN: "by a sign-in",
    Kind.ACCESS: "as a change of access",
    Kind.NOTE: "with a note",
    Kind.FORGET: "by the removal of a person's data",
}
UNDO = UndoWords("Undo", "undid", "undone")
REDO = UndoWords("Redo", "redid", "redone")


def words_to_undo(done: ChangeSet) -> UndoWords:
    """Return the words for taking a change set back."""
    return REDO if is_undo(done) else UNDO


def words_of(undoing: ChangeSet) -> UndoWords:
    """Return the words for what a change set did that took another back."""
    return REDO if is_redo(undoing) else UNDO


def opposite(words: UndoWords) -> UndoWords:
    """Return the words for taking that back again."""
    return UNDO if words is REDO else REDO


def as_noun(summary: str) -> str:
    """Name an act as a thing, for a sentence about it: "Changed user “Ann”" is "Change to user “Ann”"; else with a colon behind it."""
    verb, _, rest = summary.partition(" ")
    return f"{_NOUNS[verb]} {rest}" if verb in _NOUNS and not _FURTHER.search(rest) else f"{summary}:"


def way_in_words(change_set: ChangeSet) -> str:
    """Say how it was done, after what was done: "many at once", "" for by a form."""
    return "by a redo" if is_redo(change_set) else _WAYS.get(change_set.kind, f"by {change_set.kind}")


def named_way(change_set: ChangeSet) -> str:
    """Name the way in which it was done: an undo's undo is a redo."""
    return "redo" if is_redo(change_set) else change_set.kind
