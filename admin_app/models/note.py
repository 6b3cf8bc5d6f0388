"""Notes that staff write about records: of any model, pointed at by table and key, so that no model has to know of them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from admin_app.db.keys import Key, RecordKey
from admin_app.db.record import Record
from admin_app.db.types import UtcDateTime
from admin_app.extensions import Model

# Columns that say where a row belongs, which whoever reads its history knows: they are not listed there.
_PLACE = {"is_place": True}


class Note(Record):
    """What somebody wrote about a record. A record that is deleted leaves its notes, and has them again when it comes back."""

    # The record's table and key.
    subject: Mapped[str] = mapped_column(String(63), info=_PLACE)
    subject_id: Mapped[Key] = mapped_column(RecordKey, info=_PLACE)
    # As the history names people: by key and name, for both outlive the account.
    author_id: Mapped[int] = mapped_column(info=_PLACE)
    author: Mapped[str] = mapped_column(String(80))
    text: Mapped[str] = mapped_column(Text)
    edited_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


# A record's notes are read from the last one.
Index("ix_note_subject_subject_id_id", Note.subject, Note.subject_id, Note.id)


class Mention(Model):
    """Somebody whom a note names: an entry of their inbox. It waits while the note is deleted, and is there again after an undo."""

    __table_args__ = (
        Index("ix_mention_note_id_staff_id", "note_id", "staff_id", unique=True),
        Index("ix_mention_staff_id_read_at", "staff_id", "read_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    note_id: Mapped[int]
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"))
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
