"""No growth of power: nobody gives what they do not hold, and nobody changes an account or a role that holds more.

What somebody holds is read after everybody else who changes it has ended: two requests at once cannot each count on
what the other one takes away.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import select

from admin_app.domain.permissions import rights_given_by
from admin_app.domain.rights import NO_RIGHTS, Rights
from admin_app.errors import PowerError
from admin_app.extensions import AnySession
from admin_app.models.role import OWNER, Role
from admin_app.models.staff import Staff
from admin_app.models.stored import recorded_models


def guarded() -> frozenset[str]:
    """Name the resources that a right to every resource leaves out."""
    return frozenset(model.__name__.lower() for model in recorded_models().values() if model.__guarded__)


def holds(rights: Rights, roles: Iterable[Role]) -> bool:
    """Whether somebody with these rights has all that these roles give."""
    return rights.covers(rights_given_by(roles), guarded=guarded())


def lock(session: AnySession) -> None:
    """Let nobody else change who holds what until this transaction ends."""
    with session.no_autoflush:
        session.execute(select(Role.id).where(Role.key == OWNER).with_for_update())


def present_rights(session: AnySession, staff_id: int) -> Rights:
    """Return what the person holds by what the database says now, whatever this transaction is about to write."""
    with session.no_autoflush:
        found = session.execute(select(Staff.roles, Staff.is_active).where(Staff.id == staff_id)).first()
        return rights_given_by(_present(session, found.roles)) if found is not None and found.is_active else NO_RIGHTS


def require(session: AnySession, rights: Rights, keys: Collection[str], message: str) -> None:
    """Raise `PowerError` where these roles, as the database has them, hold something that the rights do not."""
    with session.no_autoflush:
        if not holds(rights, _present(session, keys)):
            raise PowerError(message)


def _present(session: AnySession, keys: Collection[str]) -> Sequence[Role]:
    """Read roles past what the session remembers of them."""
    columns = select(Role.permissions, Role.rows, Role.fields).where(Role.key.in_(keys))
    return [Role(permissions=one.permissions, rows=one.rows, fields=one.fields) for one in session.execute(columns)]
