"""Prevent privilege escalation: nobody gives what they do not hold, and nobody changes an account or a role that holds more.

A person's rights are read under a lock, after all other changes of rights have ended, so that two requests at once cannot
each rely on a right that the other takes away.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select

from admin_app.db.endpoints import endpoint_of
from admin_app.db.json_values import recorded_models
from admin_app.db.keys import key_from
from admin_app.domain.permissions import roles
from admin_app.domain.permissions.policy import rights_given_by
from admin_app.domain.permissions.principal import AnyPrincipal
from admin_app.domain.permissions.rights import Action, Rights
from admin_app.errors import InvalidRecord, LastOwnerError, PrivilegeError
from admin_app.extensions import AnyColumn, AnySession, table_of
from admin_app.models.change_set import Change
from admin_app.models.role import OWNER, Role
from admin_app.models.staff import Staff

# Tables whose rows determine rights.
PRIVILEGED_TABLES = (Staff.__tablename__, Role.__tablename__)
ABOVE = "You do not have all of these permissions yourself. Ask someone who has them."


def guarded() -> frozenset[str]:
    """Return the guarded resources: a right to all resources ("*:view") does not include them."""
    return frozenset(endpoint_of(model) for model in recorded_models().values() if model.__guarded__)


def holds(rights: Rights, given: Iterable[Role]) -> bool:
    """Whether these rights include everything that these roles give."""
    return rights.covers(rights_given_by(given), guarded=guarded())


@dataclass(frozen=True)
class Privileges:
    """The acting person's rights while nobody else can change them; a command has all rights."""

    session: AnySession
    rights: Rights | None

    def require(self, given: Iterable[Role]) -> None:
        """Raise `PrivilegeError` if these roles give a right that the acting person lacks."""
        if self.rights is not None and not holds(self.rights, given):
            raise PrivilegeError(ABOVE)

    def require_roles(self, keys: Collection[str]) -> None:
        """Raise `InvalidRecord` for roles that do not exist, for no roles, and for roles with rights that the acting person lacks."""
        with self.session.no_autoflush:
            given = roles.of_keys(self.session, keys)
            if not given:
                raise InvalidRecord({"roles": "Choose at least one role."})
            if above := [one.name for one in given if self.rights is not None and not holds(self.rights, [one])]:
                words = " and ".join(above)
                raise InvalidRecord(
                    {"roles": f"You cannot give the role {words}: it has permissions that you do not have."}
                )

    def require_over(self, staff: Staff) -> None:
        """Raise `PrivilegeError` if another account, switched off or not, has rights in the database that the acting person lacks."""
        with self.session.no_autoflush:
            self.require(_roles_of(self.session, Staff.id == staff.id))

    def require_over_role(self, role: Role) -> None:
        """Raise `PrivilegeError` if a role gives rights, in the database, that the acting person lacks, or if it is the owner's, which nobody changes."""
        if role.is_fixed:
            message = "The owner role has all permissions and cannot be changed."
            raise PrivilegeError(message)
        with self.session.no_autoflush:
            self.require(_read(self.session, Role.id == role.id))


def privileged_roles(session: AnySession) -> set[str]:
    """Return the keys of the roles that may change accounts or roles, and so lead to every other right."""
    actions = (Action.CREATE, Action.EDIT, Action.DELETE, Action.UNDO)
    return {
        one.key
        for one in roles.all_of(session)
        if any(
            rights_given_by([one]).may(action, name, guarded=True) for action in actions for name in PRIVILEGED_TABLES
        )
    }


def locked_privileges(session: AnySession, staff: AnyPrincipal | None) -> Privileges:
    """Keep others from changing rights until this transaction ends, and return this person's rights.

    Rights that this transaction has not flushed yet do not count.
    """
    with session.no_autoflush:
        lock(session)
        if staff is None:
            return Privileges(session, None)
        found = _roles_of(session, Staff.id == staff.id, Staff.is_active)
        return Privileges(session, rights_given_by(found))


def lock(session: AnySession) -> None:
    """Lock the owner's role, so that everyone else waits to change rights until this transaction ends."""
    session.execute(select(Role.id).where(Role.key == OWNER).with_for_update())


def require_another_owner(session: AnySession, staff: Staff) -> None:
    """Raise `LastOwnerError` if this person is the only active owner."""
    with session.no_autoflush:
        lock(session)
        last = last_owner(session)
    if last == staff.id:
        message = f"{staff.name} is the last owner. Make someone else an owner first."
        raise LastOwnerError(message)


def last_owner(session: AnySession) -> int | None:
    """Return the id of the only active owner; None if there are several."""
    found = session.scalars(select(Staff.id).where(Staff.has_role(OWNER), Staff.is_active).limit(2)).all()
    return found[0] if len(found) == 1 else None


def is_about_privileges(session: AnySession, set_id: int) -> bool:
    """Whether a change set changed accounts or roles."""
    wanted = select(Change.id).where(Change.change_set_id == set_id, Change.model.in_(PRIVILEGED_TABLES))
    return session.scalar(wanted.limit(1)) is not None


def require_over_touched(session: AnySession, power: Privileges, set_id: int) -> None:
    """Raise `PrivilegeError` if an account or role that a change set changed now has rights that the acting person lacks."""
    people, own = (
        select(key_from(table_of(model), Change.record_id)).where(
            Change.change_set_id == set_id, Change.model == table_of(model).name
        )
        for model in (Staff, Role)
    )
    power.require([*_roles_of(session, Staff.id.in_(people)), *_read(session, Role.id.in_(own))])


def require_sound(session: AnySession) -> None:
    """Raise `LastOwnerError` if no active owner is left, and `PrivilegeError` if somebody has a role that does not exist."""
    if session.scalar(select(Staff.id).where(Staff.has_role(OWNER), Staff.is_active).limit(1)) is None:
        message = "Then nobody could manage staff. Make someone else an owner first."
        raise LastOwnerError(message)
    known = select(Role.key)
    keys = set(session.scalars(known))
    for name, held in session.execute(select(Staff.name, Staff.roles)):
        if gone := set(held) - keys:
            message = f"{name} would have a role that does not exist: {', '.join(sorted(gone))}."
            raise PrivilegeError(message)


def _roles_of(session: AnySession, *which: AnyColumn) -> Sequence[Role]:
    held: set[str] = set()
    for keys in session.scalars(select(Staff.roles).where(*which)):
        held.update(keys)
    return _read(session, Role.key.in_(held))


def _read(session: AnySession, which: ColumnElement[bool]) -> Sequence[Role]:
    """Read roles from the database, not from the session's memory."""
    columns = select(Role.permissions, Role.rows, Role.fields, Role.needs_reason).where(which)
    return [
        Role(permissions=one[0], rows=one[1], fields=one[2], needs_reason=one[3]) for one in session.execute(columns)
    ]
