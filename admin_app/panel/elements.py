"""What the templates are given: plain values, ready to print. Building them is the views' work, drawing them the templates'."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from admin_app.domain.diffing import Piece

# One control's name and value, carried through a GET form so that the rest of the list's state survives.
Hidden = tuple[str, str]


class CellKind(StrEnum):
    """How a cell is drawn."""

    TEXT = "text"
    NUMBER = "number"
    TIME = "time"
    RELATION = "relation"
    COUNT = "count"
    CHOICE = "choice"
    NULL = "null"
    EMPTY = "empty"


@dataclass(frozen=True)
class Cell:
    """One value: `text` to show, `title` the whole of it (or the exact time), `url` where it leads, `iso` for <time>."""

    kind: CellKind
    text: str
    title: str = ""
    url: str = ""
    iso: str = ""
    # The filter that finds the rows with this value too, and what it is called.
    only: Hidden | None = None
    only_label: str = ""


@dataclass(frozen=True)
class Column:
    """A table's column. `sorted` is "ascending", "descending" or "" (not the sorted one)."""

    key: str
    label: str
    is_number: bool = False
    sort_url: str = ""
    sorted: str = ""


@dataclass(frozen=True)
class Row:
    """A record in a table. `title` names it ("Ann Lee") for labels such as "Edit Ann Lee"; urls are "" where not allowed."""

    id: str
    title: str
    url: str
    edit_url: str
    delete_url: str
    cells: tuple[Cell, ...]
    is_marked: bool = False


@dataclass(frozen=True)
class Link:
    """A link with its words."""

    label: str
    url: str
    is_current: bool = False


@dataclass(frozen=True)
class Pager:
    """The pages around this one; `pages` holds None where numbers are left out. Empty when there is one page."""

    previous_url: str = ""
    next_url: str = ""
    # Only where the numbers do not lead there.
    first_url: str = ""
    last_url: str = ""
    pages: tuple[Link | None, ...] = ()
    sizes: tuple[Link, ...] = ()
    # This list from its start, in its present size: what a chosen size leads back to.
    here_url: str = ""


@dataclass(frozen=True)
class SearchBox:
    """The search form: the control's name, what is searched, what was typed, the rest of the state."""

    name: str
    value: str
    columns: str
    hidden: tuple[Hidden, ...] = ()
    clear_url: str = ""


@dataclass(frozen=True)
class Chip:
    """An active filter as a sentence ("Name contains Ann"), or one that could not be read, with its problem."""

    text: str
    remove_url: str
    problem: str = ""


@dataclass(frozen=True)
class OperatorChoice:
    """An operator as a row offers it. Where `value` holds "=", it needs no value of its own.

    `control` is what takes its value: text, date, select, relation or none; `hint` is what to type there.
    """

    value: str
    words: str
    control: str = "text"
    hint: str = ""


@dataclass(frozen=True)
class FilterRow:
    """A condition in the form: its field, the operators there are, and the control its value needs, filled or empty.

    `control` is text, select (then `options` holds value and words) or relation (then `lookup_url` answers the picker);
    `is_plain` says that the operator takes typed text where the field's others do not. `remove` empties the row.
    """

    id: str
    field: str
    name: str
    label: str
    operators: tuple[OperatorChoice, ...]
    control: str
    operator: str = ""
    value: str = ""
    value_label: str = ""
    options: tuple[Hidden, ...] = ()
    suggestions: str = ""
    problem: str = ""
    lookup_url: str = ""
    hint: str = ""
    has_hints: bool = False
    is_plain: bool = False
    remove: str = ""


@dataclass(frozen=True)
class FilterGroup:
    """Rows of which all, or any, have to be true, and groups within; `path` tells it from the form's other groups."""

    path: str
    is_any: bool
    rows: tuple[FilterRow, ...] = ()
    groups: tuple[FilterGroup, ...] = ()
    may_nest: bool = True


