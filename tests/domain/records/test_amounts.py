"""Amounts whose currency stands in another column of their record."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from admin_app.domain.plan.changes import Edit, SetTo
from admin_app.domain.plan.computed import computed_by
from admin_app.domain.records.amounts import judged_together, problems_with_amounts
from admin_app.kinds import kind_of
from admin_app.models.user import User


class Base(DeclarativeBase):
    """Tables of this test alone."""


class Offer(Base):
    """An amount in its own currency, and one that is always in euros."""

    __tablename__ = "offer"

    id: Mapped[int] = mapped_column(primary_key=True)
    label: Mapped[str]
    price: Mapped[Any] = mapped_column(sa.Numeric(12, 3), info={"kind": "money", "currency": "paid_in"})
    fee: Mapped[Any] = mapped_column(sa.Numeric(12, 2), info={"kind": "money", "currency": "EUR"})
    paid_in: Mapped[str] = mapped_column(sa.String(3), info={"kind": "currency"})


MODEL: Any = Offer


@pytest.mark.parametrize(
    ("amount", "currency", "words"),
    [
        ("1.5", "JPY", "Price must be an amount of JPY, like 17."),
        ("1.555", "EUR", "Price must be an amount of EUR, like 12.05."),
        ("1.550", "EUR", None),
        ("1.555", "KWD", None),
        ("1.555", "???", None),
        (None, "JPY", None),
        ("1.5", None, None),
    ],
)
def test_an_amount_has_no_more_places_than_the_currency_of_its_record(
    amount: str | None, currency: str | None, words: str | None
) -> None:
    values = {"price": None if amount is None else Decimal(amount), "paid_in": currency}

    found = [problems_with_amounts(MODEL, [name], values.get) for name in ("price", "paid_in", "label")]

    assert found == ([{}] * 3 if words is None else [{"price": words}, {"paid_in": words}, {}])


@pytest.mark.parametrize(
    ("amount", "currency", "written"),
    [
        ("1234.500", "EUR", "EUR 1,234.50"),
        ("1234.000", "JPY", "JPY 1,234"),
        ("1234.555", "EUR", "EUR 1,234.555"),
        ("1.500", None, "1.500"),
        ("1.500", "???", "1.500"),
        ("NaN", None, "NaN"),
    ],
)
def test_an_amount_is_written_with_the_currency_of_its_record_and_every_digit(
    amount: str, currency: str | None, written: str
) -> None:
    kind: Any = kind_of(Offer.__table__.c.price)

    assert (kind.written(Decimal(amount), currency), kind.currency) == (written, "")


def test_what_is_judged_together_is_not_written_by_one_statement() -> None:
    edits = [Edit(MODEL, {name: SetTo(value)}) for name, value in (("price", 1), ("paid_in", "EUR"), ("label", "x"))]

    assert judged_together(MODEL, ["paid_in"]) == ["price", "paid_in"]
    assert [one.constants for one in edits] == [None, None, {"label": "x"}]
    assert [computed_by(one, "sqlite") for one in edits[:2]] == [None, None]
    assert judged_together(User, ["name"]) == []
