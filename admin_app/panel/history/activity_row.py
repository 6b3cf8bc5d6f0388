"""A change set in one line: what was done, by whom, when, and the way to take it back."""

from __future__ import annotations

from flask import url_for

from admin_app.db.json_values import recorded_models
from admin_app.domain.audit.undo import is_undo, is_undoable
from admin_app.domain.permissions.policy import Action
from admin_app.models.change_set import ChangeSet
from admin_app.panel.access.access import Access, access_of
from admin_app.panel.access.audit import summary_of
from admin_app.panel.history.entries import time_cell, way_of
from admin_app.panel.history.view_models import ActivityRow

NOBODY = "none"


def activity_row(done: ChangeSet) -> ActivityRow:
    """Draw a change set, with the way to take it back for who may."""
    access = _access_of(done)
    may = access is not None and access.may(Action.UNDO)
    person = str(done.actor_id) if done.actor_id is not None else NOBODY
    return ActivityRow(
        id=str(done.id),
        summary=summary_of(done),
        url=url_for("activity.set_view", id=done.id),
        who=done.actor or "Unknown",
        who_url=url_for("activity.index", person=person),
        at=time_cell(done),
        way=way_of(done),
        resource=access.resource.plural if access is not None else "",
        count=f"{done.count:,}",
        reason=done.reason or "",
        can_undo=may and is_undoable(done),
        is_undo=is_undo(done),
    )


def _access_of(done: ChangeSet) -> Access | None:
    model = recorded_models().get(done.resource)
    return access_of(model) if model is not None else None
