"""The widths of a list's columns. They depend on the model's columns, never on the shown rows."""

from __future__ import annotations

from collections.abc import Iterable

# The width of each sort of column in pixels, as in static/css/columns.css.
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
# The least width of the column that names the record. It also takes the remaining space; a name needs less than the beginning of a text.
NAME, BEGINNING = 192, 320
# The widths of the tick box and of the menu at a row's ends.
TICK, MENU = 36, 48
# The style sheet has a class for each hundred pixels up to here.
MOST_HUNDREDS = 20


def least_hundreds(widths: Iterable[str], *, is_ticked: bool, has_menu: bool) -> int:
    """Return a table's least width in hundreds of pixels: in a narrower window it scrolls, so that no column is squeezed."""
    first, *others = widths
    name = BEGINNING if first == "long" else max(NAME, LEAST[first])
    room = name + sum(LEAST[one] for one in others) + TICK * is_ticked + MENU * has_menu
    return min(-(-room // 100), MOST_HUNDREDS)
