"""The record that blocks an undo, for a person who may see it."""

from __future__ import annotations

from collections.abc import Sequence

from admin_app.db.json_values import recorded_models
from admin_app.db.record import Record
from admin_app.errors import AdminError, UndoError
from admin_app.extensions import table_of
from admin_app.models.change_set import Change
from admin_app.panel.access.access import access_of, accesses_to
from admin_app.panel.links import record_url
from admin_app.panel.view_models import Link

# Replaces words that would reveal something that the person does not see.
UNTOLD = "Something that is not shown to you is in the way."


def may_know(tells: Sequence[tuple[str, str]]) -> bool:
    """Whether the person may see these (table, field) pairs; a pair without a field means all records of the table."""
    return all(_sees(table, field) for table, field in tells)


def _sees(table: str, field: str) -> bool:
    model = recorded_models().get(table)
    found = [] if model is None else accesses_to(model, field)
    return all(one.shows(field) if field else one.looks() and one.seen() is None for one in found)


def blocking_record(change: Change, title: str, other: Record | None) -> Link | None:
    """Return name and URL of the record that blocks a change, unless it is the changed record itself."""
    access = access_of(type(other)) if other is not None else None
    if other is None or access is None or not access.sees(other):
        return None
    name = access.title_of(other)
    is_itself = (table_of(type(other)).name, other.id) == (change.model, change.record_id)
    return None if is_itself and name == title else Link(name, record_url(access, other))


def refusal_in_words(change: Change, error: AdminError) -> str:
    """Say what blocks the change, and which record that is: "It is “Ann” (ID 7)."."""
    if not isinstance(error, UndoError):
        return str(error)
    if not may_know(error.tells):
        return UNTOLD
    other = error.other if isinstance(error.other, Record) else None
    link = blocking_record(change, change.title, other)
    return f"{error} It is “{link.label}” (ID {other.id})." if other is not None and link is not None else str(error)
