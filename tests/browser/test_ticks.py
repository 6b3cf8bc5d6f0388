"""Tick boxes and the bulk bar: with a pointer, with keys alone, on a telephone, and without scripts."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Locator, Page, expect

from admin_app.models.post import Post
from admin_app.models.staff import Staff
from tests.browser.conftest import OpenAs
from tests.browser.steps import BOTH, result_line, search, sideways
from tests.many import many

POSTS = "/admin/post/?sort=id"
PHONE = {"width": 375, "height": 740}


def posts(app: Flask, number: int, words: str = "garden") -> list[int]:
    return many(app, Post, [{"content": f"{words} {one}"} for one in range(number)])


def box(page: Page, number: int) -> Locator:
    return page.get_by_label(f"Select garden {number}", exact=True)


def words(page: Page) -> Locator:
    return page.locator("[data-ticks-words]")


def ticked(page: Page) -> list[bool]:
    """Return from top to bottom which rows are ticked."""
    return [box.is_checked() for box in page.locator("[name=tick]").all()]


def test_boxes_are_ticked_one_by_one_in_a_range_and_all_at_once_and_kept(
    viewer_page: Page, app: Flask, axe: Callable[[Page], list[str]]
) -> None:
    posts(app, 4)
    posts(app, 1, "other")
    page = viewer_page
    page.goto(POSTS)
    every = page.get_by_label("Select all posts on this page")
    export = page.get_by_role("button", name="Export", exact=True)

    expect(export).to_be_hidden()
    box(page, 1).click()
    expect(words(page)).to_have_text("1 selected")
    box(page, 3).click(modifiers=["Shift"])

    expect(words(page)).to_have_text("3 selected")
    assert ticked(page) == [False, True, True, True, False]
    assert every.evaluate("box => [box.checked, box.indeterminate]") == [False, True]
    expect(export).to_be_visible()
    assert axe(page) == []

    every.check()
    expect(words(page)).to_have_text("5 selected")
    page.get_by_role("link", name="garden 2", exact=True).focus()
    page.keyboard.press("x")
    expect(words(page)).to_have_text("4 selected")
    page.reload()
    assert ticked(page) == [True, True, False, True, True]
    expect(words(page)).to_have_text("4 selected")


def test_ticks_last_over_pages_and_searches_and_an_action_has_the_last_of_them(viewer_page: Page, app: Flask) -> None:
    posts(app, 45)
    page = viewer_page
    page.goto(POSTS)

    box(page, 0).check()
    expect(words(page)).to_have_text("1 selected")
    page.get_by_role("link", name="Page 2").click()
    expect(result_line(page)).to_have_text("21 to 40 of 45 posts")
    expect(words(page)).to_have_text("1 selected")
    box(page, 20).check()
    expect(words(page)).to_have_text("2 selected on 2 pages")
    search(page, "garden 1")
    expect(result_line(page)).to_have_text("14 posts")
    expect(words(page)).to_have_text("")
    page.goto(POSTS)
    expect(words(page)).to_have_text("2 selected on 2 pages")
    # At once: the action waits for the tick to be kept.
    box(page, 5).check()
    page.get_by_role("button", name="Export", exact=True).click()

    expect(page.locator(".page-head__result")).to_have_text("3 selected posts, in the list's order")


def test_all_that_match_are_selected_but_those_that_are_unticked(viewer_page: Page, app: Flask) -> None:
    posts(app, 45)
    page = viewer_page
    page.goto(f"{POSTS}&q=garden")

    page.get_by_label("Select all posts on this page").check()
    expect(words(page)).to_have_text("20 selected")
    page.get_by_role("button", name="Select all 45 that match").click()
    expect(words(page)).to_have_text("All 45 selected")
    page.get_by_role("link", name="Page 3").click()
    box(page, 44).uncheck()

    expect(words(page)).to_have_text("All selected but the one you deselected")
    page.reload()
    expect(words(page)).to_have_text("All 45 selected but the one you deselected")
    page.get_by_role("link", name="Show selected posts").click()
    expect(result_line(page)).to_have_text("1 to 20 of 44 selected posts")
    page.get_by_role("button", name="Clear selection").click()
    expect(words(page)).to_have_text("")
    expect(result_line(page)).to_have_text("1 to 20 of 45 posts")


def test_another_tabs_ticks_of_the_same_page_stay(open_as: OpenAs, viewer: Staff, app: Flask) -> None:
    posts(app, 3)
    first = open_as(viewer)
    second = first.context.new_page()
    for page in (first, second):
        page.goto(POSTS)

    box(first, 0).check()
    expect(words(first)).to_have_text("1 selected")
    box(second, 2).check()

    expect(words(second)).to_have_text("2 selected")
    first.reload()
    assert ticked(first) == [True, False, True]


@pytest.mark.parametrize("unreachable", ["/admin/post/ticks/"])
def test_a_tick_that_cannot_be_kept_says_so_and_is_taken_back(viewer_page: Page, app: Flask) -> None:
    posts(app, 2)
    page = viewer_page
    page.route("**/admin/post/ticks/*", lambda route: route.abort())
    page.goto(POSTS)

    box(page, 1).click()

    expect(words(page)).to_have_text("Your selection could not be saved. Reload the page, then try again.")
    assert ticked(page) == [False, False]
    page.unroute("**/admin/post/ticks/*")
    box(page, 1).click()
    expect(words(page)).to_have_text("1 selected")


def test_rows_are_selected_and_exported_by_keys_alone(viewer_page: Page, app: Flask) -> None:
    posts(app, 3)
    page = viewer_page
    page.goto(POSTS)

    page.get_by_label("Select all posts on this page").focus()
    page.keyboard.press("Tab")
    while page.evaluate("document.activeElement.name") != "tick":
        page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(words(page)).to_have_text("1 selected")
    for _ in range(40):
        if page.evaluate("document.activeElement.textContent.trim()") == "Export":
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page.locator(".page-head__result")).to_have_text("1 selected post, in the list's order")


@BOTH
def test_the_bar_stays_in_sight_on_a_telephone_and_leads_to_the_action(
    open_as: OpenAs, viewer: Staff, app: Flask, *, javascript: bool
) -> None:
    posts(app, 21)
    page = open_as(viewer, viewport=PHONE)
    page.goto(POSTS)

    for number in (0, 19):
        box(page, number).check()
    if not javascript:
        page.locator(".bulk-bar summary").click()
        page.get_by_role("button", name="Select the ticked rows").click()
    expect(words(page)).to_have_text("2 selected")
    page.evaluate("scrollTo(0, 0)") if javascript else page.keyboard.press("Home")
    bar = page.locator(".bulk-bar").bounding_box()
    target = page.locator(".tick label").last.bounding_box()

    assert sideways(page) == 0
    assert bar is not None
    assert bar["y"] + bar["height"] == pytest.approx(PHONE["height"], abs=1)
    assert target is not None
    assert min(target["width"], target["height"]) >= 24
    # One row, which what can be done opens above.
    assert bar["height"] < 60
    page.locator(".bulk-bar summary").click()
    page.get_by_role("button", name="Export", exact=True).click()
    expect(page.locator(".page-head__result")).to_have_text("2 selected posts, in the list's order")


@pytest.mark.parametrize("javascript", [False])
def test_without_scripts_plain_buttons_select_the_page_all_that_match_and_nothing(
    viewer_page: Page, app: Flask
) -> None:
    posts(app, 45)
    page = viewer_page
    page.goto(f"{POSTS}&page=2")

    page.get_by_role("button", name="Select all 20 on this page").click()
    expect(words(page)).to_have_text("20 selected")
    expect(result_line(page)).to_have_text("21 to 40 of 45 posts")
    page.get_by_role("button", name="Select all 45", exact=True).click()
    expect(words(page)).to_have_text("All 45 selected")
    box(page, 25).uncheck()
    page.get_by_role("button", name="Export", exact=True).click()
    expect(page.locator(".page-head__result")).to_have_text("44 selected posts, in the list's order")
    page.get_by_role("link", name="Back to posts").click()
    expect(result_line(page)).to_have_text("1 to 20 of 44 selected posts")
    page.get_by_role("button", name="Clear selection").click()
    expect(words(page)).to_have_text("")
    assert "ticks" not in parse_qs(urlsplit(page.url).query)
