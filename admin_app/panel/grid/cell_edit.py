"""One cell of a list: its field, fetched when a person begins to type, and the response after it is sent."""

from __future__ import annotations

from http import HTTPStatus

from flask import abort, get_template_attribute, jsonify, request
from flask.typing import ResponseReturnValue

from admin_app.db.record import Record
from admin_app.domain.audit.recorder import last_change_set
from admin_app.domain.permissions.policy import Action
from admin_app.extensions import db
from admin_app.panel.drafts import arguments
from admin_app.panel.filters.narrowing import narrowings
from admin_app.panel.grid.drawing import edited_row
from admin_app.panel.grid.outcome import outside_of
from admin_app.panel.grid.row_edit import RowEdit
from admin_app.panel.grid.saving import are_valid, save_rows
from admin_app.panel.grid.sent import read_page
from admin_app.panel.links import list_links
from admin_app.panel.list.columns import CELLS, Columns
from admin_app.panel.list.editable import editable_cells, editable_columns
from admin_app.panel.list.rows import rows_of
from admin_app.panel.list.selections import selection_of
from admin_app.panel.list.staying import OUTSIDE
from admin_app.panel.page import Page
from admin_app.web.auth.login import signed_in_principal
from admin_app.web.urls import here

# Arguments of the address beside the list's own.
FIELD = "field"
OWN = frozenset({"id", FIELD, CELLS})


class CellEdit(Page):
    """Serves the script of a list. Its answers are parts of the page, as JSON."""

    def respond(self) -> ResponseReturnValue:
        """Answer with the cell's field, or save it and answer with the row's cells."""
        if request.method != "POST":
            edit = self._edit()
            if not edit.controls:
                abort(HTTPStatus.NOT_FOUND)
            return jsonify(html=self._form(edit), whose=signed_in_principal().id)
        return self._saved()

    def _saved(self) -> ResponseReturnValue:
        edit = self._edit()
        is_valid = are_valid([edit])
        if edit.is_refused:
            return jsonify(html=self._form(edit)), HTTPStatus.CONFLICT
        if not is_valid or (edit.is_changed and not save_rows(self.access, [edit])):
            return jsonify(html=self._form(edit)), HTTPStatus.UNPROCESSABLE_ENTITY
        return self._row(edit.record, is_changed=edit.is_changed)

    def _edit(self) -> RowEdit:
        """Create the form of this one cell; it is empty if the person may not write the column."""
        record, name = self.access.requested(Action.EDIT), request.args.get(FIELD, "")
        columns = editable_cells(self.access, record, editable_columns(self.access, [name]))
        sent = read_page(self.resource.model, request.form.items(multi=True))
        return RowEdit(self.access, record, columns, sent=sent.rows.get(record.id))

    def _form(self, edit: RowEdit) -> str:
        """Draw the field in a form of its own."""
        (row,) = rows_of(self.access, [edit.record], [*edit.controls], here(), {})
        draw = get_template_attribute("components/grid.html", "cell_form")
        return str(draw(edited_row(edit, row, [*edit.controls]), self.resource.noun, here()))

    def _row(self, record: Record, *, is_changed: bool) -> ResponseReturnValue:
        """Draw the row as the list has it now, and say whether the list still has it."""
        selection = selection_of(self.access, [pair for pair in arguments() if pair[0] not in OWN])
        # Use the columns of the table on screen: the person may have chosen others meanwhile.
        drawn, offered = request.args.get(CELLS, "").split(","), Columns(self.access).choosable()
        names = [name for name in drawn if name in offered]
        list_url = list_links(self.resource).to(selection)
        (row,) = rows_of(self.access, [record], names, list_url, narrowings(self.access, selection), has_peeks=True)
        cells = dict(zip(names, row.cells, strict=True))
        inside = get_template_attribute("components/table.html", "inside")
        told = get_template_attribute("components/grid.html", "saved_note")
        words = " ".join(filter(None, ("Saved.", self.resource.after_save()))) if is_changed else ""
        return jsonify(
            cells=[
                str(inside("listing", row, cells[name], is_first=not place)) if name in cells else None
                for place, name in enumerate(drawn)
            ],
            note=str(told(words, row.title, last_change_set(db.session), list_url)) if words else "",
            outside=OUTSIDE if outside_of(selection, [record]) else "",
        )
