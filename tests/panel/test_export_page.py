from __future__ import annotations

import csv
import io
import re
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from admin_app.extensions import db
from admin_app.models.post import Post
from admin_app.models.staff import Staff
from admin_app.models.user import User
from tests.many import many, many_users
from tests.page import Page

Make = Callable[..., Any]
Statements = Callable[[], AbstractContextManager[list[str]]]

POSTS, USERS = "/admin/post/export/csv/", "/admin/user/export/csv/"


def rows_of(response: Any) -> list[dict[str, str]]:
    assert response.status_code == 200
    return list(csv.DictReader(io.StringIO(response.get_data(as_text=True), newline=""), strict=True))


def ids_of(response: Any) -> list[int]:
    return [int(row["ID"]) for row in rows_of(response)]


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


@pytest.mark.parametrize(
    "query",
    [
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
    ],
)
@pytest.mark.usefixtures("some_data")
def test_the_file_has_the_rows_of_the_list_in_its_order(as_viewer: Any, query: str) -> None:
    page = Page(as_viewer.get(f"/admin/post/?{query}&per_page=50"))

    assert ids_of(as_viewer.get(f"{POSTS}?{query}")) == page.ids()


@pytest.mark.usefixtures("some_data")
def test_the_file_has_every_page_of_the_list(as_viewer: Any) -> None:
    pages = [Page(as_viewer.get(f"/admin/post/?sort=id&page={number}")).ids() for number in (1, 2, 3)]

    assert [len(ids) for ids in pages] == [20, 20, 5]
    assert ids_of(as_viewer.get(f"{POSTS}?sort=id&page=2")) == [id_ for ids in pages for id_ in ids]


@pytest.mark.usefixtures("some_data")
def test_the_export_link_of_a_list_leads_to_exactly_this_list(as_viewer: Any) -> None:
    page = Page(as_viewer.get("/admin/post/?q=ada&sort=-user&user__empty=no&per_page=50"))

    file = as_viewer.get(page.link("Export CSV"))

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


# ---- how it is sent


@pytest.mark.parametrize(
    ("address", "name"),
    [
        (USERS, r"users-\d{4}-\d\d-\d\d-\d{6}\.csv"),
        (f"{USERS}?sort=name", r"users-\d{4}-\d\d-\d\d-\d{6}\.csv"),
        (f"{USERS}?q=ada", r"users-filtered-\d{4}-\d\d-\d\d-\d{6}\.csv"),
        (f"{POSTS}?user__empty=yes", r"posts-filtered-\d{4}-\d\d-\d\d-\d{6}\.csv"),
    ],
)
def test_the_file_name_says_what_and_when(as_viewer: Any, address: str, name: str) -> None:
    headers = as_viewer.get(address).headers

    assert re.fullmatch(rf'attachment; filename="{name}"', headers["Content-Disposition"])
    assert headers["Content-Type"] == "text/csv; charset=utf-8"
    assert headers["Cache-Control"] == "no-store, private"
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_the_file_is_streamed(as_viewer: Any, app: Flask, statements: Statements) -> None:
    many_users(app, 5000)
    with statements() as sent:
        response = as_viewer.get(USERS, buffered=False)
        before = len(sent)
        pieces: Iterator[bytes] = response.iter_encoded()
        header = next(pieces)
        size = sum(map(len, pieces))
        response.close()

    assert "Content-Length" not in response.headers
    assert header == b"Name,Email,Posts,Created at,ID\r\n"
    assert size > 200_000
    # The session and its person, before; the rows, five batches' counts, the check and the note, while it is read.
    assert len(sent) - before == 8


def test_memory_does_not_grow_with_the_list(as_viewer: Any, app: Flask) -> None:
    posts = [{"content": f"{number} " + "word " * 60} for number in range(12_000)]
    many(app, Post, posts[:2000])
    peak_of(as_viewer)
    few = peak_of(as_viewer)
    many(app, Post, posts[2000:])

    assert peak_of(as_viewer) < 1.3 * few


def peak_of(client: Any) -> int:
    tracemalloc.start()
    try:
        response = client.get(POSTS, buffered=False)
        assert sum(map(len, response.iter_encoded())) > 500_000
        response.close()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.fixture
def two_at_once(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Send up to two rows at once."""
    monkeypatch.setitem(app.config, "EXPORT_ROWS", 2)


@pytest.mark.usefixtures("two_at_once")
def test_a_list_too_long_to_be_sent_at_once_leads_to_where_a_job_is_asked_for(as_viewer: Any, make_post: Make) -> None:
    ids = [make_post(content="garden").id for _ in range(3)]

    long = as_viewer.get(f"{POSTS}?q=garden&sort=-id&columns=content,id")
    short = as_viewer.get(f"{POSTS}?q=garden&id__in={ids[0]},{ids[1]}")
    page = Page(as_viewer.get(long.location))

    assert (long.status_code, long.location) == (302, "/admin/post/export/?q=garden&sort=-id&columns=content%2Cid")
    assert len(ids_of(short)) == 2
    assert page.notice == (
        "Attention This list is too long to be sent at once, which goes up to 2 posts. "
        "Press Export, and a job makes the file: you find it under Jobs."
    )
    assert as_viewer.post_form(long.location, {"format": "csv", "column": ["id"]}).location == "/admin/jobs/"


# ---- what is refused


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


@pytest.mark.parametrize("kind", ["xlsx", "json", "csv.exe", "CSV"])
def test_other_formats_are_not_found(as_viewer: Any, kind: str) -> None:
    assert as_viewer.get(f"/admin/post/export/{kind}/").status_code == 404


def test_nobody_is_sent_to_the_sign_in_page(as_nobody: Any) -> None:
    response = as_nobody.get(POSTS)

    assert response.status_code in (302, 303)
    assert response.headers["Location"].split("?")[0] == "/sign-in"


@pytest.mark.parametrize("role", ["viewer", "editor", "owner"])
def test_everybody_who_signed_in_may_export_users_and_posts(
    request: pytest.FixtureRequest, client_of: Callable[[Staff], Any], role: str
) -> None:
    client = client_of(request.getfixturevalue(role))

    assert [client.get(address).status_code for address in (POSTS, USERS)] == [200, 200]


@pytest.mark.parametrize(("role", "status"), [("viewer", 403), ("editor", 403), ("owner", 200)])
def test_staff_is_exported_by_owners_alone_and_without_a_hash(
    request: pytest.FixtureRequest, client_of: Callable[[Staff], Any], password_hash: str, role: str, status: int
) -> None:
    response = client_of(request.getfixturevalue(role)).get("/admin/staff/export/csv/")

    assert response.status_code == status
    assert password_hash not in response.text
    assert "$argon2" not in response.text


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_an_export_is_only_read(as_owner: Any, method: str) -> None:
    assert getattr(as_owner, method)(POSTS).status_code in (400, 405)


@pytest.mark.parametrize("store", ["postgres"], indirect=True)
def test_a_lost_database_breaks_the_file_off_and_the_next_one_is_whole(as_viewer: Any, app: Flask) -> None:
    many_users(app, 3000)
    response = as_viewer.get(USERS, buffered=False)
    pieces = response.iter_encoded()
    next(pieces)
    next(pieces)
    with app.app_context():
        # The one that reads; the queue's goes on to serve other tests.
        reading = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'idle in transaction'"
        db.session.execute(text(reading))
        db.session.rollback()

    with pytest.raises(OperationalError):
        list(pieces)

    assert len(rows_of(as_viewer.get(USERS))) == 3000
