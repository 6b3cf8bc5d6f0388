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


# A named tuple, because a list has hundreds of cells, and a frozen dataclass takes five times as long to create.
class Cell(NamedTuple):
    """One value: the `text` to show, the whole value or exact time as `title`, the `url` of its link, `iso` for <time>."""

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
    # The address of a small picture.
    picture: str = ""


# Replaces the name of a record that the person may not see.
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

    `current` is the value of `aria-current`: "page" on its own page, "true" on a page below it.
    """

    label: str
    url: str
    current: str = ""
    views: tuple[Link, ...] = ()
    views_url: str = ""
    # The key that leads there after "g".
    letter: str = ""
    # The icon beside its label.
    icon: str = "table-2"
    # The id of the label, if a script updates it.
    name: str = ""
    # The number of running jobs.
    under_way: int = 0
    # The number of its list's rows, in short form; "" if it is not known.
    count: str = ""
    # The number of unread entries, "99+" for more than are counted; "" for none.
    unread: str = ""


@dataclass(frozen=True)
class MenuGroup:
    """Places of the navigation that belong together; the first group has no name."""

    label: str
    items: tuple[MenuItem, ...]


@dataclass(frozen=True)
class Steps:
    """Links from a record to its neighbours in a list; urls are "" at either end, `position` is "" far down a long list."""

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
    # The end of the delete button's label, after "Delete user".
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
    # Why there is nothing to choose; "" if there is a choice.
    blocked: str = ""
    # Whether they prevent the deletion.
    keeps: bool = False
    # Their fate if there is no choice, in a sentence and on the page's button.
    told: str = ""
    said: str = ""
    # The picker of "give them to another", if that is among the choices.
    heir_name: str = ""
    heir_noun: str = ""
    # The owner in the possessive: "this user's".
    owners: str = ""
    heir_value: str = ""
    heir_label: str = ""
    heir_lookup_url: str = ""
    heir_hint: str = ""
    # The dependents as the page showed them, which the form sends back.
    seen_name: str = ""
    seen: str = ""
    heir_problem: str = ""


@dataclass(frozen=True)
class OperatorChoice:
    """An operator as a row of the filter form offers it. If `value` contains "=", the operator includes its value.

    `control` is the control for its value: text, date, period, select, relation or none; `hint` says what to type there.
    """

    value: str
    words: str
    control: str = "text"
    hint: str = ""
