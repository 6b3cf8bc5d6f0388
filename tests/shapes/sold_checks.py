"""Goods: prices in their own currency. Copied by test_shapes.py."""

from __future__ import annotations

from typing import Any

import pytest
from admin_app.models.good import Good
from flask import Flask
from sqlalchemy import select

from admin_app.extensions import db
from tests.page import Page
from tests.transfer.bringing import bring, refused

NEW, LIST = "/admin/good/new/", "/admin/good/"


@pytest.fixture
def store() -> str:
    """Stay on one store: it is about pages."""
    return "sqlite"


def good(app: Flask, key: int) -> Good:
    with app.app_context():
        return db.session.scalars(select(Good).where(Good.id == key)).one()


def test_a_price_is_shown_and_checked_in_the_currency_of_its_record(app: Flask, as_editor: Any, keep: Any) -> None:
    yen, euro = (keep(Good(label=code, price=1200, currency=code)) for code in ("JPY", "EUR"))

    page = Page(as_editor.get(f"{LIST}?sort=id"))
    forms = [
        Page(as_editor.post_form(f"/admin/good/edit/?id={one.id}", {"label": "x", **sent}))
        for one, sent in (
            (yen, {"price": "1.5", "currency": "JPY"}),
            (euro, {"price": "1.5", "currency": "JPY"}),
            (euro, {"price": "1200", "currency": "JPY"}),
        )
    ]

    assert [row[1] for row in page.rows()] == ["JPY 1,200", "EUR 1,200.00"]
    assert [one.status for one in forms] == [422, 422, 303]
    assert forms[0].error_of("price") == "Price must be an amount of JPY, like 17."
    assert good(app, euro.id).currency == "JPY"


@pytest.mark.usefixtures("context")
def test_a_file_brings_both_in_two_columns() -> None:
    bring(Good, "id,label,price,currency\n,a,1.555,KWD\n")

    problems = refused(Good, "id,currency\n1,JPY\n")
    added = refused(Good, "label,price,currency\nb,1.5,JPY\n")

    assert [words.partition("”: ")[2] for _, words in (*problems, *added)] == ["must be an amount of JPY, like 17."] * 2


def test_many_prices_are_judged_one_by_one(app: Flask, as_owner: Any, keep: Any) -> None:
    yen, euro = (keep(Good(label=code, price=1, currency=code)) for code in ("JPY", "EUR"))
    sent = {"change": "price", "how.price": "set", "value.price": "2.5"}

    answer = as_owner.post_form("/admin/good/edit-many/", sent)

    page = Page(as_owner.get(answer.headers["Location"]))
    assert "1 " in " ".join(page.texts("li") + page.texts("p"))
    assert (good(app, yen.id).price, good(app, euro.id).price) == (1, 1)
