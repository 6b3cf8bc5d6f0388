"""The view models of plans."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from wtforms import Field

from admin_app.panel.history.view_models import FieldChange
from admin_app.panel.view_models import Link


@dataclass(frozen=True)
class VerdictTab:
    """The tab of one verdict: its label, number of lines and address, and the reasons with their numbers."""

    label: str
    count: str
    url: str
    is_current: bool
    reasons: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class PlanRow:
    """A line of the plan."""

    record: Link
    verdict: str
    words: str
    problem: str
    fields: Sequence[FieldChange]
    # The row's number in the file, "" without a file.
    row: str = ""


@dataclass(frozen=True)
class FileHead:
    """What the page of an import asks: the links to the wrong rows, and whether to import all rows or none.

    `only` is the other answer: to import the rows that can be imported.
    """

    corrections_url: str
    corrections: str
    wrong_url: str
    only: str
    is_whole_offered: bool
    is_whole: bool


@dataclass(frozen=True)
class PlanHead:
    """The head of a plan's page: what the plan does, the buttons, and the result."""

    id: int
    state: str
    title: str
    scope: str
    what: Sequence[tuple[str, str]]
    # The label of the button to agree, "" if there is nothing to do.
    button: str = ""
    # How the plan differs from what the list showed.
    news: str = ""
    done: int = 0
    total: int = 0
    is_under_way: bool = False
    # Whether it was stopped by a failure.
    is_interrupted: bool = False
    needs_reason: bool = False
    # How many of the records to give away have a related record now and how many have none; the address of the former.
    now: str = ""
    now_url: str = ""
    # Who undid it, "" for nobody.
    undone_by: str = ""
    # Whether the button has the warning colour, and the sentence about effects that can't be undone.
    is_danger: bool = False
    effect_words: str = ""
    # What no undo takes back, "" where it takes all back.
    for_good: str = ""
    # The label of the button to resume a stopped plan, "" if nothing is left.
    go_on: str = ""
    undo: int | None = None
    # The lists of lines: the value that the form sends, and the button's label.
    lists: Sequence[tuple[str, str]] = ()
    # For imports only.
    file: FileHead | None = None
    set_url: str = ""
    download_url: str = ""


@dataclass(frozen=True)
class OneRecord:
    """A single record that an action is asked for: its name, its version, and what would change if that is known already."""

    title: str
    version: int
    fields: Sequence[FieldChange] = ()
    # Why the action can't be done.
    blocked: str = ""
    # The history's list of fields needs it.
    is_secret: bool = False


@dataclass(frozen=True)
class ChangeInput:
    """An input of a way of changing: the control's name, label, value and problem."""

    name: str
    label: str
    value: str
    problem: str = ""


@dataclass(frozen=True)
class ChangeWay:
    """A way of changing a field. With `is_value` it has the form's own field as its input."""

    key: str
    words: str
    inputs: Sequence[ChangeInput]
    is_value: bool = False
    hint: str = ""


@dataclass(frozen=True)
class ChangeRow:
    """A field that can be changed: its tick box, its ways of changing, and the chosen one."""

    name: str
    label: str
    tick: str
    is_ticked: bool
    ways: Sequence[ChangeWay]
    how: str
    field: Field
    # Why it can't be set, "" if it can; `problem` repeats this if somebody tried.
    note: str = ""
    problem: str = ""
