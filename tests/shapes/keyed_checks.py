"""Records whose keys are of several columns: files that bring them, and what is typed to find one. Copied by test_key_shapes.py."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from admin_app.models.keyed import Good, Holiday, Keeper, Shelf, Stop
from admin_app.resources.keyed import GoodResource
from flask import Flask
from sqlalchemy import func, select

from admin_app.db.key_parts import Parts
from admin_app.errors import ConfigurationError, TransferError
from admin_app.extensions import db
from admin_app.models.plan import Plan, PlanLine
from admin_app.panel.forms.converter import Converter
from admin_app.panel.plan.importing import ImportCounts
from tests.page import Page
from tests.panel.import_.sending import chosen, columns_url, sent, values
from tests.stores import both_stores
from tests.transfer.bringing import all_of, bring, refused

FILE = "aisle,mark,label,mail\n1,a/b,First,one@example.com\n10,a/b,Tenth,ten@example.com\n"


@pytest.mark.usefixtures("context")
def test_a_file_adds_shelves_and_changes_them_by_both_columns_of_their_key() -> None:
    added = bring(Shelf, FILE)
    changed = bring(Shelf, FILE.replace("Tenth", "Last").replace("1,a/b,First", "2,a/b,Second").replace("one@", "two@"))

    assert (added, changed) == (ImportCounts(2, 0, 0), ImportCounts(1, 1, 0))
    assert all_of(Shelf, "id", "label") == [((1, "a/b"), "First"), ((10, "a/b"), "Last"), ((2, "a/b"), "Second")]


@pytest.mark.usefixtures("context")
def test_a_row_that_does_not_say_which_shelf_it_means_is_wrong() -> None:
    bring(Shelf, FILE)

    assert refused(Shelf, "aisle,mark,label,mail\n3,,Third,three@example.com\n") == [
        (2, "Mark (empty): enter the mark.")
    ]
    assert refused(Shelf, "aisle,mark,label,mail\nx,b,Third,x@example.com\n") == [
        (2, "Aisle “x”: must be a whole number.")
    ]


@pytest.mark.usefixtures("context")
def test_a_row_that_finds_its_shelf_by_another_column_does_not_give_it_another_key() -> None:
    bring(Shelf, FILE, match="mail")

    said = refused_by_mail("aisle,mark,label,mail\n2,b,Second,ten@example.com\n")

    assert said == "Aisle “2, b”: the record that this row finds has another ID."


def refused_by_mail(text: str) -> str:
    with pytest.raises(TransferError) as caught:
        bring(Shelf, text, match="mail")
    ((_, said),) = caught.value.problems
    return str(said)


@pytest.mark.usefixtures("context")
def test_a_part_of_a_key_may_point_at_a_record_that_the_file_names() -> None:
    bring(Holiday, "id,label\n2026-12-24,Eve\n")

    bring(Stop, "holiday_day,at,moment,size,sort,label\n2026-12-24,2026-12-24T10:00,2026-12-24T10:00Z,1.50,long,Stop\n")

    assert all_of(Stop, "label", "holiday_day") == [("Stop", db.session.get(Holiday, all_of(Holiday, "id")[0][0]).day)]


def test_an_upload_finds_shelves_by_aisle_and_mark(app: Flask, as_owner: Any) -> None:
    with app.app_context():
        bring(Shelf, FILE)
    url = columns_url(sent(as_owner, FILE.replace("Tenth", "Last").encode(), to="shelf"), to="shelf")
    guessed = values(as_owner, url)

    led = chosen(as_owner, url)

    with app.app_context():
        newest = select(func.max(Plan.id)).scalar_subquery()
        lines = db.session.execute(
            select(PlanLine.record_id, PlanLine.verdict).where(PlanLine.plan_id == newest).order_by(PlanLine.number)
        ).all()
    assert [guessed[name] for name in ("column.0", "column.1", "match")] == ["aisle", "mark", "id"]
    assert (led.status_code, lines) == (303, [(Parts((1, "a/b")), "same"), (Parts((10, "a/b")), "change")])


@pytest.fixture
def goods(app: Flask) -> None:
    """Make three goods: on the first shelf and Ann's, on the second and Bob's, nowhere and nobody's."""
    with app.app_context():
        bring(Shelf, FILE)
        ann, bob = Keeper(label="Ann", mail="ann"), Keeper(label="Bob", mail="bob")
        for label, aisle, keeper in (("Apple", 1, ann), ("Bread", 10, bob)):
            db.session.add(Good(label=label, aisle=aisle, mark="a/b", keeper=keeper))
            db.session.flush()
        db.session.add(Good(label="Cheese"))
        db.session.commit()


