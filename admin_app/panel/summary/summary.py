"""A summary of a list: read from an address, and drawn as a table and a chart whose numbers link to their rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode

from admin_app import formatting
from admin_app.domain.permissions.policy import Action
from admin_app.errors import SelectionError
from admin_app.extensions import Attribute, db
from admin_app.panel.access.access import Access
from admin_app.panel.chart import Point, chart_of, lengths_of
from admin_app.panel.grouping.groupings import Grouping, LabelledGroup, groupings_of
from admin_app.panel.grouping.periods import Unit
from admin_app.panel.links import link, list_links
from admin_app.panel.list.selections import selection_of
from admin_app.panel.summary.currencies import MOST_CURRENCIES, UNKNOWN, currencies_of, groups_by_currency, note_of
from admin_app.panel.summary.measures import COUNT, Measured, OfferedMeasure, as_number, measures_of, written
from admin_app.panel.summary.view_models import SummaryRow, SummaryTable
from admin_app.panel.view_models import Hidden, Link
from admin_app.selection.selection import TICKS, Selection

# The summary's arguments in an address, besides the list's own.
BY, MEASURE = "by", "measure"


@dataclass(frozen=True)
class Summary:
    """A summary for one person: the list, the grouping and the measure."""

    access: Access
    selection: Selection
    grouping: Grouping
    measure: OfferedMeasure

    @property
    def title(self) -> str:
        """The title: "Posts by week", "Average price of tags by week"."""
        resource, measure = self.access.resource, self.measure
        what = f"{measure.label} of {resource.nouns}" if measure.measure else resource.plural
        return f"{what} by {self.grouping.by.words}"

    @property
    def first_head(self) -> str:
        """The heading of the groups' column."""
        by = self.grouping.by
        return by.words.capitalize() if by.is_time else by.label

    @property
    def figure_heads(self) -> tuple[str, ...]:
        """The headings of the figures' columns: one, or one for each currency."""
        if self.currency is None:
            return (self.measure.label,) if self.measure.measure else ()
        return tuple(f"{self.measure.label}, {code or UNKNOWN}" for code in self._columns)

    @property
    def currency(self) -> Attribute | None:
        """The column that says the currency of each amount, if there is one."""
        name = self.measure.currency
        return getattr(self.access.resource.model, name) if name else None

    @cached_property
    def currencies(self) -> list[str | None]:
        """The currencies of the amounts, the most frequent first."""
        if self.currency is None or self.measure.measure is None:
            return []
        return currencies_of(db.session, self._rows, self.measure.measure, self.currency)

    @property
    def note(self) -> str:
        """The note about amounts in several currencies; "" if there are none."""
        return "" if self.currency is None else note_of(self.currencies, self.access.resource.nouns)

    @property
    def arguments(self) -> list[Hidden]:
        """The arguments of the summary's address."""
        measure = [] if self.measure.name == COUNT else [(MEASURE, self.measure.name)]
        return [*self.selection.arguments(), (BY, self.grouping.by.name), *measure]

    @property
    def url(self) -> str:
        """The address of its page."""
        return f"{link(self.access.resource, 'summary_view')}?{urlencode(self.arguments)}"

    def groups(self) -> list[LabelledGroup]:
        """Read the groups. The rows are not sorted: sorting by a related column would cost a join."""
        measure, currency = self.measure.measure, self.currency
        if measure is None or currency is None:
            return self.grouping.groups(db.session, self._rows, measure)
        columns = self._columns
        return groups_by_currency(
            db.session, self._rows, self.grouping, measure=measure, currency=currency, codes=columns
        )

    @property
    def _rows(self) -> Selection:
        return self.selection.changed(sort="id")

    @property
    def _columns(self) -> list[str | None]:
        return self.currencies[:MOST_CURRENCIES]

    def url_of(self, one: LabelledGroup) -> str:
        """Return the address of the list of a group's rows."""
        return list_url(self.access, self.selection, one.filters)


def summary_of(access: Access, arguments: Sequence[Hidden], *, action: Action = Action.LIST) -> Summary | None:
    """Read the summary of an address; None if the person has no grouping; raise `SelectionError` for an unknown one.

    A selection belongs to one list, and the groups lead to other lists.
    """
    rest = [pair for pair in arguments if pair[0] not in {BY, MEASURE, TICKS}]
    asked = dict(pair for pair in arguments if pair[0] in {BY, MEASURE})
    selection = selection_of(access, rest, action=action).changed()
    groupings = {one.by.name: one for one in groupings_of(access)}
    measures = {one.name: one for one in measures_of(access)}
    if not groupings:
        return None
    by, measure = asked.get(BY) or _usual(list(groupings)), asked.get(MEASURE) or COUNT
    for name, offered in ((by, groupings), (measure, measures)):
        if name not in offered:
            message = f"This list has no summary by “{name[:50]}”."
            raise SelectionError(message, list(offered))
    return Summary(access, selection, groupings[by], measures[measure])


