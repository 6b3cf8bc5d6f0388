"""What the pages of a view offer: looking, and nothing that writes."""

from __future__ import annotations

from typing import Any

from admin_app.models.legacy import Customer, Order, Truck, Vehicle
from flask import Flask
from sqlalchemy import select, text

from admin_app.cli.check_resources import findings_of_resources
from admin_app.extensions import db
from tests.page import Page
from tests.stores import both_stores

CHANGES = (
    "UPDATE old_truck SET load = 4",
    "UPDATE old_vehicle SET label = 'Huge'",
    "UPDATE old_truck SET load = 5",
)
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


def test_an_index_that_a_legacy_table_lacks_is_made_with_the_table(app: Flask) -> None:
    with app.app_context():
        advice = [one.advice for one in findings_of_resources() if one.problem.startswith("Order.customer_id is")]

    assert advice == [
        "Make it where the table is made. Write: customer_id = mapped_column(…, index=True), which says that it is there."
    ]


@both_stores
def test_a_change_of_either_table_of_a_truck_is_told_whoever_has_its_form_open(app: Flask, as_owner: Any) -> None:
    with app.app_context():
        db.session.add_all([Truck(plate=1, label="Big", load=3, driver="Ann"), Vehicle(plate=2, label="Small")])
        db.session.commit()
    trucks, vehicles = "/admin/truck/edit/?id=1", "/admin/vehicle/edit/?id=1"
    drawn = [Page(as_owner.get(one)).values() for one in (trucks, trucks, vehicles)]

    answers = []
    for change, address, values in zip(CHANGES, (trucks, trucks, vehicles), drawn, strict=True):
        with app.app_context():
            db.session.execute(text(change))
            db.session.commit()
        answers.append(as_owner.post(address, data={**values, "label": "Mine"}).status_code)
        drawn[1] = Page(as_owner.get(trucks)).values()
    saved = as_owner.post(trucks, data={**Page(as_owner.get(trucks)).values(), "label": "Mine", "load": "9"})

    with app.app_context():
        kept = [(one.label, one.load, one.driver) for one in db.session.scalars(select(Truck))]
    assert (answers, saved.status_code, kept) == ([409, 409, 409], 303, [("Mine", 9, "Ann")])
