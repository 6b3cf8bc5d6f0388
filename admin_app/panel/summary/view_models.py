"""What the template of a summary is given."""

from __future__ import annotations

from dataclasses import dataclass

from admin_app.panel.chart import Chart
from admin_app.panel.view_models import Hidden, Link


@dataclass(frozen=True)
class SummaryRow:
    """A group: its name, how many rows it has and where they are, its figures, and how long its bar is."""

    label: str
    number: str
    url: str
    figures: tuple[str, ...] = ()
    length: float = 0


@dataclass(frozen=True)
class SummaryTable:
    """The groups of a list with the same as a chart; `chart` is None if the rows have bars."""

    caption: str
    first_head: str
    number_head: str
    # What one of them is called.
    noun: str
    figure_heads: tuple[str, ...]
    rows: tuple[SummaryRow, ...]
    total: Link
    chart: Chart | None = None
    # The rows that the chart leaves out, in words.
    beyond: str = ""


@dataclass(frozen=True)
class SummaryForm:
    """What the list is summarised by, and what else there is; `hidden` is the list's own state."""

    url: str
    hidden: tuple[Hidden, ...]
    by: str
    measure: str
    groupings: tuple[Hidden, ...]
    measures: tuple[Hidden, ...]
