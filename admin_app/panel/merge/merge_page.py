"""Merge: a page that shows two records and asks for the values of the one that stays, then the merge itself."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from itertools import islice
from urllib.parse import parse_qsl, urlsplit

from flask import abort, request
from flask.typing import ResponseReturnValue

from admin_app.db.keys import Key, print_key
from admin_app.db.record import Record
from admin_app.db.transaction import transaction
from admin_app.domain.audit.undo_offers import last_undoable
from admin_app.domain.permissions.policy import Action
from admin_app.domain.records.deletion import dependences
from admin_app.domain.records.for_good import deleted_for_good
from admin_app.domain.records.merge import merge_records, relations_with_twins
from admin_app.domain.records.refusals import refusals_of
from admin_app.errors import AdminError, InvalidRecord, RecordGone
from admin_app.extensions import db
from admin_app.formatting import sentence_case
from admin_app.panel.deletion.dependents import bound_of
from admin_app.panel.deletion.for_good import told_of_change, told_of_deletion
from admin_app.panel.drafts import answers, drop_sent_draft, shown_draft
from admin_app.panel.forms.conflict_view_models import Meanwhile
from admin_app.panel.forms.conflicts import Conflicts
from admin_app.panel.forms.form_access import require_within
from admin_app.panel.forms.gone import refused_as_gone
from admin_app.panel.forms.source import VERSION
from admin_app.panel.links import list_links, record_url
from admin_app.panel.list.rows import mark_of
from admin_app.panel.list.selections import selection_of
from admin_app.panel.merge.merge_form import GONE, KEPT, TAKE, MergeForm
from admin_app.panel.merge.moving import moving_of
from admin_app.panel.page import Page, lead_on
from admin_app.panel.view_models import Link
from admin_app.selection.paging.planner import planned
from admin_app.selection.selection import Selection
from admin_app.web.auth import reauthentication
from admin_app.web.flash import announce, warn
from admin_app.web.urls import here


class MergePage(Page):
    """The page of two records: `?a=` stays and `?b=` is merged into it. A selection leads to that address."""

    def respond(self) -> ResponseReturnValue:
        """Show both records, or merge them."""
        if not self.access.may(Action.EDIT):
            abort(HTTPStatus.FORBIDDEN)
        if not self.resource.is_open_to_bulk:
            abort(HTTPStatus.NOT_FOUND)
        if not {KEPT, GONE} & request.args.keys():
            return self._chosen()
        for name in (KEPT, GONE):
            if (page := refused_as_gone(self.access, request.args.get(name, ""), f"{VERSION}.{name}")) is not None:
                return page
        form = self._requested()
        if request.method != "POST":
            return self._page(form, {}, HTTPStatus.OK)
        return self._page(form, {}, HTTPStatus.CONFLICT) if self._meanwhile(form) else self._merged(form)

    def kept_names(self) -> set[str]:
        """Keep the chosen values."""
        return {TAKE + name for name in self.resource.form_columns}

    def again(self, words: str) -> ResponseReturnValue | None:
        """Draw the page with what was chosen."""
        if not self.resource.is_open_to_bulk or not {KEPT, GONE} <= request.args.keys():
            return None
        return self._page(self._requested(), {"": words}, HTTPStatus.BAD_REQUEST)

    def _chosen(self) -> ResponseReturnValue:
        """Redirect from two selected rows of a list to their page, where the older record stays; back to the list if they are not two."""
        selection = selection_of(self.access, list(request.args.items(multi=True)))
        keys = sorted(_first_keys(selection, 3))
        back = list_links(self.resource).to(selection.unticked())
        match keys:
            case [kept, gone]:
                return lead_on(self.link("merge_view", **{KEPT: kept, GONE: gone}, url=back))
        warn(f"Select exactly two {self.resource.nouns}.")
        return lead_on(back)

    def _requested(self) -> MergeForm:
        """Return the form of the two records; answer 404 if the person does not see both, and 403 if they may not merge them."""
        kept, gone = (self.access.find(request.args.get(name, "")) for name in (KEPT, GONE))
        if kept is None or gone is None or kept is gone:
            abort(HTTPStatus.NOT_FOUND)
        self.access.require_reach(kept, Action.EDIT)
        self.access.require_reach(gone, Action.DELETE)
        return MergeForm(self.access, kept, gone)

    def _merged(self, form: MergeForm) -> ResponseReturnValue:
        titles, gone_id = [self.access.title_of(one) for one in (form.gone, form.kept)], form.gone.id
        try:
            chosen = form.chosen(request.form)
            rows = 2 + sum(one.count.number for one in dependences(db.session, form.gone, bound_of))
            if (page := reauthentication.required_for_rows(rows)) is not None:
                return page
            with refusals_of(self.resource.model), transaction(db.session):
                drop_sent_draft()
                merge_records(db.session, form.kept, form.gone, values=form.values(chosen), scopes=bound_of)
                require_within(self.access, form.kept, Action.EDIT)
        except RecordGone:
            return self._page(self._requested(), {}, HTTPStatus.CONFLICT)
        except AdminError as error:
            problems = error.problems if isinstance(error, InvalidRecord) else {"": str(error)}
            return self._page(self._requested(), problems, HTTPStatus.UNPROCESSABLE_ENTITY)
        words = f"{sentence_case(self.resource.noun)} “{titles[0]}” was merged into “{titles[1]}”."
        url, back = record_url(self.access, form.kept), self._after(gone_id)
        links = [("View", url)] if url else []
        announce(words, links=links, mark=mark_of(self.resource, form.kept), undo=last_undoable(db.session))
        return lead_on(back)

    def _meanwhile(self, form: MergeForm) -> list[tuple[str, Meanwhile]]:
        """Return, for each record that changed since the page was drawn, its name and what happened."""
        both = ((form.kept, KEPT), (form.gone, GONE))
        found = [
            (self._called(record), Conflicts(self.access, record).changed_since(request.form.get(f"{VERSION}.{name}")))
            for record, name in both
        ]
        return [(called, one) for called, one in found if one is not None]

    def _page(self, form: MergeForm, problems: Mapping[str, str], status: HTTPStatus) -> ResponseReturnValue:
        draft = shown_draft()
        moving = moving_of(form.gone, form.kept)
        choices = form.drawn(problems, answers(draft))
        shown = set(form.names)
        page = self.render(
            "resource/merge.html",
            draft=draft,
            kept=self._link(form.kept),
            gone=self._link(form.gone),
            kept_title=self.access.title_of(form.kept),
            gone_title=self.access.title_of(form.gone),
            choices=choices,
            others=[words for name, words in problems.items() if name not in shown],
            moving=moving,
            for_good=self._told_for_good(form),
            meanwhile=self._meanwhile(form),
            versions=[(f"{VERSION}.{KEPT}", form.kept.version), (f"{VERSION}.{GONE}", form.gone.version)],
            form_url=here(),
            swap_url=self._swap_url(form),
            return_url=self.return_url(),
        )
        return page, status

    def _told_for_good(self, form: MergeForm) -> list[str]:
        """Say what an undo of the merge cannot restore."""
        model, relations = self.resource.model, self.resource.relations
        fields = [own for name in form.names for own in (relations[name].history() if name in relations else (name,))]
        stays_deleted = bool(deleted_for_good(model, ()))
        return [
            *told_of_deletion(model, relations_with_twins(form.kept, form.gone)),
            *(() if stays_deleted else told_of_change(model, fields)),
        ]

    def _link(self, record: Record) -> Link:
        return Link(self._called(record), record_url(self.access, record, url=here()))

    def _called(self, record: Record) -> str:
        return f"{self.access.title_of(record)}, ID {record.id}"

    def _swap_url(self, form: MergeForm) -> str:
        """Return the address of the page with the records swapped; "" if the person may not do that."""
        may = self.access.reaches(form.gone, Action.EDIT) and self.access.reaches(form.kept, Action.DELETE)
        swapped = {KEPT: print_key(form.gone.id), GONE: print_key(form.kept.id)}
        return self.link("merge_view", **swapped, url=self.return_url()) if may else ""

    def _after(self, gone_id: Key) -> str:
        """Return the page that the person came from, or the list if that was a page of the deleted record."""
        back = urlsplit(self.return_url())
        own = {self.link(view) for view in ("edit_view", "details_view", "history_view")}
        is_gone = back.path in own and dict(parse_qsl(back.query)).get("id") == print_key(gone_id)
        return self.link("index_view") if is_gone else self.return_url()


def _first_keys(selection: Selection, number: int) -> list[Key]:
    """Return the keys of the first selected rows."""
    found = planned(db.session, selection)
    keys = (row.id for part in found.segments() for row in db.session.scalars(part.limit(number)))
    return list(islice(keys, number))
