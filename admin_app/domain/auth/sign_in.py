"""Sign-in by password. Delays grow with each guess, but never lock a person out of their known devices."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from admin_app.db.caseless import same
from admin_app.domain.auth import failed_sign_ins, throttle
from admin_app.domain.auth.accounts import normalised_email
from admin_app.domain.auth.passwords import is_right_for, renew_hash
from admin_app.domain.auth.security_events import record_security_event
from admin_app.domain.auth.sessions import ClientInfo
from admin_app.domain.auth.throttle import Limit
from admin_app.extensions import AnySession
from admin_app.models.staff import Staff
from admin_app.unicode_text import caseless

# Tries without delay. An office shares one address; a person mistypes now and then.
FREE_FOR_PAIR = 5
FREE_FOR_ACCOUNT = 10
FREE_FOR_DEVICE = 10
FREE_FOR_ADDRESS = 30

# A person who mistyped once or twice remembers; more failed tries are reported.
WORTH_TELLING = 3

# Every customer of a provider has at least so much of the new addresses to themselves.
NETWORK_BITS = 64


@dataclass(frozen=True)
class Device:
    """A browser that signed in before: its number, and the people who did."""

    number: str
    staff_ids: tuple[int, ...]


@dataclass(frozen=True)
class SignInResult:
    """The person who signed in, or None with the seconds until the next try (0: at once)."""

    staff: Staff | None = None
    wait: int = 0
    # The number of failed tries before this one that the person should know of, and the time of the first.
    failed: int = 0
    since: datetime | None = None


@dataclass(frozen=True)
class Account:
    """The account that a try is for: what is needed of it while the password is hashed."""

    id: int
    is_active: bool
    password_hash: str


@dataclass(frozen=True)
class Attempt:
    """An attempt to sign in: what was typed, the account if there is one, and the limits that count it."""

    email: str
    password: str
    account: Account | None
    limits: Sequence[Limit]

    def is_right(self) -> bool:
        """Whether the password is the account's. Hashing takes time, so it is done outside of any transaction."""
        is_right = is_right_for(self.account.password_hash if self.account else "", self.password)
        return is_right and self.account is not None and self.account.is_active


def read_attempt(
    session: AnySession, *, email: str, password: str, client: ClientInfo, device: Device | None
) -> Attempt:
    """Look up the account that a person tries to sign in to."""
    email = normalised_email(email)
    columns = select(Staff.id, Staff.is_active, Staff.password_hash)
    found = session.execute(columns.where(same(Staff.email, email))).one_or_none()
    account = None if found is None else Account(*found)
    return Attempt(email, password, account, _limits(email, account.id if account else None, client, device))


def count_attempt(session: AnySession, attempt: Attempt) -> SignInResult | None:
    """Count the try; return its result if it came too early. The caller commits before it checks the password."""
    wait = throttle.count_try(session, attempt.limits)
    return _failed(session, attempt, wait=wait) if wait else None


def conclude(session: AnySession, attempt: Attempt, *, is_right: bool) -> SignInResult:
    """Return the result of a try. An unknown address, a wrong password and an account that is switched off look alike."""
    if not is_right or attempt.account is None:
        return _failed(session, attempt)
    staff = session.get(Staff, attempt.account.id, with_for_update=True, populate_existing=True)
    if staff is None or not staff.is_active or staff.password_hash != attempt.account.password_hash:
        # The account was switched off, deleted or given another password while this one was hashed.
        return _failed(session, attempt)
    return _succeeded(session, staff, attempt)


def _failed(session: AnySession, attempt: Attempt, *, wait: int = 0) -> SignInResult:
    """Refuse, and record it. Every failed try passes through here, and nothing else does."""
    failed_sign_ins.record(session, attempt.email, resource=Staff.__tablename__)
    return SignInResult(wait=wait)


def _succeeded(session: AnySession, staff: Staff, attempt: Attempt) -> SignInResult:
    """Accept. Every try with the right password passes through here, and nothing else does."""
    tries = throttle.tries_of(session, _account(staff.email))
    # This try was counted too.
    failed, since = (tries.count - 1, tries.first_at) if tries else (0, None)
    for limit in attempt.limits:
        if limit.kind == "address":
            throttle.take_back(session, limit)
    throttle.forgive(session, [limit for limit in attempt.limits if limit.kind != "address"])
    renew_hash(staff, attempt.password)
    return SignInResult(staff, failed=failed if failed >= WORTH_TELLING else 0, since=since)


def delay_of(session: AnySession, staff: Staff) -> tuple[int, datetime | None]:
    """Return the number of failed tries at an account, and until when an unknown device has to wait."""
    tries = throttle.tries_of(session, _account(staff.email))
    return (tries.count, throttle.blocked_until(tries)) if tries else (0, None)


def unlock(session: AnySession, staff: Staff) -> None:
    """Let the person try again at once, from anywhere."""
    throttle.unlock(session, staff.email)
    record_security_event(session, staff, "Reset the failed sign-in attempts of")


def _account(email: str, *, is_watched: bool = False) -> Limit:
    return Limit("account", caseless(email), FREE_FOR_ACCOUNT, account=email, is_watched=is_watched)


def _limits(email: str, staff_id: int | None, client: ClientInfo, device: Device | None) -> list[Limit]:
    """Return the limits that count this try. A device that signed in to this account before has a limit of its own."""
    if device is not None and staff_id in device.staff_ids:
        known = Limit("device", f"{device.number}:{caseless(email)}", FREE_FOR_DEVICE, account=email)
        return [known, _account(email, is_watched=True)]
    network = network_of(client.address)
    return [
        _account(email),
        Limit("pair", f"{caseless(email)} {network}", FREE_FOR_PAIR, account=email),
        Limit("address", network, FREE_FOR_ADDRESS),
    ]


def network_of(address: str) -> str:
    """Return the address, or for IPv6 its network: one customer has all addresses of it."""
    if ":" not in address:
        return address
    return str(ipaddress.ip_network(f"{address}/{NETWORK_BITS}", strict=False))
