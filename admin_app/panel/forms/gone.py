"""Answer a form about a record that was deleted, or merged into another one, while its page was open."""

from __future__ import annotations

from types import SimpleNamespace

from flask import request
from flask.typing import ResponseReturnValue

from admin_app.db.json_values import history_columns
from admin_app.db.keys import Key, read_key
from admin_app.domain.permissions.policy import Action
from admin_app.domain.records.conflicts import deleting_change, deletion_of
from admin_app.extensions import db
from admin_app.kinds import kind_of
from admin_app.panel.access.access import Access
from admin_app.panel.forms.conflicts import words_of_deletion
from admin_app.panel.forms.source import VERSION
from admin_app.panel.links import link
from admin_app.relations import ToOne
from admin_app.web import errors


def refused_as_gone(access: Access, text: str, version: str = VERSION) -> ResponseReturnValue | None:
    """Answer a form about the record with this id; None if it exists, or if the person may not know what happened to it.

    `version` is the form's field with the version that the person saw. Without it they saw no record.
    """
    key = read_key(access.resource.model, text) if request.method == "POST" and version in request.form else None
    if key is None or access.find_key(key) is not None or not (words := told_deletion(access, key)):
        return None
    return gone_page(access, f"{words}, while you had it open. Nothing more was changed.")


def gone_page(access: Access, words: str) -> ResponseReturnValue:
    """Say that a record is gone, show what was typed, and link to the list."""
    resource = access.resource
    return errors.gone_meanwhile(words, to=link(resource, "index_view"), to_words=f"Show all {resource.nouns}")


def told_deletion(access: Access, key: Key, what: str = "") -> str:
    """Say when a record was deleted or merged, and by whom if the person may read its history.

    "" if the history does not tell, or if this person may see only some records.
    """
    model = access.resource.model
    doing = deletion_of(db.session, model, key) if access.seen() is None else None
    if doing is None:
        return ""
    return words_of_deletion(doing, what or f"this {access.resource.noun}", is_named=access.may(Action.HISTORY))


def deleted_record(access: Access, text: str) -> SimpleNamespace | None:
    """Return the columns and relations that a record had when it was deleted, by its key in an address.

    None if the history does not tell, or if this person may see only some records.
    """
    model = access.resource.model
    key = read_key(model, text)
    if key is None or access.seen() is not None or not access.may(Action.VIEW):
        return None
    change = deleting_change(db.session, model, key)
    if change is None:
        return None
    columns, kept = history_columns(model), change.before or {}
    state = {name: kind_of(columns[name]).from_history(value) for name, value in kept.items() if name in columns}
    ties = {name: one for name, one in access.resource.relations.items() if isinstance(one, ToOne)}
    told = {name: one for name, one in ties.items() if state.keys() >= {*one.own_names}}
    return SimpleNamespace(**state, **{name: one.referenced_record(db.session, state) for name, one in told.items()})
