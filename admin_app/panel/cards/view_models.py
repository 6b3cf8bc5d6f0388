"""What the template of the home page is given: cards, ready to print."""

from __future__ import annotations

from dataclasses import dataclass

from admin_app.panel.chart import Chart
from admin_app.panel.view_models import Cell, Link


@dataclass(frozen=True)
class CardRow:
    """A line of a card: where it leads, what it says at its end, and how long its bar is."""

    link: Link
    said: str = ""
    time: Cell | None = None
    length: float | None = None


@dataclass(frozen=True)
class CardView:
    """A card. `number` is told large, with `number_url` where its rows are, `note` after it; `chart` and `rows` follow.

    `is_slow` says that not even a rough number was counted in time; `as_of` when a number was counted that is kept for a while; `pin` is the
    number of what the person pinned themselves.
    """

    title: str
    url: str
    number: str = ""
    note: str = ""
    number_url: str = ""
    chart: Chart | None = None
    rows: tuple[CardRow, ...] = ()
    more: Link | None = None
    add: Link | None = None
    is_slow: bool = False
    as_of: str = ""
    pin: int = 0

    @property
    def is_figure(self) -> bool:
        """Whether it is a number that stands among numbers, and no list."""
        return bool(self.number or self.chart)
