"""Groups of possible duplicates that a job found, by their common key. The records are looked up when they are shown."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from admin_app.extensions import Model


class FoundGroup(Model):
    """One group; `number` orders a job's groups like the index of their keys."""

    job_id: Mapped[int] = mapped_column(ForeignKey("job.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    key: Mapped[str] = mapped_column(Text)
