"""The rows of a list that somebody has ticked: kept for days, for that person alone."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from admin_app.db.keys import Key, RecordKey
from admin_app.db.types import UtcDateTime
from admin_app.extensions import Model


class TickSet(Model):
    """One person's ticks on one list of a resource, whatever its page, order and columns."""

    # Its number stands in addresses and jobs: no later set may get it.
    __table_args__ = (UniqueConstraint("staff_id", "resource", "list_key"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    resource: Mapped[str] = mapped_column(String(63))
    # The digest of the list's search and filters; behind it, of a copy that is kept for later, what tells it from others.
    list_key: Mapped[str] = mapped_column(String(64))
    # Whether every row that matches is meant but those of the set.
    is_all_but: Mapped[bool]
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class Tick(Model):
    """A row of a set: ticked, or unticked where the set means all but its rows."""

    set_id: Mapped[int] = mapped_column(ForeignKey("tick_set.id", ondelete="CASCADE"), primary_key=True)
    record_id: Mapped[Key] = mapped_column(RecordKey, primary_key=True)
    # The number of the page that it was on; 0 where nobody knew.
    page: Mapped[int]
