"""What the template of the inbox is given."""

from __future__ import annotations

from dataclasses import dataclass

from admin_app.panel.view_models import Cell


@dataclass(frozen=True)
class Entry:
    """An entry: `key` is what marks it as read, "" for one that is; `url` is "" where there is nothing to see any more."""

    key: str
    words: str
    url: str = ""
    at: Cell | None = None
    text: str = ""


@dataclass(frozen=True)
class Watched:
    """Something that the person watches, and the control that ends it."""

    name: str
    value: str
    label: str
    url: str = ""
