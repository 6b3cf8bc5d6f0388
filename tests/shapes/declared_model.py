"""Tickets. Copied by test_shapes.py."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from admin_app.db.record import Record


class Ticket(Record):
    """Something to do."""

    title = "label"

    label: Mapped[str] = mapped_column(sa.String(40))
    level: Mapped[int | None] = mapped_column()
    place: Mapped[str | None] = mapped_column(sa.String(20))
