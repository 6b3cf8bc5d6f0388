"""Forms that made a record: how the same form, sent twice, makes one."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from admin_app.db.keys import Key, RecordKey
from admin_app.db.types import UtcDateTime, utc_now
from admin_app.extensions import Model


class Submission(Model):
    """One sent form, told by a digest of its key, its sender and what it held, and the id of the record it made."""

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    # Empty within the transaction that makes the record, and never outside of it.
    record_id: Mapped[Key | None] = mapped_column(RecordKey)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now, index=True)
