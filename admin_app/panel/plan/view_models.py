"""What the templates of plans are given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from wtforms import Field

from admin_app.panel.history.view_models import FieldChange
from admin_app.panel.view_models import Link


@dataclass(frozen=True)
class VerdictTab:
    """The lines of one verdict: what is said of them, how many there are, where they are listed; and why, with how many."""

    label: str
    count: str
    url: str
    is_current: bool
    reasons: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class PlanRow:
    """What a plan means for one record."""

    record: Link
    verdict: str
    words: str
    problem: str
    fields: Sequence[FieldChange]
    # The number of the file's row, "" where there is no file.
    row: str = ""


@dataclass(frozen=True)
class FileHead:
    """What the page of a file's plan asks besides: where wrong rows are corrected, and where they are given back.

    Where it `is_whole_offered`, whether all rows come in or none is asked; `only` is the other answer.
    """

    corrections_url: str
    corrections: str
    wrong_url: str
    only: str
    is_whole_offered: bool
    is_whole: bool


@dataclass(frozen=True)
class PlanHead:
    """A plan as its page says it: what is done to which records, what can be done about it, and how it went."""

    id: int
    state: str
    title: str
    scope: str
    what: Sequence[tuple[str, str]]
    # What the button says that agrees, "" where there is nothing to agree to.
    button: str = ""
    # What is different from what the list said.
    news: str = ""
    done: int = 0
    total: int = 0
    is_under_way: bool = False
    # Nobody carries it out any more, though it is not done.
    is_interrupted: bool = False
    needs_reason: bool = False
    # How many have no other record now, and how many have one, where records are given to another; and those lines' address.
    now: str = ""
    now_url: str = ""
    # Who took it back, "" for nobody.
    undone_by: str = ""
    # Whether the button warns, and what is said of effects that cannot be taken back.
    is_danger: bool = False
    effect_words: str = ""
    # What the button says that goes on with a plan which was stopped, "" where nothing is left.
    go_on: str = ""
    undo: int | None = None
    # Lines that the list can show: what the form sends, and what its button says.
    lists: Sequence[tuple[str, str]] = ()
    # Of a file's rows only.
    file: FileHead | None = None
    set_url: str = ""
    download_url: str = ""


@dataclass(frozen=True)
class OneRecord:
    """A single record that an action is asked for: what it is called, how it was seen, and what would change, as far as that is known."""

    title: str
    version: int
    fields: Sequence[FieldChange] = ()
    # Why nothing can be done with it.
    blocked: str = ""
    # What every field's list in a history needs.
    is_secret: bool = False


@dataclass(frozen=True)
class ChangeInput:
    """What a way of changing a field asks: the control's name, its words, what was typed, and what is wrong with that."""

    name: str
    label: str
    value: str
    problem: str = ""


@dataclass(frozen=True)
class ChangeWay:
    """A way of changing a field. With `is_value` it asks for a value by the form's own field."""

    key: str
    words: str
    inputs: Sequence[ChangeInput]
    is_value: bool = False
    hint: str = ""


@dataclass(frozen=True)
class ChangeRow:
    """A field that can be changed: its tick box, what can be done with it, and what was chosen."""

    name: str
    label: str
    tick: str
    is_ticked: bool
    ways: Sequence[ChangeWay]
    how: str
    field: Field
    # Why it cannot be set, "" where it can; said again where somebody tried.
    note: str = ""
    problem: str = ""
