"""Who may do what: one function answers every question, of a page, a menu, a button or a command."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from sqlalchemy import ColumnElement, Text, exists, literal_column

from admin_app.db.string_set import StringSet
from admin_app.domain.permissions.principal import AnyPrincipal, HeldRole, Whose, roles_asked_for
from admin_app.domain.permissions.rights import EVERYTHING, NO_RIGHTS, Action, FieldRight, Grant, Rights
from admin_app.models.role import Role

__all__ = ["Action", "FieldRight", "Rights", "grant_of", "holds_everything", "may", "rights_given_by", "rights_of"]


def may(staff: AnyPrincipal | None, act: Action, resource: str, *, guarded: bool = False) -> bool:
    """Whether this person may do this with some rows of a resource at least."""
    return rights_of(staff).may(act, resource, guarded=guarded)


def rights_of(staff: AnyPrincipal | None) -> Rights:
    """Return what a person may do now; nothing, for strangers and for accounts that are switched off."""
    if staff is None or not staff.is_active:
        return NO_RIGHTS
    return rights_given_by(staff.held_roles)


def holds_everything(staff_id: Whose) -> ColumnElement[bool]:
    """Return the condition that a person holds every right, as `Rights.has_everything` has it, for statements to ask."""
    # No parameters: SQLite prepares a statement anew each time a pattern is bound.
    pattern: ColumnElement[str] = literal_column(f"'%\"{EVERYTHING}\"%'", Text())
    nothing: ColumnElement[str] = literal_column(f"'{StringSet().to_text()}'", Text())
    whole = (Role.permissions.like(pattern), Role.rows == nothing, Role.fields == nothing)
    return exists(roles_asked_for(staff_id).with_only_columns(literal_column("1")).where(*whole))


def rights_given_by(roles: Iterable[Role | HeldRole]) -> Rights:
    """Return what whoever holds these roles may do."""
    return Rights(tuple(grant_of(role) for role in roles))


def grant_of(role: Role | HeldRole) -> Grant:
    """Return what a role gives."""
    return _grant(role.permissions, role.rows, role.fields)


@lru_cache(maxsize=1000)
def _grant(permissions: StringSet, rows: StringSet, fields: StringSet) -> Grant:
    """Return what these words mean; they are asked for with every request, and change hardly ever."""
    rights = (one.rpartition(":") for one in fields)
    return Grant(
        permissions=frozenset(permissions),
        rows=dict(one.split(":", 1) for one in rows),
        fields={path: FieldRight(right) for path, _, right in rights},
    )
