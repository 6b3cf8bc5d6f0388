"""What the templates of the history are given: changes, change sets, and what an undo leaves alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from admin_app.domain.audit.diff import Piece
from admin_app.domain.audit.undo_words import UndoWords
from admin_app.panel.view_models import Cell, Link


@dataclass(frozen=True)
class FieldChange:
    """A field of a change: its text in pieces that went, came or stayed."""

    label: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class Entry:
    """What happened to one record. `is_whole` shows a record that came or went, `is_secret` a value that is not kept."""

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
    # What a change set about access was, which changed no field; "" for a change.
    said: str = ""
    # What the button says that brings the record back; "" for none.
    restore: str = ""
    # Where this version is shown, and whether the person may bring it back there.
    view_url: str = ""
    can_restore: bool = False
    # Who took it back, and when.
    undone: str = ""
    undone_at: Cell | None = None


@dataclass(frozen=True)
class ActivityRow:
    """A change set in the list of them; `told` is the one field that it changed, where that is short."""

    id: str
    day: date
    clock: Cell
    summary: str
    url: str
    who: str
    who_url: str
    at: Cell
    # In which way it was done; "" where the summary says so.
    way: str
    resource: str
    count: str
    # The words for taking it back, whether the person may or not.
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
    """A record that an undo would leave as it is, and why; `other` is the record in the way.

    `insist` is what a form sends to undo it all the same, "" where one may not.
    """

    id: str
    noun: str
    title: str
    url: str
    words: str
    insist: str
    other: Link | None = None
