"""The view models of a summary."""

from __future__ import annotations

from dataclasses import dataclass

from admin_app.panel.chart import Chart
from admin_app.panel.view_models import Hidden, Link


@dataclass(frozen=True)
class SummaryRow:
    """A group: its label, its number of rows with their address, its figures, and the length of its bar."""

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
    # The noun for a row.
    noun: str
    figure_heads: tuple[str, ...]
    rows: tuple[SummaryRow, ...]
    total: Link
    chart: Chart | None = None
    # The rows that the chart leaves out, in words.
    beyond: str = ""


@dataclass(frozen=True)
class SummaryForm:
    """The form of a summary: the chosen grouping and measure with all choices; `hidden` are the list's own arguments."""

    url: str
    hidden: tuple[Hidden, ...]
    by: str
    measure: str
    groupings: tuple[Hidden, ...]
    measures: tuple[Hidden, ...]
