"""Export: the list on screen, as a file, streamed while it is read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from flask import Response, abort, current_app, redirect, request, url_for
from flask_admin import expose
from sqlalchemy import func, literal, select

from admin_app import text
from admin_app.current import act_under_way
from admin_app.errors import SelectionError
from admin_app.extensions import db
from admin_app.panel.cells import value_of
from admin_app.panel.deleting import Deleting
from admin_app.panel.engine import foreign_key_of
from admin_app.selection.selection import Selection
from admin_app.transfer.columns import ExportColumn, ImportColumn
from admin_app.transfer.csv_file import CONTENT_TYPE, csv_chunks
from admin_app.transfer.exporting import Taking, exported_rows, noted_rows
from admin_app.web import proof

# Of what a list was narrowed by, so much stands in the history.
LONGEST_ASKED = 200


class Exporting(Deleting):
    """The list's columns and rows as CSV."""

    can_export = True

    @expose("/export/<export_type>/")
    def export(self, export_type: str) -> Any:
        """Send the rows that the same address shows as a list; a filter that could not be read sends nothing."""
        if export_type != "csv":
            abort(404)
        selection = self.selection(list(request.args.items(multi=True)))
        if selection.problems:
            message = f"A filter could not be read, so nothing was exported. {' '.join(selection.problems)}"
            raise SelectionError(message)
        if not proof.is_fresh() and _is_large(selection):
            return redirect(url_for("account.confirm", next=self.here()))
        columns = self.export_columns(selection)
        rows = self.export_rows(selection, columns)
        name = f"{self.nouns}-{'filtered-' if selection.is_narrowed else ''}{datetime.now(UTC):%Y-%m-%d-%H%M%S}.csv"
        response = Response(
            csv_chunks([column.header for column in columns], rows),
            content_type=CONTENT_TYPE,
            headers={"Content-Disposition": f'attachment; filename="{name.replace(" ", "-")}"'},
        )
        # Whoever breaks off the download has taken what was sent so far.
        response.call_on_close(rows.close)
        return response

    def export_rows(self, selection: Selection, columns: Sequence[ExportColumn]) -> Any:
        """Read the selection for these columns."""
        names = list(dict.fromkeys(column.key for column in columns))
        children = [getattr(self.model, name) for name in names if self.is_to_many(name)]
        rows = exported_rows(db.engine, selection, columns, options=self.load_options(names), children=children)
        return noted_rows(db.engine, rows, self._taking(selection))

    def _taking(self, selection: Selection) -> Taking:
        """Say who takes the rows: asked now, since the file is sent when the request is over."""
        acting = act_under_way()
        return Taking(
            actor=acting.who() if acting is not None else (None, ""),
            request_id=acting.request_id if acting is not None else "",
            resource=self.model.__table__.name,
            words=lambda number: text.counted(number, self.noun, self.nouns),
            asked="&".join(f"{key}={value}" for key, value in selection.arguments())[:LONGEST_ASKED],
        )

    def export_columns(self, selection: Selection) -> list[ExportColumn]:
        """Return the columns the list shows; a relation takes two, the id that an import reads and the name that a person does."""
        names = self.visible_columns(selection)
        return [column for name in names for column in self._columns_of(name, self.get_column_name(name))]

    def _columns_of(self, name: str, label: str) -> list[ExportColumn]:
        relation = self.relation(name)
        if relation is None:
            return [ExportColumn(name, label, lambda record, _: value_of(record, name))]
        if relation.uselist:
            return [ExportColumn(name, label, lambda record, counts: counts[name][record.id].number)]
        key = str(foreign_key_of(relation).key)

        def title(record: Any, _counts: Any) -> str | None:
            other = getattr(record, name)
            return None if other is None else str(other)

        return [
            ExportColumn(name, self.get_column_name(key), lambda record, _: getattr(record, key)),
            ExportColumn(name, label, title),
        ]

    def import_columns(self) -> list[ImportColumn]:
        """Return what a file may bring: the form's columns, the foreign keys behind its relations, the key and the times."""
        names = [*self.form_columns, "id", "created_at"]
        keys = [str(foreign_key_of(relation).key) if (relation := self.relation(name)) else name for name in names]
        columns = self.model.__table__.columns
        return [ImportColumn(key, self.get_column_name(key), columns[key]) for key in keys if key in columns]

    def ignored_headers(self) -> list[str]:
        """Return the headers an export writes for people, which an import passes over."""
        known = {column.key for column in self.import_columns()}
        names = [(name, self.get_column_name(name)) for name in self.choosable_columns() if name not in known]
        return [word for pair in names for word in pair]


def _is_large(selection: Selection) -> bool:
    """Whether it holds more rows than may be taken away without proof; no more of them are counted than that needs."""
    limit = current_app.config["PROOF_ROWS"]
    found = select(literal(1)).select_from(selection.offer.model).where(*selection.criteria).limit(limit + 1)
    count: int = db.session.scalar(select(func.count()).select_from(found.subquery())) or 0
    return bool(count > limit)
