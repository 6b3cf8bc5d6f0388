"""The acting person as plain values, which no commit expires: each request reads them by one statement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import FromClause, Table, Text, bindparam, literal_column, select

from admin_app.db.string_set import StringSet
from admin_app.domain.preferences import ASKED_FOR as SETTINGS
from admin_app.domain.preferences import Settings, settings_by_resource
from admin_app.extensions import AnyRow, AnySession
from admin_app.models.preference import Preference
from admin_app.models.role import Role
from admin_app.models.staff import Staff, named


@dataclass(frozen=True)
class HeldRole:
    """A role of a person; `models.role` explains the columns."""

    key: str
    name: str
    permissions: StringSet
    rows: StringSet
    fields: StringSet
    needs_reason: bool


@dataclass(frozen=True)
class Principal:
    """A member of staff with their roles and settings. It leaves out the columns of `models.staff` that only account pages need."""

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
        """The names of their roles, as one text."""
        return named(one.name for one in self.held_roles)

    def settings_of(self, resource: str) -> Settings:
        """Return their settings of a resource."""
        return self.settings.get(resource) or Settings()


# Anyone with rights: the signed-in person or an account, such as that of a job's owner.
AnyPrincipal = Staff | Principal

_STAFF: Table = Staff.__table__
_ROLE: Table = Role.__table__
_PERSON = (_STAFF.c.id, _STAFF.c.name, _STAFF.c.email, _STAFF.c.roles, _STAFF.c.is_active, _STAFF.c.time_zone)
_HELD = (_ROLE.c.key, _ROLE.c.name, _ROLE.c.permissions, _ROLE.c.rows, _ROLE.c.fields, _ROLE.c.needs_reason)
# What surrounds a role's key in a person's column of roles. Literals, because SQLite prepares a statement anew each time a pattern is bound.
_BEFORE, _AFTER = (literal_column(words, Text()) for words in ("'%\"'", "'\"%'"))
# A person with their roles and settings: a row for each combination, of which there are few.
COLUMNS = (*_PERSON, *_HELD, *SETTINGS)


def person_of_id(session: AnySession, staff_id: int) -> Principal | None:
    """Return a member of staff as they are now."""
    rows = session.execute(_OF_ID, {"id": staff_id}).all()
    return principal_of(rows) if rows else None


def with_roles_and_settings(people: FromClause) -> FromClause:
    """Join roles and settings, which `COLUMNS` needs, to people."""
    has_role = _STAFF.c.roles.like(_BEFORE.concat(_ROLE.c.key).concat(_AFTER))
    return people.outerjoin(_ROLE, has_role).outerjoin(Preference, Preference.staff_id == _STAFF.c.id)


def principal_of(rows: Sequence[AnyRow]) -> Principal:
    """Make a person of their rows of `COLUMNS`."""
    ends = len(_PERSON), len(_PERSON) + len(_HELD)
    roles = {row[ends[0]]: HeldRole(*row[ends[0] : ends[1]]) for row in rows if row[ends[0]] is not None}
    settings = settings_by_resource(row[ends[1] :] for row in rows if row[ends[1]] is not None)
    return Principal(tuple(role for _, role in sorted(roles.items())), settings, *rows[0][: ends[0]])


# Built once, as the statement in `domain.auth.sessions` is.
_OF_ID = select(*COLUMNS).select_from(with_roles_and_settings(_STAFF)).where(_STAFF.c.id == bindparam("id"))
