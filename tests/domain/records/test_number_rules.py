"""Numbers with a point: finite, and no longer before the point than their column has room for, on both stores."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Column, Float, Numeric
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from admin_app.domain.records.rules import problem_with
from admin_app.extensions import db


class Base(DeclarativeBase):
    """Tables of this test alone."""


class Parcel(Base):
    """What is measured and paid for."""

    __tablename__ = "number_rules_parcel"

    id: Mapped[int] = mapped_column(primary_key=True)
    price: Mapped[Decimal | None] = mapped_column(Numeric(6, 2))
    weight: Mapped[float | None]


PRICE = Column("price", Numeric(6, 2))
WHOLE = Column("whole", Numeric(3))
OPEN = Column("open", Numeric)
WEIGHT = Column("weight", Float)
SHORT = Column("short", Float(24))

NO_NUMBER = "Size must be a number, like 4.2."
TOO_LONG = "Size must be between -10,000 and 10,000."


@pytest.fixture
def parcels(context: object) -> Iterator[Session]:  # noqa: ARG001 -- the store to make the table in
    """Make the table, and a session to write to it."""
    Base.metadata.create_all(db.engine)
    with Session(db.engine) as session:
        yield session
    Base.metadata.drop_all(db.engine)


@pytest.mark.parametrize(
    ("column", "value", "problem"),
    [
        (PRICE, Decimal(0), None),
        (PRICE, Decimal("9999.99"), None),
        (PRICE, Decimal("-9999.99"), None),
        (PRICE, Decimal(10_000), TOO_LONG),
        (PRICE, Decimal(-10_000), TOO_LONG),
        (PRICE, 9999.0, None),
        (PRICE, 1e4, TOO_LONG),
        (WHOLE, Decimal(999), None),
        (WHOLE, Decimal(1000), "Size must be between -1,000 and 1,000."),
        (OPEN, Decimal(10) ** 100, None),
        (WEIGHT, 1.5e308, None),
        (SHORT, 123_456_789.0, None),
    ],
)
def test_number_may_have_as_many_digits_as_its_column_has_room_for(
    column: Any, value: Decimal | float, problem: str | None
) -> None:
    assert problem_with(column, "Size", value) == problem


@pytest.mark.parametrize("column", [PRICE, OPEN, WEIGHT])
@pytest.mark.parametrize("word", ["nan", "inf", "-inf"])
@pytest.mark.parametrize("kind", [float, Decimal])
def test_what_is_no_number_is_refused_by_every_column(column: Any, word: str, kind: type[Any]) -> None:
    assert problem_with(column, "Size", kind(word)) == NO_NUMBER


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("price", Decimal("9999.99")),
        ("price", Decimal("-9999.99")),
        ("price", Decimal("0.01")),
        ("weight", 1.5e308),
        ("weight", -1e-300),
        ("weight", 0.1),
    ],
)
def test_number_without_a_problem_is_kept_as_it_is(name: str, value: Decimal | float, parcels: Session) -> None:
    assert problem_with(Parcel.__table__.c[name], "Size", value) is None

    parcels.add(Parcel(id=1, **{name: value}))
    parcels.commit()

    assert parcels.scalar(sa.select(Parcel.__table__.c[name])) == value


@pytest.mark.parametrize("store", ["postgres"], indirect=True)
def test_first_number_with_a_problem_is_one_that_the_database_refuses(parcels: Session) -> None:
    value = Decimal(10_000)
    assert problem_with(Parcel.__table__.c.price, "Size", value) == TOO_LONG

    parcels.add(Parcel(id=1, price=value))

    with pytest.raises(sa.exc.DataError):
        parcels.commit()
