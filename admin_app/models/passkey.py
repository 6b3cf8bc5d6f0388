"""Passkeys: what a device showed when it made a key for a person, and the questions it has answered already."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from admin_app.db.types import UtcDateTime, utc_now
from admin_app.extensions import Model

LONGEST_NAME = 60
# A number of 1,023 bytes at most, as text.
LONGEST_CREDENTIAL = 1364


class Passkey(Model):
    """A key that a person's device holds; kept here is its public half, with which nobody can sign in."""

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    # The host name that it was made for: at another the browser does not offer it.
    site: Mapped[str] = mapped_column(String(253))
    credential: Mapped[str] = mapped_column(String(LONGEST_CREDENTIAL), unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    # How often the device says it was used: 32 bits without a sign, and 0 for ever where it does not count.
    sign_count: Mapped[int] = mapped_column(BigInteger)
    # How the browser reaches it ("internal,hybrid"), to be told the next time.
    transports: Mapped[str] = mapped_column(String(100), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class UsedChallenge(Model):
    """A question that was answered, for as long as it would be good: a copied answer is worth nothing."""

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
