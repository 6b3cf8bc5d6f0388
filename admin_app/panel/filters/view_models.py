"""The view models of filters: chips, and the form with its groups and rows."""

from __future__ import annotations

from dataclasses import dataclass

from admin_app.panel.view_models import Hidden, Link, OperatorChoice


@dataclass(frozen=True)
class Chip:
    """An active filter as a sentence ("Name contains Ann"), or one that could not be read, with its problem."""

    text: str
    remove_url: str
    problem: str = ""
    # The address at which the chip is edited, and whether it is open now.
    edit_url: str = ""
    is_edited: bool = False


@dataclass(frozen=True)
class FilterRow:
    """A condition in the form: its field, the operators, and the control for its value.

    `control` is text, select (then `options` holds value and words) or relation (then `lookup_url` answers the picker);
    `is_plain` says that the operator takes typed text although the field's others do not; `takes_lines` that the input may be
    a list pasted from a column of a spreadsheet. `periods` are a select if `is_period`, else suggestions; `remove` is the
    value of the button that removes the row.
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
    # Whether it is the only condition of its form.
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
    """A filter as a button of the bar: links for frequent values, and a form for a record or days; `hidden` are the list's other arguments."""

    name: str
    label: str
    ways: tuple[Link, ...]
    hidden: tuple[Hidden, ...]
    # The address of the picker's look-up; "" for a field of another kind.
    lookup_url: str = ""
    has_days: bool = False


@dataclass(frozen=True)
class OneFilter:
    """The form of one condition: its row, the list's other arguments, the address that closes it, and the one that removes the chip ("" for a new condition)."""

    row: FilterRow
    hidden: tuple[Hidden, ...]
    close_url: str
    remove_url: str = ""


@dataclass(frozen=True)
class FilterBar:
    """The active filters as chips, the fields for a new one, and the whole form, in which every field has a row."""

    chips: tuple[Chip, ...]
    fields: tuple[Hidden, ...]
    group: FilterGroup
    suggestions: tuple[Hidden, ...] = ()
    hidden: tuple[Hidden, ...] = ()
    # The list's whole state, for a condition that a cell adds.
    state: tuple[Hidden, ...] = ()
    clear_url: str = ""
    is_open: bool = False
    promoted: tuple[Promoted, ...] = ()
    # A link for each field, the link to the whole form, and the form of the field or chip that is open.
    field_links: tuple[Link, ...] = ()
    all_url: str = ""
    one: OneFilter | None = None
