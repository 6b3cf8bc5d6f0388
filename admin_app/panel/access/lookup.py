"""Find the one record that a person means by what they typed, among those that they may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from admin_app.db.attributes import name_of
from admin_app.db.record import Record
from admin_app.domain.naming import names_of
from admin_app.domain.records.lookup import EVERYTHING, VisibleScope, find_at_once, find_one, naming_columns
from admin_app.extensions import db
from admin_app.panel.access.access import access_of
from admin_app.panel.access.authority import authority


def typing_hint(model: type[Record]) -> str:
    """Say what to type in a field for a record of this model."""
    return authority().once((model, "typing hint"), lambda: _typing_hint(model))


def _typing_hint(model: type[Record]) -> str:
    names = [name_of(model, column).replace("_", " ") for column in naming_columns(model, visible_scope_of(model))]
    return f"Type an ID, or an exact {' or '.join(names)}." if names else "Type an ID."


def find(model: type[Record], text: str) -> Record:
    """Return the record that a person means by what they typed, among those they may see; raise `NotFoundError` if there is none, or several."""
    noun, nouns = names_of(model)
    return find_one(db.session, model, text, noun=noun, nouns=nouns, visible_scope=visible_scope_of(model))


def find_offered(model: type[Record], text: str) -> Record:
    """Return the record that a person means by what they typed, among those that a picker offers: only the ID finds an archived record."""
    noun, nouns = names_of(model)
    return find_one(db.session, model, text, noun=noun, nouns=nouns, visible_scope=_offered_of(model))


def find_offered_at_once(model: type[Record], text: str) -> Sequence[Record]:
    """Return those of the offered records that an index finds by their ID or exact name."""
    return find_at_once(db.session, model, text, visible_scope=_offered_of(model))


def _offered_of(model: type[Record]) -> VisibleScope:
    access = access_of(model)
    return replace(visible_scope_of(model), archived=None if access is None else access.archived())


def visible_scope_of(model: type[Record]) -> VisibleScope:
    """Return what the current person may see of a model."""
    access = access_of(model)
    if access is None:
        return EVERYTHING
    return VisibleScope(
        access.seen(), access.shown(name_of(model, column) for column in naming_columns(model, EVERYTHING))
    )
