"""Start or stop watching a record. People who may read its history may watch it."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue

from admin_app.db.transaction import transaction
from admin_app.domain.permissions.policy import Action
from admin_app.domain.work import watching
from admin_app.errors import InvalidRecord
from admin_app.extensions import db
from admin_app.panel.links import record_url
from admin_app.panel.page import Page, lead_on
from admin_app.web.auth.login import signed_in_principal
from admin_app.web.flash import announce, warn
from admin_app.web.urls import local_path

# The page with the button.
FROM = "from"


class WatchPage(Page):
    """Answers the button “watch” in a record's head."""

    def respond(self) -> ResponseReturnValue:
        """Watch the record, or stop watching it."""
        record, person = self.access.requested(Action.HISTORY), signed_in_principal()
        noun, title = self.resource.noun, self.access.title_of(record)
        try:
            with transaction(db.session):
                if request.form.get("on"):
                    watching.watch_record(db.session, person, record)
                else:
                    watching.stop_watching(db.session, person, record)
        except InvalidRecord as error:
            warn(str(error))
        else:
            did = "You are now watching" if request.form.get("on") else "You are no longer watching"
            announce(f"{did} {noun} “{title}”.")
        return lead_on(local_path(request.form.get(FROM), record_url(self.access, record) or self.return_url()))
