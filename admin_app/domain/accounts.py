"""Staff accounts: make one, sign in and out, change the password, switch it off. Never lets the last owner go."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, select, text
from sqlalchemy.orm import joinedload

from admin_app import zones
from admin_app.current import Actor
from admin_app.domain import failures
from admin_app.domain.recording import note
from admin_app.domain.rules import problem_with
from admin_app.errors import InvalidRecord, LastOwnerError, NotFoundError
from admin_app.extensions import AnySession
from admin_app.models.base import utc_now
from admin_app.models.change_set import Kind
from admin_app.models.staff import Role, Staff, StaffSession

SHORTEST_PASSWORD = 12
# Beyond this nobody types; without a limit somebody could make the server hash megabytes.
LONGEST_PASSWORD = 1024

# argon2id; the library's defaults follow RFC 9106's low-memory profile (64 MiB, 3 passes).
_hasher = PasswordHasher()
# Checked when there is no such account, so that an unknown address costs the same time as a wrong password.
_NOBODYS_HASH = _hasher.hash(secrets.token_urlsafe())

# The preferences come along with the person: every page goes by them, and they are few.
_PERSON = joinedload(StaffSession.staff).joinedload(Staff.preferences)


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
    end_sessions(session, staff)


def set_time_zone(staff: Staff, name: str) -> None:
    """Mean this zone's days from now on; raise `InvalidRecord` for a name that is no zone's."""
    if problem := time_zone_problem(name):
        raise InvalidRecord({"time_zone": problem})
    staff.time_zone = "" if name == zones.UTC_NAME else name


def time_zone_problem(name: str) -> str | None:
    """Say what is wrong with the name of a time zone, if anything."""
    return None if name in zones.offered() else "Choose a time zone from the list."


def is_password(staff: Staff, password: str) -> bool:
    """Whether this is the person's password."""
    return _verify(staff.password_hash, password)


def end_sessions(session: AnySession, staff: Staff) -> None:
    """Sign the person out everywhere."""
    if staff.id is not None:
        session.execute(delete(StaffSession).where(StaffSession.staff_id == staff.id))


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


def sign_in(session: AnySession, *, email: str, password: str, hours: int) -> str | None:
    """Return the token of a new session, or None; an unknown address, a wrong password and a closed account look alike."""
    staff = session.scalar(select(Staff).where(Staff.email == normalised_email(email)))
    is_right = _verify(staff.password_hash if staff else _NOBODYS_HASH, password)
    if staff is None or not staff.is_active or not is_right:
        failures.record(session, normalised_email(email), resource=Staff.__tablename__)
        return None
    note(session, actor=actor_of(staff), kind=Kind.SIGN_IN, summary="Signed in", resource=Staff.__tablename__)
    if _hasher.check_needs_rehash(staff.password_hash):
        staff.password_hash = _hasher.hash(password)
    return begin_session(session, staff, hours=hours)


def begin_session(session: AnySession, staff: Staff, *, hours: int) -> str:
    """Return the token of a new session for a person whose identity is certain."""
    now = utc_now()
    session.execute(delete(StaffSession).where(StaffSession.expires_at < now))
    token = secrets.token_urlsafe(32)
    session.add(StaffSession(token_hash=_digest(token), staff_id=staff.id, expires_at=now + timedelta(hours=hours)))
    staff.last_sign_in_at = now
    return token


def actor_of(staff: Staff) -> Actor:
    """Return the person as the history keeps them: also when the account is gone, one knows who it was."""
    return staff.id, f"{staff.name} ({staff.email})"


def staff_of_session(session: AnySession, token: str) -> Staff | None:
    """Return who holds this session, unless it ended, expired, or the account was switched off."""
    signed_in = session.get(StaffSession, _digest(token), options=[_PERSON])
    if signed_in is None or signed_in.expires_at <= utc_now() or not signed_in.staff.is_active:
        return None
    return signed_in.staff


def sign_out(session: AnySession, token: str) -> None:
    """End one session, for every copy of its cookie."""
    note(session, kind=Kind.SIGN_OUT, summary="Signed out", resource=Staff.__tablename__)
    session.execute(delete(StaffSession).where(StaffSession.token_hash == _digest(token)))


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


def require_an_owner(session: AnySession) -> None:
    """Raise `LastOwnerError` if there is no active owner (any more, within this transaction)."""
    if session.scalar(select(Staff.id).where(Staff.role == Role.OWNER, Staff.is_active).limit(1)) is None:
        message = "Nobody could manage the staff any more. Make somebody else an owner first."
        raise LastOwnerError(message)


def disable(session: AnySession, staff: Staff) -> None:
    """Switch the account off and sign the person out; raise `LastOwnerError` for the last owner."""
    require_another_owner(session, staff)
    staff.is_active = False
    end_sessions(session, staff)


def _verify(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password[:LONGEST_PASSWORD])
    except (VerificationError, InvalidHashError):
        return False


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
