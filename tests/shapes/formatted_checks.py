"""What a column's kind makes of what is typed, and how pages show it. Copied by test_shapes.py."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from admin_app.models.contact import Contact
from flask import Flask
from sqlalchemy import func, select, update

from admin_app.extensions import db
from admin_app.models.change_set import Change
from admin_app.models.user import User
from tests.page import Page
from tests.transfer.bringing import bring

TYPED = {
    "label": "Ann",
    "email": " ann@example.com ",
    "url": "https://example.com/a",
    "phone": "030 123456",
    "colour": "FA0",
    "country": "FR",
    "ip": "2001:DB8::0001",
    "network": "192.0.2.9/24",
    "price": "1,234.50",
    "currency": "eur",
    "notes": "# Hello\n\n<script>alert(1)</script><b onclick='x()'>bold</b>",
}
KEPT = {
    "email": "ann@example.com",
    "phone": "+4930123456",
    "colour": "#ffaa00",
    "ip": "2001:db8::1",
    "network": "192.0.2.0/24",
    "currency": "EUR",
}


def contact(app: Flask) -> Any:
    with app.app_context():
        return db.session.scalars(select(Contact)).one()


def hrefs(page: Page) -> list[str]:
    return [one.attributes.get("href", "") for one in page.all("a")]


@pytest.fixture
def store() -> str:
    """Stay on one store: what kinds do is asked of both elsewhere."""
    return "sqlite"


@pytest.fixture
def made(app: Flask, as_editor: Any) -> Any:
    response = as_editor.post_form("/admin/contact/new/", TYPED)
    assert response.status_code == 303
    return contact(app)


def test_a_form_keeps_each_in_its_spelling(made: Any) -> None:
    assert {name: getattr(made, name) for name in KEPT} == KEPT


def test_a_form_says_what_each_has_to_be(as_editor: Any) -> None:
    wrong = {"url": "javascript:alert(1)", "phone": "1", "colour": "red", "price": "1.005"}

    page = Page(as_editor.post_form("/admin/contact/new/", {**TYPED, **wrong, "country": ""}))

    assert (page.status, {name: page.error_of(name) for name in (*wrong, "country")}) == (
        422,
        {
            "url": "URL must be a web address, like https://example.com.",
            "phone": "Phone must be a phone number with its country, like +49 30 123456.",
            "colour": "Colour must be a colour, like #1a7f37.",
            "price": "Price must have at most 2 decimal places.",
            "country": "Enter the country.",
        },
    )
    assert page.values()["phone"] == "1"


def test_a_copy_has_what_its_original_has_where_nobody_touched_it(app: Flask, made: Any, as_editor: Any) -> None:
    kept = {"label": " Ann ", "url": "", "phone": "", "colour": None, "price": Decimal("1.50"), "notes": "a\r\nb"}
    with app.app_context():
        db.session.execute(update(Contact).values(**kept, ip="2001:db8::1"))
        db.session.commit()
    address = f"/admin/contact/new/?copy={made.id}"

    saved = as_editor.post(address, data={**Page(as_editor.get(address)).values(), "ip": ""})

    with app.app_context():
        original, copy = db.session.scalars(select(Contact).order_by(Contact.id))
    assert (saved.status_code, copy.ip, original.ip) == (303, None, "2001:db8::1")
    assert {name: getattr(copy, name) for name in kept} == kept


@pytest.mark.parametrize(("typed", "friend"), [({}, 17), ({"friend": ""}, None), ({"label": ""}, None)])
def test_a_copy_refers_to_the_record_that_is_gone_as_its_original_does(
    typed: dict[str, str], friend: int | None, app: Flask, made: Any, as_editor: Any
) -> None:
    with app.app_context():
        db.session.execute(update(Contact).values(friend_id=17))
        db.session.commit()
    address = f"/admin/contact/new/?copy={made.id}"
    drawn = Page(as_editor.get(address))

    saved = Page(as_editor.post(address, data={**drawn.values(), **typed}))

    with app.app_context():
        copies = db.session.scalars(select(Contact.friend_id).where(Contact.id != made.id)).all()
    assert (drawn.values()["friend"], drawn.texts(class_="picked")) == ("17", ["17 (no such user)"])
    is_refused = "label" in typed
    assert (saved.status, copies) == ((422, []) if is_refused else (303, [friend]))
    assert saved.texts(class_="picked") == (["17 (no such user)"] if is_refused else [])


@pytest.mark.parametrize(("typed", "answer"), [({}, (303, "Anna")), ({"friend": ""}, (409, "Ann"))])
def test_a_reference_to_a_record_that_is_gone_is_left_to_who_changed_it_meanwhile(
    typed: dict[str, str], answer: tuple[int, str], app: Flask, as_editor: Any, made: Any
) -> None:
    with app.app_context():
        db.session.execute(update(Contact).values(friend_id=17))
        db.session.add(User(id=1, name="Ann", email="ann@example.com"))
        db.session.commit()
    address = f"/admin/contact/edit/?id={made.id}"
    drawn = Page(as_editor.get(address)).values()
    as_editor.post(address, data={**drawn, "friend": "1"})

    saved = Page(as_editor.post(address, data={**drawn, "label": "Anna", **typed}))

    kept = contact(app)
    assert ((saved.status, kept.label), kept.friend_id) == (answer, 1)


ODD = {"label": " Ann ", "url": "", "phone": "", "colour": None, "notes": "a\r\nb"}


def odd_values(app: Flask) -> dict[str, Any]:
    kept = contact(app)
    return {name: getattr(kept, name) for name in ODD}


def change_contact(app: Flask, **values: Any) -> None:
    with app.app_context():
        for name, value in values.items():
            setattr(db.session.scalars(select(Contact)).one(), name, value)
        db.session.commit()


def test_a_record_made_again_from_its_form_has_what_it_had_where_nobody_touched_it(
    app: Flask, made: Any, as_editor: Any, as_owner: Any
) -> None:
    change_contact(app, **ODD, friend_id=17)
    edit = f"/admin/contact/edit/?id={made.id}"
    drawn = Page(as_editor.get(edit)).values()
    as_owner.post_form(f"/admin/contact/delete/?id={made.id}")

    offer = Page(as_editor.post(edit, data={**drawn, "ip": ""}))
    (address,) = [one for form in offer.all("form") if "/new/" in (one := form.attributes.get("action", ""))]
    answer = as_editor.post(address, data=offer.values())

    again = contact(app)
    assert (offer.status, offer.texts(class_="picked"), answer.status_code) == (409, ["17 (no such user)"], 303)
    assert (odd_values(app), again.friend_id, again.ip) == (ODD, 17, None)


def test_a_version_that_is_brought_back_has_its_empty_texts(app: Flask, made: Any, as_owner: Any) -> None:
    change_contact(app, **ODD)
    with app.app_context():
        change = db.session.scalar(select(func.max(Change.id)))
    change_contact(app, label="Other", url="https://example.com/b", phone="+4930123456", notes="")
    history = f"/admin/contact/history/?id={made.id}"

    answer = as_owner.post_form("/admin/contact/restore/", {"change": str(change)}, page=history)

    assert (answer.status_code, odd_values(app)) == (303, ODD)


@pytest.mark.usefixtures("made")
def test_a_list_shows_each_as_people_read_it(as_viewer: Any) -> None:
    row = Page(as_viewer.get("/admin/contact/")).rows()[0]

    assert row[:10] == [
        *("Ann", "ann@example.com", "https://example.com/a", "+49 30 123456", "#ffaa00"),
        *("France", "2001:db8::1", "192.0.2.0/24", "EUR 1,234.50", "EUR"),
    ]


def test_a_page_leads_to_a_web_address_and_to_nothing_else(app: Flask, made: Any, as_viewer: Any) -> None:
    address = f"/admin/contact/details/?id={made.id}"
    links = hrefs(Page(as_viewer.get(address)))
    with app.app_context():
        db.session.get(Contact, made.id).url = "javascript:alert(1)"
        db.session.commit()

    assert "https://example.com/a" in links
    assert [one for one in hrefs(Page(as_viewer.get(address))) if "javascript" in one] == []


def test_markdown_is_shown_as_it_looks_and_runs_nothing(made: Any, as_viewer: Any) -> None:
    shown = as_viewer.get(f"/admin/contact/preview/?id={made.id}&field=notes").get_data(as_text=True)

    assert "<h1>Hello</h1>" in shown
    assert "<b>bold</b>" in shown
    assert ("script>" in shown, "onclick" in shown) == (False, False)


@pytest.mark.usefixtures("made")
@pytest.mark.parametrize(
    ("asked", "number"),
    [
        ("country__is=FR", 1),
        ("country__in=DE,france", 1),
        ("phone__equals=030+123456", 1),
        ("colour__equals=fa0", 1),
        ("ip__equals=::1", 0),
    ],
)
def test_filters_read_it_as_a_form_does(asked: str, number: int, as_viewer: Any) -> None:
    page = Page(as_viewer.get(f"/admin/contact/?{asked}"))

    assert (page.status, len(page.ids())) == (200, number)


@pytest.mark.usefixtures("context")
def test_a_file_brings_it_in_any_spelling(app: Flask) -> None:
    bring(Contact, "label,email,country,phone\nBo,b@x,germany,+49 30 123456\n")

    found = contact(app)
    assert (found.country, found.phone) == ("DE", "+4930123456")


def test_a_form_says_what_to_type(as_editor: Any) -> None:
    page = Page(as_editor.get("/admin/contact/new/"))

    hints = {one.attributes["id"]: one.text for one in page.all("p", class_="hint") if "id" in one.attributes}
    assert (hints["phone-hint"], hints["price-hint"], "email-hint" in hints) == (
        "Like +49 30 123456.",
        "In EUR.",
        False,
    )
