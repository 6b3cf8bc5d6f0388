"""Run in a copy of the project that has one page and one action more."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.client import Client
from tests.page import Page


def test_the_page_answers_who_may_see_it_and_nobody_else(
    as_viewer: Client, as_nobody: Client, client_with: Callable[..., Client]
) -> None:
    answers = [client.get("/admin/census/") for client in (as_viewer, as_nobody, client_with("user:list"))]

    assert [one.status_code for one in answers] == [200, 302, 403]
    assert "There are posts." in answers[0].text


def test_the_action_stands_in_the_list_and_acts_on_the_selected_rows(
    as_viewer: Client, make_post: Callable[..., Any]
) -> None:
    first, _, third = make_post(), make_post(), make_post()
    page = Page(as_viewer.get("/admin/post/"))
    sent = {"shown": [first.id, third.id], "tick": [first.id, third.id], "act": "measure_page"}

    led = as_viewer.post_form("/admin/post/ticks/", sent, page="/admin/post/")

    assert "Measure" in [button.text for button in page.all("button")]
    assert (led.status_code, as_viewer.get(led.location).text) == (303, "Measured 2.")


def test_the_action_is_for_who_has_its_right(
    as_nobody: Client, client_with: Callable[..., Client], make_post: Callable[..., Any]
) -> None:
    make_post()
    lister = client_with("post:list", "post:view")

    answers = [client.get("/admin/post/measure/") for client in (as_nobody, lister)]

    assert [one.status_code for one in answers] == [302, 403]
    assert "Measure" not in Page(lister.get("/admin/post/")).root.text


def test_a_row_action_is_offered_everywhere_and_changes_one_record_or_many(
    as_editor: Client, make_post: Callable[..., Any]
) -> None:
    first, _ = make_post(content="Winter"), make_post(content="Summer")
    list_ = Page(as_editor.get("/admin/post/"))
    page = Page(as_editor.get(f"/admin/post/edit/?id={first.id}"))

    one = as_editor.post_form(page.link("Shorten"))
    as_editor.get(one.location)
    plan = as_editor.post_form("/admin/post/act/shorten/").location
    as_editor.post_form(plan)

    assert ["Shorten Winter" in list_.texts("a"), "Shorten" in list_.texts("button")] == [True, True]
    assert one.status_code == 303
    assert Page(as_editor.get("/admin/post/?sort=id")).column("Content") == ["Win", "Sum"]
    assert Page(as_editor.get(plan)).heading == "1 post shortened"
