"""The control for choosing and ordering columns, a tick and a number for each; lists and exports share it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

PLACE = "place."
# The most digits of a number: no list has more columns than that.
LONGEST_PLACE = 4


@dataclass(frozen=True)
class ColumnChoice:
    """A column in the form: whether it is chosen, and its position from 1."""

    name: str
    label: str
    place: int
    is_chosen: bool
    is_fixed: bool = False


def column_choices(
    chosen: Iterable[str], labels: Mapping[str, str], *, is_first_fixed: bool = False
) -> tuple[ColumnChoice, ...]:
    """List the columns that have a label: the chosen ones in their order, then the others."""
    ticked = [name for name in chosen if name in labels]
    return tuple(
        ColumnChoice(name, labels[name], place, name in ticked, is_fixed=is_first_fixed and place == 1)
        for place, name in enumerate(dict.fromkeys([*ticked, *labels]), start=1)
    )


def in_order(names: Iterable[str], form: MultiDict[str, str]) -> list[str]:
    """Order the selected columns by their numbers; equal numbers keep the order of the form."""
    return sorted(dict.fromkeys(names), key=lambda name: _place(form.get(PLACE + name, "")))


def _place(typed: str) -> int:
    """Read a position; one that is not valid comes last."""
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= LONGEST_PLACE else 10**LONGEST_PLACE
