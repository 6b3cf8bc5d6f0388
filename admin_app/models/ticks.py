"""The rows of a list that a person has selected: kept for days, for that person alone."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from admin_app.db.keys import Key, RecordKey
from admin_app.db.types import UtcDateTime
from admin_app.extensions import Model


class TickSet(Model):
    """One person's selection in one list of a resource, independent of page, order and columns."""

    # Addresses and jobs contain its number: no later set may have the same one.
    __table_args__ = (UniqueConstraint("staff_id", "resource", "list_key"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    resource: Mapped[str] = mapped_column(String(63))
    # The digest of the list's search and filters; a copy that is kept for later has a suffix that distinguishes it.
    list_key: Mapped[str] = mapped_column(String(64))
    # Whether the selection is every matching row except those of the set.
    is_all_but: Mapped[bool]
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class Tick(Model):
    """A row of a set: selected, or deselected if the set means all other rows."""

    set_id: Mapped[int] = mapped_column(ForeignKey("tick_set.id", ondelete="CASCADE"), primary_key=True)
    record_id: Mapped[Key] = mapped_column(RecordKey, primary_key=True)
    # The number of the page that it was on; 0 if unknown.
    page: Mapped[int]
