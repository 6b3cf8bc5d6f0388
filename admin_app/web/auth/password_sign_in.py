"""Signing in with a password, in three transactions: read the account, count the attempt, store the result."""

from __future__ import annotations

from admin_app.context import reading
from admin_app.db.transaction import transaction
from admin_app.domain.auth import sign_in
from admin_app.domain.auth.sessions import ClientInfo
from admin_app.domain.auth.sign_in import Device, SignInResult
from admin_app.extensions import AnySession


def prove_by_password(
    session: AnySession, *, email: str, password: str, client: ClientInfo, device: Device | None = None
) -> SignInResult:
    """Check an email and a password (committed).

    The password is hashed between two transactions: SQLite has one write lock, and hashing takes time.
    """
    with reading(), transaction(session):
        attempt = sign_in.read_attempt(session, email=email, password=password, client=client, device=device)
    with transaction(session):
        too_early = sign_in.count_attempt(session, attempt)
    if too_early is not None:
        return too_early
    is_right = attempt.is_right()
    with transaction(session):
        return sign_in.conclude(session, attempt, is_right=is_right)
