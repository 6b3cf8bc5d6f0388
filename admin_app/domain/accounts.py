"""Staff accounts: make one, sign in, change the password, switch it off. Never lets the last owner go."""

from __future__ import annotations

import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import select, text

from admin_app.domain import sessions
from admin_app.domain.rules import problem_with
from admin_app.domain.sessions import Visitor
from admin_app.errors import InvalidRecord, LastOwnerError, NotFoundError
from admin_app.extensions import AnySession
from admin_app.models.staff import Role, Staff

SHORTEST_PASSWORD = 12
# Beyond this nobody types; without a limit somebody could make the server hash megabytes.
LONGEST_PASSWORD = 1024

# argon2id; the library's defaults follow RFC 9106's low-memory profile (64 MiB, 3 passes).
_hasher = PasswordHasher()
# Checked when there is no such account, so that an unknown address costs the same time as a wrong password.
_NOBODYS_HASH = _hasher.hash(secrets.token_urlsafe())


def normalised_email(address: str) -> str:
    """Return the address as it is kept: one spelling an account."""
    return address.replace("\0", "").strip().lower()


def password_problem(password: str) -> str | None:
    """Say what is wrong with a new password, if anything."""
    if len(password) < SHORTEST_PASSWORD:
        return f"Use {SHORTEST_PASSWORD} characters or more for the password."
    if len(password) > LONGEST_PASSWORD:
        return f"Use {LONGEST_PASSWORD:,} characters or fewer for the password."
    return None


def set_password(session: AnySession, staff: Staff, password: str) -> None:
    """Replace the password and end every session that the old one began; raise `InvalidRecord` for a poor one."""
    if problem := password_problem(password):
        raise InvalidRecord({"password": problem})
    staff.password_hash = _hasher.hash(password)
    sessions.end_all(session, staff)


def is_password(staff: Staff, password: str) -> bool:
    """Whether this is the person's password."""
    return _verify(staff.password_hash, password)


def create_staff(session: AnySession, *, name: str, email: str, role: Role, password: str) -> Staff:
    """Make an account (not yet committed); raise `InvalidRecord` for what does not fit, or an address that is taken."""
    email = normalised_email(email)
    columns = Staff.__table__.columns
    problems = {
        label: problem_with(columns[label], label.capitalize(), value)
        for label, value in (("name", name), ("email", email))
    }
    if any(problems.values()):
        raise InvalidRecord({label: problem for label, problem in problems.items() if problem})
    if session.scalar(select(Staff.id).where(Staff.email == email)) is not None:
        raise InvalidRecord({"email": f"{email} already has an account."})
    staff = Staff(name=name.strip(), email=email, role=role)
    set_password(session, staff, password)
    session.add(staff)
    return staff


def create_first_owner(session: AnySession, *, name: str, email: str, password: str) -> Staff:
    """Make the first account (not yet committed); raise `NotFoundError` when there is one: the link was used."""
    if session.get_bind().dialect.name == "postgresql":
        # Two people with the link at the same moment; SQLite lets one writer in at a time anyway.
        session.execute(text("LOCK TABLE staff IN SHARE ROW EXCLUSIVE MODE"))
    if is_set_up(session):
        message = "The dashboard is set up already."
        raise NotFoundError(message)
    return create_staff(session, name=name, email=email, role=Role.OWNER, password=password)


def is_set_up(session: AnySession) -> bool:
    """Whether there is any account yet; until then the set-up link works."""
    return session.scalar(select(Staff.id).limit(1)) is not None


def sign_in(
    session: AnySession, *, email: str, password: str, hours: int, visitor: Visitor = sessions.NOBODY_KNOWN
) -> str | None:
    """Return the token of a new session, or None; an unknown address, a wrong password and a closed account look alike."""
    staff = session.scalar(select(Staff).where(Staff.email == normalised_email(email)))
    is_right = _verify(staff.password_hash if staff else _NOBODYS_HASH, password)
    if staff is None or not staff.is_active or not is_right:
        return None
    if _hasher.check_needs_rehash(staff.password_hash):
        staff.password_hash = _hasher.hash(password)
    return sessions.begin(session, staff, hours=hours, visitor=visitor)


def require_another_owner(session: AnySession, staff: Staff) -> None:
    """Raise `LastOwnerError` if this person is the only active owner.

    The rows are locked, so that two owners who demote each other at the same moment do not both succeed.
    """
    owners = select(Staff.id).where(Staff.role == Role.OWNER, Staff.is_active).order_by(Staff.id).with_for_update()
    with session.no_autoflush:
        found = session.scalars(owners).all()
    if list(found) == [staff.id]:
        message = f"{staff.name} is the last owner. Make somebody else an owner first."
        raise LastOwnerError(message)


def disable(session: AnySession, staff: Staff) -> None:
    """Switch the account off and sign the person out; raise `LastOwnerError` for the last owner."""
    require_another_owner(session, staff)
    staff.is_active = False
    sessions.end_all(session, staff)


def _verify(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password[:LONGEST_PASSWORD])
    except (VerificationError, InvalidHashError):
        return False
