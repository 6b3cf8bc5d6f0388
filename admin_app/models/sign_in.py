"""Tries to prove who one is, counted in the store, so that every process and machine counts together."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from admin_app.db.types import UtcDateTime
from admin_app.extensions import Model


class ProofTry(Model):
    """The failed tries of one account, one address, one pair of the two, one device."""

    id: Mapped[int] = mapped_column(primary_key=True)
    # Hashes: what people type into the field for the email is sometimes their password.
    key: Mapped[str] = mapped_column(String(64), unique=True)
    account: Mapped[str | None] = mapped_column(String(64), index=True)
    # All of them, for the person to be told; and those in a row, for the delay.
    count: Mapped[int] = mapped_column(default=0)
    streak: Mapped[int] = mapped_column(default=0)
    first_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    blocked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
