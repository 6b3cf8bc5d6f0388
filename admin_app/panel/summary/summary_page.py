"""The page of a summary, and its file."""

from __future__ import annotations

from http import HTTPStatus
from typing import NoReturn
from urllib.parse import urlencode

from flask import Response, abort, request
from flask.typing import ResponseReturnValue

from admin_app.domain.permissions.policy import Action
from admin_app.panel.grouping.groupings import LabelledGroup, groupings_of
from admin_app.panel.in_time import in_time
from admin_app.panel.page import Page
from admin_app.panel.summary.measures import in_file, measures_of
from admin_app.panel.summary.summary import Summary, figures_of, list_url, narrowed_words, summary_of, table_of
from admin_app.panel.summary.view_models import SummaryForm
from admin_app.transfer.formats.csv import CSV, csv_chunks
from admin_app.web.urls import here

NOT_READ = "One filter isn't valid, so nothing is counted. Fix or remove it."


class SummaryPage(Page):
    """The page of a summary."""

    def respond(self) -> ResponseReturnValue:
        """Show the groups of the list in the address; if counting takes too long, say what to do."""
        one = self._requested()
        groups = None if one.selection.problems else in_time(one.groups)
        is_cut = groups is None and not one.selection.problems
        page = self.render(
            "resource/summary.html",
            title=one.title,
            form=self._form(one),
            table=None if groups is None else table_of(one, groups),
            note="" if groups is None else one.note,
            is_cut=is_cut,
            problem=NOT_READ if one.selection.problems else "",
            narrowed=narrowed_words(one),
            list_url=list_url(self.access, one.selection),
            file_url=self._file_url(one),
            arguments=urlencode(one.arguments),
            here=here(),
        )
        return page, HTTPStatus.SERVICE_UNAVAILABLE if is_cut else HTTPStatus.OK

    def file(self) -> ResponseReturnValue:
        """Send the groups as CSV, if the person may export these fields."""
        one = self._requested(Action.EXPORT)
        if not self._may_leave(one):
            abort(HTTPStatus.FORBIDDEN)
        groups = [] if one.selection.problems else in_time(one.groups)
        if groups is None:
            return self.respond()
        return Response(
            csv_chunks(_titles(one), [_line(one, group) for group in groups]),
            content_type=CSV.content_type,
            headers={
                "Content-Disposition": f'attachment; filename="{self.resource.endpoint}-{one.grouping.by.name}.csv"'
            },
        )

    def _requested(self, action: Action = Action.LIST) -> Summary:
        one = summary_of(self.access, list(request.args.items(multi=True)), action=action)
        return one or _nothing()

    def _form(self, one: Summary) -> SummaryForm:
        return SummaryForm(
            url=self.link("summary_view"),
            hidden=tuple(one.selection.arguments()),
            by=one.grouping.by.name,
            measure=one.measure.name,
            groupings=tuple(
                (one.name, f"{one.label}, by {one.words}" if one.is_time else one.label)
                for one in (each.by for each in groupings_of(self.access))
            ),
            measures=tuple((each.name, each.label) for each in measures_of(self.access)),
        )

    def _file_url(self, one: Summary) -> str:
        may = self.access.may(Action.EXPORT) and self._may_leave(one)
        return f"{self.link('summary_file')}?{urlencode(one.arguments)}" if may else ""

    def _may_leave(self, one: Summary) -> bool:
        fields = filter(None, (one.grouping.by.field, one.measure.field, one.measure.currency))
        return all(map(self.access.may_export, fields))


def _nothing() -> NoReturn:
    abort(HTTPStatus.NOT_FOUND)


def _titles(one: Summary) -> list[str]:
    return [one.first_head, one.access.resource.plural, *one.figure_heads]


def _line(one: Summary, group: LabelledGroup) -> list[object]:
    return [group.code or group.label, group.group.number, *map(in_file, figures_of(one, group))]