def _usual(names: Sequence[str]) -> str:
    """Return the default grouping: the weeks of the first time column, else the first field."""
    return next((one for one in names if one.endswith(f"__{Unit.WEEK}")), names[0])


def list_url(access: Access, selection: Selection, filters: Sequence[Hidden] = ()) -> str:
    """Return the address of a selection's list, narrowed further."""
    return list_links(access.resource).to(selection, filters)


def narrowed_words(one: Summary) -> list[str]:
    """Return what narrows the rows, in words."""
    searched = [f"search “{one.selection.search}”"] if one.selection.search else []
    return [*searched, *(member.problem or member.sentence() for member in one.selection.filters)]


def table_of(one: Summary, groups: Sequence[LabelledGroup]) -> SummaryTable:
    """Build the table of groups: of times with a column chart, of others with a bar in each row."""
    lengths = (
        [0.0] * len(groups) if one.grouping.by.is_time else lengths_of([_compared(one, group) for group in groups])
    )
    rows = tuple(_row(one, group, length) for group, length in zip(groups, lengths, strict=True))
    total = sum(group.group.number for group in groups)
    resource = one.access.resource
    return SummaryTable(
        caption=one.title,
        first_head=one.first_head,
        number_head=resource.plural,
        noun=resource.noun,
        figure_heads=one.figure_heads,
        rows=rows,
        total=Link(formatting.number(total), list_url(one.access, one.selection)),
        chart=chart_of(points_of(one, groups)) if one.grouping.by.is_time else None,
        beyond=_beyond_chart(one, groups) if one.grouping.by.is_time else "",
    )


def _beyond_chart(one: Summary, groups: Sequence[LabelledGroup]) -> str:
    """Say which rows have no bar: those of all other times would dwarf every bar."""
    rest = (group for group in groups if group.group.is_rest)
    left = [f"{figure_in_words(one, group)} ({formatting.in_sentence(group.label)})" for group in rest]
    return f"Not in the chart: {formatting.in_words(left)}." if left else ""


def points_of(one: Summary, groups: Sequence[LabelledGroup]) -> list[Point]:
    """Return the periods for a chart, the oldest first, without the groups of rows before, after, or without a time."""
    return [
        Point(group.label, figure_in_words(one, group), number_of(one, group), one.url_of(group))
        for group in _in_order(groups)
    ]


def codes_of(groups: Sequence[LabelledGroup]) -> list[str]:
    """Return the same periods' short names, as in a file."""
    return [group.code for group in _in_order(groups)]


def _in_order(groups: Sequence[LabelledGroup]) -> list[LabelledGroup]:
    return [one for one in reversed(groups) if one.group.key is not None and not one.group.is_rest]


def _row(one: Summary, group: LabelledGroup, length: float) -> SummaryRow:
    figures = tuple(written(figure) for figure in figures_of(one, group))
    return SummaryRow(group.label, formatting.number(group.group.number), one.url_of(group), figures, length)


def figures_of(one: Summary, group: LabelledGroup) -> tuple[Measured, ...]:
    """Return a group's figures: none, one, or one for each currency."""
    if one.measure.measure is None:
        return ()
    return (group.group.measured,) if one.currency is None else group.group.measured


def _compared(one: Summary, group: LabelledGroup) -> float:
    """Return the length of a group's bar; the group of all others has none, because it is not comparable."""
    return 0.0 if group.group.is_rest else number_of(one, group)


def number_of(one: Summary, group: LabelledGroup) -> float:
    """Return the number that a chart shows for a group: its figure, or its number of rows if there are several currencies."""
    figures = figures_of(one, group)
    return as_number(figures[0]) if len(figures) == 1 else group.group.number


def figure_in_words(one: Summary, group: LabelledGroup) -> str:
    """Return that number in words: "148 posts", "2.5"."""
    figures = figures_of(one, group)
    if len(figures) == 1:
        return written(figures[0])
    return formatting.counted(group.group.number, one.access.resource.noun, one.access.resource.nouns)
