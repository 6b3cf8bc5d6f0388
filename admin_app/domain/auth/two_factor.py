"""The second factor: codes from an app (TOTP) and recovery codes on paper; each is valid once. Passkeys have a module of their own."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets

import pyotp
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import delete, func, or_, select, update

from admin_app.db.connection import rows_changed
from admin_app.db.types import utc_now
from admin_app.domain.auth import alerts
from admin_app.domain.auth.accounts import actor_of
from admin_app.domain.auth.security_events import record_security_event
from admin_app.domain.auth.sign_in import FREE_FOR_PAIR
from admin_app.domain.auth.throttle import Limit
from admin_app.domain.clock import TOLERANCE
from admin_app.errors import FactorError, InvalidRecord
from admin_app.extensions import AnySession
from admin_app.models.passkey import Passkey
from admin_app.models.staff import Staff
from admin_app.models.two_factor import Authenticator, RecoveryCode

CODES = 8
# Without letters and digits that look alike on paper. Ten characters give 2^50 codes, which only the holder of the hash's key can try.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
CODE_LENGTH = 10

STEP_SECONDS = 30
DIGITS = 6
# A telephone's clock may be half a minute off, either way.
STEPS_OFF = (-1, 0, 1)
# If the last used step is this far ahead of a code's, a clock that was ahead used it up: waiting for it could take a year.
STEPS_AHEAD = STEPS_OFF[-1] - STEPS_OFF[0] + TOLERANCE.seconds // STEP_SECONDS

# Seconds for which an offered secret is valid: people enrol without a break.
ENROLMENT_SECONDS = 30 * 60


def has_factor(session: AnySession, staff: Staff) -> bool:
    """Whether the person has to prove a second factor to sign in."""
    return has_app(session, staff) or _has_passkey(session, staff)


def has_app(session: AnySession, staff: Staff) -> bool:
    """Whether the person has an app that makes codes."""
    return session.scalar(select(Authenticator.id).where(Authenticator.staff_id == staff.id)) is not None


def lock(session: AnySession, staff: Staff) -> None:
    """Keep others from changing this person's factors until the transaction ends: two changes at once could each rely on a factor that the other removes."""
    session.execute(select(Staff.id).where(Staff.id == staff.id).with_for_update())


def codes_left(session: AnySession, staff: Staff) -> int:
    """Return the number of unused recovery codes."""
    return session.scalar(select(func.count()).where(RecoveryCode.staff_id == staff.id)) or 0


def limit_of(staff: Staff) -> Limit:
    """Return the limit on tries at the second factor: without it a million codes would soon be tried."""
    return Limit("factor", str(staff.id), FREE_FOR_PAIR, account=staff.email)


def offer(staff: Staff, *, key: str) -> str:
    """Return a new secret, sealed for this person; the form sends it back with the first code."""
    return seal(json.dumps([staff.id, pyotp.random_base32()]), key=key)


def offered_secret(staff: Staff, sealed: str, *, key: str) -> str | None:
    """Return the secret that was sealed for this person; None if it was for another person or too long ago."""
    text = unseal(sealed, key=key, seconds=ENROLMENT_SECONDS)
    staff_id, secret = json.loads(text) if text is not None else (None, "")
    return secret if staff_id == staff.id else None


def address_of(staff: Staff, secret: str, *, site: str) -> str:
    """Return the address in the QR code, which tells the app the secret."""
    return str(pyotp.TOTP(secret).provisioning_uri(name=staff.email, issuer_name=site))


def enrol(session: AnySession, staff: Staff, secret: str, typed: str, *, key: str) -> list[str]:
    """Store the secret if a code proves that the app has it; otherwise raise `InvalidRecord`.

    Returns new recovery codes; none if this is the first app of a person with a passkey, who has codes already.
    """
    step = _step_of(secret, _plain(typed))
    if step is None:
        message = "This is not the code that the app shows now. Type the newest one, and check that the phone's clock is right."
        raise InvalidRecord({"code": message})
    lock(session, staff)
    was_there = rows_changed(session.execute(delete(Authenticator).where(Authenticator.staff_id == staff.id)))
    session.add(Authenticator(staff_id=staff.id, secret=seal(secret, key=key), last_step=step))
    codes = renew_codes(session, staff, key=key) if was_there or not _has_passkey(session, staff) else []
    # A person who sets it up while signing in is not signed in yet.
    record_security_event(session, staff, "Set up the app for two-factor sign-in of", actor=actor_of(staff))
    alerts.tell(session, staff, "An app for two-factor sign-in was set up.")
    return codes


