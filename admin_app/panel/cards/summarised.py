"""A summary on a card: its last periods as a chart, or its first groups as lines. If that takes too long, only the number of rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from admin_app.extensions import db
from admin_app.panel.card import WEEKS
from admin_app.panel.cards.view_models import CardRow, CardView
from admin_app.panel.chart import lengths_of, small_chart_of
from admin_app.panel.grouping.groupings import ByTime, Grouping, LabelledGroup
from admin_app.panel.grouping.periods import Unit
from admin_app.panel.summary.summary import Summary, codes_of, figure_in_words, list_url, number_of, points_of
from admin_app.panel.view_models import Link
from admin_app.selection.paging.counting import Count, count_of
from admin_app.selection.paging.planner import planned
from admin_app.selection.selection import Selection

# Lines of a card.
MOST_ROWS = 5
# The limit of a rough count, which takes some milliseconds if that many rows are found quickly.
ROUGH_COUNT = 500
_NOW = {Unit.DAY: "today", Unit.WEEK: "this week", Unit.MONTH: "this month", Unit.YEAR: "this year"}
# Says that the rows were counted, not their groups.
SLOW = "Grouping them took too long."


def summarised(one: Summary, title: str) -> CardView:
    """Draw a summary in little space; its own page has all of it."""
    groups = one.groups()
    if one.grouping.by.is_time:
        points, codes = points_of(one, groups)[-WEEKS:], codes_of(groups)[-WEEKS:]
        if not points:
            return CardView(title, one.url, "0", one.access.resource.nouns)
        last, now = points[-1], _now(one.grouping, points[-1].label)
        number, _, what = last.said.partition(" ")
        note = f"{what}, {now or last.label}" if what else now or last.label
        return CardView(title, one.url, number, note, last.url, small_chart_of(points, codes[0], now or codes[-1]))
    return listed(one, title, [group for group in groups if not group.group.is_rest and group.group.key is not None])


def _now(grouping: Grouping, label: str) -> str:
    """Say that the period with this label is the current one; "" if it is not."""
    return _NOW[grouping.unit] if isinstance(grouping, ByTime) and grouping.current == label else ""


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


def rough_count(selection: Selection) -> Count:
    """Count up to some hundred rows; for a whole table, use the database's statistics."""
    found = planned(db.session, selection)
    return count_of(db.session, replace(found, count_limit=min(found.count_limit, ROUGH_COUNT)))


def roughly_summarised(one: Summary, title: str) -> CardView:
    """Draw only the number of rows, with a link to the summary."""
    count, resource = rough_count(one.selection.changed(sort="id")), one.access.resource
    is_one = count.is_exact and count.number == 1
    words = f"{count} {resource.noun if is_one else resource.nouns}"
    row = CardRow(Link(words[:1].upper() + words[1:], list_url(one.access, one.selection)))
    return CardView(title, one.url, note=SLOW, rows=(row,), more=Link("Show all", one.url))
