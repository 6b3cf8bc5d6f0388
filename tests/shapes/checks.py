"""What the pages of a view offer: looking, and nothing that writes."""

from __future__ import annotations

from typing import Any

from admin_app.models.legacy import Customer, Order
from flask import Flask

from admin_app.extensions import db
from tests.page import Page

LOOKING = ("", "?q=5", "?sort=-number", "details/?id=5", "history/?id=5", "export/csv/")
WRITING = ("new/", "edit/?id=5", "delete/?id=5", "import/", "edit-many/", "delete-many/", "replace/")


def test_totals_are_looked_at_and_nobody_writes_them(app: Flask, as_owner: Any) -> None:
    with app.app_context():
        orders = [Order(order_no=one, type="small") for one in ("a", "b")]
        db.session.add(Customer(number=5, label="Ann", mail="ann", orders=orders))
        db.session.commit()

    statuses = {one: as_owner.get(f"/admin/ordertotal/{one}").status_code for one in (*LOOKING, *WRITING)}

    page = Page(as_owner.get("/admin/ordertotal/"))
    assert statuses == {**dict.fromkeys(LOOKING, 200), **dict.fromkeys(WRITING, 403)}
    assert [row[:2] for row in page.rows()] == [["5", "2"]]
    assert [one for one in ("Edit", "Delete", "New ordertotal") if page.has_link(one)] == []
