"""Who has which record's form open: a note that expires by itself and locks nothing."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from admin_app.db.keys import Key, RecordKey
from admin_app.db.types import UtcDateTime
from admin_app.extensions import Model


class Presence(Model):
    """A person at a record's form, since when, and until when the note is valid."""

    table: Mapped[str] = mapped_column("table_name", String(63), primary_key=True)
    record_id: Mapped[Key] = mapped_column(RecordKey, primary_key=True, autoincrement=False)
    staff_id: Mapped[int] = mapped_column(
        ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True, autoincrement=False, index=True
    )
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
