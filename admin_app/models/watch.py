"""What a person watches: a record, or the list of a saved view; and the last entry they know."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from admin_app.db.keys import Key, RecordKey
from admin_app.extensions import Model


class Watch(Model):
    """A person who watches a record. Their news are read from the history and the notes; nothing is written when a record changes."""

    __table_args__ = (Index("ix_watch_staff_id_subject_subject_id", "staff_id", "subject", "subject_id", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"))
    # The table and key of the record.
    subject: Mapped[str] = mapped_column(String(63))
    subject_id: Mapped[Key] = mapped_column(RecordKey)
    # The last change and the last note of the record that they have seen.
    seen_change_id: Mapped[int] = mapped_column(BigInteger, default=0)
    seen_note_id: Mapped[int] = mapped_column(default=0)


class ViewWatch(Model):
    """A person who watches a saved view: rows with keys above `seen_id` are new to them."""

    __table_args__ = (Index("ix_view_watch_staff_id_view_id", "staff_id", "view_id", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"))
    view_id: Mapped[int] = mapped_column(ForeignKey("saved_view.id", ondelete="CASCADE"), index=True)
    seen_id: Mapped[int] = mapped_column(BigInteger, default=0)
