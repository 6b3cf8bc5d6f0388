"""Passkeys: a device signs a challenge with a key that it created for one person and one host name. No challenge is accepted twice."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import webauthn
from sqlalchemy import delete, select, update
from webauthn.authentication.verify_authentication_response import VerifiedAuthentication
from webauthn.helpers import (
    bytes_to_base64url,
    parse_authentication_credential_json,
    parse_registration_credential_json,
)
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)
from webauthn.registration.verify_registration_response import VerifiedRegistration

from admin_app.db.connection import rows_changed
from admin_app.db.dialects import insert_into
from admin_app.db.record import Record
from admin_app.db.types import utc_now
from admin_app.domain.auth import alerts, two_factor
from admin_app.domain.auth.accounts import actor_of
from admin_app.domain.auth.security_events import record_security_event
from admin_app.domain.records.rules import problem_with
from admin_app.errors import AdminError, FactorError, InvalidRecord
from admin_app.extensions import AnySession, table_of
from admin_app.models.passkey import LONGEST_CREDENTIAL, Passkey, UsedChallenge
from admin_app.models.staff import Staff
from admin_app.unicode_text import line

# How long a challenge is valid: a person may have to look for the telephone first.
CHALLENGE_SECONDS = 10 * 60
# Passkeys of one person: each is another way in.
MOST_PASSKEYS = 20
# An answer has a few kilobytes; more is not even parsed.
LONGEST_ANSWER = 32_000

NOT_MADE = "The passkey could not be added. Press the button to try again."
NOT_PROVED = "This passkey was not accepted. Press the button to try again, or use another way."
USED = "This page was open too long, or its passkey has already been used. Press the button to try again."
COPIED = "This passkey was refused because it may have been copied. Use another way, and remove it under Account."


@dataclass(frozen=True)
class Site:
    """Where people reach the dashboard, as browsers see it: the host name that passkeys are made for, and the origin."""

    host: str
    origin: str
    name: str


def all_of(session: AnySession, staff: Staff) -> Sequence[Passkey]:
    """Return the person's passkeys, the oldest first."""
    return session.scalars(select(Passkey).where(Passkey.staff_id == staff.id).order_by(Passkey.id)).all()


def find(session: AnySession, staff: Staff, key: int | None) -> Passkey | None:
    """Return the passkey with this number if it is the person's own."""
    found = session.get(Passkey, key) if key is not None else None
    return found if found is not None and found.staff_id == staff.id else None


def making_options(session: AnySession, staff: Staff, site: Site, challenge: bytes, *, key: str) -> str:
    """Return the browser's options for creating a passkey, as JSON. The device has to ask for a finger, a face or a PIN."""
    options = webauthn.generate_registration_options(
        rp_id=site.host,
        rp_name=site.name,
        user_id=_user_handle(staff, key),
        user_name=staff.email,
        user_display_name=staff.name,
        challenge=challenge,
        timeout=CHALLENGE_SECONDS * 1000,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        # A device that has a passkey for this person creates no second one.
        exclude_credentials=_descriptors(session, staff, site),
    )
    return webauthn.options_to_json(options)


