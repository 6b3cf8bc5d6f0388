"""Start or stop watching a saved view: the inbox shows its new rows."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue

from admin_app.db.transaction import transaction
from admin_app.domain.records.refusals import refusals_of
from admin_app.domain.work import watching
from admin_app.errors import InvalidRecord
from admin_app.extensions import db
from admin_app.models.saved_view import SavedView
from admin_app.panel.list.saved_views import find_view
from admin_app.panel.page import Page, lead_on
from admin_app.web.auth.login import signed_in_principal
from admin_app.web.flash import announce, warn


class ViewWatchPage(Page):
    """Answers a view's button “watch”."""

    def respond(self) -> ResponseReturnValue:
        """Watch the view, or stop watching it."""
        view, person = find_view(self.resource, request.form.get("view", "")), signed_in_principal()
        view_id, name = view.id, view.name
        try:
            with refusals_of(SavedView), transaction(db.session):
                if request.form.get("on"):
                    watching.watch_view(db.session, person, view, self.resource.model)
                else:
                    watching.stop_watching_view(db.session, person, view_id)
        except InvalidRecord as error:
            warn(str(error))
        else:
            announce(self._told(name, is_on=bool(request.form.get("on"))))
        return lead_on(self.link("index_view", view=view_id))

    def _told(self, name: str, *, is_on: bool) -> str:
        if not is_on:
            return f"You are no longer watching the view “{name}”."
        nouns = self.resource.nouns
        return f"You are now watching the view “{name}”: the inbox tells you of new {nouns} in it, not of changed ones."
