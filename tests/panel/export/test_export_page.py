"""An export is the list on screen, its rows in its order; an address that is not understood is no list."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from admin_app.models.post import Post
from admin_app.models.user import User
from tests.many import many
from tests.page import Page
from tests.panel.export.exports import POSTS, USERS, ids_of, rows_of
from tests.stores import both_stores

Make = Callable[..., Any]


@pytest.fixture
def some_data(app: Flask) -> list[int]:
    """Store some users and posts who differ by name, time, owner and words."""
    first = datetime(2026, 1, 1, 12, tzinfo=UTC)
    names = ["Ada Lovelace", "Bob", "ada", "Žofie", "100% Ada", "Cleo"]
    users = many(
        app,
        User,
        [
            {"name": name, "email": f"{index}@example.com", "created_at": first + timedelta(days=index)}
            for index, name in enumerate(names)
        ],
    )
    contents = ["café", "Ada's first", "=1+1", "", "quantum entanglement", "two words"]
    return many(
        app,
        Post,
        [
            {
                "content": contents[index % 6],
                "user_id": users[index % 5] if index % 7 else None,
                "created_at": first + timedelta(hours=7 * (index % 11)),
            }
            for index in range(45)
        ],
    )


# ---- the list on screen


ASKED = (
    "",
    "q=ada",
    "q=ada+words",
    "q=%25",
    "sort=user",
    "sort=-user",
    "sort=created_at",
    "sort=-id&q=o",
    "user__empty=yes",
    "user.name__contains=ada&sort=-user",
    "created_at__from=2026-01-02&created_at__until=2026-01-03&sort=id",
    "content__empty=no&content__not_contains=e",
    "q=caf%C3%A9&user.email__equals=0%40example.com",
    "content__contains=nothing+has+this",
    "per_page=50&page=1&sort=id",
)


@both_stores
@pytest.mark.usefixtures("some_data")
def test_the_file_has_the_rows_of_the_list_in_its_order(as_viewer: Any) -> None:
    listed = {query: Page(as_viewer.get(f"/admin/post/?{query}&per_page=50")).ids() for query in ASKED}

    assert {query: ids_of(as_viewer.get(f"{POSTS}?{query}")) for query in ASKED} == listed


@both_stores
@pytest.mark.usefixtures("some_data")
def test_the_file_has_every_page_of_the_list(as_viewer: Any) -> None:
    pages = [Page(as_viewer.get(f"/admin/post/?sort=id&page={number}")).ids() for number in (1, 2, 3)]

    assert [len(ids) for ids in pages] == [20, 20, 5]
    assert ids_of(as_viewer.get(f"{POSTS}?sort=id&page=2")) == [id_ for ids in pages for id_ in ids]


@pytest.mark.usefixtures("some_data")
def test_the_export_link_of_a_list_leads_to_exactly_this_list(as_viewer: Any) -> None:
    page = Page(as_viewer.get("/admin/post/?q=ada&sort=-user&user__empty=no&per_page=50"))

    file = as_viewer.get(page.link("CSV"))

    assert ids_of(file) == page.ids() != []


def test_the_columns_are_the_lists_and_a_relation_has_its_id_and_its_name(
    as_viewer: Any, make_user: Make, make_post: Make
) -> None:
    user = make_user(name="Žofie")
    post = make_post(content="-1 is text", user=user)

    (of_user,), (of_post,) = rows_of(as_viewer.get(USERS)), rows_of(as_viewer.get(POSTS))

    def time(record: Any) -> str:
        return record.created_at.isoformat().replace("+00:00", "Z")  # type: ignore[no-any-return]

    assert of_user == {"Name": "Žofie", "Email": user.email, "Posts": "1", "Created at": time(user), "ID": str(user.id)}
    assert of_post == {
        "Content": "'-1 is text",
        "User ID": str(user.id),
        "User": "Žofie",
        "Created at": time(post),
        "ID": str(post.id),
    }


def test_a_post_of_nobody_has_two_empty_cells(as_viewer: Any, make_post: Make) -> None:
    make_post(user_id=None)

    (row,) = rows_of(as_viewer.get(POSTS))

    assert (row["User ID"], row["User"]) == ("", "")


def test_whole_texts_are_exported_as_they_are_not_as_the_list_shows_them(as_viewer: Any, make_post: Make) -> None:
    text = f"<p>{'long ' * 1000}</p>\r\n\t<b>&amp;</b>"
    make_post(content=text)

    assert [row["Content"] for row in rows_of(as_viewer.get(POSTS))] == [text]


def test_an_empty_list_is_a_file_with_its_header(as_viewer: Any) -> None:
    assert as_viewer.get(USERS).data == b"Name,Email,Posts,Created at,ID\r\n"


# ---- what is refused


@both_stores
@pytest.mark.parametrize(
    "query",
    [
        "secret__contains=x",
        "password_hash=x",
        "content__regexp=x",
        "sort=content%3B+DROP",
        "sort=updated_at",
        "limit=5",
        "created_at__from=soon",
        "created_at__from=2026-01-01&created_at__until=soon",
        "user__is=nobody-has-this-name",
        "user__empty=perhaps",
        "content__contains=%00",
    ],
)
@pytest.mark.usefixtures("some_data")
def test_an_address_that_is_not_understood_sends_no_rows(as_viewer: Any, query: str) -> None:
    response = as_viewer.get(f"{POSTS}?{query}")

    assert (response.status_code, response.mimetype) == (400, "text/html")
    assert "Content-Disposition" not in response.headers
    assert "entanglement" not in response.text


def test_a_filter_that_cannot_be_read_is_named(as_viewer: Any) -> None:
    assert "Enter a date like 2026-11-22." in as_viewer.get(f"{POSTS}?created_at__from=soon").text


@pytest.mark.parametrize("kind", ["exe", "csv.exe", "CSV"])
def test_other_formats_are_not_found(as_viewer: Any, kind: str) -> None:
    assert as_viewer.get(f"/admin/post/export/{kind}/").status_code == 404