@dataclass(frozen=True)
class FilterBar:
    """Active filters as chips, and the form that has them all: in it, every field has a row."""

    chips: tuple[Chip, ...]
    fields: tuple[Hidden, ...]
    group: FilterGroup
    suggestions: tuple[Hidden, ...] = ()
    hidden: tuple[Hidden, ...] = ()
    # The whole state, for a condition that a cell adds.
    state: tuple[Hidden, ...] = ()
    clear_url: str = ""
    is_open: bool = False


@dataclass(frozen=True)
class ViewBar:
    """The saved view a list was opened as, and what can be done about it; urls are "" where it cannot be, or need not."""

    name: str = ""
    is_changed: bool = False
    save_url: str = ""
    save_as_url: str = ""
    discard_url: str = ""
    edit_url: str = ""
    whole_url: str = ""


@dataclass(frozen=True)
class ColumnChoice:
    """A column in the form that chooses them: whether it shows, and its place among them from 1."""

    name: str
    label: str
    place: int
    is_shown: bool
    is_fixed: bool = False


@dataclass(frozen=True)
class ViewRow:
    """A saved view in the list of all of them; urls are "" where the person may not."""

    id: int
    name: str
    url: str
    maker: str
    audience: str
    is_default: bool
    edit_url: str
    delete_url: str


@dataclass(frozen=True)
class MenuItem:
    """A place in the navigation, and the views below it."""

    label: str
    url: str
    is_current: bool = False
    views: tuple[Link, ...] = ()
    views_url: str = ""


@dataclass(frozen=True)
class Listing:
    """A whole table: of a resource, or of a record's children."""

    id: str
    caption: str
    noun: str
    nouns: str
    result_line: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    search: SearchBox | None
    filters: FilterBar | None
    pager: Pager
    is_narrowed: bool
    clear_url: str
    new_url: str = ""
    export_url: str = ""
    list_url: str = ""
    form_url: str = ""
    # Where the number is not exact: the link that counts.
    count_url: str = ""
    # Whether reading it took longer than it may: then there are no rows, and the search and the filters want narrowing.
    is_cut: bool = False
    messages: tuple[str, ...] = field(default=())
    density: str = "comfortable"
    # Where the columns are chosen, and where the rows a page are kept; "" for a list on a record's page.
    columns_url: str = ""
    page_size_url: str = ""
    views: ViewBar | None = None


@dataclass(frozen=True)
class Steps:
    """The way from one record of a list to the next; urls are "" at either end, `position` is "" far down a long list."""

    previous_url: str
    next_url: str
    position: str


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


@dataclass(frozen=True)
class Dependents:
    """What hangs on a record to be deleted: how many, a few of them, and what may be done with them."""

    name: str
    counted: str
    samples: tuple[Link, ...]
    more: str
    choices: tuple[Choice, ...]
    problem: str = ""
    # The picker of "give them to another", when that is among the choices.
    heir_name: str = ""
    heir_noun: str = ""
    heir_value: str = ""
    heir_label: str = ""
    heir_lookup_url: str = ""
    heir_hint: str = ""
    # What the page showed of them, for the form to carry.
    seen_name: str = ""
    seen: str = ""
    heir_problem: str = ""


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
    set_url: str
    reason: str
    fields: tuple[FieldChange, ...]
    is_whole: bool = False
    is_secret: bool = False
    # What the button says that brings this version back; "" for none.
    restore: str = ""


@dataclass(frozen=True)
class ActivityRow:
    """An act in the list of acts."""

    id: str
    summary: str
    url: str
    who: str
    who_url: str
    at: Cell
    kind: str
    resource: str
    count: str
    reason: str = ""
    can_undo: bool = False


@dataclass(frozen=True)
class LeftAlone:
    """A record that an undo would leave as it is, and why; `other` is the record in the way."""

    id: str
    noun: str
    title: str
    url: str
    words: str
    can_insist: bool
    other: Link | None = None
