"""What somebody proves who they are with beside a password: an app that makes codes, and codes on paper for when it is lost."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from admin_app.db.types import UtcDateTime, utc_now
from admin_app.extensions import Model


class Authenticator(Model):
    """A person's app. The secret it shares with us is kept encrypted."""

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), unique=True, index=True)
    secret: Mapped[str] = mapped_column(String(255))
    # The half minute whose code was used last: that one and those before are used up.
    last_step: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)


class RecoveryCode(Model):
    """One code on paper, as a keyed hash; used, it is gone."""

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64))
