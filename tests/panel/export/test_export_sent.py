"""How an export is sent: named, streamed in little memory, to who may have it, by a job where it is long."""

from __future__ import annotations

import io
import re
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest
from flask import Flask
from python_calamine import CalamineWorkbook
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError

from admin_app.extensions import db
from admin_app.models.post import Post
from admin_app.models.staff import Staff
from tests.many import many, many_users
from tests.page import Page
from tests.panel.export.exports import POSTS, USERS, ids_of, rows_of
from tests.stores import both_stores

pytestmark = pytest.mark.covers

Make = Callable[..., Any]
Statements = Callable[[], AbstractContextManager[list[str]]]


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


@pytest.mark.no_cover
@both_stores
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
    # The session and its person, the first rows and that they leave, before; four batches' counts, the check, and how many in its place, while it is sent.
    assert len(sent) - before == 7


@pytest.mark.no_cover
@both_stores
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


@both_stores
@pytest.mark.usefixtures("two_at_once")
def test_a_list_too_long_to_be_sent_at_once_leads_to_where_a_job_is_asked_for(as_viewer: Any, make_post: Make) -> None:
    ids = [make_post(content="garden").id for _ in range(3)]

    long = as_viewer.get(f"{POSTS}?q=garden&sort=-id&columns=content,id")
    short = as_viewer.get(f"{POSTS}?q=garden&id__in={ids[0]},{ids[1]}")
    page = Page(as_viewer.get(long.location))

    address = "/admin/post/export/?format=csv&q=garden&sort=-id&columns=content%2Cid"
    assert (long.status_code, long.location) == (302, address)
    assert len(ids_of(short)) == 2
    assert page.notice == (
        "Attention This list has more than 2 posts, so it is exported in the background. "
        "Press Export, then find the file under Jobs."
    )
    assert as_viewer.post_form(long.location, {"format": "csv", "column": ["id"]}).location == "/admin/jobs/"


def test_excel_is_sent_at_once_up_to_a_tenth_of_what_other_formats_are(
    app: Flask, as_viewer: Any, make_post: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "EXPORT_ROWS", 20)
    ids = [make_post(content="garden").id for _ in range(3)]

    short = as_viewer.get(f"/admin/post/export/xlsx/?id__in={ids[0]},{ids[1]}&sort=-id&columns=content,id")
    long = as_viewer.get("/admin/post/export/xlsx/?q=garden&sort=-id")
    page = Page(as_viewer.get(long.location))

    rows = CalamineWorkbook.from_filelike(io.BytesIO(short.data)).get_sheet_by_index(0).to_python()
    assert rows == [["Content", "ID"], ["garden", ids[1]], ["garden", ids[0]]]
    assert long.location == "/admin/post/export/?format=xlsx&q=garden&sort=-id"
    assert [one.attributes["value"] for one in page.all("input", name="format") if "checked" in one.attributes] == [
        "xlsx"
    ]
    assert page.notice.startswith("Attention This list has more than 2 posts")


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


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
@pytest.mark.parametrize("address", [POSTS, "/admin/activity/activity.csv"])
def test_no_file_leaves_that_nothing_can_note(address: str, as_owner: Any, app: Flask, make_post: Any) -> None:
    make_post(content="Rain")
    with app.app_context():
        engine = db.engine

    def close(connection: Any) -> None:
        connection.exec_driver_sql("PRAGMA query_only = 1")

    event.listen(engine, "begin", close)
    try:
        page = Page(as_owner.get(address))
    finally:
        event.remove(engine, "begin", close)
        engine.dispose()

    assert (page.status, page.heading) == (503, "The database cannot be used")
    assert "The database is read-only. Nothing was saved." in page.root.text


# ---- what is refused


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


@both_stores
@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_an_export_is_only_read(as_owner: Any, method: str) -> None:
    assert getattr(as_owner, method)(POSTS).status_code in (400, 405)
