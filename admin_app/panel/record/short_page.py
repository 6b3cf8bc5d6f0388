"""The short address of a record, "/admin/post/3890", for tickets and emails: it redirects to the record's page."""

from __future__ import annotations

from flask import abort, redirect
from flask.typing import ResponseReturnValue

from admin_app.db.keys import read_key
from admin_app.panel.links import record_url
from admin_app.panel.page import Page
from admin_app.panel.record.merged import way_on


class ShortPage(Page):
    """Redirects; it shows nothing itself."""

    def respond(self, number: str) -> ResponseReturnValue:
        """Redirect to the record with this id, or to the one that it was merged into; answer 404 if the person sees neither."""
        key = read_key(self.resource.model, number)
        if key is None:
            abort(404)
        record = self.access.find_key(key)
        if record is None:
            return way_on(self.access, "details_view", key) or abort(404)
        return redirect(record_url(self.access, record))
