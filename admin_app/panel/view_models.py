"""What the templates are given: plain values, ready to print. Building them is the views' work, drawing them the templates'."""

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


# A list has hundreds, and a dataclass that cannot be changed takes five times as long to make.
class Cell(NamedTuple):
    """One value: `text` to show, `title` the whole of it (or the exact time), `url` where it leads, `iso` for <time>."""

    kind: CellKind
    text: str
    title: str = ""
    url: str = ""
    iso: str = ""
    # The filter that finds the rows with this value too, and what it is called.
    only: Hidden | None = None
    only_label: str = ""
    # In place of the text where a search found something in it.
    pieces: tuple[Piece, ...] = ()
    # Of what is linked with others, each of them, and how many more there are.
    links: tuple[Cell, ...] = ()
    more: int = 0
    # Where a small picture of it is.
    picture: str = ""


# In place of a record that the person may not see: that there is one is the other record's own business.
UNSEEN = Cell(CellKind.UNSEEN, "not shown to you")


@dataclass(frozen=True)
class Link:
    """A link with its words."""

    label: str
    url: str
    is_current: bool = False


@dataclass(frozen=True)
class Section:
    """Sentences under a heading of their own, with what there is to be warned of."""

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
    """What hangs on a record to be deleted: how many, a few of them, and what may be done with them."""

    name: str
    counted: str
    samples: tuple[Link, ...]
    more: str
    choices: tuple[Choice, ...]
    problem: str = ""
    # Why there is nothing to choose, where there is not.
    blocked: str = ""
    # Whether they keep the record from being deleted.
    keeps: bool = False
    # What becomes of them where nobody is asked, and as the page's button says it.
    told: str = ""
    said: str = ""
    # The picker of "give them to another", when that is among the choices.
    heir_name: str = ""
    heir_noun: str = ""
    # Whose they are: "this user's".
    owners: str = ""
    heir_value: str = ""
    heir_label: str = ""
    heir_lookup_url: str = ""
    heir_hint: str = ""
    # What the page showed of them, for the form to carry.
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
