"""Delete: a page that lists what is deleted and asks about each kind of dependent, then the deletion itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from urllib.parse import parse_qsl, urlsplit

from flask import current_app, request
from flask.typing import ResponseReturnValue

from admin_app.db.keys import print_key
from admin_app.db.record import Record
from admin_app.db.transaction import transaction
from admin_app.domain.audit.undo_offers import last_undoable
from admin_app.domain.permissions.policy import Action
from admin_app.domain.records.deletion import Dependence, Fate, delete_record, dependences, dependent_names, losses
from admin_app.domain.records.dependent_sight import Sight, digests_of
from admin_app.domain.records.refusals import refusals_of
from admin_app.errors import AdminError, RecordGone
from admin_app.extensions import db
from admin_app.formatting import sentence_case
from admin_app.panel.deletion.dependents import FATE, HEIR, DependentsForm, bound_of, rows_to_go, told_losses
from admin_app.panel.deletion.for_good import told_of_deletion
from admin_app.panel.drafts import answers, drop_sent_draft, shown_draft
from admin_app.panel.forgetting.forget_page import forget_url
from admin_app.panel.forms.conflicts import Conflicts
from admin_app.panel.forms.gone import refused_as_gone
from admin_app.panel.forms.saving import problems_of
from admin_app.panel.forms.source import VERSION
from admin_app.panel.page import Page, lead_on
from admin_app.panel.record.facts import facts_of
from admin_app.web.auth import reauthentication
from admin_app.web.flash import announce
from admin_app.web.urls import here

# Digests of the dependents when the page was drawn: some of them may be hidden from the person.
SIGHT = "sight"


class DeletePage(Page):
    """The delete page. Nothing is deleted by one click, with JavaScript or without."""

    def respond(self) -> ResponseReturnValue:
        """Show what will be deleted, or delete it."""
        if (page := refused_as_gone(self.access, request.args.get("id", ""))) is not None:
            return page
        record = self.access.requested(Action.DELETE)
        if request.method != "POST":
            return self._page(record, dependences(db.session, record, bound_of), {}, HTTPStatus.OK)
        key, title = record.id, self.access.title_of(record)
        try:
            proof = self._delete()
        except RecordGone:
            return self._refused({}, HTTPStatus.CONFLICT)
        except AdminError as error:
            return self._refused(problems_of(error), HTTPStatus.UNPROCESSABLE_ENTITY)
        if proof is not None:
            return proof
        announce(f"{sentence_case(self.resource.noun)} “{title}” was deleted.", undo=last_undoable(db.session))
        return lead_on(self._after(key))

    def kept_names(self) -> set[str]:
        """Keep the choices for the dependents."""
        return {prefix + name for prefix in (FATE, HEIR) for name in dependent_names(self.resource.model)}

    def again(self, words: str) -> ResponseReturnValue | None:
        """Draw the page with what was chosen."""
        record = self.access.find(request.args.get("id", ""))
        if record is None or not self.access.reaches(record, Action.DELETE):
            return None
        return self._page(record, dependences(db.session, record, bound_of), {"": words}, HTTPStatus.BAD_REQUEST)

    def _delete(self) -> ResponseReturnValue | None:
        """Delete the record if it is as the person saw it (committed), or ask for re-authentication first."""
        record = self.access.requested(Action.DELETE)
        if Conflicts(self.access, record).changed_since(request.form.get(VERSION)) is not None:
            raise RecordGone
        found = dependences(db.session, record, bound_of)
        decisions = {one.name: DependentsForm(self.access, one).decision(request.form) for one in found}
        if (page := reauthentication.required_for_rows(rows_to_go(found, decisions))) is not None:
            return page
        with refusals_of(self.resource.model), transaction(db.session):
            drop_sent_draft()
            self.resource.before_delete(record)
            sight = Sight(request.form.get(SIGHT, ""), _digest_key())
            delete_record(db.session, record, decisions, bound_of, seen=sight)
        return None

    def _refused(self, problems: Mapping[str, str], status: HTTPStatus) -> ResponseReturnValue:
        record = self.access.requested(Action.DELETE)
        return self._page(record, dependences(db.session, record, bound_of), problems, status)

    def _page(
        self, record: Record, found: Sequence[Dependence], problems: Mapping[str, str], status: HTTPStatus
    ) -> ResponseReturnValue:
        lost = losses(db.session, self.resource.model, self.resource.model.id == record.id, bound_of)
        draft = shown_draft()
        chosen = answers(draft)
        page = self.render(
            "resource/delete.html",
            draft=draft,
            record_title=self.access.title_of(record),
            facts=facts_of(self.access, record),
            dependents=tuple(DependentsForm(self.access, one).drawn(problems, chosen) for one in found),
            losses=(*told_losses(self.access, lost), *self._told_for_good(found)),
            is_blocked=not all(one.is_allowed for one in lost),
            problem=problems.get("", ""),
            version=record.version,
            sight=digests_of(db.session, record, _digest_key()),
            meanwhile=Conflicts(self.access, record).changed_since(request.form.get(VERSION)),
            form_url=here(),
            forget_url=forget_url(self.access, record),
            return_url=self.return_url(),
        )
        return page, status

    def _told_for_good(self, found: Sequence[Dependence]) -> list[str]:
        return told_of_deletion(self.resource.model, {one.name for one in found if Fate.DELETE in one.fates})

    def _after(self, record_id: int) -> str:
        """Lead back to where the person came from, unless that was a page of the record that is gone."""
        url = urlsplit(self.return_url())
        own = {self.link(view) for view in ("edit_view", "details_view", "delete_view")}
        is_gone = url.path in own and dict(parse_qsl(url.query)).get("id") == print_key(record_id)
        return self.link("index_view") if is_gone else self.return_url()


def _digest_key() -> bytes:
    return str(current_app.secret_key).encode()
