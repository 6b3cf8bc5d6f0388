"""The view models of notes."""

from __future__ import annotations

from dataclasses import dataclass

from admin_app.panel.view_models import Cell


@dataclass(frozen=True)
class NoteRow:
    """A note; `edit_url` is "" if another person wrote it."""

    id: int
    author: str
    at: Cell
    is_edited: bool
    text: str
    mentions: tuple[str, ...]
    edit_url: str = ""
