"""Records whose keys are of several columns: files that bring them, and what is typed to find one. Copied by test_key_shapes.py."""

from __future__ import annotations

from typing import Any

import pytest
from admin_app.models.keyed import Holiday, Shelf, Stop
from flask import Flask
from sqlalchemy import func, select

from admin_app.db.key_parts import Parts
from admin_app.errors import TransferError
from admin_app.extensions import db
from admin_app.models.plan import Plan, PlanLine
from admin_app.panel.plan.importing import ImportCounts
from tests.panel.import_.sending import chosen, columns_url, sent, values
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
    assert refused(Shelf, "aisle,mark,label\nx,b,Third\n") == [(2, "Aisle “x”: must be a whole number.")]


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
