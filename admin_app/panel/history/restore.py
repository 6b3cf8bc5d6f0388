"""A version of a record brought back: by the form, filled with what the record was, or from its deletion."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from flask import abort
from wtforms import Form

from admin_app import text
from admin_app.domain import records
from admin_app.domain.history import state_at
from admin_app.domain.permissions import Act
from admin_app.domain.recording import describe
from admin_app.domain.undo import bring_back
from admin_app.errors import InvalidRecord, PowerError, UndoError
from admin_app.extensions import db
from admin_app.models.change_set import Change, Kind
from admin_app.models.stored import from_json, kept_columns
from admin_app.panel.access.access import Access
from admin_app.panel.forms.form_access import narrow
from admin_app.panel.forms.saving import Saving
from admin_app.panel.history.in_the_way import said_of
from admin_app.panel.relations import foreign_key_of
from admin_app.web.login import current_person


def title_of(access: Access, change: Change) -> str:
    """Name the record as it was called when it was changed."""
    return text.excerpt(change.title, 60) if access.shows_title() else access.number_of(change.record_id)


def bring_back_record(access: Access, change: Change) -> list[str]:
    """Undo a deletion; return what stands in the way."""
    try:
        with records.commit(db.session, access.resource.model):
            bring_back(db.session, change, by=current_person())
            if access.rows(Act.UNDO) is not None and not access.is_within(change.record_id, Act.UNDO):
                abort(404)
    except (UndoError, PowerError, InvalidRecord) as error:
        if access.seen() is not None:
            abort(404)
        return [f"{error}{said_of(change, error.other) if isinstance(error, UndoError) else ''}"]
    return []


def restore_version(access: Access, change: Change) -> list[str]:
    """Fill the form with what the record was, and save it; return what does not fit any more."""
    resource = access.resource
    record = db.session.get(resource.model, change.record_id)
    if record is None:
        return ["It was deleted since. Bring it back first."]
    past, lost = _past(access, record, change)
    form: Form = resource.forms.edit(None, obj=past)
    form.process(None, obj=past)
    form = narrow(access, form, Act.UNDO, record)
    gone = [f"{words} is gone." for name, words in lost.items() if name in form]
    summary = f"Restored {resource.noun} “{title_of(access, change)}”"
    describe(db.session, kind=Kind.RESTORE, summary=summary)
    if not gone and Saving(access, form, Act.UNDO).update(record):
        return []
    db.session.rollback()
    return [*gone, *form.form_errors, *(str(problem) for field in form for problem in field.errors)]


def _past(access: Access, record: Any, change: Change) -> tuple[SimpleNamespace, dict[str, str]]:
    """Return the form's fields as they were, and in words the records that they pointed at and that are gone."""
    resource = access.resource
    columns = kept_columns(resource.model)
    state = {
        key: from_json(columns[key], value)
        for key, value in state_at(db.session, record, change).items()
        if key in columns
    }
    past, gone = SimpleNamespace(**state), {}
    for name, relation in resource.relations.items():
        if not relation.uselist and (column := foreign_key_of(relation).key) in state:
            key = state[column]
            other = None if key is None else _other(access, name, key)
            setattr(past, name, other)
            if key and not other:
                gone[name] = f"{resource.label(name)} {key}"
    return past, gone


def _other(access: Access, name: str, key: Any) -> Any:
    """Return the record that a relation pointed at, of those the person sees."""
    target = access.beyond(name)
    if target is not None:
        return target.find(key)
    relation = access.resource.relation(name)
    return None if relation is None else db.session.get(relation.mapper.class_, key)
