"""Answer a form about a record that was deleted, or merged into another one, while its page was open."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue

from admin_app.db.keys import Key, read_key
from admin_app.domain.permissions.policy import Action
from admin_app.domain.records.conflicts import deletion_of
from admin_app.extensions import db
from admin_app.panel.access.access import Access
from admin_app.panel.forms.conflicts import words_of_deletion
from admin_app.panel.forms.source import VERSION
from admin_app.panel.links import link
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
