"""Who may do what: one function answers every question, of a page, a menu, a button or a command."""

from __future__ import annotations

from enum import StrEnum

from admin_app.models.staff import Role, Staff


class Act(StrEnum):
    """What can be done with the records of a resource."""

    VIEW = "view"
    HISTORY = "history"
    EXPORT = "export"
    CREATE = "create"
    EDIT = "edit"
    DELETE = "delete"
    UNDO = "undo"
    SHARE = "share"


READING = frozenset({Act.VIEW, Act.HISTORY, Act.EXPORT})
WRITING = frozenset({Act.CREATE, Act.EDIT, Act.DELETE, Act.UNDO})
# Showing a saved view to others, a role or everyone: it stands in their navigation. Everybody may keep views of their own.
SHARING = frozenset({Act.SHARE})

GRANTS: dict[Role, frozenset[Act]] = {
    Role.VIEWER: READING,
    Role.EDITOR: READING | WRITING | SHARING,
    Role.OWNER: READING | WRITING | SHARING,
}


def may(staff: Staff | None, act: Act, *, owners_only: bool = False) -> bool:
    """Whether this person may do this, on a resource that is for owners only or for everyone who signs in."""
    if staff is None or not staff.is_active:
        return False
    if owners_only and staff.role is not Role.OWNER:
        return False
    return act in GRANTS[staff.role]
