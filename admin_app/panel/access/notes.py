"""Limit notes in the history: a person sees those of records that they see, and may undo changes of their own notes only."""

from __future__ import annotations

from flask import abort
from sqlalchemy import ColumnElement, and_, false, or_, select, true
from sqlalchemy import inspect as inspect_mapper

from admin_app.db.joined import of_root
from admin_app.db.keys import key_of, stored_key
from admin_app.db.record import Record
from admin_app.domain.permissions.policy import Action
from admin_app.extensions import Statement, db, table_of
from admin_app.models.change_set import Change, ChangeSet, Did
from admin_app.models.note import Note
from admin_app.panel.access.access import access_to
from admin_app.panel.access.of_record import access_of_record
from admin_app.panel.registry import resources
from admin_app.web.auth.login import signed_in_principal

NOTES = str(Note.__table__.name)
# The columns of a note that a merge changes.
MOVED = {"subject_id"}


def notes_seen() -> ColumnElement[bool] | None:
    """Return the condition on the notes that the person may read; None for all of them."""
    found = [access for one in resources() if (access := access_to(one)).may(Action.VIEW)]
    rows = [(access.resource.model, access.rows(Action.VIEW)) for access in found]
    if len(found) == len(resources()) and all(which is None for _, which in rows):
        return None
    each = [
        and_(
            Note.subject == table_of(model).name,
            *(
                []
                if which is None and inspect_mapper(model).inherits is None
                else [Note.subject_id.in_(_keys(model, which))]
            ),
        )
        for model, which in rows
    ]
    return or_(false(), *each)


def _keys(model: type[Record], which: ColumnElement[bool] | None) -> Statement:
    """Return the keys of these records; for a derived class only its own."""
    mine = of_root(model, true() if which is None else which)
    return select(stored_key(key_of(model))).where(mine).correlate(None)


def require_own_notes(done: ChangeSet) -> None:
    """Answer 404 if an undo concerns notes on a record that the person does not see, and 403 if other people wrote or changed them.

    A merge moves notes without changing their text: undoing that needs only rights to the records.
    """
    touched = select(Change.act, Change.before).where(Change.change_set_id == done.id, Change.model == NOTES)
    if all(act == Did.UPDATE and set(before or {}) == MOVED for act, before in db.session.execute(touched)):
        return
    access = access_of_record(done.resource, done.record_id)
    record = access.find_key(done.record_id) if access is not None else None
    if access is None or record is None or not access.reaches(record, Action.VIEW):
        abort(404)
    if done.actor_id != signed_in_principal().id and not access.authority.rights.has_everything:
        abort(403)
