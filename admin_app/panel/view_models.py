"""View models: plain values, ready to print. The views build them, the templates draw them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from admin_app.selection.search.passages import Piece

# One control's name and value, carried through a GET form so that the rest of the list's state survives.
Hidden = tuple[str, str]


class CellKind(StrEnum):
    """How a cell is drawn."""

    TEXT = "text"
    NUMBER = "number"
    TIME = "time"
    RELATION = "relation"
    LINKS = "links"
    COUNT = "count"
    CHOICE = "choice"
    COLOUR = "colour"
    FILE = "file"
    NULL = "null"
    EMPTY = "empty"
    UNSEEN = "unseen"
    UNREADABLE = "unreadable"


# A list has hundreds, and a dataclass that cannot be changed takes five times as long to make.
class Cell(NamedTuple):
    """One value: `text` to show, `title` the whole of it (or the exact time), `url` where it leads, `iso` for <time>."""

    kind: CellKind
    text: str
    title: str = ""
    url: str = ""
    iso: str = ""
    # The filter that matches all rows with this value, and its label.
    only: Hidden | None = None
    only_label: str = ""
    # The text cut at search hits; shown in place of `text`.
    pieces: tuple[Piece, ...] = ()
    # For links to many, one cell each, and how many more there are.
    links: tuple[Cell, ...] = ()
    more: int = 0
    # Where a small picture of it is.
    picture: str = ""


# Shown in place of a record that the person may not see.
UNSEEN = Cell(CellKind.UNSEEN, "not shown to you")


@dataclass(frozen=True)
class Link:
    """A link with its words."""

    label: str
    url: str
    is_current: bool = False


@dataclass(frozen=True)
class Section:
    """Sentences and warnings under a heading."""

    heading: str
    lines: tuple[str, ...]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class MenuItem:
    """A place in the navigation, and the views below it.

    `current` is what `aria-current` says: "page" on its own page, "true" on one below it.
    """

    label: str
    url: str
    current: str = ""
    views: tuple[Link, ...] = ()
    views_url: str = ""
    # The letter that leads there after "g".
    letter: str = ""
    # The line icon beside its words.
    icon: str = "table-2"
    # Names the words where they change while a page is looked at.
    name: str = ""
    # How many are under way.
    under_way: int = 0
    # How many rows its list has, as short as there is room; "" where that is not known.
    count: str = ""
    # How many are unread, "99+" for more than are counted; "" for none.
    unread: str = ""


@dataclass(frozen=True)
class MenuGroup:
    """Places of the navigation that belong together; the first ones have no name."""

    label: str
    items: tuple[MenuItem, ...]


@dataclass(frozen=True)
class Steps:
    """The way from one record of a list to the next; urls are "" at either end, `position` is "" far down a long list."""

    previous_url: str
    next_url: str
    position: str
    next_id: str = ""


@dataclass(frozen=True)
class Fact:
    """A line of a record's facts."""

    label: str
    cell: Cell


@dataclass(frozen=True)
class Choice:
    """A radio button of the delete page."""

    value: str
    label: str
    hint: str
    is_chosen: bool = False
    # What the button says of it, behind "Delete user".
    said: str = ""


@dataclass(frozen=True)
class Dependents:
    """The dependents of a record to be deleted: their number, some samples, and the fates to choose from."""

    name: str
    counted: str
    samples: tuple[Link, ...]
    more: str
    choices: tuple[Choice, ...]
    problem: str = ""
    # Why there is nothing to choose, where there is not.
    blocked: str = ""
    # Whether they prevent the deletion.
    keeps: bool = False
    # Their fate if there is no choice, in a sentence and on the page's button.
    told: str = ""
    said: str = ""
    # The picker of "give them to another", when that is among the choices.
    heir_name: str = ""
    heir_noun: str = ""
    # The owner in the possessive: "this user's".
    owners: str = ""
    heir_value: str = ""
    heir_label: str = ""
    heir_lookup_url: str = ""
    heir_hint: str = ""
    # What the page showed of them, which the form sends back.
    seen_name: str = ""
    seen: str = ""
    heir_problem: str = ""


@dataclass(frozen=True)
class OperatorChoice:
    """An operator as a row offers it. Where `value` holds "=", it needs no value of its own.

    `control` is what takes its value: text, date, period, select, relation or none; `hint` is what to type there.
    """

    value: str
    words: str
    control: str = "text"
    hint: str = ""