def prove(session: AnySession, staff: Staff, typed: str, *, key: str) -> bool:
    """Whether this is an unused code of the person's app or an unused recovery code; from now on it counts as used."""
    plain = _plain(typed)
    if len(plain) == DIGITS and plain.isascii() and plain.isdigit():
        return _use_app_code(session, staff, plain, key=key)
    # Deleting the row uses the code up: of two simultaneous requests, one succeeds.
    chosen = (RecoveryCode.staff_id == staff.id) & (RecoveryCode.code_hash == _code_hash(plain, key))
    return rows_changed(session.execute(delete(RecoveryCode).where(chosen))) == 1


def renew_codes(session: AnySession, staff: Staff, *, key: str) -> list[str]:
    """Return eight new recovery codes, which are shown only once; the old ones are void."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.staff_id == staff.id))
    codes = ["".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH)) for _ in range(CODES)]
    session.add_all(RecoveryCode(staff_id=staff.id, code_hash=_code_hash(code, key)) for code in codes)
    record_security_event(session, staff, "Created new recovery codes for")
    alerts.tell(session, staff, "New recovery codes were created.")
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def remove_app(session: AnySession, staff: Staff, *, is_required: bool) -> None:
    """Remove the app, and with the last factor the recovery codes; raise `FactorError` if the person has to keep a factor."""
    lock(session, staff)
    session.execute(delete(Authenticator).where(Authenticator.staff_id == staff.id))
    settle(session, staff, is_required=is_required)
    record_security_event(session, staff, "Removed the app for two-factor sign-in of")
    alerts.tell(session, staff, "The app for two-factor sign-in was removed.")


def settle(session: AnySession, staff: Staff, *, is_required: bool) -> None:
    """Delete the recovery codes if a removed factor was the last one; raise `FactorError` if the person has to keep a factor."""
    if has_factor(session, staff):
        return
    if is_required:
        message = "Your role needs a second factor, and this is the last. Add another one first."
        raise FactorError(message)
    session.execute(delete(RecoveryCode).where(RecoveryCode.staff_id == staff.id))


def reset(session: AnySession, staff: Staff) -> None:
    """Remove every factor but the password."""
    for model in (Authenticator, Passkey, RecoveryCode):
        session.execute(delete(model).where(model.staff_id == staff.id))
    record_security_event(session, staff, "Turned two-factor sign-in off for")
    alerts.tell(session, staff, "Two-factor sign-in was turned off: apps, passkeys and recovery codes are gone.")


def seal(text: str, *, key: str) -> str:
    """Encrypt a text with a key made from the dashboard's secret key."""
    return _fernet(key).encrypt(text.encode()).decode("ascii")


def unseal(sealed: str, *, key: str, seconds: int | None = None) -> str | None:
    """Decrypt a text; return None if it was sealed with another key, or too long ago."""
    try:
        return _fernet(key).decrypt(sealed.encode(), ttl=seconds).decode()
    except (InvalidToken, ValueError):
        return None


def _has_passkey(session: AnySession, staff: Staff) -> bool:
    return session.scalar(select(Passkey.id).where(Passkey.staff_id == staff.id).limit(1)) is not None


def _use_app_code(session: AnySession, staff: Staff, code: str, *, key: str) -> bool:
    sealed = session.scalar(select(Authenticator.secret).where(Authenticator.staff_id == staff.id))
    secret = unseal(sealed, key=key) if sealed else None
    step = _step_of(secret, code) if secret else None
    if step is None:
        return False
    # One statement checks and writes: of two simultaneous requests with the same code, one succeeds.
    is_later = or_(Authenticator.last_step < step, Authenticator.last_step > step + STEPS_AHEAD)
    unused = (Authenticator.staff_id == staff.id) & is_later
    return rows_changed(session.execute(update(Authenticator).where(unused).values(last_step=step))) == 1


def _step_of(secret: str, code: str) -> int | None:
    """Return the time step (half a minute) that a code belongs to; None if it is no code of about now."""
    now = int(utc_now().timestamp()) // STEP_SECONDS
    app = pyotp.TOTP(secret, digits=DIGITS, interval=STEP_SECONDS)
    fitting = [now + off for off in STEPS_OFF if hmac.compare_digest(app.generate_otp(now + off), code)]
    return fitting[0] if fitting else None


def _plain(typed: str) -> str:
    """Return a typed code without the spaces and dashes that people copy along."""
    kept = "".join(one for one in typed.lower() if not one.isspace() and one != "-")
    return kept if kept.isascii() else ""


def _code_hash(code: str, key: str) -> str:
    return hmac.new(_derived(key, b"recovery codes"), code.encode(), hashlib.sha256).hexdigest()


def _fernet(key: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(_derived(key, b"two-factor secrets")))


def _derived(key: str, purpose: bytes) -> bytes:
    """Derive a key for one purpose from the secret key, so that a text sealed for one purpose is void for another."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(key.encode())
