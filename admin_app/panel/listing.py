"""The list page: parse the address into a `Selection`, read one page of it, build the table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from http import HTTPStatus
from typing import Any

from flask import request, url_for
from flask_admin import expose
from sqlalchemy import inspect as inspect_mapper
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.interfaces import ORMOption

from admin_app import text
from admin_app.current import lift_time_limit
from admin_app.domain.finding import typed_key
from admin_app.domain.permissions import Act
from admin_app.extensions import db
from admin_app.models.connection import is_timeout
from admin_app.models.preference import Density
from admin_app.panel.draft import Draft, is_control
from admin_app.panel.elements import CellKind
from admin_app.panel.links import ListLinks
from admin_app.panel.list_elements import Column, Listing, Numbered, SearchBox
from admin_app.panel.list_rows import ListRows
from admin_app.panel.pager import pager_of
from admin_app.selection import search
from admin_app.selection.counting import Count
from admin_app.selection.offer import Offer, SearchColumn, SortKey
from admin_app.selection.paging import Page, page_of
from admin_app.selection.selection import END, OWN_KEYS, SEARCH, Selection

CHILD_PAGE_SIZES = (10, 20, 50)
# Every record has it.
CREATED_AT = "created_at"


class ListPage(ListRows):
    """Columns, search, filters, sort and pages, all of them in the URL."""

    list_template = "resource/list.html"
    column_display_pk = True

    @expose("/")
    def index_view(self) -> Any:
        """Show the list, or lead to the plain address of a list that the filter form was sent for."""
        links = ListLinks(self.link("index_view"))
        arguments = list(request.args.items(multi=True))
        rest = [(key, value) for key, value in arguments if not is_control(key) and (value or key not in OWN_KEYS)]
        selection, draft = self.sent_filters(self.selection(rest))
        if len(rest) < len(arguments) and draft is None:
            return self.redirect(links.to(selection.changed()))
        listing = self.listing(selection, links, identity="listing", draft=draft)
        page = self.render(self.list_template, resource=self, listing=listing)
        return page, HTTPStatus.SERVICE_UNAVAILABLE if listing.is_cut else HTTPStatus.OK

    def selection(self, arguments: Sequence[tuple[str, str]], *, act: Act = Act.LIST) -> Selection:
        """Read which rows an address means, of those there are for this act, and how the person at the screen likes to see them."""
        settings = self.settings
        has_default = settings.default_view_id is not None
        offer = replace(self.offer(act), page_size=settings.page_size, has_default_view=has_default)
        return Selection.parse(offer, arguments)

    def newest(self) -> Selection:
        """Return the records of this resource, the last one made first, as their times say where the person sees these."""
        sort = CREATED_AT if self.shows(CREATED_AT) else "id"
        return Selection(offer=replace(self.offer_of_newest(), default_sort=f"-{sort}", rows=self.rows(Act.LIST)))

    def offer_of_newest(self) -> Offer:
        """Return the order that the start page has its records in, whose index is declared like that of every sort."""
        return Offer(self.model, sorts={CREATED_AT: SortKey(self.model.created_at)}, default_sort="id")

    def offer(self, act: Act = Act.LIST) -> Offer:
        """Return what a list of this resource may be asked by the person at hand: what it declares, of what they may see."""
        declared = self.declared_offer()
        sorts = {name: sort for name, sort in declared.sorts.items() if self._may_go_by(name, sort)}
        default = declared.default_sort
        return replace(
            declared,
            search={name: column for name, column in declared.search.items() if self.shows(name)},
            sorts=sorts,
            filters=self.filters_by_key,
            # An order by what is hidden would tell it.
            default_sort=default if default.removeprefix("-") in sorts else "-id",
            rows=self.rows(act),
        )

    def declared_offer(self) -> Offer:
        """Return what this resource declares that a list of it may be asked."""
        return Offer(
            model=self.model,
            search=self.searched(),
            sorts=self._sorts(),
            filters=self.declared_filters,
            default_sort=self._default_sort(),
        )

    def searched(self) -> dict[str, SearchColumn]:
        """Return the columns that `column_searchable_list` names; each gets its index by the next migration."""
        return {name: SearchColumn(*self._resolved(name)) for name in self.column_searchable_list or ()}

    def child_offer(self, back: str) -> Offer:
        """Return what may be asked of a list on a parent's page; the parent itself, `back`, need not be searched for."""
        offer = self.offer()
        search = {name: column for name, column in offer.search.items() if name.partition(".")[0] != back}
        return replace(offer, search=search, filters={}, page_sizes=CHILD_PAGE_SIZES)

    def listing(
        self, selection: Selection, links: ListLinks, *, identity: str, hide: str = "", draft: Draft | None = None
    ) -> Listing:
        """Read one page and build its table; `hide` is the column that is the same in every row."""
        names = [name for name in self.visible_columns(selection) if name != hide]
        page, is_cut = self._read(selection, names)
        here = links.to(replace(selection, is_counted=False))
        return Listing(
            id=identity,
            caption=self.plural,
            noun=self.noun,
            nouns=self.nouns,
            result_line=self._result_line(selection, page) + self._kept_to(),
            columns=tuple(self._column(name, selection, links) for name in names),
            rows=tuple(self.rows_drawn(page.rows, names, here, self.narrowings(selection))),
            search=self._search_box(selection, links),
            filters=None if selection.parent else self.filter_bar(selection, links, identity, draft),
            pager=pager_of(selection, page, links),
            is_narrowed=selection.is_narrowed,
            clear_url=links.to(selection.cleared()),
            new_url=self.link("create_view", url=here) if self.may(Act.CREATE) else "",
            export_url=self._export_url(selection, "export", export_type="csv"),
            export_page_url=self._export_url(selection, "export_page"),
            form_url=links.path,
            count_url="" if page.count.is_exact or is_cut else links.to(replace(selection, is_counted=True)),
            is_cut=is_cut,
            numbered=self._numbered(selection, here),
            messages=(*self._gone_words(selection), *_messages(selection)),
            counted=self._counted_in_words(page.count) if page.count.number > len(page.rows) else "",
            density=self.settings.density if selection.parent is None else Density.COMFORTABLE,
        )

    def of_number(self, selection: Selection) -> Any:
        """Return the record whose id is what is searched for, of those that the list may have; None for none."""
        key = typed_key(self.model, selection.search)
        found = select(self.model).where(self.model.id == key, *selection.scope)
        return None if key is None else db.session.scalar(found)

    def _numbered(self, selection: Selection, here: str) -> Numbered | None:
        """Lead to that record from the list's first page, beside its rows: it may have none of the words that they have."""
        record = None if selection.is_begun else self.of_number(selection)
        return None if record is None else Numbered(record.id, self.title_of(record), self.url_of(record, url=here))

    def _read(self, selection: Selection, names: Sequence[str]) -> tuple[Page, bool]:
        """Read a page; one that takes longer than it may is empty, and says so."""
        try:
            return page_of(db.session, selection, self.load_options([*names, *selection.order.relations])), False
        except OperationalError as error:
            if not is_timeout(error):
                raise
            lift_time_limit()
            db.session.rollback()
            return Page((), 0, Count(0)), True

    @property
    def plural(self) -> str:
        """The resource's title, "Posts"."""
        return self.nouns[:1].upper() + self.nouns[1:]

    def load_options(self, names: Sequence[str]) -> list[ORMOption]:
        """Load the to-one relations among these columns along with their records: one statement, whatever the page size."""
        firsts = dict.fromkeys(name.partition(".")[0] for name in names)
        relations = [self.relation(name) for name in firsts]
        return [joinedload(one.class_attribute) for one in relations if one is not None and not one.uselist]

    def _may_go_by(self, name: str, sort: SortKey) -> bool:
        """Whether the person sees what a sort goes by, which may be a related record's column under the relation's name."""
        return self.shows(name if sort.relation is None else f"{sort.relation.key}.{sort.column.key}")

    def _sorts(self) -> dict[str, SortKey]:
        """Read `column_sortable_list`: names, or (name, "relation.column") for a column that sorts by another."""
        declared = self.column_sortable_list or [name for name in self.column_list if self._is_plain(name)]
        pairs = [
            ("id", "id"),
            ("created_at", "created_at"),
            *(one if isinstance(one, tuple) else (one, one) for one in declared),
        ]
        return {name: SortKey(*self._resolved(path)) for name, path in pairs}

    def _resolved(self, path: str) -> tuple[Any, Any]:
        """Return the attribute that a dotted path names, and the relation that leads to it."""
        first, _, rest = path.partition(".")
        relation = self.relation(first)
        if relation is None or not rest:
            return getattr(self.model, first), None
        return getattr(relation.mapper.class_, rest), relation.class_attribute

    def _is_plain(self, name: str) -> bool:
        return name in inspect_mapper(self.model).column_attrs

    def _default_sort(self) -> str:
        name, descending = self.column_default_sort or ("id", True)
        return f"-{name}" if descending else name

    def _column(self, name: str, selection: Selection, links: ListLinks) -> Column:
        sort = selection.sort or selection.offer.default_sort
        is_sorted = sort.removeprefix("-") == name
        ascending = is_sorted and not sort.startswith("-")
        target = f"-{name}" if ascending else name
        return Column(
            key=name,
            label=self.get_column_name(name),
            kind=self._kind_of(name),
            sort_url=links.to(selection.changed(sort=target)) if name in selection.offer.sorts else "",
            sorted=("ascending" if ascending else "descending") if is_sorted else "",
        )

    def _kind_of(self, name: str) -> CellKind:
        relation = self.relation(name)
        if relation is not None:
            return CellKind.COUNT if self.is_to_many(name) else CellKind.RELATION
        return _kind_of_type(self._resolved(name)[0])

    def _export_url(self, selection: Selection, view: str, **arguments: Any) -> str:
        """Return where the rows of this list leave as a file, "" where they may not."""
        if not self.may(Act.EXPORT) or selection.parent is not None:
            return ""
        return ListLinks(url_for(f"{self.endpoint}.{view}", **arguments)).to(selection.changed())

    def _gone_words(self, selection: Selection) -> list[str]:
        gone = self.gone_columns(selection)
        quoted = text.in_words([f"“{name}”" for name in gone])
        return [f"Columns that this list does not have were left out: {quoted}."] if gone else []

    def _search_box(self, selection: Selection, links: ListLinks) -> SearchBox | None:
        if not selection.offer.search:
            return None
        name = selection.prefix + SEARCH
        labels = [self.get_column_name(path) for path in selection.offer.search]
        return SearchBox(
            name=name,
            value=selection.search,
            columns=text.in_words([label.lower() if label[:2] != "ID" else label for label in labels]),
            hidden=tuple(links.hidden(selection.changed(), leave_out=name)),
            clear_url=links.to(selection.changed(search="")) if selection.search else "",
        )

    def _kept_to(self) -> str:
        """Say which rows the person is kept to, so that nobody takes them for all there are."""
        rules = self.rule_words(Act.LIST)
        return f" · you see only {rules}" if rules else ""

    def _result_line(self, selection: Selection, page: Page) -> str:
        """Say how many rows there are, and which of them this page shows."""
        count, shown = page.count, len(page.rows)
        all_of_them = self._counted_in_words(count)
        first = (page.number - 1) * selection.per_page + 1
        if count.is_exact and shown == count.number:
            return all_of_them
        if page.number and not (count.is_exact and first + shown - 1 > count.number):
            return f"{text.number(first)} to {text.number(first + shown - 1)} of {all_of_them}"
        return f"{'The last ' if selection.before == END else ''}{text.number(shown)} of {all_of_them}"

    def _counted_in_words(self, count: Count) -> str:
        return text.counted(count.number, self.noun, self.nouns) if count.is_exact else f"{count} {self.nouns}"


def _messages(selection: Selection) -> list[str]:
    messages = []
    if selection.problems:
        messages.append("One filter isn't valid, so nothing is shown. Fix or remove it.")
    if search.is_cut(selection.search):
        messages.append(f"The search is too long: only its first {search.MOST_WORDS} words are used.")
    return messages


def _kind_of_type(attribute: Any) -> CellKind:
    """Say how the values of a column are drawn: what `cells.value_cell` makes of them."""
    columns: Any = getattr(getattr(attribute, "property", None), "columns", ())
    of = columns[0].type.python_type if columns else str
    return next((kind for types, kind in _KINDS if issubclass(of, types)), CellKind.TEXT)


# In this order: a truth value is a whole number too.
_KINDS: tuple[tuple[tuple[type, ...], CellKind], ...] = (
    ((bool, Enum), CellKind.CHOICE),
    ((int, float, Decimal), CellKind.NUMBER),
    ((date, datetime), CellKind.TIME),
)
