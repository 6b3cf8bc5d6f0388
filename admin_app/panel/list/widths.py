"""How wide the columns of a list are: by what their model's columns hold, never by the rows that are shown."""

from __future__ import annotations

from collections.abc import Iterable

# The room of each sort of column in pixels, as static/css/columns.css has it.
LEAST = {
    "id": 80,
    "number": 96,
    "count": 96,
    "boolean": 96,
    "choice": 112,
    "time": 128,
    "relation": 160,
    "links": 180,
    "text": 180,
    "long": 240,
    "email": 240,
}
# Of the column that names the record, which also takes what is left: a name needs less than the beginning of a text.
NAME, BEGINNING = 192, 320
# Of the boxes and of the menus at a row's ends.
TICK, MENU = 36, 48
# The style sheet has a class for each hundred pixels up to here.
MOST_HUNDREDS = 20


def least_hundreds(widths: Iterable[str], *, is_ticked: bool, has_menu: bool) -> int:
    """Return how many hundred pixels a table needs, so that no column is squeezed: with less room it scrolls."""
    first, *others = widths
    name = BEGINNING if first == "long" else max(NAME, LEAST[first])
    room = name + sum(LEAST[one] for one in others) + TICK * is_ticked + MENU * has_menu
    return min(-(-room // 100), MOST_HUNDREDS)
