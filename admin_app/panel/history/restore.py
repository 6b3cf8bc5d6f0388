"""Restore a version of a record: by the form, filled with the former values, or by undoing the deletion."""

from __future__ import annotations

from types import SimpleNamespace

from flask import abort
from wtforms import Form

from admin_app.db.json_values import history_columns
from admin_app.db.record import Record
from admin_app.db.transaction import transaction
from admin_app.domain.audit.links import keys_from_history, linked_records
from admin_app.domain.audit.reader import state_at
from admin_app.domain.audit.recorder import describe
from admin_app.domain.audit.undo import restore_record
from admin_app.domain.permissions.policy import Action
from admin_app.domain.records.refusals import refusals_of
from admin_app.errors import InvalidRecord, PrivilegeError, UndoError
from admin_app.extensions import Values, db
from admin_app.formatting import in_sentence
from admin_app.kinds import kind_of
from admin_app.models.change_set import Change, Kind
from admin_app.panel.access.access import Access
from admin_app.panel.forms.conflicts import refill
from admin_app.panel.forms.form_access import narrow
from admin_app.panel.forms.saving import Saving
from admin_app.panel.history.blocking_record import refusal_in_words
from admin_app.relations import ManyToMany, ToOne
from admin_app.web.auth.login import current_principal


def bring_back_record(access: Access, change: Change) -> list[str]:
    """Undo a deletion; return the problems that prevent it."""
    try:
        with refusals_of(access.resource.model), transaction(db.session):
            restore_record(db.session, change, by=current_principal())
            if access.rows(Action.UNDO) is not None and not access.is_within(change.record_id, Action.UNDO):
                abort(404)
    except (UndoError, PrivilegeError, InvalidRecord) as error:
        if access.seen() is not None:
            abort(404)
        return [refusal_in_words(change, error)]
    return []


def restore_version(access: Access, change: Change) -> list[str]:
    """Fill the form with the former values and save it; return the problems with values that no longer fit."""
    resource = access.resource
    record = db.session.get(resource.model, change.record_id)
    if record is None:
        return ["It has been deleted. Restore it first."]
    past, lost = _past(access, record, change)
    form: Form = resource.forms.edit(None, obj=past)
    form.process(None, obj=past)
    for field in form:
        # Some fields take an empty text for no value.
        if getattr(past, field.name, None) == "":
            refill(field, "", stored="")
    form = narrow(access, form, Action.UNDO, record)
    gone = [f"{words} no longer exists." for name, words in lost.items() if name in form]
    summary = f"Restored {resource.noun} “{access.former_title(change)}”"
    describe(db.session, kind=Kind.RESTORE, summary=summary)
    if not gone and Saving(access, form, Action.UNDO).save(record):
        return []
    db.session.rollback()
    return [*gone, *form.form_errors, *(str(problem) for field in form for problem in field.errors)]


def restored_columns(access: Access, record: Record) -> set[str]:
    """Return the columns that restoring may change: those of the form's fields that the person may write."""
    form = narrow(access, access.resource.forms.edit(None, obj=record), Action.UNDO, record)
    relations = access.resource.relations
    kept = (relations[field.name].history() if field.name in relations else [field.name] for field in form)
    return {name for names in kept for name in names}


def _past(access: Access, record: Record, change: Change) -> tuple[SimpleNamespace, dict[str, str]]:
    """Return the former values of the form's fields, and the problems with related records that are gone."""
    resource = access.resource
    columns, then = history_columns(resource.model), state_at(db.session, record, change)
    state = {key: kind_of(columns[key]).from_history(value) for key, value in then.items() if key in columns}
    past, gone = SimpleNamespace(**state), {}
    for name, relation in resource.relations.items():
        if isinstance(relation, ManyToMany) and name in then:
            keys = keys_from_history(relation, then[name])
            target = access.beyond(name)
            found = linked_records(db.session, relation, keys)
            there = found if target is None else [one for one in found if target.sees(one)]
            setattr(past, name, there)
            if len(there) < len(keys):
                gone[name] = f"One of the {in_sentence(resource.label(name))}"
        if isinstance(relation, ToOne) and all(column in state for column in relation.own_names):
            key, other = relation.reference_in(state), _other(access, relation, state)
            setattr(past, name, other)
            if key is not None and not other:
                gone[name] = f"{resource.label(name)} {key}"
    return past, gone


def _other(access: Access, relation: ToOne, state: Values) -> Record | None:
    """Return the record that a relation referred to, if the person sees it."""
    target, found = access.beyond(relation.key), relation.referenced_record(db.session, state)
    return found if found is None or target is None else target.find_key(found.id)
