"""The keyboard shortcuts: the one table from which the sheet of keys is drawn. docs/users.md repeats it word for word."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from admin_app.panel.view_models import MenuItem

# The key that is pressed before a letter of the navigation.
HOME = "h"


@dataclass(frozen=True)
class Key:
    """What a key does; in the texts each key is in square brackets."""

    keys: str
    does: str

    @property
    def pieces(self) -> list[tuple[str, bool]]:
        """Return the parts of `keys`, with whether each is a key."""
        return _pieces(self.keys)

    @property
    def does_pieces(self) -> list[tuple[str, bool]]:
        """Return the parts of `does`."""
        return _pieces(self.does)


@dataclass(frozen=True)
class KeyGroup:
    """The keys of one place."""

    place: str
    keys: tuple[Key, ...]


KEYS = (
    KeyGroup(
        "On every page",
        (
            Key("[Ctrl]+[K]", "opens Search everything"),
            Key("[/]", "goes to the list's search, on other pages to Search everything"),
            Key("[g], then a letter", "opens a page of the navigation: [h] Home, [u] Users, [p] Posts"),
            Key("[?]", "shows these keys"),
            Key("[Tab], first on a page", "shows “Skip to content”"),
        ),
    ),
    KeyGroup(
        "In Search everything",
        (
            Key("[Tab]", "completes the name of a filter: cre becomes created:"),
            Key("[Ctrl]+[Enter]", "opens the first result in a new tab"),
        ),
    ),
    KeyGroup(
        "In a list",
        (
            Key("[j] or [↓]", "goes to the next row, or from the search to the first row"),
            Key("[k] or [↑]", "goes to the previous row"),
            Key("[→] and [←]", "go through the links and buttons of the row"),
            Key("[Enter] or [o]", "opens the row's record"),
            Key("[e]", "edits the record"),
            Key("[Space]", "shows the record beside the list; [j] and [k] then show the next and the previous one"),
            Key("[u]", "opens what the record belongs to: a post's user"),
            Key("[x]", "selects the row, or deselects it"),
            Key("[Shift]+[X]", "selects the rows from the last one to this one"),
        ),
    ),
    KeyGroup(
        "In a cell that you can change",
        (
            Key("[Tab] into the list, then the arrow keys", "go from one such cell to the next"),
            Key("[Enter] or [F2]", "opens it; [Enter] saves it, [Shift]+[Enter] begins a new line in a long text"),
            Key("[Tab] in an open cell", "saves it and opens the next one; with [Shift], the one before"),
            Key("[Esc]", "leaves an open cell as it was"),
        ),
    ),
    KeyGroup(
        "In a form",
        (
            Key("[e]", "goes to the first field"),
            Key("[Ctrl]+[S]", "saves"),
            Key("[Ctrl]+[Enter]", "saves, and goes on to the next record where the list that you came from has one"),
            Key("[Esc]", "closes what is open: a menu, the filters, a list to choose from"),
        ),
    ),
)


def _pieces(words: str) -> list[tuple[str, bool]]:
    return [(part.strip("[]"), part.startswith("[")) for part in re.split(r"(\[[^\]]+\])", words) if part]


def with_letters(items: Iterable[MenuItem]) -> Iterator[tuple[MenuItem, str]]:
    """Yield places of the navigation, each with the first free letter of its name as its key; "" if none is free."""
    taken = {HOME}
    for place, item in enumerate(items):
        letter = _free(item.label, taken) if place else HOME
        taken.add(letter)
        yield item, letter


def _free(label: str, taken: Collection[str]) -> str:
    letters = (one for one in label.lower() if one.isascii() and one.isalpha())
    return next((one for one in letters if one not in taken), "")
