"""Attempts to prove one's identity, counted in the database so that all processes and machines count together."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from admin_app.db.types import UtcDateTime
from admin_app.extensions import Model


class ProofTry(Model):
    """The failed attempts of one account, one address, one pair of the two, or one device."""

    id: Mapped[int] = mapped_column(primary_key=True)
    # Hashes, because people sometimes type their password into the email field.
    key: Mapped[str] = mapped_column(String(64), unique=True)
    account: Mapped[str | None] = mapped_column(String(64), index=True)
    # All of them, to tell the person; and those in a row, for the delay.
    count: Mapped[int] = mapped_column(default=0)
    streak: Mapped[int] = mapped_column(default=0)
    first_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    blocked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
