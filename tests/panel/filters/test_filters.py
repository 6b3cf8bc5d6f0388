"""Filters in the address of a list: added, shown as chips, removed one by one, and never silently ignored."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from admin_app.models.post import Post
from admin_app.models.user import User
from tests.page import Page
from tests.stores import both_stores

Users, Posts = Callable[..., User], Callable[..., Post]


def found(client: Any, address: str) -> list[int]:
    return sorted(Page(client.get(address)).ids())


# ---- relations and related columns


# Whose posts a filter leaves.
WHOSE = {
    "user__is={ann}": ["ann"],
    "user__is=ann@work.example": ["ann"],
    "user__is=Bob": ["bob"],
    "user__is=999999": [],
    "user__empty=yes": ["nobody"],
    "user__empty=no": ["ann", "bob"],
    "user.name__contains=nn": ["ann"],
    "user.name__equals=Bob": ["bob"],
    "user.name__in=Ann,Bob": ["ann", "bob"],
    "user.email__contains=work": ["ann"],
    "user.name__contains=a&user.email__contains=work": ["ann"],
    "user.name__not_contains=nn": ["bob", "nobody"],
    "user.name__not_equals=Ann": ["bob", "nobody"],
    "user.name__not_in=Ann": ["bob", "nobody"],
    "user.name__empty=no": ["ann", "bob"],
    "user.name__empty=yes": ["nobody"],
}


@both_stores
def test_posts_are_found_by_their_user(as_viewer: Any, make_user: Users, make_post: Posts) -> None:
    ann, bob = make_user(name="Ann", email="ann@work.example"), make_user(name="Bob", email="bob@home.example")
    posts = {"ann": make_post(user=ann), "bob": make_post(user=bob), "nobody": make_post()}

    answers = {one: found(as_viewer, "/admin/post/?" + one.format(ann=ann.id)) for one in WHOSE}

    assert answers == {one: [posts[name].id for name in whose] for one, whose in WHOSE.items()}


@both_stores
def test_user_that_several_are_called_is_a_message_naming_their_ids(as_viewer: Any, make_user: Users) -> None:
    first, second = make_user(name="Ann"), make_user(name="Ann")

    page = Page(as_viewer.get("/admin/post/?user__is=Ann"))

    assert page.status == 200
    assert f"(IDs {first.id}, {second.id})" in page.error_of("listing-add-user")


@both_stores
def test_day_is_a_day_in_utc_for_who_chose_no_zone(as_viewer: Any, make_user: Users) -> None:
    moments = [
        datetime(2026, 1, 30, 23, 59, 59, 999999, UTC),
        datetime(2026, 1, 31, 0, 0, tzinfo=UTC),
        datetime(2026, 1, 31, 23, 59, 59, 999999, UTC),
        datetime(2026, 2, 1, 0, 0, tzinfo=UTC),
    ]
    ids = [make_user(created_at=moment).id for moment in moments]

    answers = {
        operator: found(as_viewer, f"/admin/user/?created_at__{operator}")
        for operator in ("on=2026-01-31", "from=2026-01-31", "until=2026-01-31", "between=2026-01-31+to+2026-02-01")
    }

    assert answers == {
        "on=2026-01-31": ids[1:3],
        "from=2026-01-31": ids[1:],
        "until=2026-01-31": ids[:3],
        "between=2026-01-31+to+2026-02-01": ids[1:],
    }


# ---- what cannot be asked


@pytest.mark.parametrize(
    "address",
    [
        "/admin/user/?nosuch=1",
        "/admin/user/?name=ann",
        "/admin/user/?name__like=ann",
        "/admin/user/?password_hash__contains=a",
        "/admin/user/?NAME__CONTAINS=a",
        "/admin/user/?posts.q=a",
        "/admin/user/?add.nosuch.op=contains&add.nosuch=a",
        "/admin/user/?add.name.op=like&add.name=a",
        "/admin/user/?%00=1",
        "/admin/user/?%ff=1",
        "/admin/post/?user.password__contains=a",
        "/admin/staff/?password_hash__contains=a",
    ],
)
def test_undeclared_filter_is_refused_by_a_page_that_lists_what_there_is(address: str, as_owner: Any) -> None:
    page = Page(as_owner.get(address))

    assert (page.status, page.heading) == (400, "This list cannot be shown as asked")
    (words,) = page.all("div", class_="words")
    assert "Choose from: " in words.text
    assert Page(as_owner.get(page.link("Show all"))).status == 200


@pytest.mark.parametrize("sort", ["password_hash", "nosuch", "-", "user.name", "content", "name;DROP TABLE user"])
def test_undeclared_sort_is_refused_by_a_page_that_lists_what_there_is(sort: str, as_owner: Any) -> None:
    page = Page(as_owner.get("/admin/post/", query_string={"sort": sort}))

    assert page.status == 400
    assert "Choose from: created_at, id and user." in page.texts("p", within="main")


def test_undeclared_key_of_a_child_list_is_refused_with_a_way_back(as_owner: Any, make_user: Users) -> None:
    user = make_user()

    page = Page(as_owner.get(f"/admin/user/edit/?id={user.id}&posts.nosuch=1"))

    assert page.status == 400
    links = [link.attributes["href"] for link in page.all("a", within="main")]
    assert [as_owner.get(link).status_code for link in links] == [200] * len(links)


def test_more_filters_than_anybody_reads_are_refused(as_viewer: Any) -> None:
    assert as_viewer.get("/admin/user/?" + "&".join(["name__contains=a"] * 50)).status_code == 200
    assert as_viewer.get("/admin/user/?" + "&".join(["name__contains=a"] * 51)).status_code == 400


BAD = [
    ("created_at__on=yesterday", "listing-add-created_at", "Enter a date like 2026-11-22."),
    ("created_at__between=2026-01-01", "listing-add-created_at", "Enter two dates, like 2026-01-01 to 2026-01-31."),
    ("name__in=,", "listing-add-name", "Enter one or more values, separated by commas."),
    ("name__empty=perhaps", "listing-add-name", "Enter yes or no."),
    ("name__contains=", "listing-add-name", "Enter a value."),
    ("name__contains=%20", "listing-add-name", "Enter a value."),
    ("name__contains=%00a", "listing-add-name", "Remove the NUL character."),
    ("name__contains=" + "a" * 1001, "listing-add-name", "Use 1,000 characters or fewer."),
]


@pytest.mark.parametrize(("filter_", "field", "message"), BAD)
def test_bad_value_is_a_message_at_its_filter_and_never_all_rows(
    filter_: str, field: str, message: str, as_viewer: Any, make_user: Users
) -> None:
    make_user(name="Ann")

    page = Page(as_viewer.get(f"/admin/user/?{filter_}"))

    assert (page.status, page.rows()) == (200, [])
    assert page.error_of(field) == message
    assert [chip.endswith(message) for chip in page.chips] == [True]


@pytest.mark.parametrize(("filter_", "field", "message"), BAD)
def test_no_rows_are_guessed_where_another_filter_could_be_read(
    filter_: str, field: str, message: str, as_viewer: Any, make_user: Users
) -> None:
    make_user(name="Ann")

    for other in ("email__contains=user", "q=ann"):
        page = Page(as_viewer.get(f"/admin/user/?{filter_}&{other}"))

        assert (page.status, page.rows()) == (200, [])
        assert page.error_of(field) == message


@pytest.mark.parametrize("filter_", [filter_ for filter_, _, _ in BAD])
def test_links_of_a_list_with_a_bad_filter_never_widen_it(filter_: str, as_viewer: Any, make_user: Users) -> None:
    make_user(name="a" * 80)
    page = Page(as_viewer.get(f"/admin/user/?{filter_}"))

    links = [link.attributes["href"] for link in page.all("a", within="listing") if "sort" in link.attributes["href"]]
    rows = [Page(as_viewer.get(link)).rows() for link in links]

    assert rows == [[]] * len(links)


@both_stores
def test_megabyte_in_a_filter_is_no_error(as_viewer: Any, make_user: Users) -> None:
    make_user()

    page = Page(as_viewer.get("/admin/user/", query_string={"name__contains": "x" * 1_000_000}))

    assert (page.status, page.rows()) == (200, [])


# ---- the form that adds, the chips that remove


def test_adding_a_filter_leads_to_its_plain_address(as_viewer: Any, make_user: Users) -> None:
    make_user(name="Ann")
    page = Page(as_viewer.get("/admin/user/?q=a&sort=-name&per_page=50&email__contains=user"))
    sent = {**page.values("filters__panel"), "add.name.op": "contains", "add.name": " Änn & Co "}

    response = as_viewer.get("/admin/user/", query_string=sent)

    assert response.status_code == 303
    assert response.location == (
        "/admin/user/?q=a&name__contains=%C3%84nn+%26+Co&email__contains=user&sort=-name&per_page=50"
    )


def test_operator_without_a_value_needs_none(as_viewer: Any, make_post: Any) -> None:
    make_post()
    page = Page(as_viewer.get("/admin/post/"))

    response = as_viewer.get(
        "/admin/post/", query_string={**page.values("filters__panel"), "add.user.op": "empty=yes", "add.content": ""}
    )

    assert response.location == "/admin/post/?user__empty=yes"


def test_form_sent_with_nothing_filled_in_adds_nothing(as_viewer: Any, make_user: Users) -> None:
    make_user()
    page = Page(as_viewer.get("/admin/user/?sort=name&page=1"))

    response = as_viewer.get("/admin/user/", query_string=page.values("filters__panel"))

    assert (response.status_code, response.location) == (303, "/admin/user/?sort=name")


def test_bad_value_stands_in_the_form_and_is_replaced_when_mended(as_viewer: Any, make_user: Users) -> None:
    make_user()
    page = Page(as_viewer.get("/admin/user/?created_at__from=yesterday&name__contains=a"))
    sent = page.values("filters__panel")

    response = as_viewer.get("/admin/user/", query_string={**sent, "add.created_at": "2026-01-01"})

    assert (sent["add.created_at.op"], sent["add.created_at"]) == ("from", "yesterday")
    assert response.location == "/admin/user/?name__contains=a&created_at__from=2026-01-01"


def test_chips_say_what_each_filter_means(as_viewer: Any, make_user: Users) -> None:
    ann = make_user(name="Ann")

    posts = Page(
        as_viewer.get(f"/admin/post/?user__is={ann.id}&user__empty=no&user.name__in=a,b&created_at__on=2026-01-31")
    )
    gone = Page(as_viewer.get("/admin/post/?user__is=77"))

    assert posts.chips == [
        "User is “Ann”",
        "With any user",
        "User's name is one of “a,b”",
        "Created at is on 2026-01-31",
    ]
    assert gone.chips == ["User is ID 77 (deleted)"]


def test_chip_removes_exactly_its_own_filter(as_viewer: Any) -> None:
    here = "q=a&name__contains=a&name__contains=b&name__contains=a&sort=name"
    page = Page(as_viewer.get(f"/admin/user/?{here}&page=1"))

    links = [link.attributes["href"] for link in page.all("a", title="Remove filter")]

    assert links == [
        "/admin/user/?q=a&name__contains=b&name__contains=a&sort=name",
        "/admin/user/?q=a&name__contains=a&name__contains=a&sort=name",
        "/admin/user/?q=a&name__contains=a&name__contains=b&sort=name",
    ]
    assert page.link("Clear all") == "/admin/user/?sort=name"
