"""Ticked rows of a list: they last, on every page and in every tab, and an action is done with exactly these rows."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from sqlalchemy import func, update
from sqlalchemy import select as choose

from admin_app.domain.work.ticks import MOST_TICKS
from admin_app.extensions import db
from admin_app.jobs import store as job_store
from admin_app.models.job import Job
from admin_app.models.post import Post
from admin_app.models.ticks import Tick, TickSet
from tests.many import many
from tests.page import Page
from tests.panel.list.bulk import buttons, press, select, ticked, words
from tests.stores import both_stores

POSTS, TICKS, EXPORT = "/admin/post/?sort=id", "/admin/post/ticks/", "/admin/post/export/"
CSV = {"format": "csv", "column": ["id"]}


def posts(app: Flask, number: int, text: str = "garden") -> list[int]:
    return many(app, Post, [{"content": f"{text} {one}"} for one in range(number)])


def change(app: Flask, statement: Any) -> None:
    with app.app_context():
        db.session.execute(statement)
        db.session.commit()


def ids_in(response: Any) -> list[int]:
    rows = list(csv.reader(io.StringIO(response.get_data(as_text=True))))
    assert rows[0] == ["ID"]
    return [int(row[0]) for row in rows[1:]]


def send(client: Any, address: str, **data: Any) -> Any:
    """Send a tick as the script does."""
    token = client.token_of("/admin/account/")
    return client.post(address, data={"csrf_token": token, **data}, headers={"Accept": "application/json"})


# ---- they last


@both_stores
def test_ticked_rows_come_back_ticked_after_paging_and_in_another_tab(as_viewer: Any, app: Flask) -> None:
    ids = posts(app, 45)

    first = select(as_viewer, POSTS, ids[:2])
    second = select(as_viewer, f"{POSTS}&page=2", [ids[20]])
    again = Page(as_viewer.get(f"{POSTS}&per_page=50"))

    assert (ticked(first), words(first)) == (ids[:2], "2 selected")
    assert (ticked(second), words(second)) == ([ids[20]], "3 selected on 2 pages")
    assert (ticked(again), words(again)) == ([*ids[:2], ids[20]], "3 selected on 2 pages")


def test_a_button_leads_back_to_the_same_page_of_the_same_list(as_viewer: Any, app: Flask) -> None:
    ids = posts(app, 45)
    address = "/admin/post/?q=garden&sort=id&page=2&columns=id"

    led = press(as_viewer, Page(as_viewer.get(address)), "Select the ticked rows", [ids[20]])

    assert led.location == address


def test_rows_are_unticked_by_sending_the_page_without_them(as_viewer: Any, app: Flask) -> None:
    ids = posts(app, 22)
    select(as_viewer, POSTS, ids[:3])
    select(as_viewer, f"{POSTS}&page=2", [ids[20]])

    page = select(as_viewer, POSTS, ids[1:2])

    assert (ticked(page), words(page)) == (ids[1:2], "2 selected on 2 pages")


def test_another_list_and_another_person_have_other_ticks(as_viewer: Any, as_editor: Any, app: Flask) -> None:
    ids = posts(app, 3)
    select(as_viewer, POSTS, ids[:1])

    pages = [Page(client.get(url)) for client, url in ((as_viewer, f"{POSTS}&q=garden"), (as_editor, POSTS))]

    assert [(ticked(page), words(page)) for page in pages] == [([], ""), ([], "")]


@both_stores
def test_the_whole_page_and_all_that_match_are_selected_and_cleared(as_viewer: Any, app: Flask) -> None:
    ids = posts(app, 1204)
    posts(app, 3, "other")
    address = "/admin/post/?q=garden&sort=id"

    page = select(as_viewer, address, [], "Select all 20 on this page")
    every = select(as_viewer, address, [], "Select all 1,204 that match")
    but = select(as_viewer, address, [*ids[:3], *ids[5:20]])
    cleared = select(as_viewer, address, ticked(but), "Clear selection")

    assert (ticked(page), words(page)) == (ids[:20], "20 selected")
    assert (ticked(every), words(every)) == (ids[:20], "All 1,204 selected")
    assert (ticked(but), words(but)) == ([*ids[:3], *ids[5:20]], "All 1,204 selected but the 2 you deselected")
    assert (ticked(cleared), words(cleared)) == ([], "")


def test_the_bar_offers_what_there_is_to_select(as_viewer: Any, app: Flask) -> None:
    ids = posts(app, 21)

    none, short = Page(as_viewer.get(POSTS)), Page(as_viewer.get("/admin/post/?q=garden+1"))
    some = select(as_viewer, POSTS, ids[:1])

    ways = ["Select the ticked rows", "Select all 20 on this page", "Select all 21"]
    assert buttons(none) == [*ways, "Export"]
    assert buttons(short) == ["Select the ticked rows", "Select all 11 on this page", "Export"]
    assert buttons(some) == ["Show selected posts", "Clear selection", *ways, "Export"]


def test_the_selected_rows_are_shown_alone_and_the_whole_list_again(as_viewer: Any, app: Flask) -> None:
    ids = posts(app, 45)
    select(as_viewer, POSTS, ids[:2])
    page = select(as_viewer, f"{POSTS}&page=2", [ids[20]])

    shown = Page(as_viewer.get(page.link("Show selected posts")))
    fewer = select(as_viewer, page.link("Show selected posts"), ids[1:2])
    back = Page(as_viewer.get(shown.link("Show all posts")))

    assert (shown.ids(), ticked(shown), words(shown)) == ([*ids[:2], ids[20]],) * 2 + ("3 selected on 2 pages",)
    assert (fewer.ids(), words(fewer)) == (ids[1:2], "1 selected")
    assert (back.ids(), ticked(back)) == (ids[:20], ids[1:2])
    assert buttons(shown) == [
        "Show all posts",
        "Clear selection",
        "Select the ticked rows",
        "Select all 3 on this page",
        "Export",
    ]
    assert shown.result_line() == "3 selected posts"


def test_ways_to_another_search_or_filter_leave_the_selected_rows(as_viewer: Any, app: Flask) -> None:
    ids = posts(app, 3)
    page = select(as_viewer, f"{POSTS}&q=garden&user__empty=yes", ids[:2])
    shown = Page(as_viewer.get(page.link("Show selected posts")))
    hidden = [one.attributes for name in ("search", "filters__panel") for one in shown.form(name).all("input")]

    assert shown.ids() == ids[:2]
    assert [one for one in hidden if one.get("name") == "ticks"] == []
    assert Page(as_viewer.get(shown.link("Clear search"))).ids() == ids
    assert "ticks" not in parse_qs(urlsplit(shown.link("Save as view")).query)


def test_clearing_among_the_selected_rows_leads_to_the_whole_list(as_viewer: Any, app: Flask) -> None:
    ids = posts(app, 3)
    shown = select(as_viewer, POSTS, ids[:2]).link("Show selected posts")

    page = select(as_viewer, shown, ids[:2], "Clear selection")

    assert (page.ids(), ticked(page)) == (ids, [])


# ---- rows that are gone


def test_selected_rows_that_match_no_more_or_are_deleted_are_said(as_viewer: Any, app: Flask) -> None:
    ids = posts(app, 4)
    address = "/admin/post/?q=garden&sort=id"
    select(as_viewer, address, ids)

    change(app, update(Post).where(Post.id == ids[0]).values(content="other"))
    one = words(Page(as_viewer.get(address)))
    with app.app_context():
        db.session.delete(db.session.get_one(Post, ids[1]))
        db.session.commit()
    page = Page(as_viewer.get(address))
    export = press(as_viewer, page, "Export")

    assert one == "4 selected, 1 is no longer in this list"
    assert words(page) == "4 selected, 2 are no longer in this list"
    assert Page(as_viewer.get(export.location)).texts("p", class_="page-head__result") == [
        "2 of the 4 selected posts, in the list's order"
    ]
    assert ids_in(as_viewer.post_form(export.location, CSV)) == ids[2:]


def test_a_selection_of_which_nothing_is_left_can_be_cleared(as_viewer: Any, app: Flask) -> None:
    ids = posts(app, 2)
    address = "/admin/post/?q=garden&sort=id"
    select(as_viewer, address, ids)
    change(app, update(Post).values(content="other"))

    page = Page(as_viewer.get(address))
    cleared = Page(as_viewer.get(press(as_viewer, page, "Clear selection").location))

    assert (page.rows(), words(page)) == ([], "2 selected, 2 are no longer in this list")
    assert cleared.all("form", class_="bulk-bar") == []


# ---- an action on them


@both_stores
def test_selected_rows_are_exported_and_no_others_in_the_order_of_the_list(as_viewer: Any, app: Flask) -> None:
    ids = posts(app, 25)
    address = "/admin/post/?q=garden&sort=-id"
    select(as_viewer, address, [ids[24], ids[20]])

    led = press(as_viewer, Page(as_viewer.get(f"{address}&page=2")), "Export", [ids[0], ids[3]])
    query = parse_qs(urlsplit(led.location).query)
    export = Page(as_viewer.get(led.location))

    assert (led.status_code, urlsplit(led.location).path) == (303, EXPORT)
    assert {name: values for name, values in query.items() if name != "ticks"} == {"q": ["garden"], "sort": ["-id"]}
    assert export.texts("p", class_="page-head__result") == ["4 selected posts, in the list's order"]
    assert ids_in(as_viewer.post_form(led.location, CSV)) == [ids[24], ids[20], ids[3], ids[0]]
    assert Page(as_viewer.get(export.link("Back to posts"))).ids() == [ids[24], ids[20], ids[3], ids[0]]


@both_stores
def test_all_but_the_unticked_are_exported(as_viewer: Any, app: Flask) -> None:
    ids = posts(app, 25)
    posts(app, 1, "other")
    address = "/admin/post/?q=garden&sort=id"
    select(as_viewer, address, [], "Select all 25 that match")

    led = press(as_viewer, Page(as_viewer.get(address)), "Export", ids[1:20])

    assert Page(as_viewer.get(led.location)).texts("p", class_="page-head__result") == [
        "24 selected posts, in the list's order"
    ]
    assert ids_in(as_viewer.post_form(led.location, CSV)) == ids[1:]


def test_nothing_selected_leads_back_and_says_so(as_viewer: Any, app: Flask) -> None:
    posts(app, 2)
    address = "/admin/post/?q=garden&per_page=50"

    led = press(as_viewer, Page(as_viewer.get(address)), "Export", [])

    assert led.location == address
    assert Page(as_viewer.get(led.location)).notice == (
        "There is a problem No post is selected. Select posts, then press the button again."
    )


@pytest.mark.usefixtures("by_jobs")
def test_a_job_has_the_rows_that_were_selected_when_it_was_asked_for(as_viewer: Any, viewer: Any, app: Flask) -> None:
    ids = posts(app, 3)
    led = press(as_viewer, Page(as_viewer.get(POSTS)), "Export", ids[:2])

    as_viewer.post_form(led.location, {**CSV, "format": "xlsx"})
    select(as_viewer, POSTS, [], "Clear selection")

    with app.app_context():
        (job,) = job_store.jobs_of(db.session, staff_id=None, limit=2)
        (number,) = [value for key, value in db.session.get_one(Job, job.id).arguments["selection"] if key == "ticks"]
        kept = db.session.execute(choose(TickSet.id, TickSet.staff_id)).all()
        rows = db.session.scalars(choose(Tick.record_id).order_by(Tick.record_id)).all()
    assert job.title == "Posts: selected · Excel"
    assert (kept, rows) == ([(int(number), viewer.id)], ids[:2])


def test_a_view_keeps_the_list_and_not_what_was_selected(as_viewer: Any, app: Flask) -> None:
    ids = posts(app, 3)
    shown = select(as_viewer, POSTS, ids[:1]).link("Show selected posts")

    saved = as_viewer.post_form(f"/admin/post/views/new/?{urlsplit(shown).query}", {"name": "Some"})
    opened = Page(as_viewer.get(as_viewer.get(saved.location).location))

    assert opened.ids() == ids


# ---- by a script


def test_a_script_sends_what_changed_and_hears_what_the_bar_says(as_viewer: Any, app: Flask) -> None:
    ids = posts(app, 3)
    select(as_viewer, POSTS, ids[:1])

    answer = send(as_viewer, f"{TICKS}?sort=id", shown=ids[1:], tick=ids[1:2])
    page = Page(as_viewer.get(answer.json["show_url"]))

    assert (answer.status_code, answer.json["words"]) == (200, "2 selected")
    assert (answer.json["ticked"], page.ids()) == ([str(ids[1])], ids[:2])


def test_a_script_is_told_of_rows_that_cannot_be_selected(as_viewer: Any, app: Flask) -> None:
    (garden,), (other,) = posts(app, 1), posts(app, 1, "other")

    answer = send(as_viewer, f"{TICKS}?q=garden", shown=[garden, other], tick=[other])

    assert answer.json == {"words": "", "ticked": [], "show_url": ""}


def test_all_but_what_is_unticked_is_said_without_counting_anew(as_viewer: Any, app: Flask) -> None:
    ids = posts(app, 25)
    select(as_viewer, POSTS, [], "Select all 25")

    less = send(as_viewer, f"{TICKS}?sort=id", shown=ids[:2], tick=[])
    every = send(as_viewer, f"{TICKS}?sort=id", shown=ids[:2], tick=ids[:2])

    assert (less.json["words"], less.json["ticked"]) == ("All selected but the 2 you deselected", [])
    assert (every.json["words"], every.json["ticked"]) == ("All selected", [str(key) for key in ids[:2]])


def test_more_than_can_be_selected_row_by_row_is_refused_in_words(as_viewer: Any, app: Flask) -> None:
    ids = posts(app, 2)
    select(as_viewer, POSTS, ids[:1])
    with app.app_context():
        (number,) = db.session.scalars(choose(TickSet.id))
        rows = [{"set_id": number, "record_id": 10**6 + one, "page": 1} for one in range(MOST_TICKS - 1)]
        db.session.execute(Tick.__table__.insert(), rows)
        db.session.commit()

    said = send(as_viewer, f"{TICKS}?sort=id", shown=ids[1:], tick=ids[1:])
    led = press(as_viewer, Page(as_viewer.get(POSTS)), "Select the ticked rows", ids)
    page = Page(as_viewer.get(led.location))

    told = (
        "You can select 10,000 rows one by one or by page. To select more, narrow the list and select all that match."
    )
    assert (said.status_code, said.json) == (422, {"problem": told})
    assert (page.notice, ticked(page)) == (f"There is a problem {told}", ids[:1])


# ---- rights, and what is forged


def test_somebody_elses_selection_or_another_lists_is_not_there(as_viewer: Any, as_editor: Any, app: Flask) -> None:
    select(as_viewer, POSTS, posts(app, 2)[:1])
    with app.app_context():
        (number,) = db.session.scalars(choose(TickSet.id))
    asked = ["?ticks={}&q=garden", "?ticks={}0", "?ticks=0", "?ticks=", "?ticks=x", "?ticks=-1", "?ticks=" + "9" * 30]

    theirs = [as_editor.get(f"{root}?ticks={number}") for root in ("/admin/post/", EXPORT, "/admin/user/")]
    wrong = [as_viewer.get(f"{EXPORT}{one.format(number)}") for one in asked]

    assert [one.status_code for one in (*theirs, *wrong)] == [400] * (len(theirs) + len(wrong))
    assert "These rows are no longer selected" in theirs[0].text
    assert as_viewer.get(f"{EXPORT}?ticks={number}").status_code == 200


def test_the_children_on_a_records_page_are_not_narrowed_to_ticks(
    as_editor: Any, make_user: Any, make_post: Any
) -> None:
    user = make_user()
    make_post(user=user)

    forged = Page(as_editor.get(f"/admin/user/edit/?id={user.id}&posts.ticks=1"))

    assert forged.rows("posts") == []


@pytest.mark.parametrize("forged", ["x", "-1", "0", "1,2", "9" * 30, "1; DROP", "\0"])
def test_what_is_no_id_ticks_nothing(as_viewer: Any, make_post: Any, forged: str) -> None:
    make_post()

    answer = send(as_viewer, TICKS, shown=[forged], tick=[forged])

    assert (answer.status_code, answer.json["words"]) == (200, "")


@pytest.mark.parametrize("data", [{"act": "delete_view"}, {"act": "__init__"}, {"select": "every"}, {"select": ""}])
def test_only_a_declared_action_takes_selected_rows(as_editor: Any, make_post: Any, data: dict[str, str]) -> None:
    key = make_post().id

    response = as_editor.post_form(TICKS, {**data, "shown": key, "tick": key}, page="/admin/post/")

    assert response.status_code == 404


def test_a_tick_on_a_row_that_one_is_kept_from_takes_nothing(
    client_with: Callable[..., Any], make_user: Any, make_post: Any
) -> None:
    as_liam = client_with("post:list", "post:view", "post:export", rows=["post:own"])
    mine, theirs = make_post(user=make_user(email="liam@example.com")), make_post(user=make_user())

    answer = send(as_liam, TICKS, shown=[mine.id, theirs.id], tick=[mine.id, theirs.id])

    assert (answer.json["words"], answer.json["ticked"]) == ("1 selected", [str(mine.id)])


def test_all_that_match_are_those_that_one_sees(
    client_with: Callable[..., Any], make_user: Any, make_post: Any
) -> None:
    as_liam = client_with("post:list", "post:view", "post:export", rows=["post:own"])
    mine = make_post(user=make_user(email="liam@example.com"))
    make_post(user=make_user())
    page = Page(as_liam.get("/admin/post/"))
    as_liam.post(TICKS, data={"csrf_token": page.values("bulk-bar")["csrf_token"], "select": "all"})

    led = press(as_liam, Page(as_liam.get("/admin/post/")), "Export")

    assert ids_in(as_liam.post_form(led.location, CSV)) == [mine.id]


def test_whoever_may_do_nothing_with_rows_has_nothing_to_tick_for(
    client_with: Callable[..., Any], make_post: Any, statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    key = make_post().id
    as_liam = client_with("post:list", "post:view")

    with statements() as sent:
        page = Page(as_liam.get("/admin/post/"))
    answer = send(as_liam, TICKS, shown=[key], tick=[key])

    assert (len(page.rows()), page.all("input", name="tick"), answer.status_code) == (1, [], 404)
    assert [one for one in sent if "tick" in one] == []


def test_an_empty_list_has_no_bar(as_editor: Any) -> None:
    assert Page(as_editor.get("/admin/post/")).all("form", class_="bulk-bar") == []


def test_reading_a_list_or_nothing_ticked_keeps_nothing(as_viewer: Any, app: Flask) -> None:
    posts(app, 1)

    select(as_viewer, POSTS, [])

    with app.app_context():
        assert db.session.scalar(choose(func.count()).select_from(TickSet)) == 0


# ---- what it costs


@both_stores
def test_a_list_with_ticks_costs_one_statement_more_whatever_is_ticked_on_it(
    as_viewer: Any, app: Flask, statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    ids = posts(app, 3)
    as_viewer.get(POSTS)

    with statements() as without:
        as_viewer.get(POSTS)
    select(as_viewer, POSTS, ids)
    with statements() as with_three:
        page = Page(as_viewer.get(POSTS))

    assert ticked(page) == ids
    assert len(with_three) == len(without)
    assert len([one for one in without if "tick_set" in one]) == 1


@both_stores
def test_a_word_among_selected_rows_is_looked_for_in_these_alone(
    as_viewer: Any, app: Flask, statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    ids = posts(app, 3)
    address = select(as_viewer, f"{POSTS}&q=garden", ids[:2]).link("Show selected posts")
    as_viewer.get(address)

    with statements() as sent:
        page = Page(as_viewer.get(address))

    # No statement asks how common the word is.
    assert (page.ids(), [one for one in sent if "sample" in one or "sizes" in one]) == (ids[:2], [])
