"""End seeing the dashboard as another person."""

from __future__ import annotations

from flask import url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose

from admin_app.extensions import db
from admin_app.models.staff import Staff
from admin_app.panel.access.access import access_of
from admin_app.panel.base_view import ProtectedView
from admin_app.panel.links import record_url
from admin_app.web.auth import login
from admin_app.web.flash import announce


class SeeAsPage(ProtectedView):
    """For everybody who is signed in: it changes only their own session."""

    @expose("/", methods=("POST",))
    def index(self) -> ResponseReturnValue:
        """Stop, and lead back to the page of the other person."""
        seen = login.seen_as()
        login.see_as_oneself()
        db.session.commit()
        if seen is None:
            return login.lead_to(url_for("admin.index"))
        announce("You see the dashboard as yourself again.")
        return login.lead_to(_page_of(seen.id) or url_for("admin.index"))


def _page_of(staff_id: int) -> str:
    people = access_of(Staff)
    staff = people.find_key(staff_id) if people is not None else None
    return record_url(people, staff) if people is not None and staff is not None else ""
