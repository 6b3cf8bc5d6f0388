"""The table of a list or of a record's children: reads one page of a `Selection` and builds its view model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from sqlalchemy.orm.interfaces import ORMOption

from admin_app import formatting
from admin_app.db.record import Record
from admin_app.domain.permissions.policy import Action
from admin_app.extensions import db
from admin_app.models.preference import Density
from admin_app.panel.access.access import Access
from admin_app.panel.access.new_record import may_add
from admin_app.panel.filters.carried import carried
from admin_app.panel.filters.narrowing import narrowings
from admin_app.panel.in_time import in_time
from admin_app.panel.kinds import cell_kind_of, cell_width_of
from admin_app.panel.links import ListLinks, link, record_url
from admin_app.panel.list import list_counts
from admin_app.panel.list.columns import Columns
from admin_app.panel.list.counted import with_exact_count
from admin_app.panel.list.hits import Hits
from admin_app.panel.list.pager import pager_of
from admin_app.panel.list.row_actions import ways_of_rows
from admin_app.panel.list.rows import rows_of
from admin_app.panel.list.selections import of_number
from admin_app.panel.list.sorting import Sorting
from admin_app.panel.list.staying import OUTSIDE, with_staying
from admin_app.panel.list.view_models import Column, Listing, Numbered, Row, SearchBox, SortForm
from admin_app.panel.resource import Resource
from admin_app.panel.view_models import CellKind, Link
from admin_app.selection.paging.counting import Count
from admin_app.selection.paging.pages import Page, page_of
from admin_app.selection.search import search
from admin_app.selection.selection import ALONE, END, SEARCH, TOO, Selection

# A table with so few rows needs no search box.
FEW = 10
# The note at the row that was found only by its id, and beside the count of the others.
HAS_NUMBER = "Has this ID"
NUMBERED = " · 1 with this ID"


class Table:
    """Builds the table of one selection on a page whose addresses are `links`."""

    def __init__(self, access: Access, selection: Selection, links: ListLinks) -> None:
        """Keep the access, the selection and the links."""
        self._access = access
        self._resource = access.resource
        self._selection = selection
        self._links = links
        self._sorting = Sorting(access.resource, selection, links)

    def listing(self, identity: str, *, hide: str = "", has_peeks: bool = False) -> Listing:
        """Read one page and build its table. `hide` is a column with the same value in every row; with `has_peeks` rows open beside the list."""
        access, selection, links, resource = self._access, self._selection, self._links, self._resource
        names = [name for name in Columns(access).visible(selection) if name != hide]
        page, is_cut = self.read(names)
        page = page if selection.parent is not None else with_exact_count(access, selection, page)
        if not is_cut:
            list_counts.note(access, selection, page.count)
        here, filled = links.to(replace(selection, is_counted=False)), carried(access, selection)
        numbered = self._numbered(names)
        apart = [] if numbered is None or is_cut or numbered.id in {one.id for one in page.rows} else [numbered]
        return Listing(
            id=identity,
            caption=resource.plural,
            noun=resource.noun,
            nouns=resource.nouns,
            result_line=self._result_line(page) + (NUMBERED if apart else "") + self._kept_to(),
            columns=tuple(self._column(name) for name in names),
            rows=tuple(self._rows(page, apart, names, here, has_peeks=has_peeks)),
            search=self._search_box(page),
            filters=None,
            pager=pager_of(selection, page, links),
            is_narrowed=selection.is_narrowed or bool(selection.ticks),
            clear_url=links.to(selection.cleared()),
            new_url=link(resource, "create_view", url=here, **filled) if may_add(access) else "",
            form_url=links.path,
            count_url="" if page.count.is_exact or is_cut else links.to(replace(selection, is_counted=True)),
            is_cut=is_cut,
            kept_to="" if page.rows else access.rules_told(Action.LIST),
            numbered=self._numbered_line(numbered, here),
            messages=(*self._gone_words(), *_messages(selection)),
            total=str(page.count) if page.count.number > len(page.rows) else "",
            row_ways=ways_of_rows(access, here),
            density=Density.COMFORTABLE,
        )

    def _rows(
        self, page: Page, apart: Sequence[Record], names: Sequence[str], here: str, *, has_peeks: bool
    ) -> Iterator[Row]:
        """Draw the record that was searched by its id, then the page's rows with those that stay."""
        why = dict.fromkeys((one.id for one in page.rows), "") | {one.id: HAS_NUMBER for one in apart}
        staying = with_staying(self._access, here, page.rows, load_options(self._resource, names))
        records = [*apart, *(one for one in staying if one not in apart)]
        selection = self._selection
        hits = Hits(search.terms_of(selection.search), selection.schema.search)
        narrow = narrowings(self._access, selection)
        drawn = rows_of(self._access, records, names, here, narrow, hits=hits, has_peeks=has_peeks)
        is_mixed = selection.schema.archived is not None and selection.archived != ALONE
        for record, row in zip(records, drawn, strict=True):
            is_archived = is_mixed and bool(getattr(record, selection.schema.archived_name))
            outside = why.get(record.id, OUTSIDE)
            yield replace(row, outside=outside, is_archived=is_archived) if outside or is_archived else row

    def read(self, names: Sequence[str]) -> tuple[Page, bool]:
        """Read a page; return an empty one, and True, if it takes too long."""
        options = load_options(self._resource, [*names, *self._selection.order.relations])
        known = list_counts.too_many_to_count(self._access, self._selection)
        page = in_time(lambda: page_of(db.session, self._selection, options, known))
        return (Page((), 0, Count(0)), True) if page is None else (page, False)

    def _column(self, name: str) -> Column:
        kind, sorting = kind_of(self._resource, name), self._sorting
        return Column(
            key=name,
            label=self._resource.label(name),
            kind=kind,
            width=width_of(self._resource, name),
            sort_url=sorting.url(name, kind),
            then_url=sorting.then_url(name, kind),
            sorted=sorting.of(name),
            second=sorting.second(name),
            description=self._resource.column_descriptions.get(name, ""),
        )

    def sort_form(self) -> SortForm | None:
        """Return the form that sorts the list."""
        return self._sorting.form({name: kind_of(self._resource, name) for name in self._selection.schema.sorts})

    def archive_links(self, *further: tuple[str, str]) -> tuple[Link, ...]:
        """Return the links that show archived records, if there is an archive, and further links of this kind."""
        selection = self._selection
        if selection.schema.archived is None:
            return ()
        ways = ((ALONE, f"Archived {self._resource.nouns}"), (TOO, "Show archived too"), *further)
        shown = [(way, words) for way, words in ways if way != selection.archived]
        return tuple(Link(words, self._links.to(selection.unticked().changed(archived=way))) for way, words in shown)

    def _numbered(self, names: Sequence[str]) -> Record | None:
        """Return the record whose id was searched, on the list's first page: it need not contain the searched text."""
        options = load_options(self._resource, names)
        return None if self._selection.is_begun else of_number(self._selection, options)

    def _numbered_line(self, record: Record | None, here: str) -> Numbered | None:
        if record is None:
            return None
        return Numbered(record.id, self._access.title_of(record), record_url(self._access, record, url=here))

    def _gone_words(self) -> list[str]:
        gone = Columns(self._access).gone(self._selection)
        quoted = formatting.in_words([f"“{name}”" for name in gone])
        return [f"Columns that this list does not have were left out: {quoted}."] if gone else []

    def _search_box(self, page: Page) -> SearchBox | None:
        selection, links = self._selection, self._links
        # On a record's page, a list that shows all its rows needs no search.
        is_short = selection.parent is not None and not selection.search and page.count.number <= FEW
        if not selection.schema.search or is_short:
            return None
        name = selection.prefix + SEARCH
        labels = [self._resource.label(path) for path in selection.schema.search]
        return SearchBox(
            name=name,
            value=selection.search,
            columns=formatting.in_words([formatting.in_sentence(label) for label in labels]),
            hidden=tuple(links.hidden(selection.unticked().changed(), leave_out=name)),
            clear_url=links.to(selection.unticked().changed(search="")) if selection.search else "",
        )

    def _kept_to(self) -> str:
        """Say which rows the person is limited to, so that they do not take them for all rows."""
        rules = self._access.rule_words(Action.LIST)
        return f" · you see only {rules}" if rules else ""

    def _result_line(self, page: Page) -> str:
        """Say how many rows there are, and which of them this page shows."""
        count, shown = page.count, len(page.rows)
        all_of_them = self._counted_in_words(count)
        first = (page.number - 1) * self._selection.per_page + 1
        if count.is_exact and shown == count.number:
            return all_of_them
        if page.number and not (count.is_exact and first + shown - 1 > count.number):
            return f"{formatting.number(first)} to {formatting.number(first + shown - 1)} of {all_of_them}"
        return f"{'The last ' if self._selection.before == END else ''}{formatting.number(shown)} of {all_of_them}"

    def _counted_in_words(self, count: Count) -> str:
        selected = "selected " if self._selection.ticks else ""
        noun, nouns = selected + self._resource.noun, selected + self._resource.nouns
        return formatting.counted(count.number, noun, nouns) if count.is_exact else f"{count} {nouns}"


