"""Passkeys: the public key that a device created for a person, and the challenges that were already answered."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from admin_app.db.types import UtcDateTime, utc_now
from admin_app.extensions import Model

LONGEST_NAME = 60
# At most 1,023 bytes, encoded as text.
LONGEST_CREDENTIAL = 1364


class Passkey(Model):
    """The public half of a key that a person's device holds. Nobody can sign in with it."""

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    # The host name that it was created for: browsers do not offer it at another.
    site: Mapped[str] = mapped_column(String(253))
    credential: Mapped[str] = mapped_column(String(LONGEST_CREDENTIAL), unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    # The device's counter of uses: unsigned 32 bits, and always 0 if the device does not count.
    sign_count: Mapped[int] = mapped_column(BigInteger)
    # How the browser reaches the device ("internal,hybrid"); browsers want this back.
    transports: Mapped[str] = mapped_column(String(100), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class UsedChallenge(Model):
    """An answered challenge, kept for as long as it would be valid: a copied answer is refused."""

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
