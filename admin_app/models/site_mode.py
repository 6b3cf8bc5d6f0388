"""The operator's banner, and whether people may change anything at present: one row, or none."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, false
from sqlalchemy.orm import Mapped, mapped_column

from admin_app.db.types import UtcDateTime
from admin_app.extensions import Model

LONGEST_BANNER = 300


class SiteMode(Model):
    """The one row; its key is 1."""

    id: Mapped[int] = mapped_column(primary_key=True)
    banner: Mapped[str] = mapped_column(String(LONGEST_BANNER), default="", server_default="")
    is_maintained: Mapped[bool] = mapped_column(default=False, server_default=false())
    # When people may change things again, if the operator knows.
    until: Mapped[datetime | None] = mapped_column(UtcDateTime)
