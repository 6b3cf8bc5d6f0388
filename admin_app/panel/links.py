"""The addresses of one list's other states: another page, another sort, one filter fewer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from admin_app.panel.elements import Hidden
from admin_app.selection.selection import Selection


@dataclass(frozen=True)
class ListLinks:
    """`path` is the page the list stands on, `others` the arguments on it that are not the list's."""

    path: str
    others: Sequence[Hidden] = ()

    def to(self, selection: Selection) -> str:
        """Return the address that shows this selection."""
        arguments = self.hidden(selection)
        return f"{self.path}?{urlencode(arguments)}" if arguments else self.path

    def hidden(self, selection: Selection, *, leave_out: str = "") -> list[Hidden]:
        """Return the state as a form's hidden controls, without the one that the form asks for itself."""
        own = [(key, value) for key, value in selection.arguments() if key != leave_out]
        return [*self.others, *own]
