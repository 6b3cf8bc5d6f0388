"""Count each kind of declared card and put it into words, for one person; a card about something that they may not see is left out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qsl

from admin_app import formatting
from admin_app.context import today
from admin_app.errors import SelectionError
from admin_app.extensions import db
from admin_app.panel.access.access import Access
from admin_app.panel.access.new_record import may_add
from admin_app.panel.card import WEEKS, Card, Count, Newest, PerWeek, Top
from admin_app.panel.cards.summarised import MOST_ROWS, listed, rough_count, roughly_summarised
from admin_app.panel.cards.view_models import CardRow, CardView
from admin_app.panel.chart import Point, small_chart_of
from admin_app.panel.grouping.groupings import ByRelation, ByTime, groupings_of
from admin_app.panel.grouping.periods import Unit, following, label_of, start_of, starts
from admin_app.panel.kinds import value_cell
from admin_app.panel.kinds.date import beginning_of
from admin_app.panel.links import link, list_links, record_url
from admin_app.panel.list.selections import newest, plain_selection, schema_for
from admin_app.panel.resource import CREATED_AT
from admin_app.panel.summary.summary import BY, list_url, summary_of
from admin_app.panel.view_models import Link
from admin_app.selection.paging.counting import Count as Total
from admin_app.selection.paging.counting import count_of
from admin_app.selection.paging.pages import fetch
from admin_app.selection.paging.planner import planned
from admin_app.selection.selection import Selection
from admin_app.selection.summary import counts_of_ranges


@dataclass(frozen=True)
class Drawer:
    """A card before it is counted: its title, the title's address, the function that counts it, and one that counts roughly in less time."""

    title: str
    url: str
    draw: Callable[[], CardView]
    roughly: Callable[[], CardView] | None = None


def drawer_of(access: Access, card: Card) -> Drawer | None:
    """Return the drawer of a card for a person; None if the card is about something that they may not see."""
    make: Callable[[Access, Any], Drawer | None] = _DRAWERS[type(card)]
    return make(access, card)


def _count(access: Access, card: Count) -> Drawer | None:
    try:
        selection = plain_selection(access, parse_qsl(card.query))
    except SelectionError:
        return None
    return counted(access, card.label, selection)


def counted(access: Access, title: str, selection: Selection, url: str = "") -> Drawer:
    """Return a card with the number of a list's rows, up to the list's own limit; `url` is another address of the list."""
    rows = list_links(access.resource).to(selection)

    def tell(count: Total) -> CardView:
        is_one = count.is_exact and count.number == 1
        return CardView(title, url or rows, str(count), access.resource.noun if is_one else access.resource.nouns, rows)

    return Drawer(
        title,
        url or rows,
        lambda: tell(count_of(db.session, planned(db.session, selection))),
        lambda: tell(rough_count(selection)),
    )


def _per_week(access: Access, card: PerWeek) -> Drawer | None:
    name = f"{card.column}__{Unit.WEEK}"
    grouping = next((one for one in groupings_of(access) if one.by.name == name), None)
    if not isinstance(grouping, ByTime):
        return None
    title = card.label or f"{access.resource.plural} per week"
    url = link(access.resource, "summary_view", **{BY: name})
    return Drawer(
        title,
        url,
        lambda: _weeks(access, grouping, title, url),
        lambda: _two_weeks(access, grouping, title, url),
    )


def _weeks(access: Access, grouping: ByTime, title: str, url: str) -> CardView:
    """Count the last weeks, and the current one so far, by one range of an index each."""
    weeks = starts(Unit.WEEK, _first_week(), today())
    ends = [*weeks[1:], following(Unit.WEEK, weeks[-1])]
    selection = plain_selection(access, []).changed(sort="id")
    edges = [beginning_of(grouping.column, day) for day in (*weeks, *ends[-1:]) if day is not None]
    numbers = counts_of_ranges(db.session, selection, grouping.column, edges)
    one = access.resource
    points = [
        Point(
            label_of(Unit.WEEK, week),
            formatting.counted(number, one.noun, one.nouns),
            number,
            list_url(access, selection, [grouping.between(week, end)]),
        )
        for week, end, number in zip(weeks, ends, numbers, strict=True)
    ]  # fmt: skip -- a point
    number, note = formatting.number(numbers[-1]), f"this week, {formatting.number(numbers[-2])} last week"
    return CardView(title, url, number, note, points[-1].url, small_chart_of(points, f"{weeks[0]}", "this week"))


def _two_weeks(access: Access, grouping: ByTime, title: str, url: str) -> CardView:
    """Count only this week and the last one, up to the limit of a rough count."""
    week = start_of(Unit.WEEK, today())
    periods = [(week, following(Unit.WEEK, week)), (week - timedelta(weeks=1), week)]
    of_weeks = [plain_selection(access, [grouping.between(*period)]).changed(sort="id") for period in periods]
    this, last = map(rough_count, of_weeks)
    return CardView(title, url, str(this), f"this week, {last} last week", list_links(access.resource).to(of_weeks[0]))


def _top(access: Access, card: Top) -> Drawer | None:
    """Count the rows of the last weeks, or all rows if the list has no filter for the time of creation."""
    # The range has no end, so that SQLite reads only the index of each record's rows by time.
    period = (f"{CREATED_AT}__from", f"{_first_week()}")
    is_recent = period[0] in schema_for(access).filters
    try:
        one = summary_of(access, [*([period] if is_recent else []), (BY, card.relation)])
    except SelectionError:
        return None
    if one is None or not isinstance(one.grouping, ByRelation):
        return None
    title = card.label or f"{one.title}{f', last {WEEKS} weeks' if is_recent else ''}"
    grouping, selection = one.grouping, one.selection.changed(sort="id")
    return Drawer(
        title,
        one.url,
        lambda: listed(one, title, grouping.first(db.session, selection, most=MOST_ROWS)),
        lambda: roughly_summarised(one, title),
    )


def _first_week() -> date:
    return start_of(Unit.WEEK, today() - timedelta(weeks=WEEKS - 1))


def _newest(access: Access, _card: Newest) -> Drawer:
    one = access.resource
    url = link(one, "index_view")
    title = f"Newest {one.nouns}"
    return Drawer(title, url, lambda: _last(access, title, url))


def _last(access: Access, title: str, url: str) -> CardView:
    """List the newest records, with a link to create another one."""
    one, has_times = access.resource, access.resource.has_times and access.shows(CREATED_AT)
    found = fetch(db.session, newest(access).segments(), limit=MOST_ROWS)
    rows = tuple(
        CardRow(
            Link(access.title_of(record), record_url(access, record)),
            time=value_cell(record.created_at, is_whole=False) if has_times else None,
        )
        for record in found
    )
    add = Link(f"Add {one.noun}", link(one, "create_view")) if may_add(access) else None
    note = one.description if rows else f"No {one.nouns} yet. {one.description}".strip()
    return CardView(title, url, note=note, rows=rows, add=add)


_DRAWERS: dict[type[Card], Callable[[Access, Any], Drawer | None]] = {
    Count: _count,
    PerWeek: _per_week,
    Top: _top,
    Newest: _newest,
}