def proving_options(session: AnySession, staff: Staff, site: Site, challenge: bytes) -> str | None:
    """Return the browser's options for using one of the person's passkeys, as JSON; None if they have none for this host."""
    known = _descriptors(session, staff, site)
    if not known:
        return None
    options = webauthn.generate_authentication_options(
        rp_id=site.host,
        challenge=challenge,
        timeout=CHALLENGE_SECONDS * 1000,
        allow_credentials=known,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return webauthn.options_to_json(options)


def add(
    session: AnySession, staff: Staff, site: Site, *, challenge: bytes, answer: str, name: str, key: str
) -> list[str]:
    """Store a passkey that a device created; return recovery codes if it is the person's first factor, else none.

    Raises `InvalidRecord` for an unusable answer. The challenge is used up all the same, so the caller commits in any case.
    """
    two_factor.lock(session, staff)
    if len(all_of(session, staff)) >= MOST_PASSKEYS:
        raise InvalidRecord({"passkey": f"You have {MOST_PASSKEYS} passkeys, and cannot add more. Remove one first."})
    if not _is_first_use(session, challenge):
        raise InvalidRecord({"passkey": USED})
    made, transports = _made(site, challenge, answer)
    is_first = not two_factor.has_factor(session, staff)
    credential = bytes_to_base64url(made.credential_id)
    kept = {
        "staff_id": staff.id,
        "name": name,
        "site": site.host,
        "credential": credential,
        "public_key": made.credential_public_key,
        "sign_count": made.sign_count,
        "transports": transports,
    }
    if len(credential) > LONGEST_CREDENTIAL or not _insert(session, Passkey, kept):
        # The options named the person's own passkeys, so this one is another person's, or made up.
        raise InvalidRecord({"passkey": NOT_MADE})
    codes = two_factor.renew_codes(session, staff, key=key) if is_first else []
    record_security_event(session, staff, f"Added the passkey “{name}” of", actor=actor_of(staff))
    # The alert leaves out the passkey's name, which a thief may have chosen.
    alerts.tell(session, staff, "A passkey was added.")
    return codes


def prove(session: AnySession, staff: Staff, site: Site, *, challenge: bytes, answer: str) -> None:
    """Verify the answer of one of the person's passkeys; raise `FactorError` if it is wrong.

    The challenge is used up all the same, so the caller commits in any case.
    """
    if not _is_first_use(session, challenge):
        raise FactorError(USED)
    passkey, proved = _proved(session, staff, site, challenge, answer)
    # One statement checks and writes: of two simultaneous requests with the same counter, one succeeds.
    new = proved.new_sign_count
    unused = Passkey.sign_count < new if new else Passkey.sign_count == 0
    chosen = update(Passkey).where(Passkey.id == passkey.id, unused)
    if rows_changed(session.execute(chosen.values(sign_count=new, last_used_at=utc_now()))):
        return
    # The signature is right but the device's counter went back: the passkey was copied.
    record_security_event(session, staff, f"Refused the passkey “{passkey.name}”, which may have been copied, of")
    raise FactorError(COPIED)


def name_problem(name: str) -> str | None:
    """Say what is wrong with a passkey's name, if anything."""
    return problem_with(Passkey.__table__.columns["name"], "Name", name)


def rename(session: AnySession, staff: Staff, passkey: Passkey, name: str) -> None:
    """Rename a passkey; raise `InvalidRecord` for an unsuitable name."""
    name = line(name)
    if problem := name_problem(name):
        raise InvalidRecord({"name": problem})
    old, passkey.name = passkey.name, name
    record_security_event(session, staff, f"Renamed the passkey “{old}” to “{passkey.name}” of")


def remove(session: AnySession, staff: Staff, passkey: Passkey, *, is_required: bool) -> None:
    """Delete a passkey, and with the last factor the recovery codes; raise `FactorError` if the person has to keep a factor."""
    two_factor.lock(session, staff)
    name = passkey.name
    if not rows_changed(session.execute(delete(Passkey).where(Passkey.id == passkey.id))):
        # Another tab removed it a moment ago.
        return
    two_factor.settle(session, staff, is_required=is_required)
    record_security_event(session, staff, f"Removed the passkey “{name}” of")
    alerts.tell(session, staff, "A passkey was removed.")


def _made(site: Site, challenge: bytes, answer: str) -> tuple[VerifiedRegistration, str]:
    """Verify a new passkey; return it, and the ways in which browsers reach its device."""
    with _judging(InvalidRecord({"passkey": NOT_MADE})):
        credential = parse_registration_credential_json(_bounded(answer))
        made = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    return made, ",".join(sorted({one.value for one in credential.response.transports or []}))


def _proved(
    session: AnySession, staff: Staff, site: Site, challenge: bytes, answer: str
) -> tuple[Passkey, VerifiedAuthentication]:
    """Find which of the person's passkeys answered, and check its signature."""
    with _judging(FactorError(NOT_PROVED)):
        credential = parse_authentication_credential_json(_bounded(answer))
    name = bytes_to_base64url(credential.raw_id)
    chosen = select(Passkey).where(Passkey.credential == name, Passkey.staff_id == staff.id, Passkey.site == site.host)
    passkey = session.scalar(chosen)
    if passkey is None:
        raise FactorError(NOT_PROVED)
    with _judging(FactorError(NOT_PROVED)):
        proved = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=passkey.public_key,
            # Compared by `prove`, which can tell a copy from a forgery.
            credential_current_sign_count=0,
            require_user_verification=True,
        )
    return passkey, proved


@contextmanager
def _judging(refusal: AdminError) -> Iterator[None]:
    """Raise this refusal for an answer that cannot be read or is wrong: the library re-raises whatever its parsers raise on a stranger's input."""
    try:
        yield
    except Exception as error:
        raise refusal from error


def _bounded(answer: str) -> str:
    if len(answer) > LONGEST_ANSWER:
        message = "longer than any answer"
        raise ValueError(message)
    return answer


def _is_first_use(session: AnySession, challenge: bytes) -> bool:
    """Record that the challenge was answered; return whether this is the first time. Of two simultaneous requests only one is the first."""
    now = utc_now()
    session.execute(delete(UsedChallenge).where(UsedChallenge.expires_at < now))
    digest = hashlib.sha256(challenge).hexdigest()
    return _insert(session, UsedChallenge, {"digest": digest, "expires_at": now + timedelta(seconds=CHALLENGE_SECONDS)})


def _insert(session: AnySession, model: type[Record], values: dict[str, object]) -> bool:
    """Insert a row unless it exists; return whether it was inserted."""
    added = (
        insert_into(session, model).values(**values).on_conflict_do_nothing().returning(*table_of(model).primary_key)
    )
    return session.scalar(added) is not None


def _descriptors(session: AnySession, staff: Staff, site: Site) -> list[PublicKeyCredentialDescriptor]:
    return [
        PublicKeyCredentialDescriptor(
            id=webauthn.base64url_to_bytes(one.credential),
            transports=[AuthenticatorTransport(name) for name in one.transports.split(",") if name],
        )
        for one in all_of(session, staff)
        if one.site == site.host
    ]


def _user_handle(staff: Staff, key: str) -> bytes:
    """Return the id under which devices store the person: it never changes, and does not reveal who it is."""
    return hmac.new(key.encode(), f"passkeys of {staff.id}".encode(), hashlib.sha256).digest()
