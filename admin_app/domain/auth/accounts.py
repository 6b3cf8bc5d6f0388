"""Staff accounts: create them and switch them off, but never the last owner's."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select, text

from admin_app import timezones
from admin_app.context import Actor
from admin_app.db.caseless import same
from admin_app.db.dialects import is_postgres
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
    """Return the stored spelling of an email address; every account has one spelling."""
    # Compose after lowering: some lower-case letters have a composed form that their capitals lack.
    return composed(line(address.replace("\0", "")).lower())


def set_time_zone(staff: Staff, name: str) -> None:
    """Set the person's time zone; raise `InvalidRecord` for an unknown name."""
    if problem := time_zone_problem(name):
        raise InvalidRecord({"time_zone": problem})
    staff.time_zone = "" if name == timezones.UTC_NAME else name


def time_zone_problem(name: str) -> str | None:
    """Say what is wrong with the name of a time zone, if anything."""
    return None if name in timezones.offered() else "Choose a time zone from the list."


def create_staff(session: AnySession, *, name: str, email: str, roles: Collection[str], password: str | None) -> Staff:
    """Create an account (not yet committed); raise `InvalidRecord` for an unusable value, a taken address or an unknown role.

    If it has no password, nobody can sign in to it until the person has set one by a link.
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
    """Create the first account (not yet committed); raise `NotFoundError` if there is one already: the link was used."""
    if is_postgres(session):
        # Two people may use the link at the same moment; SQLite has one writer at a time anyway.
        session.execute(text(f"LOCK TABLE {Staff.__tablename__} IN SHARE ROW EXCLUSIVE MODE"))
    if is_set_up(session):
        message = "The dashboard is set up already."
        raise NotFoundError(message)
    return create_staff(session, name=name, email=email, roles=[OWNER], password=password)


def is_set_up(session: AnySession) -> bool:
    """Whether there is any account yet; until then the set-up link works."""
    return session.scalar(select(Staff.id).limit(1)) is not None


def actor_of(staff: AnyPrincipal) -> Actor:
    """Return the id and the name that the history stores of a person, so that it still names them when the account is gone."""
    return staff.id, f"{staff.name} ({staff.email})"


def disable(session: AnySession, staff: Staff) -> None:
    """Switch the account off and so sign the person out; raise `LastOwnerError` for the last owner."""
    require_another_owner(session, staff)
    staff.is_active = False
