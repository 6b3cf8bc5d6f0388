"""The owners' page about a person's data: it counts what is stored, sends it as a file, and erases it."""

from __future__ import annotations

from http import HTTPStatus

from flask import Response, abort, request
from flask.typing import ResponseReturnValue

from admin_app.db.keys import print_key
from admin_app.db.record import Record
from admin_app.db.transaction import transaction
from admin_app.domain.audit.recorder import record_event
from admin_app.domain.forgetting.subject import Subject
from admin_app.domain.permissions.policy import Action
from admin_app.errors import ForgettingError
from admin_app.extensions import db
from admin_app.models.change_set import LONGEST_REASON, Kind
from admin_app.panel.access.access import Access, access_to
from admin_app.panel.access.authority import authority
from admin_app.panel.forgetting.removal import (
    elsewhere_in_words,
    everything_held,
    extent_at,
    lines_of,
    remove,
    subject_at,
)
from admin_app.panel.links import link, record_url
from admin_app.panel.page import Page, lead_on
from admin_app.panel.resource import FurtherPage, Resource
from admin_app.web.flash import announce
from admin_app.web.urls import here

VIEW = "forget_view"
NO_REASON = "Say why, so that others know who asked for it."
NOT_CONFIRMED = "Tick this to confirm: it cannot be undone."


def forget_pages(resource: Resource) -> dict[str, FurtherPage]:
    """Return the page, for a resource that names personal fields."""
    page = FurtherPage(
        "/forget/",
        Action.DELETE,
        "remove the personal data of {a_noun}",
        lambda: ForgetPage(access_to(resource), VIEW).respond(),
        is_retried=True,
    )
    return {VIEW: page} if resource.personal else {}


def forget_url(access: Access, record: Record) -> str:
    """Return the page's address; "" if the person may not open it."""
    return link(access.resource, VIEW, record) if access.resource.personal and _may_forget() else ""


class ForgetPage(Page):
    """The page. Erasing needs a reason, and a confirmation that it cannot be undone."""

    def respond(self) -> ResponseReturnValue:
        """Show what is stored about the person; send it, or erase it."""
        if not _may_forget():
            abort(HTTPStatus.FORBIDDEN)
        record = self.access.requested(Action.DELETE)
        subject = subject_at(self.resource, record.id)
        if request.method != "POST":
            return self._page(record, subject, {})
        if request.form.get("act") == "file":
            return self._file(record, subject)
        if problems := _problems():
            return self._page(record, subject, problems), HTTPStatus.UNPROCESSABLE_ENTITY
        try:
            removed = remove(self.resource, subject, request.form["reason"].strip()[:LONGEST_REASON])
        except ForgettingError as error:
            return self._page(record, subject, {"": str(error)}), HTTPStatus.CONFLICT
        noun = f"{self.resource.noun} {print_key(subject.key)}"
        announce(f"The personal data of {noun} was removed. {elsewhere_in_words(removed.elsewhere)}".rstrip())
        return lead_on(record_url(self.access, record))

    def kept_names(self) -> set[str]:
        """Keep the reason."""
        return {"reason"}

    def _page(self, record: Record, subject: Subject, problems: dict[str, str]) -> str:
        extent = extent_at(self.resource, subject)
        return self.render(
            "resource/forget.html",
            record_title=self.access.title_of(record),
            lines=lines_of(extent),
            elsewhere=elsewhere_in_words(extent.elsewhere),
            problems=problems,
            reason=request.form.get("reason", ""),
            form_url=here(),
            return_url=record_url(self.access, record),
        )

    def _file(self, record: Record, subject: Subject) -> Response:
        """Send everything that is stored about the person, and record that."""
        text = everything_held(subject)
        name = f"{self.resource.endpoint}-{print_key(record.id)}.json"
        with transaction(db.session):
            record_event(
                db.session,
                kind=Kind.EXPORT,
                summary=f"Downloaded everything held about {self.resource.noun} {print_key(subject.key)}",
                resource=subject.table,
                record_id=subject.key,
                count=1,
            )
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(text, headers=headers, content_type="application/json; charset=utf-8")


def _problems() -> dict[str, str]:
    found = {} if request.form.get("reason", "").strip() else {"reason": NO_REASON}
    return found if request.form.get("confirmed") else {**found, "confirmed": NOT_CONFIRMED}


def _may_forget() -> bool:
    return authority().rights.has_everything
