"""What the templates of notes are given."""

from __future__ import annotations

from dataclasses import dataclass

from admin_app.panel.view_models import Cell


@dataclass(frozen=True)
class NoteRow:
    """A note; `edit_url` is "" for who did not write it."""

    id: int
    author: str
    at: Cell
    is_edited: bool
    text: str
    mentions: tuple[str, ...]
    edit_url: str = ""
