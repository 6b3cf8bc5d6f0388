"""A record's latest changes, one line each, with undo buttons."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from flask import url_for

from admin_app.db.json_values import history_columns
from admin_app.db.record import Record
from admin_app.domain.audit.reader import last_changes
from admin_app.domain.audit.undo import is_undoable, keeps_former, undone_among
from admin_app.domain.audit.undo_words import words_of, words_to_undo
from admin_app.domain.permissions.policy import Action
from admin_app.extensions import db
from admin_app.formatting import SOMEONE, in_words, short_name
from admin_app.models.change_set import Change, ChangeSet, Did, Kind
from admin_app.panel.access.access import Access
from admin_app.panel.kinds import value_cell
from admin_app.panel.view_models import Cell
from admin_app.web.auth.login import current_principal

MOST_SHOWN = 3
# The most fields that a line names.
MOST_NAMED = 3


@dataclass(frozen=True)
class RecentChange:
    """A change of the record: who did what and when, the address of its details, and its button's label ("" for no button)."""

    set_id: str
    who: str
    what: str
    at: Cell
    url: str
    undo: str = ""
    is_undone: bool = False


def last_changes_of(access: Access, record: Record) -> Sequence[RecentChange]:
    """Return a record's latest changes; none if the person may not read its history."""
    if not access.reaches(record, Action.HISTORY):
        return ()
    found = last_changes(db.session, access.resource.model, record.id, most=MOST_SHOWN)
    undone = undone_among(db.session, [done.id for _, done in found])
    may_undo = access.reaches(record, Action.UNDO)
    return [_line(access, change, done, undone=undone, may_undo=may_undo) for change, done in found]


def name_of_actor(done: ChangeSet) -> str:
    """Return the name of who did it, "you" for the current person."""
    person = current_principal()
    if person is not None and done.actor_id == person.id:
        return "you"
    return short_name(done.actor) if done.actor else SOMEONE.lower()


def _line(access: Access, change: Change, done: ChangeSet, *, undone: Collection[int], may_undo: bool) -> RecentChange:
    # A change set that touched other records too is undone on its own page, which names them.
    is_alone = done.count == 1 and change.act == Did.UPDATE and keeps_former(change)
    can_undo = may_undo and is_alone and is_undoable(done) and done.id not in undone
    can_undo = can_undo and all(access.may_write(key, Action.UNDO) for key in change.before or {})
    return RecentChange(
        set_id=str(done.id),
        who=name_of_actor(done),
        what=_what(access, change, done),
        at=value_cell(done.at, is_whole=False),
        url=url_for("activity.set_view", id=done.id),
        undo=words_to_undo(done).act if can_undo else "",
        is_undone=done.id in undone,
    )


def _what(access: Access, change: Change, done: ChangeSet) -> str:
    if change.act != Did.UPDATE:
        return f"{Did(change.act).past} it"
    if not keeps_former(change):
        return "changed a value that the history does not keep"
    labels = _labels(access, change)
    named = in_words([*labels[:MOST_NAMED], *(["more"] if len(labels) > MOST_NAMED else [])])
    return f"{_verb(done)} {named or 'a field that you cannot see'}"


def _verb(done: ChangeSet) -> str:
    if done.kind == Kind.RESTORE:
        return "restored"
    return Did.UPDATE.past if done.kind != Kind.UNDO else words_of(done).past


def _labels(access: Access, change: Change) -> list[str]:
    columns, resource = history_columns(access.resource.model), access.resource
    keys = [key for key in change.before or {} if access.shows(key)]
    names = [key.removesuffix("_id") if key in columns and columns[key].foreign_keys else key for key in keys]
    return [resource.label(name) for name in names]
