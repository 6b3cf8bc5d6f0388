"""A forgotten password: limit the requests for a link, and create the link."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from admin_app.db.caseless import same
from admin_app.domain.auth import passwords, throttle
from admin_app.domain.auth.accounts import normalised_email
from admin_app.domain.auth.sign_in import network_of
from admin_app.domain.auth.throttle import Limit
from admin_app.extensions import AnySession
from admin_app.models.staff import Staff
from admin_app.unicode_text import caseless

# Free requests: a person may mistype or lose the email and ask again; a whole office may ask from one network.
FREE_FOR_ACCOUNT = 3
FREE_FOR_ADDRESS = 20


@dataclass(frozen=True)
class Link:
    """A new link, and the account that it is for."""

    token: str
    name: str
    email: str


def count_request(session: AnySession, *, email: str, address: str) -> int:
    """Count a request; return 0, or the seconds to wait if it came too early. Unknown addresses are counted alike."""
    email = normalised_email(email)
    return throttle.count_try(
        session,
        [
            Limit("forgotten", caseless(email), FREE_FOR_ACCOUNT, account=email),
            # Of the kind "address": while it is blocked, further requests create no rows.
            Limit("address", f"forgotten {network_of(address)}", FREE_FOR_ADDRESS),
        ],
    )


def make_link(session: AnySession, email: str) -> Link | None:
    """Create a link for the account of this address (not yet committed).

    Returns None if there is no account, or it is switched off or has no password yet: a request must not replace an
    invitation.
    """
    staff = session.scalar(select(Staff).where(same(Staff.email, normalised_email(email))))
    if staff is None or not staff.is_active or not staff.password_hash:
        return None
    return Link(passwords.make_link(session, staff), staff.name, staff.email)
