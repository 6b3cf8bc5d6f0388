"""Who may do what: every role, every act, on what is for everybody and on what is for owners."""

from __future__ import annotations

import pytest

from admin_app.domain.permissions import GRANTS, Act, may
from admin_app.models.staff import Role, Staff

READS = {Act.VIEW, Act.HISTORY, Act.EXPORT}
ALL = {*READS, Act.CREATE, Act.EDIT, Act.DELETE, Act.UNDO, Act.SHARE}


def allowed(staff: Staff | None, *, owners_only: bool = False) -> set[Act]:
    return {act for act in Act if may(staff, act, owners_only=owners_only)}


@pytest.mark.parametrize(("role", "acts"), [(Role.VIEWER, READS), (Role.EDITOR, ALL), (Role.OWNER, ALL)])
def test_each_role_has_its_acts(role: Role, acts: set[Act]) -> None:
    assert allowed(Staff(role=role, is_active=True)) == acts


@pytest.mark.parametrize(("role", "acts"), [(Role.VIEWER, set()), (Role.EDITOR, set()), (Role.OWNER, ALL)])
def test_what_is_for_owners_is_for_nobody_else(role: Role, acts: set[Act]) -> None:
    assert allowed(Staff(role=role, is_active=True), owners_only=True) == acts


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("owners_only", [False, True])
def test_a_closed_account_may_nothing(role: Role, owners_only: bool) -> None:  # noqa: FBT001 -- pytest gives it by name
    assert allowed(Staff(role=role, is_active=False), owners_only=owners_only) == set()


@pytest.mark.parametrize("owners_only", [False, True])
def test_a_stranger_may_nothing(owners_only: bool) -> None:  # noqa: FBT001 -- pytest gives it by name
    assert allowed(None, owners_only=owners_only) == set()


def test_every_role_is_decided_about() -> None:
    assert set(GRANTS) == set(Role)