def load_options(resource: Resource, names: Sequence[str]) -> list[ORMOption]:
    """Return the options that load the related records of these columns, by a fixed number of statements."""
    firsts = dict.fromkeys(name.partition(".")[0] for name in names)
    relations = [resource.relation(name) for name in firsts]
    return [option for one in relations if one is not None for option in one.load()]


def _messages(selection: Selection) -> list[str]:
    messages = []
    if selection.problems:
        messages.append("One filter isn't valid, so nothing is shown. Fix or remove it.")
    if search.is_cut(selection.search):
        messages.append(f"The search is too long: only its first {search.MOST_WORDS} words are used.")
    return messages


def kind_of(resource: Resource, name: str) -> CellKind:
    """Return how a column is drawn. It depends on the model alone: a column's width must not depend on the shown rows."""
    if resource.is_links(name):
        return CellKind.LINKS
    if resource.relation(name) is not None:
        return CellKind.COUNT if resource.is_to_many(name) else CellKind.RELATION
    return cell_kind_of(resource.attribute(name)[0])


def width_of(resource: Resource, name: str) -> str:
    """Return the width of a column, which depends on the model alone."""
    is_relation = resource.relation(name) is not None
    return kind_of(resource, name).value if is_relation else cell_width_of(resource.attribute(name)[0])
