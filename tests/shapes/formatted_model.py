"""Contacts: a column of every kind that its `info` names. Copied by test_shapes.py."""

from __future__ import annotations

from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from admin_app.db.record import Record
from admin_app.models.user import User


class Contact(Record):
    """Somebody, somewhere."""

    title = "label"

    label: Mapped[str] = mapped_column(sa.String(40))
    email: Mapped[str] = mapped_column(sa.String(40), info={"kind": "email"})
    url: Mapped[str | None] = mapped_column(sa.String(200), info={"kind": "url"})
    phone: Mapped[str | None] = mapped_column(sa.String(20), info={"kind": "phone", "region": "DE"})
    colour: Mapped[str | None] = mapped_column(sa.String(7), info={"kind": "colour"})
    country: Mapped[str] = mapped_column(sa.String(2), info={"kind": "country"})
    ip: Mapped[str | None] = mapped_column(sa.String(39), info={"kind": "ip"})
    network: Mapped[str | None] = mapped_column(sa.String(43), info={"kind": "network"})
    currency: Mapped[str | None] = mapped_column(sa.String(3), info={"kind": "currency"})
    price: Mapped[Decimal | None] = mapped_column(sa.Numeric(10, 2), info={"kind": "money", "currency": "EUR"})
    notes: Mapped[str | None] = mapped_column(sa.Text, info={"kind": "markdown"})
    # Nothing keeps the person here while somebody refers to them.
    friend_id: Mapped[int | None]

    friend: Mapped[User | None] = relationship(primaryjoin="foreign(Contact.friend_id) == User.id")
