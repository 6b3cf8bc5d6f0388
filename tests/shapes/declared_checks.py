"""Flask-Admin's declarations mean here what its documents say. Copied by test_shapes.py."""

from __future__ import annotations

from typing import Any

import pytest
from admin_app.models.ticket import Ticket
from flask import Flask
from sqlalchemy import select

from admin_app.extensions import db
from tests.page import Page


@pytest.fixture
def store() -> str:
    """Stay on one store: it is about pages."""
    return "sqlite"


@pytest.fixture
def tickets(keep: Any) -> list[int]:
    return [keep(Ticket(label=label, level=level, place="here")).id for label, level in (("a", 2), ("b", 7))]


@pytest.mark.usefixtures("tickets")
def test_a_list_has_its_order_its_words_and_what_is_said_of_a_column(as_owner: Any) -> None:
    page = Page(as_owner.get("/admin/ticket/"))

    assert [row[:3] for row in page.rows()] == [["b", "7", "HERE"], ["a", "High", "HERE"]]
    assert [one.attributes.get("title") for one in page.all("th", scope="col")][1:3] == [None, "How much it matters."]


def test_a_page_says_what_is_declared_and_no_more(as_owner: Any, tickets: list[int]) -> None:
    page = Page(as_owner.get(f"/admin/ticket/details/?id={tickets[0]}"))

    assert page.texts("dt")[:2] == ["Level", "Label"]
    assert "Place" not in page.texts("dt")


def test_nobody_may_do_what_is_closed(as_owner: Any, tickets: list[int]) -> None:
    answer = as_owner.get(f"/admin/ticket/delete/?id={tickets[0]}")

    assert (answer.status_code, Page(as_owner.get("/admin/ticket/")).has_link("Delete a")) == (403, False)


def test_a_form_offers_the_choices_and_keeps_a_value_that_is_none_of_them(
    app: Flask, as_owner: Any, tickets: list[int]
) -> None:
    address = f"/admin/ticket/edit/?id={tickets[1]}"
    page = Page(as_owner.get(address))
    saved = as_owner.post_form(address, {**page.values(), "label": "c"})
    refused = Page(as_owner.post_form("/admin/ticket/new/", {"label": "d", "level": "3"}))
    made = as_owner.post_form("/admin/ticket/new/", {"label": "e", "level": "1"})

    assert (page.values()["level"], saved.status_code) == ("7", 303)
    assert (refused.status, refused.error_of("level"), made.status_code) == (422, "Level must be one of the list.", 303)
    with app.app_context():
        assert list(db.session.execute(select(Ticket.label, Ticket.level).order_by(Ticket.label))) == [
            ("a", 2),
            ("c", 7),
            ("e", 1),
        ]


def test_inputs_have_the_attributes_that_are_declared(as_owner: Any) -> None:
    page = Page(as_owner.get("/admin/ticket/new/"))
    place, label = (page.all("input", name=name)[0].attributes for name in ("place", "label"))

    assert (place["placeholder"], label["maxlength"], label["autocomplete"]) == ("Where", "30", "off")


@pytest.mark.usefixtures("tickets")
def test_only_the_columns_that_are_named_can_be_changed_in_the_list(as_owner: Any) -> None:
    page = Page(as_owner.get("/admin/ticket/"))

    assert {one.attributes["data-cell"] for one in page.all("td") if "data-cell" in one.attributes} == {"place"}
