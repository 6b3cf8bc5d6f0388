"""What the templates of filters are given: chips, and the form with its groups and rows."""

from __future__ import annotations

from dataclasses import dataclass

from admin_app.panel.view_models import Hidden, Link, OperatorChoice


@dataclass(frozen=True)
class Chip:
    """An active filter as a sentence ("Name contains Ann"), or one that could not be read, with its problem."""

    text: str
    remove_url: str
    problem: str = ""
    # Where it is changed, and whether it is just now.
    edit_url: str = ""
    is_edited: bool = False


@dataclass(frozen=True)
class FilterRow:
    """A condition in the form: its field, the operators there are, and the control its value needs, filled or empty.

    `control` is text, select (then `options` holds value and words) or relation (then `lookup_url` answers the picker);
    `is_plain` says that the operator takes typed text where the field's others do not; `takes_lines` that what is typed may
    be a list pasted from a column of a spreadsheet. `periods` are chosen from where `is_period`, and suggested else; `remove`
    empties the row.
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
    periods: tuple[Hidden, ...] = ()
    is_period: bool = False
    takes_lines: bool = False
    remove: str = ""
    # Whether its form asks for it alone.
    is_asked: bool = False


@dataclass(frozen=True)
class FilterGroup:
    """Rows and inner groups of which all, or any, must be true; `path` identifies the group in the form."""

    path: str
    is_any: bool
    rows: tuple[FilterRow, ...] = ()
    groups: tuple[FilterGroup, ...] = ()
    may_nest: bool = True


@dataclass(frozen=True)
class Promoted:
    """A filter as a button of the bar: a link for the most frequent value, and a form for a record or days; `hidden` has the list's other arguments."""

    name: str
    label: str
    ways: tuple[Link, ...]
    hidden: tuple[Hidden, ...]
    # Where records to choose from are looked up; "" for a field of another kind.
    lookup_url: str = ""
    has_days: bool = False


@dataclass(frozen=True)
class OneFilter:
    """The form of one condition: its row, the rest of the list, where it closes, and where a chip's condition goes ("": it is new)."""

    row: FilterRow
    hidden: tuple[Hidden, ...]
    close_url: str
    remove_url: str = ""


@dataclass(frozen=True)
class FilterBar:
    """Active filters as chips, the fields to add one of, and the form that has them all: in it, every field has a row."""

    chips: tuple[Chip, ...]
    fields: tuple[Hidden, ...]
    group: FilterGroup
    suggestions: tuple[Hidden, ...] = ()
    hidden: tuple[Hidden, ...] = ()
    # The whole state, for a condition that a cell adds.
    state: tuple[Hidden, ...] = ()
    clear_url: str = ""
    is_open: bool = False
    promoted: tuple[Promoted, ...] = ()
    # A link for each field, one to the form that has them all, and the form of the field or chip that is open.
    field_links: tuple[Link, ...] = ()
    all_url: str = ""
    one: OneFilter | None = None
