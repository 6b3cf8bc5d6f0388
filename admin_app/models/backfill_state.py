"""The progress of a backfill: see `db.backfill`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, BigInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from admin_app.db.types import UtcDateTime, utc_now
from admin_app.extensions import Model

LONGEST_TITLE = 200


class BackfillState(Model):
    """The state of one migration's backfill. Each piece's transaction updates it, so it is exact even if the worker is killed."""

    revision: Mapped[str] = mapped_column(String(32), primary_key=True)
    title: Mapped[str] = mapped_column(String(LONGEST_TITLE))
    # The key of the last filled row, in a list that is empty before the first piece. A key is a number or a text.
    position: Mapped[list[int | str]] = mapped_column(JSON, default=list)
    done: Mapped[int] = mapped_column(BigInteger, default=0)
    total: Mapped[int] = mapped_column(BigInteger, default=0)
    # Why it stopped; "" once somebody begins it again.
    error: Mapped[str] = mapped_column(Text, default="")
    started_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def is_over(self) -> bool:
        """Whether nobody works on it any more."""
        return self.finished_at is not None or bool(self.error)
