"""Who may do what: the roles that are given, and accounts that are switched off."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from admin_app.db.string_set import StringSet
from admin_app.domain.permissions import roles
from admin_app.domain.permissions.policy import Action, may, rights_given_by, rights_of
from admin_app.domain.permissions.rights import FieldRight
from admin_app.extensions import db
from admin_app.models.role import EDITOR, OWNER, VIEWER, Role
from admin_app.models.staff import Staff

pytestmark = [pytest.mark.usefixtures("context"), pytest.mark.parametrize("store", ["sqlite"], indirect=True)]

READS = {Action.LIST, Action.VIEW, Action.HISTORY, Action.EXPORT}


def allowed(staff: Staff | None, *, guarded: bool = False) -> set[Action]:
    return {act for act in Action if may(staff, act, "post", guarded=guarded)}


@pytest.mark.parametrize(
    ("role", "acts", "guarded"),
    [(VIEWER, READS, set()), (EDITOR, set(Action), set()), (OWNER, set(Action), set(Action))],
)
def test_each_given_role_has_its_acts(
    role: str, acts: set[Action], guarded: set[Action], make_staff: Callable[..., Staff]
) -> None:
    person = make_staff("Ann", role)

    assert (allowed(person), allowed(person, guarded=True)) == (acts, guarded)


def test_a_person_has_what_any_of_their_roles_gives(make_staff: Callable[..., Staff], keep: Any) -> None:
    keep(Role(name="Clerk", key="clerk", permissions=StringSet(["staff:list"])))

    person = make_staff("Ann", VIEWER, "clerk")

    assert may(person, Action.LIST, "staff", guarded=True)
    assert allowed(person) == READS


@pytest.mark.parametrize("role", [OWNER, EDITOR, VIEWER])
@pytest.mark.parametrize("guarded", [False, True])
def test_a_closed_account_may_nothing(role: str, guarded: bool, make_staff: Callable[..., Staff]) -> None:  # noqa: FBT001 -- pytest gives it by name
    assert allowed(make_staff("Ann", role, is_active=False), guarded=guarded) == set()


@pytest.mark.parametrize("guarded", [False, True])
def test_a_stranger_may_nothing(guarded: bool) -> None:  # noqa: FBT001 -- pytest gives it by name
    assert allowed(None, guarded=guarded) == set()


def test_the_roles_of_the_migration_are_the_given_ones(context: Flask) -> None:
    with context.app_context():
        kept = {one.key: (one.name, one.permissions) for one in roles.all_of(db.session)}

    assert kept == {one.key: (one.name, one.permissions) for one in roles.given()}


def test_rows_and_fields_are_read_from_a_roles_words(make_staff: Callable[..., Staff], keep: Any) -> None:
    words = {"rows": StringSet(["post:own"]), "fields": StringSet(["post.user:read_only"])}
    keep(Role(name="Author", key="author", permissions=StringSet(["post:*"]), **words))

    rights = rights_of(make_staff("Ann", "author"))

    assert rights.row_rules(Action.EDIT, "post") == {"own"}
    assert rights.field(Action.EDIT, "post", "user") is FieldRight.READ_ONLY


def test_no_roles_give_nothing() -> None:
    assert rights_given_by([]).grants == ()
