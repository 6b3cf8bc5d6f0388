"""Tries to sign in with a password, what is counted of them, and the time that they happen at."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from admin_app.context import writing
from admin_app.domain.auth.sessions import ClientInfo
from admin_app.domain.auth.sign_in import Device, SignInResult
from admin_app.domain.auth.tokens import digest
from admin_app.extensions import db
from admin_app.models.sign_in import ProofTry
from admin_app.web.auth.password_sign_in import prove_by_password

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def move(self, **forward: float) -> None:
        self.now += timedelta(**forward)


def attempt(email: str, typed: str = "wrong", address: str = "8.8.8.8", device: Device | None = None) -> SignInResult:
    with writing():
        return prove_by_password(db.session, email=email, password=typed, client=ClientInfo(address), device=device)


def count(email: str) -> int:
    return db.session.scalar(select(ProofTry.count).where(ProofTry.key == digest(f"account:{email}"))) or 0
