"""How far the rows are filled for which a migration made a column: see `db.backfill`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, BigInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from admin_app.db.types import UtcDateTime, utc_now
from admin_app.extensions import Model

LONGEST_TITLE = 200


class BackfillState(Model):
    """One migration's. It is written in the transaction of each piece: who is killed has filled what it says, and no more."""

    revision: Mapped[str] = mapped_column(String(32), primary_key=True)
    title: Mapped[str] = mapped_column(String(LONGEST_TITLE))
    # The key of the last row that was filled, a number or a text, in a list that is empty before the first piece.
    position: Mapped[list[int | str]] = mapped_column(JSON, default=list)
    done: Mapped[int] = mapped_column(BigInteger, default=0)
    total: Mapped[int] = mapped_column(BigInteger, default=0)
    # Why it stopped, until somebody begins it again.
    error: Mapped[str] = mapped_column(Text, default="")
    started_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def is_over(self) -> bool:
        """Whether nobody works on it."""
        return self.finished_at is not None or bool(self.error)
