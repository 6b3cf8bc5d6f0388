"""Who may do what: one function answers every question, from a page, a menu, a button or a command."""

from __future__ import annotations

from collections.abc import Iterable

from admin_app.domain.permissions.principal import AnyPrincipal, HeldRole
from admin_app.domain.permissions.rights import NO_RIGHTS, Action, FieldRight, Grant, Rights
from admin_app.models.role import Role

__all__ = ["Action", "FieldRight", "Rights", "grant_of", "may", "rights_given_by", "rights_of"]


def may(staff: AnyPrincipal | None, action: Action, resource: str, *, guarded: bool = False) -> bool:
    """Whether this person may take this action on at least some rows of a resource."""
    return rights_of(staff).may(action, resource, guarded=guarded)


def rights_of(staff: AnyPrincipal | None) -> Rights:
    """Return a person's current rights; a stranger and an account that is switched off have none."""
    if staff is None or not staff.is_active:
        return NO_RIGHTS
    return rights_given_by(staff.held_roles)


def rights_given_by(roles: Iterable[Role | HeldRole]) -> Rights:
    """Return the rights of a person with these roles."""
    return Rights(tuple(grant_of(role) for role in roles))


def grant_of(role: Role | HeldRole) -> Grant:
    """Return what a role gives."""
    rights = (one.rpartition(":") for one in role.fields)
    return Grant(
        permissions=frozenset(role.permissions),
        rows=dict(one.split(":", 1) for one in role.rows),
        fields={path: FieldRight(right) for path, _, right in rights},
        # None in a role that is not stored yet.
        needs_reason=bool(role.needs_reason),
    )
