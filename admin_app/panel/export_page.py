"""The addresses of exports: the usual file by one click, and a page that asks which columns, which format, and how."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from flask import Response, abort, current_app, redirect, request, url_for
from flask_admin import expose
from sqlalchemy.exc import OperationalError
from werkzeug.datastructures import MultiDict

from admin_app import text
from admin_app.current import lift_time_limit, reading
from admin_app.extensions import db
from admin_app.models.connection import is_timeout
from admin_app.panel.column_order import PLACE, ColumnChoice, column_choices, in_order
from admin_app.panel.export_jobs import begin_export
from admin_app.panel.exporting import Exporting, Order
from admin_app.panel.links import ListLinks
from admin_app.panel.ticking import RowsAct
from admin_app.selection.counting import Count, count_of
from admin_app.selection.selection import Selection
from admin_app.selection.strategy import planned
from admin_app.transfer.formats import FORMATS, FileOptions
from admin_app.transfer.formats.csv import DELIMITERS
from admin_app.web import proof
from admin_app.web.login import lead_to, signed_in_person
from admin_app.web.notices import call_attention
from admin_app.web.priority import behind_pages

NOTHING_CHOSEN = "Choose at least one column."
BY_A_JOB = "Press Export, then find the file under Jobs."


class ExportPage(Exporting):
    """One click for the list as CSV, one page for everything else."""

    can_export = True
    export_template = "resource/export.html"
    files = frozenset({"export"})
    rows_acts = (*Exporting.rows_acts, RowsAct("export_page", "Export"))

    @expose("/export/<export_type>/")
    def export(self, export_type: str) -> Any:
        """Send the rows that the same address shows as a list, or lead to the page where a job is asked for them.

        A filter that could not be read sends nothing.
        """
        if export_type != "csv":
            abort(404)
        order = self.order(self.arguments(), staff_id=signed_in_person().id)
        if _exceeds("EXPORT_ROWS", order.selection):
            at_once = text.counted(current_app.config["EXPORT_ROWS"], self.noun, self.nouns)
            call_attention(f"This list has more than {at_once}, so it is exported in the background. {BY_A_JOB}")
            return redirect(ListLinks(self.link("export_page")).to(order.selection))
        if not proof.is_fresh() and _exceeds("PROOF_ROWS", order.selection):
            return redirect(url_for("account.confirm", next=self.here(), back=self.back_from_file("export")))
        return self.download(order)

    @expose("/export/", methods=("GET", "POST"))
    def export_page(self) -> Any:
        """Ask how; then send the file, or have a job make it where that takes longer."""
        arguments = self.arguments()
        order = self.order(arguments, staff_id=signed_in_person().id)
        if request.method != "POST":
            return self._page(order.selection, None, [])
        choice = self._sent(request.form)
        if not choice["columns"]:
            return self._page(order.selection, choice, [("columns", NOTHING_CHOSEN)])
        wanted = self.order(
            arguments,
            columns=choice["columns"],
            format_key=choice["format"],
            options=FileOptions(**choice["options"]),
            staff_id=signed_in_person().id,
        )
        if (
            not proof.is_fresh()
            and _exceeds("PROOF_ROWS", wanted.selection)
            and (page := proof.required(back=self.back_from_file("export_page"))) is not None
        ):
            return page
        self.remember(export_choice=choice)
        # A download holds a thread until its end.
        if wanted.format.is_for_jobs or _exceeds("EXPORT_ROWS", wanted.selection):
            begin_export(self, wanted)
            return lead_to(self.get_url("jobs.index"))
        return self.download(wanted)

    def kept_names(self, view: str) -> set[str]:
        """Keep what was chosen about the file."""
        if view != "export_page":
            return super().kept_names(view)
        return {"format", "column", "delimiter", "excel", "long_text", *(PLACE + key for key in self.exportable())}

    def page_again(self, view: str, words: str) -> Any:
        """Draw the page with what was chosen."""
        if view != "export_page":
            return super().page_again(view, words)
        page, _ = self._page(self.order(self.arguments()).selection, self._sent(request.form), [("", words)])
        return page, HTTPStatus.BAD_REQUEST

    def back_from_file(self, name: str) -> str:
        """Lead back to the list that is exported."""
        if name not in {"export", "export_page"}:
            return super().back_from_file(name)
        return f"{self.link('index_view')}?{urlencode(self.arguments())}".rstrip("?")

    def download(self, order: Order) -> Response:
        """Send a file while it is written; one that fails half-way is broken off."""
        return Response(
            behind_pages(self.export_file(order)),
            content_type=order.format.content_type,
            headers={"Content-Disposition": f'attachment; filename="{self.file_name(order)}"'},
        )

    def _page(self, selection: Selection, sent: Mapping[str, Any] | None, errors: Sequence[tuple[str, str]]) -> Any:
        """Draw the form as it was sent, as it was left when the session ended, or as it was the last time."""
        links, draft = ListLinks(self.link("index_view")), self.shown_draft()
        left = self._sent(self.answers(draft)) if draft is not None else None
        choice = sent or left or self._offered_choice(selection)
        page = self.render(
            self.export_template,
            resource=self,
            draft=draft,
            **self._counted(selection),
            format_url=ListLinks(self.link("export_page")).to(selection),
            return_url=links.to(selection),
            formats=list(FORMATS.values()),
            chosen_format=choice.get("format", "csv"),
            columns=self._column_choices(selection, choice),
            options=FileOptions(**choice.get("options", {})),
            delimiters=DELIMITERS,
            rows_at_once=text.number(current_app.config["EXPORT_ROWS"]),
            errors=errors,
            columns_error=next((words for place, words in errors if place == "columns"), ""),
        )
        return page, HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK

    def _offered_choice(self, selection: Selection) -> dict[str, Any]:
        """Return what the person chose last time; the columns of an address, a view's for one, stand above that."""
        choice = dict(self.settings.export_choice)
        if selection.columns:
            choice.pop("columns", None)
        return choice

    def _counted(self, selection: Selection) -> dict[str, str]:
        """Say how many rows there are, and which ticked ones are not; what takes too long to count is not counted."""
        try:
            count = count_of(db.session, planned(db.session, selection))
        except OperationalError as error:
            if not is_timeout(error):
                raise
            lift_time_limit()
            db.session.rollback()
            return {"count": f"The {self.nouns} of this list"}
        if not (ticked := len(selection.ticks)):
            return {"count": _words(count, self.noun, self.nouns)}
        if not (gone := ticked - count.number):
            return {"count": text.counted(ticked, f"selected {self.noun}", f"selected {self.nouns}")}
        words = text.counted(gone, f"selected {self.noun} is", f"selected {self.nouns} are")
        return {
            "count": f"{count} of the {text.number(ticked)} selected {self.nouns}",
            "gone": f"{words} no longer in this list: deleted or changed.",
        }

    def _column_choices(self, selection: Selection, choice: Mapping[str, Any]) -> tuple[ColumnChoice, ...]:
        """Return the chosen columns in their order, then the others."""
        labels = {key: column.header for key, column in self.exportable().items()}
        return column_choices(choice.get("columns", self.listed_columns(selection)), labels)

    def _sent(self, form: MultiDict[str, str]) -> dict[str, Any]:
        """Read the form; what it does not offer is refused by `order`."""
        keys = [key[:100] for key in form.getlist("column")][:100]
        options = FileOptions(
            delimiter=DELIMITERS.get(form.get("delimiter", ""), ","),
            is_for_excel=form.get("excel") == "1",
            cuts_long_text=form.get("long_text") != "refuse",
        )
        return {"format": form.get("format", "csv")[:20], "columns": in_order(keys, form), "options": asdict(options)}


def _exceeds(setting: str, selection: Selection) -> bool:
    """Whether it holds more rows than the setting allows: no more are counted than that needs, and nobody waits for the write lock.

    What takes too long to be counted does.
    """
    limit = current_app.config[setting]
    with reading():
        try:
            count = count_of(db.session, replace(planned(db.session, selection), count_limit=limit))
        except OperationalError as error:
            if not is_timeout(error):
                raise
            lift_time_limit()
            return True
        finally:
            db.session.rollback()
    return not count.is_exact or count.number > limit


def _words(count: Count, noun: str, nouns: str) -> str:
    return text.counted(count.number, noun, nouns) if count.is_exact else f"{str(count).capitalize()} {nouns}"
