"""Pinned views and summaries: put on the home page, counted there, put in order, and taken away."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from admin_app.domain.work.pins import MOST_PINS
from admin_app.extensions import db
from admin_app.models.pin import Pin
from admin_app.models.saved_view import EVERYONE
from admin_app.models.staff import Staff
from admin_app.panel.cards import board
from tests.page import Element, Page
from tests.stores import both_stores

URL = "/admin/pins/"


def own_tiles(client: Any, url: str = "/admin/?arrange=1") -> dict[str, Element]:
    """Return the cards that can be unpinned, by their titles."""
    found = Page(client.get(url)).all("section", class_="tile")
    return {one.all("h2")[0].text: one for one in found if one.all("form", class_="tile__arrange")}


def press(client: Any, tile: Element, act: str) -> None:
    hidden = {one.attributes["name"]: one.attributes["value"] for one in tile.all("input", type="hidden")}
    assert client.post_form(URL, {**hidden, "act": act}).status_code == 303


def pin_by(client: Any, url: str) -> Any:
    """Press the first “Pin to home” of a page."""
    form = Page(client.get(url)).all("form", class_="pin")[0]
    fields = {one.attributes["name"]: one.attributes["value"] for one in form.all("input", type="hidden")}
    return client.post_form(URL, fields)


@pytest.mark.usefixtures("gardens")
def test_a_view_is_pinned_from_its_page_and_says_how_many_rows_it_has(
    as_viewer: Any, viewer: Any, make_view: Any
) -> None:
    view = make_view(viewer)

    response = pin_by(as_viewer, "/admin/post/views/")

    assert (response.status_code, response.location) == (303, "/admin/post/views/")
    assert Page(as_viewer.get("/admin/post/views/")).notice == "Success “Gardens” is pinned to your home page. Show"
    tile = own_tiles(as_viewer)["Gardens"]
    assert tile.all("p", class_="tile__number")[0].text == "2 posts"
    assert tile.all("a")[0].attributes["href"] == f"/admin/post/?view={view.id}"


def test_a_summary_is_pinned_with_its_search_and_filters(
    as_viewer: Any, make_user: Any, make_post: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("admin_app.panel.grouping.groupings.today", lambda: date(2026, 11, 30))
    ann = make_user(name="Ann")
    for user, words in ((ann, "Garden"), (ann, "Garden"), (None, "Garden"), (ann, "Boat")):
        make_post(user=user, content=words, created_at=datetime(2026, 11, 5, tzinfo=UTC))

    pin_by(as_viewer, "/admin/post/summary/?q=garden&by=user")
    pin_by(as_viewer, "/admin/post/summary/?user__empty=no&by=created_at__month")
    pin_by(as_viewer, "/admin/post/summary/?by=created_at__week")

    found = own_tiles(as_viewer)
    assert [one.text for one in found["Posts by user, search “garden”"].all("li")] == ["Ann 2 posts"]
    assert found["Posts by month, With any user"].all("p", class_="tile__number")[0].text == "3 posts, this month"
    assert found["Posts by week"].all("p", class_="tile__number")[0].text == "0 posts, this week"


def test_cards_change_places_and_go(as_viewer: Any, viewer: Any, make_view: Any, keep: Any) -> None:
    for place, name in enumerate(("First", "Second", "Third")):
        keep(Pin(staff_id=viewer.id, place=place, resource="post", view_id=make_view(viewer, name=name).id))

    press(as_viewer, own_tiles(as_viewer)["Third"], "up")
    press(as_viewer, own_tiles(as_viewer)["First"], "up")
    press(as_viewer, own_tiles(as_viewer)["Second"], "remove")

    assert list(own_tiles(as_viewer)) == ["First", "Third"]
    assert own_tiles(as_viewer, "/admin/") == {}


def test_what_a_pin_is_about_may_go_out_of_sight(
    app: Flask, client_with: Any, make_view: Any, keep: Any, viewer: Any
) -> None:
    client = client_with("post:list", fields=["post.user:hidden"])
    with app.app_context():
        liam = db.session.scalars(select(Staff).where(Staff.name == "Liam")).one().id
    shared = make_view(viewer, name="Shared", audience=EVERYONE)
    hidden = make_view(viewer, name="Of nobody", arguments="user__empty=yes", audience=EVERYONE)
    private = make_view(viewer, name="Private")
    pins = [{"resource": "post", "view_id": one.id} for one in (shared, hidden, private)]
    pins += [{"resource": "post", "arguments": "by=user"}, {"resource": "user", "arguments": "by=created_at__week"}]
    for place, values in enumerate(pins):
        keep(Pin(staff_id=liam, place=place, **values))

    found = own_tiles(client)

    notes = {name: [one.text for one in tile.all("p", class_="tile__note")] for name, tile in found.items()}
    gone = ["It uses a field or a filter that no longer exists, or that you may not see."]
    assert notes == {"Shared": [], "Of nobody": gone, "Summary of posts": gone}


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"act": "view", "resource": "post", "view": "99"}, 404),
        ({"act": "summary", "resource": "none", "arguments": "by=user"}, 404),
        ({"act": "summary", "resource": "staff", "arguments": ""}, 403),
        ({"act": "summary", "resource": "post", "arguments": "by=content"}, 400),
        ({"act": "remove", "pin": "99"}, 404),
        ({"act": "other"}, 400),
    ],
)
def test_what_is_not_there_is_not_pinned(fields: dict[str, str], status: int, as_viewer: Any) -> None:
    assert as_viewer.post_form(URL, fields).status_code == status


def test_somebody_elses_card_is_not_to_be_touched(as_editor: Any, viewer: Any, keep: Any) -> None:
    pin = keep(Pin(staff_id=viewer.id, place=1, resource="post", arguments="by=user"))

    statuses = [as_editor.post_form(URL, {"act": act, "pin": str(pin.id)}).status_code for act in ("up", "remove")]

    assert statuses == [404, 404]


def test_more_cards_than_a_page_has_room_for_are_refused(as_viewer: Any, viewer: Any, keep: Any) -> None:
    for place in range(MOST_PINS):
        keep(Pin(staff_id=viewer.id, place=place, resource="post", arguments=f"q={place}&by=user"))

    pin_by(as_viewer, "/admin/post/summary/?by=user")

    page = Page(as_viewer.get("/admin/?arrange=1"))
    assert page.notice == "There is a problem You have 12 cards of your own. Unpin one first."
    assert len(page.all("form", class_="tile__arrange")) == MOST_PINS


@both_stores
@pytest.mark.usefixtures("slow_posts")
def test_a_card_that_takes_too_long_says_so_and_holds_nothing_up(
    app: Flask, as_viewer: Any, viewer: Any, keep: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(Pin(staff_id=viewer.id, place=1, resource="post", arguments="q=zq&content__ends=no&by=created_at__week"))
    monkeypatch.setattr(board, "LIMIT", app.config["TIME_LIMIT"])
    app.config["TIME_LIMIT"] = 10

    page = Page(as_viewer.get("/admin/"))

    slow = [one.all("h2")[0].text for one in page.all("section", class_="tile") if "too long" in one.text]
    assert page.status == 200
    assert slow[0] == "Posts by week, search “zq”, Content ends with “no”"
    assert page.all("main")[0].all("h2")[-1].text == "Recently changed"
