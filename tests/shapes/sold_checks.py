"""Goods: prices in their own currency, an archive, and their order. Copied by test_shapes.py."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from admin_app.models.good import Good
from flask import Flask
from sqlalchemy import select

from admin_app.db.string_set import StringSet
from admin_app.db.types import utc_now
from admin_app.domain.records.positions import MOVED_MEANWHILE
from admin_app.extensions import db
from admin_app.models.role import Role
from admin_app.panel.summary.currencies import BY_CURRENCY
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

    assert [words.partition("”: ")[2] for _, words in (*problems, *added)] == [
        "price must be an amount of JPY, like 17.",
        "must be an amount of JPY, like 17.",
    ]


def test_many_prices_are_judged_one_by_one(app: Flask, as_owner: Any, keep: Any) -> None:
    yen, euro = (keep(Good(label=code, price=1, currency=code)) for code in ("JPY", "EUR"))
    sent = {"change": "price", "how.price": "set", "value.price": "2.5"}

    answer = as_owner.post_form("/admin/good/edit-many/", sent)

    page = Page(as_owner.get(answer.headers["Location"]))
    assert "1 " in " ".join(page.texts("li") + page.texts("p"))
    assert (good(app, yen.id).price, good(app, euro.id).price) == (1, 1)


SUMMARY = "/admin/good/summary/?by=with_&measure=price__{}"


@pytest.fixture
def prices(keep: Any) -> Good:
    """Keep what goes with one good: two prices in euros, one in yen, one without a currency."""
    whole: Good = keep(Good(label="w"))
    for price, currency in (("1.5", "EUR"), ("2.5", "EUR"), ("500", "JPY"), ("7", None)):
        keep(Good(label="x", price=Decimal(price), currency=currency, with_id=whole.id))
    return whole


def cells(page: Page) -> list[list[str]]:
    return [[cell.text for cell in row.all() if cell.tag in {"th", "td"}] for row in page.all("tr")]


@pytest.mark.usefixtures("prices")
def test_amounts_in_two_currencies_are_never_added_up(as_editor: Any) -> None:
    pages = [Page(as_editor.get(SUMMARY.format(figure))) for figure in ("sum", "average")]
    file = as_editor.get(pages[0].link("CSV")).text

    assert [cells(page)[:2] for page in pages] == [
        [
            ["With", "Goods", "Sum of price, EUR", "Sum of price, JPY", "Sum of price, no currency", "Bar"],
            ["w", "4 goods: w", "4", "500", "7", ""],
        ],
        [
            ["With", "Goods", "Average price, EUR", "Average price, JPY", "Average price, no currency", "Bar"],
            ["w", "4 goods: w", "2", "500", "7", ""],
        ],
    ]
    assert BY_CURRENCY in pages[0].texts("p", class_="note")
    assert file.splitlines() == [
        'With,Goods,"Sum of price, EUR","Sum of price, JPY","Sum of price, no currency"',
        "w,4,4.0000,500.0000,7.0000",
        "None,1,,,",
    ]


def test_more_currencies_than_columns_are_said(as_editor: Any, prices: Good, keep: Any) -> None:
    for code in ("AUD", "BRL", "CAD", "CHF", "USD"):
        keep(Good(label="y", price=1, currency=code, with_id=prices.id))

    page = Page(as_editor.get(SUMMARY.format("sum")))

    assert [head.rpartition(" ")[2] for head in cells(page)[0][2:-1]] == ["EUR", "AUD", "BRL", "CAD", "CHF", "JPY"]
    assert page.texts("p", class_="note") == [
        f"{BY_CURRENCY} The table has the 6 currencies of most goods. Narrow the list to see others."
    ]


@pytest.mark.usefixtures("prices")
def test_who_sees_no_currencies_adds_no_amounts_up(client_with: Any) -> None:
    client = client_with("good:*", fields=["good.currency:hidden"])

    page = Page(client.get("/admin/good/summary/"))

    assert [one for one in page.texts("option") if "price" in one] == []
    assert client.get(SUMMARY.format("sum")).status_code == 400


# ---- the archive


@pytest.fixture
def goods(keep: Any) -> list[Good]:
    return [keep(Good(label=label)) for label in "abc"]


def shown(client: Any, query: str = "") -> list[str]:
    return [row[0] for row in Page(client.get(f"{LIST}?sort=id{query}")).rows()]


def act(client: Any, name: str, one: Good) -> Any:
    return client.post_form(f"/admin/good/act/{name}/?id={one.id}")


def test_a_list_leaves_out_what_is_archived_until_it_is_asked_for(as_editor: Any, goods: list[Good]) -> None:
    assert act(as_editor, "archive", goods[1]).status_code == 303
    page = Page(as_editor.get(f"{LIST}?archived=only"))

    lists = [shown(as_editor, query) for query in ("", "&archived=too", "&archived=only", f"&id__in={goods[1].id}")]

    assert lists == [["a", "c"], ["a", "Archived b", "c"], ["b"], ["Archived b"]]
    assert page.chips == ["Archived goods"]
    assert Page(as_editor.get(LIST)).link("Archived goods") == f"{LIST}?archived=only"
    assert as_editor.get(f"{LIST}?archived=maybe").status_code == 400


def test_what_was_archived_comes_back_and_an_undo_takes_it_back(app: Flask, as_owner: Any, goods: list[Good]) -> None:
    act(as_owner, "archive", goods[0])
    archived = good(app, goods[0].id).archived_at
    again = act(as_owner, "archive", goods[0])

    act(as_owner, "restore", goods[0])

    page = Page(as_owner.get(f"/admin/good/history/?id={goods[0].id}"))
    assert archived is not None
    assert again.status_code == 409
    assert good(app, goods[0].id).archived_at is None
    assert "Archived at" in page.texts("dt")


def test_many_are_archived_by_a_plan(as_owner: Any, goods: list[Good]) -> None:
    act(as_owner, "archive", goods[0])

    planned = as_owner.post_form("/admin/good/act/archive/?archived=too")

    page = Page(as_owner.get(planned.headers["Location"]))
    assert page.status == 200
    assert "It is archived already." in " ".join(page.texts("td") + page.texts("li") + page.texts("p"))


def test_only_who_may_write_the_column_archives(client_with: Any, goods: list[Good]) -> None:
    clients = [
        client_with("good:*", fields=["good.archived_at:read_only"], name="Reader"),
        client_with("good:list", "good:view", name="Looker"),
    ]

    assert [client.get(f"/admin/good/act/archive/?id={goods[0].id}").status_code for client in clients] == [403, 403]


def test_a_picker_leaves_archived_records_out_and_a_form_keeps_one_that_is_set(
    app: Flask, as_editor: Any, goods: list[Good], keep: Any
) -> None:
    whole = keep(Good(label="w", with_id=goods[0].id))
    act(as_editor, "archive", goods[0])

    offered = as_editor.get("/admin/good/lookup/?name=with_&query=").get_json()["results"]
    edit = f"/admin/good/edit/?id={whole.id}"
    saved = as_editor.post_form(edit, {**Page(as_editor.get(edit)).values(), "label": "W"})

    assert sorted(one["text"] for one in offered) == ["b", "c", "w"]
    assert (saved.status_code, good(app, whole.id).with_id) == (303, goods[0].id)


def test_an_export_has_what_the_list_has(as_editor: Any, goods: list[Good]) -> None:
    act(as_editor, "archive", goods[2])

    files = [as_editor.get(f"/admin/good/export/csv/?sort=id{query}").text for query in ("", "&archived=only")]

    assert [[line.partition(",")[0] for line in one.splitlines()[1:]] for one in files] == [["a", "b"], ["c"]]


def test_an_empty_list_leads_to_the_archive(as_editor: Any, goods: list[Good]) -> None:
    for one in goods:
        act(as_editor, "archive", one)

    assert Page(as_editor.get(LIST)).has_link("Archived goods")


def extras(page: Page) -> list[str]:
    return [row[0] for row in page.rows("extras")]


def test_a_parents_page_leaves_archived_children_out_until_they_are_asked_for(
    as_editor: Any, goods: list[Good], keep: Any
) -> None:
    for label in "xyz":
        keep(Good(label=label, with_id=goods[0].id))
    archived = keep(Good(label="old", with_id=goods[0].id, archived_at=utc_now()))

    page = Page(as_editor.get(f"/admin/good/details/?id={goods[0].id}"))
    too, only = (Page(as_editor.get(page.link(words))) for words in ("Show archived too", "Archived goods"))
    back = Page(as_editor.get(only.link("Leave archived out")))

    assert [sorted(extras(one)) for one in (page, too, only, back)] == [
        ["x", "y", "z"],
        ["Archived old", "x", "y", "z"],
        ["old"],
        ["x", "y", "z"],
    ]
    assert only.link("Open in list") == f"{LIST}?with___is={goods[0].id}&archived=only"
    assert page.has_link("Extras 3")
    put_away = Page(as_editor.get(f"/admin/good/details/?id={archived.id}"))
    assert (put_away.heading, put_away.texts(class_="state")) == ("old", ["Archived"])


def test_numbers_and_cards_leave_archived_records_out(as_editor: Any, goods: list[Good]) -> None:
    act(as_editor, "archive", goods[1])

    page = Page(as_editor.get("/admin/"))
    cards = {one.all("h2")[0].text: one for one in page.all(class_="tile")}

    assert [row.all("a")[0].text for row in cards["Newest goods"].all("li")] == ["c", "a"]
    assert cards["All goods"].text == "All goods 2 goods"
    assert Page(as_editor.get(LIST)).result_line() == "2 goods"


def test_search_everything_finds_an_archived_record_by_its_id(as_editor: Any, goods: list[Good]) -> None:
    act(as_editor, "archive", goods[1])

    pages = [Page(as_editor.get(f"/admin/search/?q={text}")) for text in ("b", goods[1].id)]

    assert [[one.text for one in page.all("section", class_="found")] for page in pages] == [
        [],
        [f"Exactly this b Good {goods[1].id}"],
    ]


def test_a_typed_name_means_no_archived_record_and_an_id_does(as_editor: Any, goods: list[Good]) -> None:
    act(as_editor, "archive", goods[1])

    by_name, by_id = (
        Page(as_editor.post_form(NEW, {"label": "new", "with_": typed})) for typed in ("b", str(goods[1].id))
    )

    assert by_name.error_of("with_") == "Only an archived good is called “b”. Restore it, or enter its ID."
    assert by_id.status == 303


# ---- the order


def order_of(app: Flask) -> list[tuple[str, int | None]]:
    with app.app_context():
        rows = db.session.execute(select(Good.label, Good.place).where(Good.with_id.is_(None)).order_by(Good.place))
        return [(label, place) for label, place in rows]


def move(client: Any, moved: Good, way: str, past: Good) -> Any:
    sent = {"moved": moved.id, "past": past.id, "way": way}
    return client.post_form(f"/admin/good/order/?id={moved.id}", sent)


def test_a_new_record_comes_last_within_its_parent(app: Flask, as_editor: Any, keep: Any) -> None:
    first, _ = keep(Good(label="a", place=7)), keep(Good(label="put away", place=99, archived_at=utc_now()))
    for label, parent in (("b", ""), ("c", str(first.id)), ("d", "")):
        as_editor.post_form(NEW, {"label": label, "with_": parent})

    assert [one for one in order_of(app) if one[1] != 99] == [("a", 7), ("b", 8), ("d", 9)]


def test_buttons_move_a_record_and_an_undo_moves_it_back(app: Flask, as_owner: Any, keep: Any) -> None:
    a, b, c = (keep(Good(label=label, place=place)) for label, place in (("a", 1), ("b", 5), ("c", 9)))
    page = Page(as_owner.get(f"/admin/good/order/?id={b.id}"))

    up = move(as_owner, c, "up", b)
    moved = order_of(app)
    undo = Page(as_owner.get(up.headers["Location"])).values("undo")
    down = move(as_owner, a, "down", c)

    assert page.texts("li", class_="order__row") == ["a ↓Move down: a", "b ↑Move up: b ↓Move down: b", "c ↑Move up: c"]
    assert (up.status_code, down.status_code) == (303, 303)
    assert moved == [("a", 1), ("c", 5), ("b", 9)]
    assert order_of(app) == [("c", 1), ("a", 5), ("b", 9)]
    as_owner.post("/admin/activity/undo/", data=Page(as_owner.get(down.headers["Location"])).values("undo"))
    as_owner.post("/admin/activity/undo/", data=undo)
    assert order_of(app) == [("a", 1), ("b", 5), ("c", 9)]


def test_a_record_moves_past_none_but_the_one_that_was_shown(app: Flask, as_owner: Any, keep: Any) -> None:
    a, b, c = (keep(Good(label=label, place=place)) for label, place in (("a", 1), ("b", 2), ("c", 3)))
    move(as_owner, c, "up", b)

    late = Page(move(as_owner, b, "up", a))

    assert (late.status, late.summary) == (409, [MOVED_MEANWHILE])
    assert order_of(app) == [("a", 1), ("c", 2), ("b", 3)]


def test_equal_places_and_none_are_numbered_anew(app: Flask, as_owner: Any, keep: Any) -> None:
    made = [keep(Good(label=label, place=place)) for label, place in (("a", 4), ("b", 4), ("c", None), ("d", None))]

    move(as_owner, made[3], "up", made[2])

    assert order_of(app) == [("a", 1), ("b", 2), ("d", 3), ("c", 4)]


def test_the_order_is_for_who_may_write_it(as_viewer: Any, client_with: Any, keep: Any) -> None:
    a, b = (keep(Good(label=label, place=place)) for label, place in (("a", 1), ("b", 2)))
    reader = client_with("good:*", fields=["good.place:read_only"], name="Reader")
    editor = client_with("good:*", name="Editor too")
    address = f"/admin/good/order/?id={a.id}"

    refused_ = [client.get(address).status_code for client in (as_viewer, reader)]
    forged = [
        editor.post_form(address, sent).status_code
        for sent in (
            {"moved": 999, "past": b.id, "way": "up"},
            {"moved": a.id, "past": b.id, "way": "sideways"},
            {"moved": a.id, "past": b.id, "way": "down", "csrf_token": ""},
        )
    ]

    assert refused_ == [403, 403]
    assert forged == [404, 404, 400]
    assert "Change order" in " ".join(one.text for one in Page(editor.get(LIST)).all("a"))


def test_to_whom_the_archive_is_hidden_no_list_tells_what_is_in_it(
    goods: list[Good], keep: Any, app: Flask, make_staff: Any, client_of: Any
) -> None:
    with app.app_context():
        db.session.get_one(Good, goods[0].id).archived_at = utc_now()
        db.session.commit()
    hidden = StringSet(["good.archived_at:hidden"])
    keep(Role(key="shop", name="Shop", permissions=StringSet(["*:*"]), fields=hidden))
    client = client_of(make_staff("Nora", "shop"))

    answers = [client.get(f"{LIST}{query}") for query in ("", "?archived=too", "?archived=only")]

    assert [one.status_code for one in answers] == [200, 400, 400]
    assert len(Page(answers[0]).rows()) == len(goods)
