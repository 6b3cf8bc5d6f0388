"""The view models of the home page: cards, ready to print."""

from __future__ import annotations

from dataclasses import dataclass

from admin_app.panel.chart import Chart
from admin_app.panel.view_models import Cell, Link


@dataclass(frozen=True)
class CardRow:
    """A line of a card: its link, the text at its end, and the length of its bar."""

    link: Link
    said: str = ""
    time: Cell | None = None
    length: float | None = None


@dataclass(frozen=True)
class CardView:
    """A card: a large `number` that links to its rows at `number_url`, a `note` after it, then `chart` and `rows`.

    `is_slow` says that not even a rough number was counted in time; `as_of` is when a cached number was counted; `pin` is the
    id of the pin, if the person pinned the card.
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
        """Whether the card is only a number, so that it stands in a row with other numbers."""
        return bool(self.number or self.chart)
