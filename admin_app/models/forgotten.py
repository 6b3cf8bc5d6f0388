"""Marks of people whose data was removed: nothing personal, only which record it was."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from admin_app.db.keys import Key, RecordKey
from admin_app.db.types import UtcDateTime, utc_now
from admin_app.extensions import Model
from admin_app.models.change_set import LONGEST_ACTOR, LONGEST_REASON


class Forgotten(Model):
    """Which record was forgotten, by whom, when and why. A restored backup is compared with these marks."""

    __table_args__ = (Index("ix_forgotten_model_record_id", "model", "record_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    # The name of the table.
    model: Mapped[str] = mapped_column(String(63))
    record_id: Mapped[Key] = mapped_column(RecordKey)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    actor: Mapped[str] = mapped_column(String(LONGEST_ACTOR))
    reason: Mapped[str] = mapped_column(String(LONGEST_REASON))
