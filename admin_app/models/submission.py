"""Forms that created a record: the same form, sent twice, creates one record."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from admin_app.db.keys import Key, RecordKey
from admin_app.db.types import UtcDateTime, utc_now
from admin_app.extensions import Model


class Submission(Model):
    """A sent form, identified by a digest of its key, sender and content, and the id of the record it created."""

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    # Empty only within the transaction that creates the record.
    record_id: Mapped[Key | None] = mapped_column(RecordKey)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now, index=True)
