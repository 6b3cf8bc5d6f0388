"""Ticked rows among the children on a record's page: those of the list of all, narrowed to the record."""

from __future__ import annotations

from typing import Any

from flask import Flask

from admin_app.models.post import Post
from tests.many import many
from tests.page import Page
from tests.panel.list.bulk import buttons, press, select, ticked, words
from tests.panel.plan.plans import agreed, given, owners
from tests.stores import both_stores


def posts(app: Flask, user_id: int, number: int, text: str = "garden") -> list[int]:
    """Store posts of a user; return their ids, from the last one on, as the user's page has them."""
    return many(app, Post, [{"content": f"{text} {one}", "user_id": user_id} for one in range(number)])[::-1]


@both_stores
def test_ticked_children_stay_ticked_on_their_page_and_in_the_list_of_all(
    app: Flask, as_viewer: Any, make_user: Any
) -> None:
    ann, bea = make_user(name="Ann"), make_user(name="Bea")
    ids = posts(app, ann.id, 12)
    posts(app, bea.id, 1)
    here, others = (f"/admin/user/details/?id={one.id}" for one in (ann, bea))

    led = press(as_viewer, Page(as_viewer.get(here)), "Select the ticked rows", ids[:2])
    page = Page(as_viewer.get(led.location))
    later = select(as_viewer, f"{here}&posts.page=2", ids[11:])
    found = Page(as_viewer.get(f"{here}&posts.q=garden+1"))
    whole = Page(as_viewer.get(page.link("Open in list")))

    assert (led.status_code, led.location) == (303, f"{here}#posts")
    assert (ticked(page), words(page)) == (ids[:2], "2 selected")
    assert (ticked(later), words(later)) == (ids[11:], "3 selected on 2 pages")
    assert (found.ids("posts"), ticked(found), words(found)) == ([*ids[:2], ids[10]], ids[:2], "3 selected on 2 pages")
    assert (ticked(whole), words(whole)) == ([*ids[:2], ids[11]], "3 selected on 2 pages")
    assert words(Page(as_viewer.get(others))) == ""


def test_all_children_are_selected_but_not_all_that_a_search_among_them_finds(
    app: Flask, as_viewer: Any, make_user: Any
) -> None:
    ann = make_user(name="Ann")
    ids = posts(app, ann.id, 23)
    here = f"/admin/user/details/?id={ann.id}"

    first, searched = Page(as_viewer.get(here)), Page(as_viewer.get(f"{here}&posts.q=garden"))
    every = select(as_viewer, here, [], "Select all 23")
    but = select(as_viewer, here, ids[1:10])

    assert buttons(first) == ["Select the ticked rows", "Select all 10 on this page", "Select all 23", "Export"]
    assert buttons(searched) == ["Select the ticked rows", "Select all 10 on this page", "Export"]
    assert (ticked(every), words(every)) == (ids[:10], "All 23 selected")
    assert words(but) == "All 23 selected but the one you deselected"


@both_stores
def test_ticked_children_are_given_away_and_no_others(app: Flask, as_editor: Any, make_user: Any) -> None:
    ann, bea = make_user(name="Ann"), make_user(name="Bea")
    ids = posts(app, ann.id, 4)
    here = f"/admin/user/edit/?id={ann.id}"

    asked = press(as_editor, Page(as_editor.get(here)), "Give to…", ids[1:3]).location
    plan = given(as_editor, bea, asked)
    done = agreed(as_editor, plan)

    assert done.heading == "2 posts changed"
    assert owners(as_editor) == {ids[0]: ann.id, ids[1]: bea.id, ids[2]: bea.id, ids[3]: ann.id}
    assert words(Page(as_editor.get(here))) == "2 selected, 2 are no longer in this list"


def test_an_act_on_no_children_leads_back_to_their_page_and_says_so(app: Flask, as_editor: Any, make_user: Any) -> None:
    ann = make_user(name="Ann")
    posts(app, ann.id, 1)
    here = f"/admin/user/edit/?id={ann.id}"

    led = press(as_editor, Page(as_editor.get(here)), "Give to…", [])

    assert led.location == f"{here}#posts"
    notice = "There is a problem No post is selected. Select posts, then press the button again."
    assert Page(as_editor.get(here)).notice == notice
