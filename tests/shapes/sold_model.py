"""Goods: a price in a currency of its own, an archive, and places within a shelf. Copied by test_shapes.py."""

from __future__ import annotations

from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from admin_app.db.record import Record


class Good(Record):
    """Something for sale."""

    title = "label"

    label: Mapped[str] = mapped_column(sa.String(40))
    price: Mapped[Decimal | None] = mapped_column(sa.Numeric(12, 3), info={"kind": "money", "currency": "currency"})
    currency: Mapped[str | None] = mapped_column(sa.String(3), info={"kind": "currency"})
