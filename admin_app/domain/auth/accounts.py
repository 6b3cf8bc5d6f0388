"""Staff accounts: make one, switch it off. Never lets the last owner go."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select, text

from admin_app import timezones
from admin_app.context import Actor
from admin_app.db.caseless import same
from admin_app.db.string_set import StringSet
from admin_app.domain.auth.passwords import set_password
from admin_app.domain.permissions.principal import AnyPrincipal
from admin_app.domain.permissions.privileges import require_another_owner
from admin_app.domain.permissions.roles import of_keys
from admin_app.domain.records.rules import normalised, problem_with
from admin_app.errors import InvalidRecord, NotFoundError
from admin_app.extensions import AnySession
from admin_app.models.role import OWNER
from admin_app.models.staff import Staff
from admin_app.unicode_text import composed, line


def normalised_email(address: str) -> str:
    """Return the address as it is kept: one spelling an account."""
    # Some small letters are composed where their capitals are not.
    return composed(line(address.replace("\0", "")).lower())


def set_time_zone(staff: Staff, name: str) -> None:
    """Mean this zone's days from now on; raise `InvalidRecord` for a name that is no zone's."""
    if problem := time_zone_problem(name):
        raise InvalidRecord({"time_zone": problem})
    staff.time_zone = "" if name == timezones.UTC_NAME else name


def time_zone_problem(name: str) -> str | None:
    """Say what is wrong with the name of a time zone, if anything."""
    return None if name in timezones.offered() else "Choose a time zone from the list."


def create_staff(session: AnySession, *, name: str, email: str, roles: Collection[str], password: str | None) -> Staff:
    """Make an account (not yet committed); raise `InvalidRecord` for what does not fit, or an address that is taken, or a role that there is not.

    Without a password nobody can sign in to it before its person has set one by a link.
    """
    columns = Staff.__table__.columns
    name, email = str(normalised(columns["name"], name)), normalised_email(email)
    problems = {
        label: problem_with(columns[label], label.capitalize(), value)
        for label, value in (("name", name), ("email", email))
    }
    if any(problems.values()):
        raise InvalidRecord({label: problem for label, problem in problems.items() if problem})
    if session.scalar(select(Staff.id).where(same(Staff.email, email))) is not None:
        raise InvalidRecord({"email": f"{email} already has an account."})
    found = of_keys(session, roles)
    staff = Staff(name=name, email=email, roles=StringSet(one.key for one in found))
    if password is None:
        staff.password_hash = ""
    else:
        set_password(session, staff, password)
    session.add(staff)
    return staff


def create_first_owner(session: AnySession, *, name: str, email: str, password: str) -> Staff:
    """Make the first account (not yet committed); raise `NotFoundError` when there is one: the link was used."""
    if session.get_bind().dialect.name == "postgresql":
        # Two people with the link at the same moment; SQLite lets one writer in at a time anyway.
        session.execute(text(f"LOCK TABLE {Staff.__tablename__} IN SHARE ROW EXCLUSIVE MODE"))
    if is_set_up(session):
        message = "The dashboard is set up already."
        raise NotFoundError(message)
    return create_staff(session, name=name, email=email, roles=[OWNER], password=password)


def is_set_up(session: AnySession) -> bool:
    """Whether there is any account yet; until then the set-up link works."""
    return session.scalar(select(Staff.id).limit(1)) is not None


def actor_of(staff: AnyPrincipal) -> Actor:
    """Return the person as the history keeps them: also when the account is gone, one knows who it was."""
    return staff.id, f"{staff.name} ({staff.email})"


def disable(session: AnySession, staff: Staff) -> None:
    """Switch the account off, which signs the person out; raise `LastOwnerError` for the last owner."""
    require_another_owner(session, staff)
    staff.is_active = False
