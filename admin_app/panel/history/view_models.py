"""The view models of the history: changes, change sets, and the records that an undo skips."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from admin_app.domain.audit.diff import Piece
from admin_app.domain.audit.undo_words import UndoWords
from admin_app.panel.view_models import Cell, Link


@dataclass(frozen=True)
class FieldChange:
    """A field of a change: its text in removed, added and unchanged pieces."""

    label: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class Entry:
    """A change of one record. `is_whole` marks a created or deleted record, `is_secret` a value that the history does not keep."""

    id: str
    did: str
    noun: str
    title: str
    history_url: str
    who: str
    at: Cell
    kind: str
    way: str
    set_url: str
    reason: str
    fields: tuple[FieldChange, ...]
    is_whole: bool = False
    is_secret: bool = False
    # The summary of a change set about access, which changed no field; "" for a change.
    said: str = ""
    # The label of the button that restores the record; "" for no button.
    restore: str = ""
    # The address of this version, and whether the person may restore it there.
    view_url: str = ""
    can_restore: bool = False
    # Who undid it, and when.
    undone: str = ""
    undone_at: Cell | None = None


@dataclass(frozen=True)
class ActivityRow:
    """A change set in a list; `told` is the changed field, if it is a single short one."""

    id: str
    day: date
    clock: Cell
    summary: str
    url: str
    who: str
    who_url: str
    at: Cell
    # How it was done; "" if the summary says so.
    way: str
    resource: str
    count: str
    # The words for undoing it, whether the person may or not.
    undo: UndoWords
    reason: str = ""
    can_undo: bool = False
    resource_url: str = ""
    told: FieldChange | None = None


@dataclass(frozen=True)
class ActivityDay:
    """What was done on a day."""

    name: str
    rows: tuple[ActivityRow, ...]


@dataclass(frozen=True)
class LeftAlone:
    """A record that an undo would skip, and why; `other` is the record in the way.

    `insist` is the form's value to undo it all the same; "" if that is not allowed.
    """

    id: str
    noun: str
    title: str
    url: str
    words: str
    insist: str
    other: Link | None = None
