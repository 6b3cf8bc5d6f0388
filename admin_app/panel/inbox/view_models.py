"""The view models of the inbox."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from admin_app.panel.kinds import value_cell
from admin_app.panel.view_models import Cell


@dataclass(frozen=True)
class Entry:
    """An entry. `key` is the form's value that marks it as read ("" if it is read already); `url` is "" if there is nothing to see any more."""

    key: str
    words: str
    url: str = ""
    moment: datetime | None = None
    text: str = ""

    @property
    def at(self) -> Cell | None:
        """The time of the entry."""
        return None if self.moment is None else value_cell(self.moment, is_whole=False)


@dataclass(frozen=True)
class Watched:
    """Something that the person watches, and the control that ends it."""

    name: str
    value: str
    label: str
    url: str = ""
