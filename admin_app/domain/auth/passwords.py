"""Passwords: their quality, their hashes, and the links by which people set their own."""

from __future__ import annotations

import secrets
import unicodedata
from base64 import b64encode
from datetime import timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import ARGON2_VERSION
from sqlalchemy import delete, select
from zxcvbn import zxcvbn

from admin_app.db.connection import rows_changed
from admin_app.db.types import utc_now
from admin_app.domain.auth import alerts, sessions
from admin_app.domain.auth.security_events import record_security_event
from admin_app.domain.auth.tokens import digest
from admin_app.domain.clock import is_ahead
from admin_app.errors import InvalidRecord, NotFoundError
from admin_app.extensions import AnySession, Statement
from admin_app.models.password_link import PasswordLink
from admin_app.models.staff import Staff
from admin_app.unicode_text import composed

SHORTEST_PASSWORD = 12
# Nobody types a longer one; without a limit an attacker could make the server hash megabytes.
LONGEST_PASSWORD = 1024

# zxcvbn knows the 30,000 most common passwords, names, words and rows of keys, and refuses longer texts than this.
MOST_JUDGED = 72
# Its third step of five: more than a hundred million guesses.
ENOUGH = 3

# Long enough for a weekend, and for a colleague who reads mail once a day.
INVITATION_HOURS = 72
RESET_HOURS = 24

# argon2id; the library's defaults follow RFC 9106's low-memory profile (64 MiB, 3 passes), above OWASP's least (19 MiB, 2).
_hasher = PasswordHasher()


def hash_of_nothing(hasher: PasswordHasher) -> str:
    """Return a hash that no password has and that costs as much to check. It is made up: computing a real one would delay every start."""
    salt, digest = (
        b64encode(secrets.token_bytes(length)).decode().rstrip("=") for length in (hasher.salt_len, hasher.hash_len)
    )
    cost = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    return f"$argon2{hasher.type.name.lower()}$v={ARGON2_VERSION}${cost}${salt}${digest}"


# Checked if there is no such account, so that an unknown address takes the same time as a wrong password.
_NOBODYS_HASH = hash_of_nothing(_hasher)


def prepared(password: str) -> str:
    """Return the form in which a password is hashed, so that it is the same on every keyboard.

    The form is RFC 8265's OpaqueString: letters composed, every blank a plain space, capitals significant.
    """
    return composed("".join(" " if unicodedata.category(one) == "Zs" else one for one in password))


def password_problem(password: str, *personal: str) -> str | None:
    """Say what is wrong with a new password, if anything. `personal` are words that others know about the person."""
    password = prepared(password)
    if any(unicodedata.category(one) == "Cc" for one in password):
        return "The password has a tab, a line end or another control character in it. Leave that out."
    if len(password) < SHORTEST_PASSWORD:
        return f"Use {SHORTEST_PASSWORD} characters or more for the password."
    if len(password) > LONGEST_PASSWORD:
        return f"Use {LONGEST_PASSWORD:,} characters or fewer for the password."
    if zxcvbn(password[:MOST_JUDGED], user_inputs=list(personal))["score"] < ENOUGH:
        return "This password is common or easy to guess. Use a few unrelated words."
    return None


def set_password(session: AnySession, staff: Staff, password: str) -> None:
    """Replace the password, and end every session and link of the person; raise `InvalidRecord` for a weak password."""
    if problem := password_problem(password, staff.name or "", staff.email or ""):
        raise InvalidRecord({"password": problem})
    if staff.password_hash:
        # No alert for the first password: the person was invited to choose it.
        alerts.tell(session, staff, "The password was changed.")
    staff.password_hash = _hasher.hash(prepared(password))
    sessions.end_all(session, staff)
    if staff.id is not None:
        session.execute(delete(PasswordLink).where(PasswordLink.staff_id == staff.id))


def is_right_for(password_hash: str, password: str) -> bool:
    """Whether a password has this hash. If there is no hash, the answer is no, after the same time.

    Passwords from before `prepared` were hashed as they were typed.
    """
    known = password_hash or _NOBODYS_HASH
    return any(_verify(known, one) for one in dict.fromkeys((prepared(password), password))) and bool(password_hash)


def renew_hash(staff: Staff, password: str) -> None:
    """Hash the proved password again if the parameters of the hash have changed since."""
    if _hasher.check_needs_rehash(staff.password_hash):
        staff.password_hash = _hasher.hash(prepared(password))


def make_link(session: AnySession, staff: Staff) -> str:
    """Return the token of a link by which this person can set a password once. Their earlier links stop working."""
    token = secrets.token_urlsafe(32)
    now = utc_now()
    session.execute(delete(PasswordLink).where((PasswordLink.staff_id == staff.id) | (PasswordLink.expires_at < now)))
    until = now + timedelta(hours=RESET_HOURS if staff.password_hash else INVITATION_HOURS)
    session.add(PasswordLink(token_hash=digest(token), staff_id=staff.id, created_at=now, expires_at=until))
    record_security_event(session, staff, "Created a password link for")
    return token


def end_links_of(session: AnySession, people: Statement) -> None:
    """Delete the password links of these people; `people` selects their ids."""
    ending = delete(PasswordLink).where(PasswordLink.staff_id.in_(people))
    session.execute(ending, execution_options={"synchronize_session": False})


def staff_of_link(session: AnySession, token: str) -> Staff | None:
    """Return the account that a link is for; None if the link was used, replaced or is too old, or the account is switched off."""
    link: PasswordLink | None = session.scalar(select(PasswordLink).where(PasswordLink.token_hash == digest(token)))
    now = utc_now()
    if link is None or is_ahead(link.created_at, now) or link.expires_at <= now or not link.staff.is_active:
        return None
    staff: Staff = link.staff
    return staff


def use_link(session: AnySession, token: str, password: str) -> Staff:
    """Set the password; raise `NotFoundError` if the link is not valid any more, also if another request used it first."""
    staff = staff_of_link(session, token)
    # Deleting the row uses the link up: of two simultaneous requests, one succeeds.
    used = session.execute(delete(PasswordLink).where(PasswordLink.token_hash == digest(token)))
    if staff is None or rows_changed(used) != 1:
        message = "This link has been used or has expired. Ask for a new one."
        raise NotFoundError(message)
    set_password(session, staff, password)
    return staff


def _verify(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password[:LONGEST_PASSWORD])
    except (VerificationError, InvalidHashError):
        return False
