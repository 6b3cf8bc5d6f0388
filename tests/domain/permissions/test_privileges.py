"""No growth of power, below the pages: what a command may, the owner's role, and which roles are the way to everything."""

from __future__ import annotations

from typing import Any

import pytest

from admin_app.db.string_set import StringSet
from admin_app.domain.permissions import privileges, roles
from admin_app.errors import InvalidRecord, PrivilegeError
from admin_app.extensions import db
from admin_app.models.role import EDITOR, OWNER, VIEWER, Role
from admin_app.models.staff import Staff

pytestmark = [pytest.mark.usefixtures("context"), pytest.mark.parametrize("store", ["sqlite"], indirect=True)]


def test_the_owners_role_is_changed_by_nobody(owner: Staff) -> None:
    (role,) = roles.of_keys(db.session, [OWNER])

    for person in (owner, None):
        with pytest.raises(PrivilegeError, match=r"^The owner role has all permissions and cannot be changed\.$"):
            privileges.locked_privileges(db.session, person).require_over_role(role)


def test_a_command_gives_every_role_and_touches_everybody(owner: Staff) -> None:
    power = privileges.locked_privileges(db.session, None)

    power.require_roles([OWNER, EDITOR, VIEWER])
    power.require_over(owner)

    with pytest.raises(InvalidRecord, match=r"^Choose at least one role\.$"):
        power.require_roles([])


def test_who_is_switched_off_gives_nothing(make_staff: Any) -> None:
    power = privileges.locked_privileges(db.session, make_staff("Ann", OWNER, is_active=False))

    with pytest.raises(
        InvalidRecord, match=r"^You cannot give the role Viewer: it has permissions that you do not have\.$"
    ):
        power.require_roles([VIEWER])


def test_roles_that_change_accounts_or_roles_are_the_way_to_everything(keep: Any) -> None:
    for key, permission in (("clerk", "staff:edit"), ("keeper", "role:*"), ("looker", "staff:view"), ("all", "*:edit")):
        keep(Role(name=key.title(), key=key, permissions=StringSet([permission])))

    assert privileges.privileged_roles(db.session) == {OWNER, "clerk", "keeper"}


def test_staff_and_roles_are_left_out_of_rights_to_every_resource() -> None:
    assert privileges.guarded() == {"staff", "role"}