@both_stores
@pytest.mark.usefixtures("goods")
@pytest.mark.parametrize(
    ("asked", "labels"),
    [
        ("shelf__is=1_a.2Fb", ["Apple"]),
        ("shelf__in=1_a.2Fb,10_a.2Fb&sort=label", ["Apple", "Bread"]),
        ("shelf__not_in=10_a.2Fb&sort=label", ["Apple", "Cheese"]),
        ("shelf__empty=yes", ["Cheese"]),
        ("keeper__is=2", ["Bread"]),
        ("keeper__in=1,2&sort=label", ["Apple", "Bread"]),
        ("keeper__not_in=1&sort=label", ["Bread", "Cheese"]),
        ("keeper__empty=no&sort=-label", ["Bread", "Apple"]),
        ("sort=shelf", ["Apple", "Bread", "Cheese"]),
        ("sort=-keeper", ["Cheese", "Bread", "Apple"]),
        ("sort=shelf&after=1~1_a.2Fb~First", ["Bread", "Cheese"]),
        ("sort=keeper&after=1~1~Ann", ["Bread", "Cheese"]),
        ("q=Tenth", ["Bread"]),
        ("q=Bob", ["Bread"]),
    ],
)
def test_goods_are_listed_by_what_they_point_at(asked: str, labels: list[str], as_viewer: Any) -> None:
    page = Page(as_viewer.get(f"/admin/good/?{asked}"))

    assert (page.status, page.column("Label")) == (200, labels)


@both_stores
@pytest.mark.usefixtures("goods")
def test_what_is_pointed_at_lists_and_counts_them(as_owner: Any) -> None:
    shelf, keeper = (
        Page(as_owner.get(f"/admin/{one}")) for one in ("shelf/details/?id=1_a.2Fb", "keeper/details/?id=2")
    )
    lists = [Page(as_owner.get(f"/admin/{one}/?sort=label")).column("Goods") for one in ("shelf", "keeper")]
    file = as_owner.get("/admin/good/export/csv/?sort=label").text.splitlines()

    assert [page.column("Label", "goods") for page in (shelf, keeper)] == [["Apple"], ["Bread"]]
    assert lists == [["1", "1"], ["1", "1"]]
    assert file[:2] == ["Label,Aisle,Mark,Shelf,Keeper mail,Keeper", "Apple,1,a/b,First,ann,Ann"]


@pytest.mark.usefixtures("goods")
def test_a_shelf_that_is_there_is_not_made_again(as_owner: Any) -> None:
    typed = {"aisle": "1", "mark": "a/b", "label": "Again", "mail": "again@example.com"}

    page = Page(as_owner.post_form("/admin/shelf/new/", typed))

    assert (page.status, page.error_of("mark")) == (
        422,
        "Another shelf already has this aisle and mark. Enter a different one.",
    )


@pytest.mark.usefixtures("context")
def test_a_form_names_the_columns_of_such_a_relation() -> None:
    view = SimpleNamespace(model=Good, resource=GoodResource(), form_columns=("shelf",))

    with pytest.raises(ConfigurationError, match=r"Name what it goes by instead: aisle, mark\.$"):
        Converter(None, view)._model_select_field(Good.shelf.property, multiple=False, remote_model=Shelf)
