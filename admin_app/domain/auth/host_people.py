"""The accounts of people whom the application around the dashboard signs in. The history refers to these accounts; they have no passwords."""

from __future__ import annotations

import logging
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select

from admin_app.db.caseless import same
from admin_app.db.string_set import StringSet
from admin_app.domain.auth.accounts import normalised_email
from admin_app.domain.permissions import roles
from admin_app.extensions import AnySession, table_of
from admin_app.models.host_person import HostPerson
from admin_app.models.staff import Staff

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Person:
    """The person signed in to the application around the dashboard. `id` identifies them for good; `roles` are keys of the dashboard's roles, like `editor`."""

    id: int | str
    name: str
    email: str
    roles: Collection[str]


def account_of(session: AnySession, person: Person) -> Staff:
    """Return the person's account, brought up to date with what the application says, or a new one (not committed)."""
    link = session.get(HostPerson, str(person.id))
    staff = session.get(Staff, link.staff_id) if link is not None else None
    staff = staff or _of_nobody_else(session, person) or Staff(password_hash="")
    _free_address(session, staff, person)
    told = {"name": _cut("name", person.name), "email": _address(person), "roles": _roles(session, person)}
    for name, value in told.items():
        if getattr(staff, name) != value:
            setattr(staff, name, value)
    session.add(staff)
    session.flush()
    if link is None:
        session.add(HostPerson(key=str(person.id), staff_id=staff.id))
    return staff


def _of_nobody_else(session: AnySession, person: Person) -> Staff | None:
    """Return an account with the person's address that the application has not linked to anyone."""
    linked = select(HostPerson.staff_id)
    return session.scalar(select(Staff).where(same(Staff.email, _address(person)), Staff.id.not_in(linked)))


def _free_address(session: AnySession, staff: Staff, person: Person) -> None:
    """Change the address of another account that has the person's: no two accounts may have the same."""
    other = session.scalar(select(Staff).where(same(Staff.email, _address(person)), Staff.id != (staff.id or 0)))
    if other is not None:
        other.email = _cut("email", f"{other.id}.{other.email}")
        session.flush()


def _address(person: Person) -> str:
    return _cut("email", normalised_email(person.email) or str(person.id))


def _cut(column: str, text: str) -> str:
    return text[: getattr(table_of(Staff).c[column].type, "length", None)]


def _roles(session: AnySession, person: Person) -> StringSet:
    """Return the person's roles that exist."""
    known = roles.names(session)
    if unknown := sorted(set(person.roles) - known.keys()):
        log.warning("the application names roles that the dashboard does not have: %s", ", ".join(unknown))
    return StringSet(key for key in person.roles if key in known)
