"""The record that blocks an undo, for a person who may see it."""

from __future__ import annotations

from admin_app.db.record import Record
from admin_app.extensions import table_of
from admin_app.models.change_set import Change
from admin_app.panel.access.access import access_of
from admin_app.panel.links import record_url
from admin_app.panel.view_models import Link


def blocking_record(change: Change, title: str, other: Record | None) -> Link | None:
    """Return name and URL of the record that blocks a change, unless it is the changed record itself."""
    access = access_of(type(other)) if other is not None else None
    if other is None or access is None or not access.sees(other):
        return None
    name = access.title_of(other)
    is_itself = (table_of(type(other)).name, other.id) == (change.model, change.record_id)
    return None if is_itself and name == title else Link(name, record_url(access, other))


def blocker_in_words(change: Change, other: object) -> str:
    """Say which record it is, in a message: "It is “Ann” (ID 7)."."""
    if not isinstance(other, Record):
        return ""
    link = blocking_record(change, change.title, other)
    return f" It is “{link.label}” (ID {other.id})." if link is not None else ""
