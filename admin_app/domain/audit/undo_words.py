"""The words for reversing a change set: an undo is redone, everything else is undone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from admin_app.domain.audit.undo import is_redo, is_undo
from admin_app.models.change_set import ChangeSet, Kind


class UndoWords(NamedTuple):
    """The words for a button, for what a person did, and for what was done."""

    act: str
    past: str
    done: str


_NOUNS = {"Changed": "Change to", "Created": "Creation of", "Deleted": "Deletion of"}
# The end of a summary about further records: "and changed 17 posts".
_FURTHER = re.compile(r"(, | and )(changed|created|deleted) \d")

# How something was done, as it follows the summary; other ways have the name of their kind.
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
    """Return the words for undoing a change set."""
    return REDO if is_undo(done) else UNDO


def words_of(undoing: ChangeSet) -> UndoWords:
    """Return the words for what an undo or redo did."""
    return REDO if is_redo(undoing) else UNDO


def opposite(words: UndoWords) -> UndoWords:
    """Return the words for reversing it again."""
    return UNDO if words is REDO else REDO


def as_noun(summary: str) -> str:
    """Turn a summary into a noun phrase: "Changed user “Ann”" becomes "Change to user “Ann”". Other summaries get a colon."""
    verb, _, rest = summary.partition(" ")
    return f"{_NOUNS[verb]} {rest}" if verb in _NOUNS and not _FURTHER.search(rest) else f"{summary}:"


def way_in_words(change_set: ChangeSet) -> str:
    """Say how a change set was done, to follow its summary: "many at once"; "" for a form."""
    return "by a redo" if is_redo(change_set) else _WAYS.get(change_set.kind, f"by {change_set.kind}")


def named_way(change_set: ChangeSet) -> str:
    """Name how a change set was done; the undo of an undo is a redo."""
    return "redo" if is_redo(change_set) else change_set.kind
