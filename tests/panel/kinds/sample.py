"""A table with a column of every type, four rows of it, and the operators that a column gets."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from admin_app.db.types import UtcDateTime
from admin_app.panel.kinds import operators_of


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


class Base(DeclarativeBase):
    """Tables of this test alone."""


class Sample(Base):
    """A column of every type."""

    __tablename__ = "operator_sample"

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str | None] = mapped_column(sa.String(80))
    long: Mapped[str | None] = mapped_column(sa.Text)
    number: Mapped[int | None] = mapped_column(sa.Integer)
    small: Mapped[int | None] = mapped_column(sa.SmallInteger)
    big: Mapped[int | None] = mapped_column(sa.BigInteger)
    yes: Mapped[bool | None]
    colour: Mapped[Colour | None] = mapped_column(sa.Enum(Colour, native_enum=False))
    day: Mapped[date | None]
    moment: Mapped[datetime | None] = mapped_column(UtcDateTime)
    weight: Mapped[float | None]
    price: Mapped[Decimal | None] = mapped_column(sa.Numeric(10, 2))
    clock: Mapped[time | None]
    uid: Mapped[uuid.UUID | None]
    length: Mapped[timedelta | None] = mapped_column(sa.Interval)


UID = uuid.UUID("12345678-1234-5678-1234-567812345678")
# The first has a value everywhere, the second another one, the third nothing but no characters, the fourth nothing.
ROWS = [
    Sample(
        id=1,
        text="Ann",
        long="Ann\nLee",
        number=5,
        small=5,
        big=2**40,
        yes=True,
        colour=Colour.RED,
        day=date(2026, 1, 31),
        moment=datetime(2026, 1, 31, 23, 59, 59, 999999, UTC),
        weight=2.5,
        price=Decimal("9.99"),
        clock=time(9, 30),
        uid=UID,
        length=timedelta(hours=2, minutes=30),
    ),
    Sample(
        id=2,
        text="50%_\\off",
        long="%",
        number=-3,
        small=-3,
        big=-3,
        yes=False,
        colour=Colour.BLUE,
        day=date(2026, 2, 1),
        moment=datetime(2026, 2, 1, tzinfo=UTC),
        weight=-1.0,
        price=Decimal("10.00"),
        clock=time(23, 59),
        uid=uuid.UUID(int=0),
        length=timedelta(hours=26),
    ),
    Sample(id=3, text="", long=""),
    Sample(id=4),
]  # fmt: skip -- one row a sample


def operators(column: str) -> dict[str, Any]:
    attribute = getattr(Sample, column)
    found = operators_of(attribute, column.capitalize())
    return {operator.slug: operator for operator in found}
