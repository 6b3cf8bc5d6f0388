"""Goods: a price in a currency of its own, an archive, and places within a shelf. Copied by test_shapes.py."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from admin_app.db.record import Record
from admin_app.db.types import UtcDateTime


class Good(Record):
    """Something for sale."""

    title = "label"
    __archived_at__ = "archived_at"
    __position__ = "place"
    __position_within__ = "with_id"

    label: Mapped[str] = mapped_column(sa.String(40))
    price: Mapped[Decimal | None] = mapped_column(sa.Numeric(12, 3), info={"kind": "money", "currency": "currency"})
    currency: Mapped[str | None] = mapped_column(sa.String(3), info={"kind": "currency"})
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    place: Mapped[int | None]
    # What it goes with.
    with_id: Mapped[int | None] = mapped_column(sa.ForeignKey("good.id"), index=True)

    with_: Mapped[Good | None] = relationship(remote_side="Good.id", back_populates="extras")
    extras: Mapped[list[Good]] = relationship(back_populates="with_")
