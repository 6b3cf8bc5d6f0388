"""The records that a person opened last: some twenty, for that person alone."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from admin_app.db.keys import Key, RecordKey
from admin_app.db.types import UtcDateTime
from admin_app.extensions import Model


class OpenedRecord(Model):
    """A record whose page a person opened, and when they last did. The person comes first in its key: each page asks for one person's."""

    staff_id: Mapped[int] = mapped_column(
        ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    table: Mapped[str] = mapped_column("table_name", String(63), primary_key=True)
    record_id: Mapped[Key] = mapped_column(RecordKey, primary_key=True, autoincrement=False)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
