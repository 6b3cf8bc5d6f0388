"""The page of a record: its facts, and the records that belong to it."""

from __future__ import annotations

from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from admin_app.domain.permissions.policy import Action
from admin_app.panel.links import copy_url, link_for
from admin_app.panel.list.child_lists import child_lists
from admin_app.panel.list.row_actions import links_of_record
from admin_app.panel.page import Page
from admin_app.panel.record.facts import facts_of
from admin_app.panel.record.head import head_of
from admin_app.panel.record.last_changes import last_changes_of
from admin_app.panel.record.merged import require_way_to_survivor
from admin_app.panel.record.noted import noted_of
from admin_app.panel.record.opened import opened
from admin_app.panel.record.preview import previews_of
from admin_app.web.urls import here


class RecordPage(Page):
    """The page for people who may view the record but not change it."""

    def respond(self) -> ResponseReturnValue:
        """Show everything about the record except secrets."""
        try:
            record = self.access.requested(Action.VIEW)
        except NotFound:
            return require_way_to_survivor(self.access, "details_view")
        opened(self.resource, record)
        changes = last_changes_of(self.access, record)
        return self.render(
            "resource/details.html",
            head=head_of(self.access, record, "details_view", changed_by=changes[0].who if changes else ""),
            changes=changes,
            previews=previews_of(self.access, record, self.resource.previewed()),
            here_url=here(),
            facts=facts_of(self.access, record),
            children=child_lists(self.access, record),
            links=[*self.resource.record_links(record), *links_of_record(self.access, record, self.return_url())],
            sections=self.resource.record_sections(record),
            copy_url=copy_url(self.access, record),
            noted=noted_of(self.access, record),
            delete_url=link_for(self.access, Action.DELETE, "delete_view", record),
        )
