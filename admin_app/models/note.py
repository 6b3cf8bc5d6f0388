"""Notes that staff write about records of any model. A note refers to its record by table and key, so no model needs to know about notes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from admin_app.db.keys import Key, RecordKey
from admin_app.db.record import Record
from admin_app.db.types import UtcDateTime
from admin_app.extensions import Model

# Columns that say which record a note belongs to. The history does not list them: its readers know the record.
_PLACE = {"is_place": True}


class Note(Record):
    """A note about a record. A deleted record leaves its notes, and has them again after it is restored."""

    # The table and key of the record.
    subject: Mapped[str] = mapped_column(String(63), info=_PLACE)
    subject_id: Mapped[Key] = mapped_column(RecordKey, info=_PLACE)
    # The author's key and name, as in the history: both outlive the account.
    author_id: Mapped[int] = mapped_column(info=_PLACE)
    author: Mapped[str] = mapped_column(String(80))
    text: Mapped[str] = mapped_column(Text)
    edited_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


# A record's notes are read newest first.
Index("ix_note_subject_subject_id_id", Note.subject, Note.subject_id, Note.id)


class Mention(Model):
    """A person mentioned in a note: an entry of their inbox. It is hidden while the note is deleted, and back after an undo."""

    __table_args__ = (
        Index("ix_mention_note_id_staff_id", "note_id", "staff_id", unique=True),
        Index("ix_mention_staff_id_read_at", "staff_id", "read_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    note_id: Mapped[int]
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"))
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
