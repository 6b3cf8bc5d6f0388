"""A summary on a card: its last periods as a chart, or its first groups as lines."""

from __future__ import annotations

from collections.abc import Sequence

from admin_app.panel.card import WEEKS
from admin_app.panel.cards.view_models import CardRow, CardView
from admin_app.panel.chart import lengths_of, small_chart_of
from admin_app.panel.grouping.groupings import LabelledGroup
from admin_app.panel.summary.summary import Summary, codes_of, figure_in_words, number_of, points_of
from admin_app.panel.view_models import Link

# Lines of a card.
MOST_ROWS = 5


def summarised(one: Summary, title: str) -> CardView:
    """Draw a summary in little room; all of it is on its page."""
    groups = one.groups()
    if one.grouping.by.is_time:
        points, codes = points_of(one, groups)[-WEEKS:], codes_of(groups)[-WEEKS:]
        if not points:
            return CardView(title, one.url, "0", one.access.resource.nouns)
        last = points[-1]
        number, _, what = last.said.partition(" ")
        note = f"{what}, {last.label}" if what else last.label
        return CardView(title, one.url, number, note, last.url, small_chart_of(points, codes[0], codes[-1]))
    return listed(one, title, [group for group in groups if not group.group.is_rest and group.group.key is not None])


def listed(one: Summary, title: str, groups: Sequence[LabelledGroup]) -> CardView:
    """List the first of these groups, each with a bar."""
    shown = groups[:MOST_ROWS]
    lengths = lengths_of([number_of(one, group) for group in shown])
    rows = tuple(
        CardRow(Link(group.label, one.url_of(group)), figure_in_words(one, group), length=length)
        for group, length in zip(shown, lengths, strict=True)
    )
    note = "" if rows else f"No {one.access.resource.nouns} yet"
    return CardView(title, one.url, note=note, rows=rows, more=Link("Show all", one.url) if rows else None)
