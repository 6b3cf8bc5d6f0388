"""The list page: opens saved views, reads the filter form, and builds the table with its toolbar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from flask import abort, url_for
from flask.typing import ResponseReturnValue

from admin_app.domain.permissions.policy import Action
from admin_app.domain.work.saved_views import ViewAtHand
from admin_app.panel.access.access import Access
from admin_app.panel.filters.declared import filters_shown
from admin_app.panel.filters.filter_bar import filter_bar, sent_filters
from admin_app.panel.filters.filter_form import FormGroup, is_control
from admin_app.panel.filters.typed import typed_filters
from admin_app.panel.grouping.groupings import groupings_of
from admin_app.panel.links import ListLinks, list_links
from admin_app.panel.list.bulk_bar import bulk_bar
from admin_app.panel.list.columns import CELLS, settings_for
from admin_app.panel.list.open_view import is_bare, open_view, pairs_of
from admin_app.panel.list.peeking import Beside, without_peek
from admin_app.panel.list.saved_view_bar import SavedViewBar, argument_in_words, is_gone
from admin_app.panel.list.selections import selection_of
from admin_app.panel.list.table import Table
from admin_app.panel.list.view_models import Listing
from admin_app.panel.page import Page, lead_on
from admin_app.panel.shell import named_view
from admin_app.panel.view_models import Hidden, Link
from admin_app.selection.selection import OWN_KEYS, VIEW, WHERE, WHOLE, Selection
from admin_app.transfer.formats import FORMATS

# The formats that a list exports by one click, Excel first.
AT_ONCE = ("xlsx", "csv", "json")


class ListPage(Page):
    """Columns, search, filters, sort and pages, all of them in the URL. Opening a view leads to the list's whole address."""

    def __init__(self, access: Access, beside: Beside) -> None:
        """Keep the function that draws the record beside the list."""
        super().__init__(access)
        self._beside = beside

    def respond(self) -> ResponseReturnValue:
        """Show the list. The bare address of a view, or of a list with a default view, redirects to the view's full address."""
        arguments = without_peek()
        default = settings_for(self.resource).default_view_id or 0
        view = open_view(self.resource, default if not arguments else named_view())
        if view is None:
            return abort(404) if is_bare(arguments) else self._list()
        stored = pairs_of(view)
        is_way_in = not arguments or is_bare(arguments)
        asked = stored if is_way_in else [pair for pair in arguments if pair[0] != VIEW]
        gone = [pair for pair in asked if pair in stored and is_gone(self.access, pair)]
        rest = [pair for pair in asked if pair not in gone]
        address = f"{self.link('index_view')}?{urlencode([*rest, (VIEW, str(view.id))])}"
        if any(key not in OWN_KEYS or key == WHERE for key, _ in gone):
            return self._gone_view(view, gone, address)
        return lead_on(address) if gone or is_way_in else self._list()

    def _list(self) -> ResponseReturnValue:
        """Show the list; after the filter form was sent, redirect to the list's plain address."""
        links = list_links(self.resource)
        arguments = without_peek()
        rest = [(key, value) for key, value in arguments if not is_control(key) and (value or key not in OWN_KEYS)]
        selection, form = sent_filters(self.access, selection_of(self.access, rest))
        if (typed := self._typed(selection)) is not None:
            return lead_on(links.to(typed))
        if len(rest) < len(arguments) and form is None:
            return lead_on(links.to(selection.changed()))
        listing = self._listing(selection, links, form)
        alike = self.access.shown(self.resource.duplicate_keys)
        duplicates_url = self.link("duplicates_view") if alike else ""
        peek = self._beside(self.access, listing, links.to(replace(selection, is_counted=False)))
        page = self.render("resource/list.html", listing=listing, peek=peek, duplicates_url=duplicates_url)
        return page, HTTPStatus.SERVICE_UNAVAILABLE if listing.is_cut else HTTPStatus.OK

    def _typed(self, selection: Selection) -> Selection | None:
        """Return the selection with the filters typed into the search box; None if there are none."""
        typed = typed_filters(selection.search, selection.schema, filters_shown(self.access))
        if not typed.conditions:
            return None
        narrowed = selection.unticked().changed(search=typed.rest)
        return narrowed.with_filters([*selection.filters, *typed.conditions])

    def _listing(self, selection: Selection, links: ListLinks, form: FormGroup | None) -> Listing:
        """Add to the table what only the list page has: filters, views, ticks, columns, exports."""
        bar = SavedViewBar(self.access, selection)
        drawn = Table(self.access, selection, links)
        table = drawn.listing("listing", has_peeks=True)
        return replace(
            table,
            filters=filter_bar(self.access, selection, links, "listing", form),
            views=bar.bar(),
            bulk=bulk_bar(self.access, table, selection),
            messages=(*bar.words(), *table.messages),
            exports=self._exports(selection),
            export_page_url=self._export_url(selection, "export_page"),
            sort_form=drawn.sort_form(),
            columns_url=list_links(self.resource, "columns_view").to(replace(selection, is_counted=False)),
            page_size_url=self.link("page_size_view"),
            edit_page_url=self._edit_page_url(table, selection),
            import_url=self._import_url(selection),
            summarise_url=self._summarise_url(selection),
            archive=drawn.archive_links(),
            cell_url=self._cell_url(table, selection),
            density=settings_for(self.resource).density,
        )

    def _edit_page_url(self, table: Listing, selection: Selection) -> str:
        """Return the URL of the page that edits these rows in place; "" if none may be edited."""
        if not any(row.editable for row in table.rows if not row.outside):
            return ""
        return list_links(self.resource, "edit_page_view").to(replace(selection, is_counted=False))

    def _cell_url(self, table: Listing, selection: Selection) -> str:
        """Return the URL that saves one cell; "" if none may be edited. A cell has no room for re-authentication."""
        if "edit_view" in self.resource.proof_for or not any(row.editable for row in table.rows):
            return ""
        names = ",".join(column.key for column in table.columns)
        links = ListLinks(self.link("cell_view"), [(CELLS, names)])
        return links.to(replace(selection, is_counted=False))

    def _import_url(self, selection: Selection) -> str:
        """Return the URL of the import; "" if the person may not import."""
        may = self.access.may
        if not (self.resource.can_import and may(Action.IMPORT) and (may(Action.CREATE) or may(Action.EDIT))):
            return ""
        return self.link("import_view", url=list_links(self.resource).to(selection.changed()))

    def _exports(self, selection: Selection) -> tuple[Link, ...]:
        """Link the exports of one click."""
        if not self.access.may(Action.EXPORT):
            return ()
        formats = [FORMATS[key] for key in AT_ONCE]
        return tuple(Link(one.label, self._export_url(selection, "export", export_type=one.key)) for one in formats)

    def _summarise_url(self, selection: Selection) -> str:
        """Return the URL of the summary; "" if no field can group the rows."""
        is_offered = bool(groupings_of(self.access))
        return list_links(self.resource, "summary_view").to(selection.unticked().changed()) if is_offered else ""

    def _export_url(self, selection: Selection, view: str, **arguments: Any) -> str:
        """Return the URL of an export of this list; "" if the person may not export."""
        if not self.access.may(Action.EXPORT):
            return ""
        return ListLinks(url_for(f"{self.resource.endpoint}.{view}", **arguments)).to(selection.changed())

    def _gone_view(self, view: ViewAtHand, gone: Sequence[Hidden], address: str) -> str:
        """Show no rows: without its lost filter the view would show more rows than its name says."""
        return self.render(
            "resource/view_gone.html",
            name=view.name,
            lost=[argument_in_words(pair) for pair in gone],
            without_url=address,
            all_url=self.link("views_view"),
            whole_url=self.link("index_view", view=WHOLE),
        )
