"""A model that lacks what it can lack. Copied by test_shapes.py."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, backref, column_property, mapped_column, relationship

from admin_app.db.record import Record
from admin_app.db.types import UtcDateTime
from admin_app.models.user import User


class Lack(Record):
    """Has no name."""

    label: Mapped[str] = mapped_column(sa.String(40))
    body: Mapped[str] = mapped_column(sa.Text)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sort_order: Mapped[int | None]
    at: Mapped[datetime | None] = mapped_column(sa.DateTime(timezone=True))
    shape: Mapped[Any] = mapped_column(sa.PickleType)
    homepage: Mapped[str | None] = mapped_column(sa.String(200))
    paper: Mapped[str | None] = mapped_column(sa.String(200), info={"kind": "file"})
    paid_currency: Mapped[str | None] = mapped_column(sa.String(3), info={"kind": "currency"})
    paid: Mapped[Decimal | None] = mapped_column(sa.Numeric(12, 3), info={"kind": "money"})
    unit_price: Mapped[Decimal | None] = mapped_column(sa.Numeric(12, 3))
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"))
    post_id: Mapped[int | None] = mapped_column(sa.ForeignKey("post.id"))
    length = column_property(sa.func.length(label, type_=sa.Integer))
    fellows = column_property(
        sa.select(sa.func.count(User.id)).where(User.id == user_id).correlate_except(User).scalar_subquery()
    )

    user: Mapped[User] = relationship(backref=backref("lacks", passive_deletes="all"))
