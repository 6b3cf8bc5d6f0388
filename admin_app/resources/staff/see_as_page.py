"""The page for starting to see the dashboard as another person, for people who may edit them and have all their rights."""

from __future__ import annotations

from flask import abort, request, url_for
from flask.typing import ResponseReturnValue

from admin_app.db.record import Record
from admin_app.domain.auth import seeing
from admin_app.domain.permissions.rights import Action
from admin_app.extensions import db
from admin_app.models.staff import Staff
from admin_app.panel.access.access import Access
from admin_app.panel.links import record_url
from admin_app.panel.page import Page, lead_on
from admin_app.web.auth import login
from admin_app.web.urls import here


class SeeAsPage(Page):
    """Explains what it means to see as a person, and starts it."""

    def respond(self) -> ResponseReturnValue:
        """Ask, or start."""
        staff = self.access.requested(Action.EDIT)
        if not may_see_as(self.access, staff):
            abort(403)
        if request.method == "POST":
            login.see_as(staff)
            db.session.commit()
            return lead_on(url_for("admin.index"))
        return self.render(
            "staff/see_as.html",
            record_title=self.access.title_of(staff),
            action=here(),
            minutes=seeing.LASTS.seconds // 60,
            return_url=record_url(self.access, staff),
        )


def may_see_as(access: Access, record: Record) -> bool:
    """Whether the signed-in person may see as this one."""
    person = login.current_principal()
    return (
        person is not None
        and isinstance(record, Staff)
        and access.reaches(record, Action.EDIT)
        and seeing.may_see_as(person, record)
    )
