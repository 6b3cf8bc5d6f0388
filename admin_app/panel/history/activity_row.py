"""A change set on one line: what was done, by whom, when, and its undo button."""

from __future__ import annotations

from collections.abc import Sequence

from flask import url_for

from admin_app.context import zone
from admin_app.domain.audit.undo import is_undoable
from admin_app.domain.audit.undo_offers import for_good_among
from admin_app.domain.audit.undo_words import words_to_undo
from admin_app.domain.permissions.policy import Action
from admin_app.domain.permissions.privileges import last_owner
from admin_app.domain.work.notes import is_about_note
from admin_app.extensions import db, table_of
from admin_app.formatting import actor_name
from admin_app.models.change_set import ChangeSet
from admin_app.models.staff import Staff
from admin_app.panel.access.access import Access, accesses_of_table
from admin_app.panel.access.audit import summary_of
from admin_app.panel.access.of_record import access_of_record, look_at
from admin_app.panel.history.entries import time_cell, way_of
from admin_app.panel.history.view_models import ActivityRow
from admin_app.panel.links import link
from admin_app.web.auth.login import signed_in_principal

NOBODY = "none"
# What the summary of a creation begins with.
CREATED = "Created "


def activity_rows(sets: Sequence[ChangeSet]) -> list[ActivityRow]:
    """Draw change sets; the number of statements does not depend on theirs."""
    look_at((one.resource, one.record_id) for one in sets)
    for_good = for_good_among(db.session, sets)
    return [activity_row(one, is_for_good=one.id in for_good) for one in sets]


def activity_row(done: ChangeSet, *, is_for_good: bool = False) -> ActivityRow:
    """Draw a change set, with its undo button if the person may undo it and an undo restores anything."""
    access = access_of_record(done.resource, done.record_id)
    person = str(done.actor_id) if done.actor_id is not None else NOBODY
    at, there = time_cell(done), done.at.astimezone(zone())
    return ActivityRow(
        id=str(done.id),
        day=there.date(),
        clock=at._replace(text=f"{there:%H:%M}"),
        summary=summary_of(done),
        url=url_for("activity.set_view", id=done.id),
        who=actor_name(done.actor),
        who_url=url_for("activity.index", person=person),
        at=at,
        way=way_of(done),
        resource=access.resource.plural if access is not None else "",
        count=f"{done.count:,}",
        reason=done.reason or "",
        can_undo=access is not None
        and _may_undo(done, access)
        and is_undoable(done)
        and not is_for_good
        and not _takes_last_owner(done, access),
        undo=words_to_undo(done),
        resource_url=link(access.resource, "index_view") if access is not None and access.may(Action.LIST) else "",
    )


def _takes_last_owner(done: ChangeSet, access: Access) -> bool:
    """Whether an undo would remove the last owner, which is refused."""
    if done.resource != table_of(Staff).name or done.record_id is None or not done.summary.startswith(CREATED):
        return False
    last: object = access.authority.once("last owner", lambda: last_owner(db.session))
    return done.record_id == last


def _may_undo(done: ChangeSet, access: Access) -> bool:
    """Whether the person may undo a change set; for a change of their own notes they need no right."""
    if not is_about_note(done):
        found = [access] if done.record_id is not None else accesses_of_table(done.resource)
        return any(one.may(Action.UNDO) for one in found)
    return done.actor_id == signed_in_principal().id or access.authority.rights.has_everything
