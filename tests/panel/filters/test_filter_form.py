"""The form that builds filters and the cells that add one, without JavaScript: what stands in it, and where it leads."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from admin_app.models.post import Post
from admin_app.models.user import User
from tests.many import many, many_users
from tests.page import Page
from tests.stores import both_stores

Users, Posts = Callable[..., User], Callable[..., Post]


@pytest.fixture
def four(make_user: Users) -> dict[str, int]:
    """Make Ann and Bob at work, Ann and Cleo at home."""
    people = [("Ann", "work"), ("Bob", "work"), ("Ann", "home"), ("Cleo", "home")]
    return {
        f"{name} {place}": make_user(name=name, email=f"{name.lower()}@{place}.example").id for name, place in people
    }


def pressed(client: Any, address: str, **changes: str) -> Any:
    """Send the filter form of a page as it stands there, with these changes."""
    form = Page(client.get(address)).form("filters__panel")
    sent = []
    for one in form:
        name = one.attributes.get("name", "")
        if not name or "disabled" in one.attributes or one.tag not in {"input", "select", "textarea"}:
            continue
        options = one.all("option")
        chosen = [option for option in options if "selected" in option.attributes] or options[:1]
        typed = one.text if one.tag == "textarea" else one.attributes.get("value", "")
        value = chosen[0].attributes["value"] if chosen else typed
        sent.append((name, changes.pop(name, value)))
    return client.get(address.partition("?")[0], query_string=MultiDict([*sent, *changes.items()]))


@pytest.mark.parametrize(
    "address",
    [
        "/admin/user/",
        "/admin/user/?name__contains=a&name__contains=b&email__empty=no&created_at__within=last-7-days",
        "/admin/user/?created_at__within=last-77-days",
        "/admin/user/?where=name+contains+a+or+email+ends+x",
        "/admin/user/?q=x&where=%28name+in+%22a%2C+b%22+or+email+ends+x%29+and+%28name+starts+a+or+%28name+ends+b+and+email+starts+c%29%29&sort=name",
        "/admin/post/?user__is=5&user__in=5%2C+6&user__not_in=7",
        "/admin/staff/?roles__has=owner&roles__has_not=viewer&is_active__is=yes",
    ],
)
def test_form_sent_as_it_stands_leads_to_the_same_list(address: str, as_owner: Any, make_user: Users) -> None:
    make_user()

    response = pressed(as_owner, address)

    assert (response.status_code, response.location) == (303, address)


def test_condition_is_changed_in_its_row(as_viewer: Any) -> None:
    response = pressed(as_viewer, "/admin/user/?name__contains=a", **{"add.name.op": "starts", "add.name": "Bo"})

    assert response.location == "/admin/user/?name__starts=Bo"


def test_condition_that_is_emptied_is_gone(as_viewer: Any) -> None:
    response = pressed(as_viewer, "/admin/user/?name__contains=a&email__contains=b", **{"add.name": ""})

    assert response.location == "/admin/user/?email__contains=b"


def test_button_adds_a_row_and_keeps_what_was_typed(as_viewer: Any, make_user: Users) -> None:
    make_user()
    page = Page(pressed(as_viewer, "/admin/user/", **{"add.name": "Ann", "more": "name", "build": "row:"}))

    names = [one.text for one in page.all("textarea", name="add.name")]

    assert (page.status, names) == (200, ["Ann", ""])
    assert "open" in page.all("details", class_="filters")[0].attributes


def test_button_adds_a_group_of_which_any_is_enough(as_viewer: Any, four: dict[str, int]) -> None:
    page = Page(pressed(as_viewer, "/admin/user/?email__contains=home", build="group:"))
    sent = page.values("filters__panel")

    response = as_viewer.get(
        "/admin/user/", query_string={**sent, "add1.name": "Ann", "add1.email.op": "starts", "add1.email": "cleo"}
    )

    assert "Any of these" in page.texts("legend")
    assert response.location == ("/admin/user/?email__contains=home&where=name+contains+Ann+or+email+starts+cleo")
    assert sorted(Page(as_viewer.get(response.location)).ids()) == [four["Ann home"], four["Cleo home"]]


def test_button_takes_a_row_away(as_viewer: Any) -> None:
    address = "/admin/user/?name__contains=a&name__contains=b"
    buttons = [one.attributes["value"] for one in Page(as_viewer.get(address)).all("button", name="build")]

    page = Page(pressed(as_viewer, address, build=buttons[0]))

    assert buttons[:2] == ["remove::name:0", "remove::name:1"]
    assert [one.text for one in page.all("textarea", name="add.name")] == ["b"]
    assert page.chips == ["Name contains “b”"]


# ---- a cell's value as a filter


def test_cell_adds_the_filter_that_finds_its_value(as_viewer: Any, make_user: Users, make_post: Posts) -> None:
    ann = make_user(name="Ann")
    make_post(user=ann, created_at=datetime(2026, 1, 31, 23, tzinfo=UTC))
    make_post(created_at=datetime(2026, 1, 30, 23, tzinfo=UTC))
    page = Page(as_viewer.get("/admin/post/?content__contains=post&sort=id"))
    state = {one.attributes["name"]: one.attributes["value"] for one in page.all("input", within="listing-only")}

    buttons = [
        (one.attributes["aria-label"], one.attributes["name"], one.attributes["value"])
        for one in page.all("button", class_="only")
    ]

    assert buttons == [
        ("Filter: User is Ann", "user__is", str(ann.id)),
        ("Filter: Created at is on 2026-01-31", "created_at__on", "2026-01-31"),
        ("Filter: User is empty", "user__empty", "yes"),
        ("Filter: Created at is on 2026-01-30", "created_at__on", "2026-01-30"),
    ]
    assert state == {"content__contains": "post", "sort": "id"}


def test_cell_offers_no_filter_that_is_on_or_finds_one_row_alone(as_owner: Any, make_user: Users) -> None:
    make_user(name="Ann", created_at=datetime(2026, 1, 31, tzinfo=UTC))

    users = Page(as_owner.get("/admin/user/?name__equals=Ann"))
    staff = Page(as_owner.get("/admin/staff/"))

    assert [one.attributes["name"] for one in users.all("button", class_="only")] == ["created_at__on"]
    assert [(one.attributes["name"], one.attributes["value"]) for one in staff.all("button", class_="only")] == [
        ("is_active__is", "yes"),
        ("last_sign_in_at__empty", "yes"),
    ]


@both_stores
def test_every_cells_filter_finds_its_row(as_owner: Any, make_user: Users, make_post: Posts) -> None:
    ann = make_user(name='Ann "x" & Co', created_at=datetime(2026, 1, 31, 23, 59, 59, tzinfo=UTC))
    make_post(user=ann)
    make_post()

    for root in ("/admin/user/", "/admin/post/", "/admin/staff/"):
        page = Page(as_owner.get(root))
        for key, row in zip(page.ids(), page.all("tbody")[0].all("tr"), strict=True):
            for button in row.all("button", class_="only"):
                asked = {button.attributes["name"]: button.attributes["value"]}
                assert key in Page(as_owner.get(root, query_string=asked)).ids(), asked


def test_page_of_25_rows_stays_small(app: Flask, as_owner: Any) -> None:
    ids = many_users(app, 25, name="A name as long as names are")
    many(app, Post, [{"content": "words " * 30, "user_id": key} for key in ids])

    sizes = {}
    for root in ("/admin/user/", "/admin/post/"):
        page = as_owner.get(root)
        rows = page.text.count("<tr")
        body = page.text.index("<tbody"), page.text.index("</tbody>")
        # Pages have 20 rows: 25 would be so much more.
        sizes[root] = len(page.data) + (body[1] - body[0]) * 5 // (rows - 1)

    assert {root: size for root, size in sizes.items() if size >= 84_000} == {}
