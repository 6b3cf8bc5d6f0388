"""Links that set a password once: an invitation, or a way back in."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from admin_app.db.types import UtcDateTime, utc_now
from admin_app.extensions import Model
from admin_app.models.staff import Staff


class PasswordLink(Model):
    """One link of one person. The link carries a random token, the table only its hash."""

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    # One a person: a new link takes the place of the old one.
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), unique=True, index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)

    staff: Mapped[Staff] = relationship()
