"""How a person likes a list: the page that chooses columns, rows a page and row height, and the pager's own choice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from flask import abort, request
from flask_admin import expose
from werkzeug.datastructures import MultiDict

from admin_app.domain import preferences, records
from admin_app.errors import InvalidRecord, SelectionError
from admin_app.extensions import db
from admin_app.models.preference import Density, Preference
from admin_app.panel.column_order import PLACE, ColumnChoice, column_choices, in_order
from admin_app.panel.draft import Draft
from admin_app.panel.links import ListLinks
from admin_app.panel.list_elements import Listing
from admin_app.panel.listing import ListPage
from admin_app.selection.offer import PAGE_SIZES
from admin_app.selection.selection import Selection
from admin_app.web.login import look_again, signed_in_staff
from admin_app.web.notices import announce


class Choosing(ListPage):
    """Each person's choice of columns, kept on the server; with a view open, the view's columns in the address."""

    columns_template = "resource/columns.html"

    @expose("/columns/", methods=("GET", "POST"))
    def columns_view(self) -> Any:
        """Show what can be chosen for the list whose arguments the address carries, or keep the choice."""
        selection = self.selection(self.arguments())
        if request.method == "POST":
            return self.redirect(ListLinks(self.link("index_view")).to(self._chosen(selection)))
        return self._columns_page(selection)

    def kept_names(self, view: str) -> set[str]:
        """Keep which columns were chosen, and how they are to look."""
        if view != "columns_view":
            return super().kept_names(view)
        return {"column", "per_page", "density", *(PLACE + name for name in self.choosable_columns())}

    def page_again(self, view: str, words: str) -> Any:
        """Draw the page with what was chosen."""
        if view != "columns_view":
            return super().page_again(view, words)
        return self._columns_page(self.selection(self.arguments()), words), HTTPStatus.BAD_REQUEST

    def _columns_page(self, selection: Selection, problem: str = "") -> str:
        """Draw what can be chosen: as it was left, or as the lists are."""
        draft = self.shown_draft()
        answers = self.answers(draft)
        density = answers.get("density", "")
        usual_size = selection.per_page if selection.view else selection.offer.page_size or PAGE_SIZES[0]
        page: str = self.render(
            self.columns_template,
            resource=self,
            draft=draft,
            problem=problem,
            choices=self._choices(self._ordered(answers) if answers else self.visible_columns(selection)),
            sizes=PAGE_SIZES,
            size=_size(answers.get("per_page", "")) or usual_size,
            densities=tuple(Density),
            density=Density(density) if density in set(Density) else self.settings.density,
            is_view=bool(selection.view),
            form_url=self.here(),
            return_url=ListLinks(self.link("index_view")).to(selection),
        )
        return page

    @expose("/page-size/", methods=("POST",))
    def page_size_view(self) -> Any:
        """Keep how many rows a page has, and lead back to the list in that size."""
        size = request.form.get("per_page", "")
        if size not in map(str, PAGE_SIZES):
            message = "This page size is not available."
            raise SelectionError(message, [str(one) for one in PAGE_SIZES])
        self.remember(page_size=int(size))
        address = urlsplit(self.return_url())
        pairs = parse_qsl(address.query, keep_blank_values=True) if address.path == self.link("index_view") else []
        return self.redirect(ListLinks(self.link("index_view")).to(self.selection(pairs).changed(per_page=int(size))))

    def listing(
        self, selection: Selection, links: ListLinks, *, identity: str, hide: str = "", draft: Draft | None = None
    ) -> Listing:
        """Add where a list of its own is adjusted."""
        listing = super().listing(selection, links, identity=identity, hide=hide, draft=draft)
        if selection.parent is not None:
            return listing
        columns_url = ListLinks(self.link("columns_view")).to(replace(selection, is_counted=False))
        return replace(listing, columns_url=columns_url, page_size_url=self.link("page_size_view"))

    def _choices(self, shown: Sequence[str]) -> tuple[ColumnChoice, ...]:
        """List the columns: those that show in their order, then the others; the one that names the record stays first."""
        labels = {name: self.get_column_name(name) for name in [*shown, *self.choosable_columns()]}
        return column_choices(shown, labels, is_first_fixed=True)

    def _chosen(self, selection: Selection) -> Selection:
        """Keep what the form says; return what the list shows next, its rows the same. A view has its own columns and size."""
        is_reset = "reset" in request.form
        columns = self.usual_columns() if is_reset else self._ordered(request.form)
        size = request.form.get("per_page", "")
        density = request.form.get("density", "")
        # What is usual is not kept, so that it changes with the resource.
        kept = () if columns == self.usual_columns() else columns
        self.remember(
            columns=None if selection.view else kept,
            page_size=None if selection.view else 0 if is_reset else _size(size),
            density=Density.COMFORTABLE if is_reset else Density(density) if density in set(Density) else None,
        )
        if selection.view:
            return selection.changed(columns=columns, per_page=(not is_reset and _size(size)) or selection.per_page)
        announce("Back to the default columns." if is_reset else "Columns saved.")
        return selection.changed(columns=(), per_page=_size(size) or selection.per_page)

    def _ordered(self, answers: MultiDict[str, str]) -> tuple[str, ...]:
        """Put the ticked columns in the order of their numbers, after the one that names the record."""
        first, *others = self.ordered_columns(answers.getlist("column"))
        return (first, *in_order(others, answers))

    def remember(self, **settings: Any) -> None:
        """Keep some of what the person at the screen set for this resource's lists."""
        try:
            with records.commit(db.session, Preference):
                self.drop_sent_draft()
                preferences.remember_settings(db.session, signed_in_staff(), resource=self.endpoint, **settings)
        except InvalidRecord:
            # The account was deleted in the same moment.
            abort(409)
        look_again()


def _size(text: str) -> int | None:
    return int(text) if text in map(str, PAGE_SIZES) else None
