"""The pages of exports: the default file by one click, and a page that asks for the columns, the format and its options."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from flask import Response, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from admin_app import formatting
from admin_app.domain.permissions.policy import Action
from admin_app.extensions import Values, db
from admin_app.panel.drafts import answers, arguments, shown_draft
from admin_app.panel.export.columns import ExportColumns
from admin_app.panel.export.export import Order, export_file, file_name, order
from admin_app.panel.export.jobs import begin_export
from admin_app.panel.in_time import in_time
from admin_app.panel.links import ListLinks, link, list_links
from admin_app.panel.list.column_order import PLACE, ColumnChoice, column_choices, in_order
from admin_app.panel.list.column_settings import remember
from admin_app.panel.list.columns import settings_for
from admin_app.panel.list.counted import count_up_to
from admin_app.panel.page import Page, lead_on
from admin_app.panel.resource import Resource
from admin_app.panel.view_models import Hidden
from admin_app.selection.paging.counting import Count, count_of
from admin_app.selection.paging.planner import planned
from admin_app.selection.selection import Selection
from admin_app.transfer.formats import CSV, FORMATS, XLSX, FileOptions, Format
from admin_app.transfer.formats.csv import DELIMITERS
from admin_app.web.auth import reauthentication
from admin_app.web.auth.login import signed_in_principal
from admin_app.web.download import download
from admin_app.web.flash import call_attention
from admin_app.web.urls import here

# The argument of the page's address with the chosen format.
FORMAT = "format"
NOTHING_CHOSEN = "Choose at least one column."
BY_A_JOB = "Press Export, then find the file under Jobs."


class ExportPage(Page):
    """One click for the list as it is, one page for everything else."""

    def at_once(self, format_key: str) -> ResponseReturnValue:
        """Send the rows that the same address shows as a list; if they are too many, redirect to the page that starts a job.

        If a filter could not be read, nothing is sent.
        """
        wanted = self._order(format_key=format_key)
        most = _most_at_once(wanted.format)
        if _exceeds(most, wanted.selection):
            limit = formatting.counted(most, self.resource.noun, self.resource.nouns)
            call_attention(f"This list has more than {limit}, so it is exported in the background. {BY_A_JOB}")
            links = ListLinks(self.link("export_page"), [(FORMAT, format_key)])
            return redirect(links.to(wanted.selection))
        if not reauthentication.is_fresh() and _exceeds(current_app.config["PROOF_ROWS"], wanted.selection):
            return redirect(url_for("account.confirm", next=here(), back=list_exported(self.resource)))
        return _download(wanted)

    def respond(self) -> ResponseReturnValue:
        """Ask for the options; then send the file, or start a job if it takes longer."""
        selection = self._order().selection
        if request.method != "POST":
            return self._page(selection, None, [])
        choice = _sent(request.form)
        if not choice["columns"]:
            return self._page(selection, choice, [("columns", NOTHING_CHOSEN)])
        options = FileOptions(**choice["options"])
        wanted = self._order(columns=choice["columns"], format_key=choice["format"], options=options)
        is_large = not reauthentication.is_fresh() and _exceeds(current_app.config["PROOF_ROWS"], wanted.selection)
        if is_large and (page := reauthentication.required(back=list_exported(self.resource))) is not None:
            return page
        remember(self.resource, export_choice=choice)
        if _exceeds(_most_at_once(wanted.format), wanted.selection):
            begin_export(self.access, wanted)
            return lead_on(url_for("jobs.index"))
        return _download(wanted)

    def kept_names(self) -> set[str]:
        """Keep what was chosen about the file."""
        columns = ExportColumns(self.access).offered()
        return {"format", "column", "delimiter", "excel", "long_text", *(PLACE + key for key in columns)}

    def again(self, words: str) -> ResponseReturnValue | None:
        """Draw the page with what was chosen."""
        selection = self._order().selection
        return self._page(selection, _sent(request.form), [("", words)], HTTPStatus.BAD_REQUEST)

    def _order(self, **choice: Any) -> Order:
        return order(self.access, list_arguments(), staff_id=signed_in_principal().id, **choice)

    def _page(
        self,
        selection: Selection,
        sent: Values | None,
        errors: Sequence[tuple[str, str]],
        status: HTTPStatus = HTTPStatus.UNPROCESSABLE_ENTITY,
    ) -> ResponseReturnValue:
        """Draw the form with what was sent, with the draft from an ended session, or with the last choice."""
        draft = shown_draft()
        left = _sent(answers(draft)) if draft is not None else None
        choice = sent or left or self._offered_choice(selection)
        named = request.args.get(FORMAT, "") if choice is not sent else ""
        page = self.render(
            "resource/export.html",
            draft=draft,
            **self._counted(selection),
            format_url=list_links(self.resource, "export_page").to(selection),
            return_url=list_links(self.resource).to(selection),
            import_url=self._import_url(selection),
            formats=list(FORMATS.values()),
            chosen_format=named if named in FORMATS else choice.get("format", "csv"),
            columns=self._column_choices(selection, choice),
            options=FileOptions(**choice.get("options", {})),
            delimiters=DELIMITERS,
            may_be_long=ExportColumns(self.access).may_be_long(),
            at_once={one.key: formatting.number(_most_at_once(one)) for one in (CSV, XLSX)},
            errors=errors,
            columns_error=next((words for place, words in errors if place == "columns"), ""),
        )
        return page, status if errors else HTTPStatus.OK

    def _import_url(self, selection: Selection) -> str:
        """Return the address where the changed file can be imported; "" if the person may not import."""
        if not (self.resource.can_import and self.access.may(Action.IMPORT) and self.access.may(Action.EDIT)):
            return ""
        return self.link("import_view", url=list_links(self.resource).to(selection))

    def _offered_choice(self, selection: Selection) -> Values:
        """Return the person's last choice; columns in the address, such as a view's, take precedence."""
        choice = dict(settings_for(self.resource).export_choice)
        if selection.columns:
            choice.pop("columns", None)
        return choice

    def _counted(self, selection: Selection) -> dict[str, str]:
        """Say how many rows there are, and how many selected rows are gone. A slow count is left out."""
        noun, nouns = self.resource.noun, self.resource.nouns
        count = in_time(lambda: count_of(db.session, planned(db.session, selection)))
        if count is None:
            return {"count": f"The {nouns} of this list"}
        if selection.ticked is None:
            return {"count": _words(count, noun, nouns)}
        ticked = selection.ticked.number
        if selection.ticked.is_all_but or not (gone := ticked - count.number):
            return {"count": _words(count, f"selected {noun}", f"selected {nouns}")}
        words = formatting.counted(gone, f"selected {noun} is", f"selected {nouns} are")
        return {
            "count": f"{count} of the {formatting.number(ticked)} selected {nouns}",
            "gone": f"{words} no longer in this list. {'It was' if gone == 1 else 'They were'} deleted or changed.",
        }

    def _column_choices(self, selection: Selection, choice: Values) -> tuple[ColumnChoice, ...]:
        """Return the chosen columns in their order, then the others."""
        columns = ExportColumns(self.access)
        labels = {key: column.header for key, column in columns.offered().items()}
        return column_choices(choice.get("columns", columns.listed(selection)), labels)


def list_exported(resource: Resource) -> str:
    """Return the address of the exported list: a page that answers with a file needs a way back."""
    return f"{link(resource, 'index_view')}?{urlencode(list_arguments())}".rstrip("?")


def list_arguments() -> list[Hidden]:
    """Return the address's arguments about the list, without the format."""
    return [pair for pair in arguments() if pair[0] != FORMAT]


def _download(wanted: Order) -> Response:
    return download(export_file(wanted), content_type=wanted.format.content_type, name=file_name(wanted))


def _sent(form: MultiDict[str, str]) -> Values:
    """Read the form; `order` refuses what it does not offer."""
    keys = [key[:100] for key in form.getlist("column")][:100]
    options = FileOptions(
        delimiter=DELIMITERS.get(form.get("delimiter", ""), ","),
        is_for_excel=form.get("excel") == "1",
        cuts_long_text=form.get("long_text") != "refuse",
    )
    return {"format": form.get("format", "csv")[:20], "columns": in_order(keys, form), "options": asdict(options)}


def _most_at_once(format_: Format) -> int:
    """Return how many rows are sent while the person waits: a download holds a thread until its end."""
    most: int = current_app.config["EXPORT_ROWS"] // format_.cost
    return most


def _exceeds(limit: int, selection: Selection) -> bool:
    """Whether a selection has more rows than the limit."""
    return not count_up_to(selection, limit).is_exact


def _words(count: Count, noun: str, nouns: str) -> str:
    return (
        formatting.counted(count.number, noun, nouns)
        if count.is_exact
        else f"{formatting.sentence_case(str(count))} {nouns}"
    )
