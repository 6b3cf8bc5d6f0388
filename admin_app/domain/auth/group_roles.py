"""Roles by the company's groups: the roles that `ADMIN_GROUPS` names are given and taken by groups alone, all others by hand."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import select

from admin_app.db.string_set import StringSet
from admin_app.domain.permissions import privileges
from admin_app.errors import LastOwnerError
from admin_app.extensions import AnySession
from admin_app.models.role import OWNER, Role
from admin_app.models.staff import Staff

RolesByGroup = Mapping[str, frozenset[str]]


def roles_of_groups(session: AnySession, groups: Collection[str], mapping: RolesByGroup) -> frozenset[str]:
    """Return the keys of the existing roles that these groups give."""
    wanted = frozenset().union(*(mapping.get(one, frozenset()) for one in groups))
    return frozenset(session.scalars(select(Role.key).where(Role.key.in_(wanted))))


def follow_groups(
    session: AnySession, staff: Staff, groups: Collection[str], mapping: RolesByGroup, *, makes_owners: bool = True
) -> bool:
    """Give and take a person's roles as their groups say (not yet committed); return whether any role changed.

    The last owner stays an owner, whatever the groups say. Without `makes_owners` nobody becomes an owner, and an owner
    stays one while their groups say so.
    """
    by_groups = frozenset().union(*mapping.values())
    held = frozenset(staff.roles)
    withheld = frozenset() if makes_owners else frozenset({OWNER}) - held
    wanted = (held - by_groups) | (roles_of_groups(session, groups, mapping) - withheld)
    if OWNER in held and OWNER not in wanted and _is_last_owner(session, staff):
        wanted |= {OWNER}
    if wanted == held:
        return False
    privileges.lock(session)
    staff.roles = StringSet(sorted(wanted))
    return True


def _is_last_owner(session: AnySession, staff: Staff) -> bool:
    try:
        privileges.require_another_owner(session, staff)
    except LastOwnerError:
        return True
    return False
