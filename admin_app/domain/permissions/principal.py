"""Who acts, as every page goes by them: plain values, read anew with each request by one statement, which no commit forgets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ScalarSelect, Select, Text, literal_column, select

from admin_app.db.string_set import StringSet
from admin_app.domain.preferences import ASKED_FOR as SETTINGS
from admin_app.domain.preferences import Settings, settings_by_resource
from admin_app.models.preference import Preference
from admin_app.models.role import Role
from admin_app.models.staff import Staff, named


@dataclass(frozen=True)
class HeldRole:
    """A role that somebody has: what `models.role` says of its columns."""

    key: str
    name: str
    permissions: StringSet
    rows: StringSet
    fields: StringSet


@dataclass(frozen=True)
class Principal:
    """A member of staff as `models.staff` has them, but for what only their own pages ask for, with their roles and settings."""

    held_roles: tuple[HeldRole, ...]
    settings: Mapping[str, Settings]
    id: int
    name: str
    email: str
    roles: StringSet
    is_active: bool
    time_zone: str

    @property
    def role_names(self) -> str:
        """What their roles are called."""
        return named(self.held_roles)

    def settings_of(self, resource: str) -> Settings:
        """Return what they set for a resource."""
        return self.settings.get(resource) or Settings()


# Whoever has rights: who is signed in, or an account at hand, that of whom a job is for.
AnyPrincipal = Staff | Principal

# The tables themselves: every request asks, and objects of the ORM take twice the time.
_STAFF: Any = Staff.__table__
_ROLE: Any = Role.__table__
COLUMNS = (_STAFF.c.id, _STAFF.c.name, _STAFF.c.email, _STAFF.c.roles, _STAFF.c.is_active, _STAFF.c.time_zone)


# Around a role's key among a person's. Every request asks: what never changes is no parameter.
_BEFORE, _AFTER = (literal_column(words, Text()) for words in ("'%\"'", "'\"%'"))
# A person's id, or a query for it.
Whose = ScalarSelect[int] | int


def roles_asked_for(staff_id: Whose) -> Select[*tuple[Any, ...]]:
    """Ask for the roles of a person."""
    has_it = _STAFF.c.roles.like(_BEFORE.concat(_ROLE.c.key).concat(_AFTER))
    columns = (_ROLE.c.key, _ROLE.c.name, _ROLE.c.permissions, _ROLE.c.rows, _ROLE.c.fields)
    return select(*columns).select_from(_ROLE).join(_STAFF, has_it).where(_STAFF.c.id == staff_id)


def settings_asked_for(staff_id: Whose) -> Select[*tuple[Any, ...]]:
    """Ask for what a person set."""
    return select(*SETTINGS).where(Preference.staff_id == staff_id)


def principal_of(row: Sequence[Any], roles: Iterable[Sequence[Any]], settings: Iterable[Sequence[Any]]) -> Principal:
    """Return the person of a row of `COLUMNS`, with the rows of their roles and settings."""
    held = sorted((HeldRole(*role) for role in roles), key=lambda role: role.key)
    return Principal(tuple(held), settings_by_resource(settings), *row)
