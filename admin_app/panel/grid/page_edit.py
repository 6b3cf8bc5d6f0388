"""A page of a list with fields in its cells, and one button that saves what was changed in any of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from http import HTTPStatus

from flask import abort, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from admin_app.db.keys import Key
from admin_app.db.record import Record
from admin_app.domain.permissions.policy import Action
from admin_app.extensions import db
from admin_app.formatting import counted
from admin_app.models.draft import Draft
from admin_app.panel.access.access import Access
from admin_app.panel.drafts import answers, arguments, is_discarded, newest_draft, shown_draft
from admin_app.panel.forms.source import kept_names
from admin_app.panel.grid.drawing import grid_of
from admin_app.panel.grid.outcome import announce_changes
from admin_app.panel.grid.row_edit import RowEdit
from admin_app.panel.grid.saving import are_valid, save_rows
from admin_app.panel.grid.sent import COLUMNS, SentPage, place_of, read_page
from admin_app.panel.kinds import value_cell
from admin_app.panel.links import list_links
from admin_app.panel.list.columns import Columns
from admin_app.panel.list.editable import editable_cells, editable_columns
from admin_app.panel.list.selections import selection_of
from admin_app.panel.list.table import Table, load_options
from admin_app.panel.page import Page, lead_on
from admin_app.selection.selection import Selection
from admin_app.web.urls import here


class PageEdit(Page):
    """“Edit this page”: the rows that a page of the list shows, addressed by id and version."""

    def respond(self) -> ResponseReturnValue:
        """Show the page's rows with their fields, or save them: all that was changed, or nothing."""
        if not self.access.may(Action.LIST):
            abort(HTTPStatus.NOT_FOUND)
        if is_discarded():
            return lead_on(list_links(self.resource, self.view).to(self._selection))
        if request.method == "POST":
            return self._saved()
        draft = shown_draft()
        if draft is not None:
            return self._drawn(*self._edits(self._read_sent(draft)), draft=draft)
        listed, is_cut = Table(self.access, self._selection, list_links(self.resource)).read(self._names)
        # If reading takes too long, the list itself says what to do.
        return lead_on(self._list_url) if is_cut else self._drawn(self._fresh(listed.rows), ())

    def kept_names(self) -> set[str]:
        """Keep what was typed, but for secrets."""
        kept = kept_names(self.resource)
        return {COLUMNS} | {name for name in request.form if (place := place_of(name)) is not None and place[1] in kept}

    def again(self, words: str) -> ResponseReturnValue | None:
        """Draw the rows filled with what was sent."""
        if not self.access.may(Action.LIST):
            return None
        return self._drawn(*self._edits(self._read_sent(None)), words=words, status=HTTPStatus.BAD_REQUEST)

    def _saved(self) -> ResponseReturnValue:
        """Save every changed row and redirect to the list; if one cannot be saved, draw the rows again with their problems."""
        edits, gone = self._edits(self._read_sent(None))
        changed = [one for one in edits if one.is_changed]
        is_valid = are_valid(edits)
        if gone or any(one.is_refused for one in edits):
            return self._drawn(edits, gone, status=HTTPStatus.CONFLICT)
        if not is_valid or (changed and not save_rows(self.access, changed)):
            return self._drawn(edits, gone, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        order = [one.record.id for one in edits]
        announce_changes(self.access, self._selection, [one.record for one in changed], order)
        return lead_on(self._list_url)

    # ---- the rows

    @cached_property
    def _selection(self) -> Selection:
        return replace(selection_of(self.access, arguments()), is_counted=False)

    @property
    def _list_url(self) -> str:
        return list_links(self.resource).to(self._selection)

    @cached_property
    def _names(self) -> tuple[str, ...]:
        return Columns(self.access).visible(self._selection)

    def _fresh(self, records: Sequence[Record]) -> list[RowEdit]:
        """Create the rows' forms from the records alone."""
        columns = editable_columns(self.access, self._names)
        self.access.look_beyond(columns, records)
        reached = self.access.reached(records, Action.EDIT)
        return [
            RowEdit(self.access, one, editable_cells(self.access, one, columns), may_edit=one.id in reached)
            for one in records
        ]

    def _read_sent(self, draft: Draft | None) -> SentPage:
        return read_page(self.resource.model, answers(draft).items(multi=True))

    def _edits(self, sent: SentPage) -> tuple[list[RowEdit], Sequence[tuple[Key, Mapping[str, str]]]]:
        """Create the forms of the sent rows; also return what was typed into rows that are gone."""
        access, resource = self.access, self.resource
        columns = [
            name for name in sent.columns if name in resource.form_columns and name not in resource.form_overrides
        ]
        columns = access.shown(columns)
        records = records_of(access, sent.rows, [*self._names, *columns])
        access.look_beyond(columns, [*records.values()])
        reached = access.reached([*records.values()], Action.EDIT)
        edits = [
            RowEdit(
                access,
                records[key],
                [name for name in columns if not access.leads_out_of_sight(name, records[key])],
                may_edit=key in reached,
                sent=row,
            )
            for key, row in sent.rows.items()
            if key in records
        ]
        typed = [
            (key, {name: row.typed[name] for name in columns if name in row.typed})
            for key, row in sent.rows.items()
            if key not in records
        ]
        return edits, typed

    # ---- the page

    def _drawn(
        self,
        edits: Sequence[RowEdit],
        gone: Sequence[tuple[Key, Mapping[str, str]]],
        *,
        draft: Draft | None = None,
        words: str = "",
        status: int = HTTPStatus.OK,
    ) -> ResponseReturnValue:
        """Draw the page."""
        waiting = newest_draft() if request.method == "GET" and draft is None else None
        shown = draft or waiting
        grid = grid_of(self.access, edits, gone, names=self._names, url=self._list_url)
        page = self.render(
            "resource/edit_page.html",
            grid=grid,
            words=words,
            is_refused=status != HTTPStatus.OK,
            counted=counted(len(edits), self.resource.noun, self.resource.nouns),
            draft=draft,
            waiting_url=here(draft=waiting.key) if waiting else "",
            typed_at=value_cell(shown.created_at if shown else None, is_whole=True),
            form_url=list_links(self.resource, self.view).to(self._selection),
            list_url=self._list_url,
        )
        return page, status


def records_of(access: Access, keys: Mapping[Key, object], names: Sequence[str]) -> dict[Key, Record]:
    """Read the records that the person sees, with everything that these columns need, by one statement."""
    model, seen = access.resource.model, access.seen()
    wanted = select(model).where(model.id.in_(keys)).options(*load_options(access.resource, names))
    found = db.session.scalars(wanted if seen is None else wanted.where(seen))
    return {record.id: record for record in found}
