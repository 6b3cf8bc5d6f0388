"""How a member of staff gets in, on a page for owners: where they are signed in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from flask import request
from flask_admin import expose

from admin_app.domain.permissions import Act
from admin_app.extensions import db
from admin_app.panel.elements import Link
from admin_app.panel.resource import ResourceView
from admin_app.panel.session_rows import end_sessions, session_rows
from admin_app.web.notices import announce


class Access(ResourceView):
    """A resource of people who sign in, each with a page about their sessions."""

    acts: ClassVar[dict[str, Act]] = {**ResourceView.acts, "access_view": Act.EDIT}

    def record_links(self, record: Any) -> Sequence[Link]:
        """Lead to the page about sessions."""
        return (Link("Access and sessions", self.link("access_view", record)),)

    @expose("/access/", methods=("GET", "POST"))
    def access_view(self) -> Any:
        """Show how the person gets in, or do what an owner chose."""
        staff = self.requested()
        if request.method == "POST":
            announce(end_sessions(staff, request.form.get("session", "")))
            db.session.commit()
            return self.redirect(self.here())
        return self.render(
            "staff/access.html",
            resource=self,
            record_title=self.title_of(staff),
            sessions=session_rows(staff),
            access_url=self.here(),
            return_url=self.url_of(staff),
        )
