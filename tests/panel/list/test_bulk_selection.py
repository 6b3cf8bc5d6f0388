"""Ticked rows: boxes in a list, and the way from there to an act on exactly these rows."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask

from admin_app.extensions import db
from admin_app.jobs import store as job_store
from admin_app.models.job import Job
from admin_app.models.post import Post
from tests.many import many
from tests.page import Page
from tests.stores import both_stores

TICKED, EXPORT = "/admin/post/ticked/", "/admin/post/export/"
CSV = {"format": "csv", "column": ["id"]}


def send_ticks(client: Any, page: Page, keys: list[int]) -> Any:
    """Tick these rows of a list and press its first button, as a browser without JavaScript does."""
    form = page.form("ticks")
    button = form.all("button")[0].attributes
    hidden = [(one.attributes["name"], one.attributes["value"]) for one in form.all("input")]
    ticks = [("tick", str(key)) for key in keys]
    assert {str(key) for key in keys} <= {box.attributes["value"] for box in page.all("input", name="tick")}
    return client.get(form.attributes["action"], query_string=[*hidden, *ticks, (button["name"], button["value"])])


def ids_in(response: Any) -> list[int]:
    rows = list(csv.reader(io.StringIO(response.get_data(as_text=True))))
    assert rows[0] == ["ID"]
    return [int(row[0]) for row in rows[1:]]


@both_stores
def test_ticked_rows_are_exported_and_no_others_in_the_order_of_the_list(as_viewer: Any, make_post: Any) -> None:
    ids = [make_post(content=f"garden {number}").id for number in range(5)]
    page = Page(as_viewer.get("/admin/post/?q=garden&sort=-id"))

    led = send_ticks(as_viewer, page, [ids[0], ids[3], ids[1]])
    export = Page(as_viewer.get(led.location))
    file = as_viewer.post_form(led.location, CSV)

    assert (led.status_code, led.location) == (
        303, f"{EXPORT}?q=garden&id__in={quote(f'{ids[0]},{ids[3]},{ids[1]}')}&sort=-id")  # fmt: skip
    assert export.texts("p", class_="page-head__result") == ["3 selected posts, in the list's order"]
    assert ids_in(file) == [ids[3], ids[1], ids[0]]
    assert Page(as_viewer.get(export.link("Back to posts"))).ids() == [ids[3], ids[1], ids[0]]


@both_stores
def test_ticked_rows_that_are_gone_are_counted_and_said(as_viewer: Any, app: Flask) -> None:
    ids = many(app, Post, [{"content": f"garden {number}"} for number in range(3)])
    with app.app_context():
        db.session.delete(db.session.get_one(Post, ids[1]))
        db.session.commit()
    address = f"{EXPORT}?id__in={ids[0]},{ids[1]},{ids[2]},{ids[2]}"

    page = Page(as_viewer.get(address))

    assert page.texts("p", class_="page-head__result") == ["2 of the 3 selected posts, in the list's order"]
    assert page.texts("p", class_="note") == ["1 selected post is no longer in this list: deleted or changed."]
    assert sorted(ids_in(as_viewer.post_form(address, CSV))) == [ids[0], ids[2]]


@both_stores
def test_rows_that_the_list_does_not_have_are_not_taken_though_ticked(as_viewer: Any, make_post: Any) -> None:
    inside, outside = make_post(content="garden"), make_post(content="other")

    led = as_viewer.get(f"{TICKED}?q=garden&act=export_page&tick={inside.id}&tick={outside.id}")

    assert ids_in(as_viewer.post_form(led.location, CSV)) == [inside.id]


def test_ticks_take_the_place_of_the_ids_that_the_list_was_narrowed_to(as_viewer: Any, make_post: Any) -> None:
    ids = [make_post().id for _ in range(3)]
    page = Page(as_viewer.get(f"/admin/post/?id__in={ids[0]},{ids[1]}&sort=id"))

    led = send_ticks(as_viewer, page, [ids[1]])

    assert (page.chips, page.ids()) == ([f"ID is one of {ids[0]}, {ids[1]}"], ids[:2])
    assert led.location == f"{EXPORT}?id__in={ids[1]}&sort=id"


def test_many_ids_are_counted_on_their_chip(as_viewer: Any, app: Flask) -> None:
    ids = many(app, Post, [{"content": str(number)} for number in range(100)])

    page = Page(as_viewer.get(f"/admin/post/?id__in={','.join(map(str, ids))}&per_page=100"))

    assert (page.chips, page.result_line()) == (["ID is one of 100 IDs"], "100 posts")


def test_a_page_of_the_longest_ids_can_be_ticked_and_no_more(as_viewer: Any) -> None:
    longest = [str(2**31 - 1 - number).zfill(19) for number in range(101)]

    fits = as_viewer.get(EXPORT, query_string=[("id__in", ",".join(longest[:100]))])
    more = as_viewer.get(EXPORT, query_string=[("id__in", ",".join(longest))])

    assert Page(fits).texts("p", class_="page-head__result") == ["0 of the 100 selected posts, in the list's order"]
    assert (more.status_code, "Use 2,000 characters or fewer." in more.text) == (400, True)


@both_stores
def test_a_word_among_ticked_rows_is_looked_for_in_these_alone(
    as_viewer: Any, make_post: Any, statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    ids = [make_post(content=f"garden {number}").id for number in range(3)]
    address = f"/admin/post/?id__in={ids[0]},{ids[2]}"
    as_viewer.get(address)

    with statements() as plain:
        as_viewer.get(address)
    with statements() as searched:
        page = Page(as_viewer.get(f"{address}&q=garden+2"))

    # No statement more asks how common the word is.
    assert (page.ids(), len(searched)) == ([ids[2]], len(plain))


def test_nothing_ticked_leads_back_and_says_so(as_viewer: Any, make_post: Any) -> None:
    make_post(content="garden")
    page = Page(as_viewer.get("/admin/post/?q=garden&per_page=50"))

    led = send_ticks(as_viewer, page, [])

    assert led.location == "/admin/post/?q=garden&per_page=50"
    assert Page(as_viewer.get(led.location)).notice == (
        "There is a problem No post is selected. Select posts, then press the button again."
    )


@pytest.mark.parametrize("tick", ["x", "1,x", "-1", "9" * 30, "1; DROP"])
def test_what_is_no_id_is_refused(as_viewer: Any, make_post: Any, tick: str) -> None:
    make_post()
    led = as_viewer.get(TICKED, query_string=[("act", "export_page"), ("tick", tick)])

    response = as_viewer.post_form(led.location, CSV)

    if tick == "-1":
        assert ids_in(response) == []
    else:
        assert (response.status_code, response.mimetype) == (400, "text/html")


@pytest.mark.parametrize("act", ["", "delete_view", "edit_view", "index_view", "__init__"])
def test_only_a_declared_act_takes_ticked_rows(as_editor: Any, make_post: Any, act: str) -> None:
    assert as_editor.get(f"{TICKED}?act={act}&tick={make_post().id}").status_code == 404


def test_whoever_may_not_see_a_list_finds_no_rows_by_their_ids(as_editor: Any) -> None:
    addresses = [
        "/admin/staff/ticked/?act=export_page&tick=1",
        "/admin/staff/export/?id__in=1",
        "/admin/staff/?id__in=1",
    ]

    assert [as_editor.get(address).status_code for address in addresses] == [403] * 3


def test_a_tick_on_a_row_that_one_is_kept_from_takes_nothing(
    client_with: Callable[..., Any], make_user: Any, make_post: Any
) -> None:
    as_liam = client_with("post:list", "post:view", "post:export", rows=["post:own"])
    mine, theirs = make_post(user=make_user(email="liam@example.com")), make_post(user=make_user())

    led = as_liam.get(f"{TICKED}?act=export_page&tick={mine.id}&tick={theirs.id}")

    assert (
        Page(as_liam.get(led.location))
        .texts("p", class_="page-head__result")[0]
        .startswith("1 of the 2 selected posts")
    )
    assert ids_in(as_liam.post_form(led.location, CSV)) == [mine.id]


def test_whoever_may_not_export_has_nothing_to_tick_for(client_with: Callable[..., Any], make_post: Any) -> None:
    make_post()

    page = Page(client_with("post:list", "post:view").get("/admin/post/"))

    assert (len(page.rows()), page.all("input", name="tick")) == (1, [])


def test_a_longer_list_offers_the_act_for_all_its_rows(as_viewer: Any, app: Flask) -> None:
    many(app, Post, [{"content": f"garden {number}"} for number in range(21)])

    whole, narrowed = (Page(as_viewer.get(f"/admin/post/?{query}")) for query in ("page=2", "q=garden+1"))

    assert whole.link("Export all 21 posts") == EXPORT
    assert [one.text for one in narrowed.form("ticks").all("a")] == []


def test_children_on_a_records_page_and_an_empty_list_are_not_ticked(
    as_editor: Any, make_user: Any, make_post: Any
) -> None:
    user = make_user()
    empty = Page(as_editor.get("/admin/post/"))
    make_post(user=user)

    children = Page(as_editor.get(f"/admin/user/edit/?id={user.id}"))

    assert [page.all("input", name="tick") for page in (empty, children)] == [[], []]


def test_ticked_rows_are_kept_in_a_view_and_in_a_job(as_viewer: Any, make_post: Any, app: Flask) -> None:
    ids = [make_post().id for _ in range(3)]
    address = f"id__in={ids[0]}%2C{ids[2]}"

    saved = as_viewer.post_form(f"/admin/post/views/new/?{address}", {"name": "Two of them"})
    opened = Page(as_viewer.get(as_viewer.get(saved.location).location))
    as_viewer.post_form(f"{EXPORT}?{address}", {**CSV, "format": "xlsx"})

    with app.app_context():
        (job,) = job_store.jobs_of(db.session, staff_id=None, limit=2)
        assert ["id__in", f"{ids[0]},{ids[2]}"] in db.session.get_one(Job, job.id).arguments["selection"]
    assert sorted(opened.ids()) == [ids[0], ids[2]]
