"""Roles: the built-in ones, the existing ones, and the key of a new one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence

from sqlalchemy import func, select

from admin_app.db.ordering import in_order
from admin_app.db.string_set import StringSet
from admin_app.domain.permissions.rights import EVERYTHING, Action
from admin_app.errors import ConfigurationError, InvalidRecord
from admin_app.extensions import AnySession
from admin_app.models.role import EDITOR, LONGEST_KEY, OWNER, VIEWER, Role
from admin_app.models.saved_view import EVERYONE, MINE
from admin_app.models.staff import Staff

_READING = (Action.LIST, Action.VIEW, Action.HISTORY, Action.EXPORT)
_WRITING = (Action.CREATE, Action.EDIT, Action.DELETE, Action.IMPORT, Action.BULK, Action.UNDO, Action.SHARE)


def given() -> list[Role]:
    """Create the built-in roles. The migration that creates the table has the same ones."""
    return [
        Role(key=OWNER, name="Owner", permissions=StringSet([EVERYTHING])),
        Role(key=EDITOR, name="Editor", permissions=_everywhere(*_READING, *_WRITING)),
        Role(key=VIEWER, name="Viewer", permissions=_everywhere(*_READING)),
    ]


def _everywhere(*actions: Action) -> StringSet:
    return StringSet(f"*:{action}" for action in actions)


def all_of(session: AnySession) -> Sequence[Role]:
    """Return every role, by name."""
    return session.scalars(select(Role).order_by(in_order(Role.name), Role.id)).all()


def names(session: AnySession) -> dict[str, str]:
    """Return the names of all roles by their keys."""
    return {
        one.key: one.name for one in session.execute(select(Role.key, Role.name).order_by(in_order(Role.name), Role.id))
    }


def of_keys(session: AnySession, keys: Collection[str]) -> Sequence[Role]:
    """Return the current roles with these keys; raise `InvalidRecord` for an unknown key."""
    wanted = select(Role).where(Role.key.in_(keys)).order_by(Role.key)
    found = session.scalars(wanted.execution_options(populate_existing=True)).all()
    if missing := sorted(set(keys) - {one.key for one in found}):
        raise InvalidRecord(
            {"roles": f"The role {', '.join(missing)} does not exist. Choose from: {', '.join(names(session))}."}
        )
    return found


def require_known(session: AnySession, keys: Collection[str], setting: str) -> None:
    """Raise `ConfigurationError` if a setting names a role that does not exist."""
    known = names(session)
    if unknown := sorted(set(keys) - known.keys()):
        message = f"{setting} names a role that does not exist: {', '.join(unknown)}. Choose from: {', '.join(known)}."
        raise ConfigurationError(message)


def new_key(session: AnySession, name: str) -> str:
    """Return a key for a role of this name: one that no other role has, and that is no reserved word."""
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    wanted = re.sub(r"[^a-z0-9]+", "-", letters).strip("-")[:LONGEST_KEY] or "role"
    with session.no_autoflush:
        taken = {MINE, EVERYONE, "none", *session.scalars(select(Role.key))}
    key, number = wanted, 2
    while key in taken:
        ending = f"-{number}"
        key, number = f"{wanted[: LONGEST_KEY - len(ending)]}{ending}", number + 1
    return key


def number_of_holders(session: AnySession, role: Role, *, are_active: bool = False) -> int:
    """Return how many people have the role, all or those who can sign in."""
    which = [Staff.has_role(role.key), *([Staff.is_active] if are_active else [])]
    return session.scalar(select(func.count()).select_from(Staff).where(*which)) or 0
