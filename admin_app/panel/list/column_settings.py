"""A person's settings of a list: the page for columns, page size and row height, and the pager's choice of a page size."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from flask import abort, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from admin_app.db.transaction import transaction
from admin_app.domain import preferences
from admin_app.domain.records.refusals import refusals_of
from admin_app.errors import InvalidRecord, SelectionError
from admin_app.extensions import db
from admin_app.models.preference import Density, Preference
from admin_app.panel.drafts import answers, arguments, drop_sent_draft, shown_draft
from admin_app.panel.links import link, list_links
from admin_app.panel.list.column_order import PLACE, ColumnChoice, column_choices, in_order
from admin_app.panel.list.columns import Columns, settings_for
from admin_app.panel.list.selections import selection_of
from admin_app.panel.page import Page, lead_on
from admin_app.panel.resource import Resource
from admin_app.selection.list_schema import PAGE_SIZES
from admin_app.selection.selection import Selection
from admin_app.web.auth.login import reload_person, signed_in_staff
from admin_app.web.flash import announce
from admin_app.web.urls import here


class ColumnsPage(Page):
    """The page for columns. The choice is stored per person; if a view is open, it goes into the address instead."""

    def respond(self) -> ResponseReturnValue:
        """Show the choices for the list in the address, or save them."""
        selection = selection_of(self.access, arguments())
        if request.method == "POST":
            return lead_on(list_links(self.resource).to(self._chosen(selection)))
        return self._page(selection)

    def kept_names(self) -> set[str]:
        """Keep the chosen columns, and how the list should look."""
        return {"column", "per_page", "density", *(PLACE + name for name in self._columns.choosable())}

    def again(self, words: str) -> ResponseReturnValue:
        """Draw the page with what was chosen."""
        return self._page(selection_of(self.access, arguments()), words), HTTPStatus.BAD_REQUEST

    @property
    def _columns(self) -> Columns:
        return Columns(self.access)

    def _page(self, selection: Selection, problem: str = "") -> str:
        """Draw the choices as they were sent, or else the present settings."""
        draft = shown_draft()
        typed = answers(draft)
        density = typed.get("density", "")
        usual_size = selection.per_page if selection.view else selection.schema.page_size or PAGE_SIZES[0]
        return self.render(
            "resource/columns.html",
            draft=draft,
            problem=problem,
            choices=self._choices(self._ordered(typed) if typed else self._columns.visible(selection)),
            sizes=PAGE_SIZES,
            size=_size(typed.get("per_page", "")) or usual_size,
            densities=tuple(Density),
            density=Density(density) if density in set(Density) else settings_for(self.resource).density,
            is_view=bool(selection.view),
            form_url=here(),
            return_url=list_links(self.resource).to(selection),
        )

    def _choices(self, shown: Sequence[str]) -> tuple[ColumnChoice, ...]:
        """List the columns: the shown ones in their order, then the others; the column that names the record stays first."""
        labels = {name: self.resource.label(name) for name in [*shown, *self._columns.choosable()]}
        return column_choices(shown, labels, is_first_fixed=True)

    def _chosen(self, selection: Selection) -> Selection:
        """Save the form; return the selection with the same rows and the new columns. In a view, columns and page size go into the selection."""
        is_reset, usual = "reset" in request.form, self._columns.usual()
        columns = usual if is_reset else self._ordered(request.form)
        size = request.form.get("per_page", "")
        density = request.form.get("density", "")
        # Defaults are not stored, so that they follow the resource.
        kept = () if columns == usual else columns
        remember(
            self.resource,
            columns=None if selection.view else kept,
            page_size=None if selection.view else 0 if is_reset else _size(size),
            density=Density.COMFORTABLE if is_reset else Density(density) if density in set(Density) else None,
        )
        if selection.view:
            return selection.changed(columns=columns, per_page=(not is_reset and _size(size)) or selection.per_page)
        announce("Back to the default columns." if is_reset else "Columns saved.")
        return selection.changed(columns=(), per_page=_size(size) or selection.per_page)

    def _ordered(self, typed: MultiDict[str, str]) -> tuple[str, ...]:
        """Return the ticked columns in the order of their numbers, after the column that names the record."""
        first, *others = self._columns.ordered(typed.getlist("column"))
        return (first, *in_order(others, typed))


class PageSize(Page):
    """The pager's choice of a page size."""

    def respond(self) -> ResponseReturnValue:
        """Save the page size, and redirect to the list in that size."""
        size = request.form.get("per_page", "")
        if size not in map(str, PAGE_SIZES):
            message = "This page size is not available."
            raise SelectionError(message, [str(one) for one in PAGE_SIZES])
        remember(self.resource, page_size=int(size))
        address, own = urlsplit(self.return_url()), link(self.resource, "index_view")
        pairs = parse_qsl(address.query, keep_blank_values=True) if address.path == own else []
        return lead_on(list_links(self.resource).to(selection_of(self.access, pairs).changed(per_page=int(size))))


def remember(resource: Resource, **settings: Any) -> None:
    """Save some of the current person's settings for a resource's lists."""
    try:
        with refusals_of(Preference), transaction(db.session):
            drop_sent_draft()
            preferences.remember_settings(db.session, signed_in_staff(), resource=resource.endpoint, **settings)
    except InvalidRecord:
        # The account was deleted in the same moment.
        abort(409)
    reload_person()


def _size(text: str) -> int | None:
    return int(text) if text in map(str, PAGE_SIZES) else None
