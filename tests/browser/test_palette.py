"""Search everything: a palette over the page with JavaScript, a page of its own without."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from admin_app.models.user import User
from tests.browser.steps import sideways

pytestmark = pytest.mark.usefixtures("posts")


def found(page: Page) -> list[str]:
    """Return the names of what the palette shows."""
    return page.locator("#palette .found__title").all_inner_texts()


def open_palette(page: Page, words: str, results: str) -> None:
    """Open the palette, type, and wait for so many results."""
    page.keyboard.press("Control+k")
    expect(page.locator("#palette-search")).to_be_focused()
    page.keyboard.type(words)
    expect(page.locator("[data-palette-words]")).to_have_text(results)


def test_the_third_hit_is_opened_by_the_keyboard(editor_page: Page) -> None:
    page = editor_page
    page.goto("/admin/user/")
    open_palette(page, "lens", "3 results.")
    assert found(page) == ["Lens 2", "Lens 1", "Lens 0"]

    for _ in range(3):
        page.keyboard.press("ArrowDown")
    expect(page.locator("#palette li a").nth(2)).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Lens 0")


def test_the_arrows_go_around_and_typing_goes_on_with_the_search(editor_page: Page) -> None:
    page = editor_page
    page.goto("/admin/user/")
    open_palette(page, "lens", "3 results.")

    page.keyboard.press("ArrowUp")
    expect(page.locator("#palette li a").nth(2)).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#palette-search")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.type(" 1")
    page.keyboard.type("1")

    expect(page.locator("#palette-search")).to_have_value("lens 11")
    expect(page.locator(".found__none")).to_have_text("Nothing matches “lens 11” in users and posts.")


def test_escape_closes_the_palette_and_gives_the_focus_back(editor_page: Page) -> None:
    page = editor_page
    page.goto("/admin/user/")
    page.locator("#listing-search").focus()
    open_palette(page, "lens", "3 results.")

    page.keyboard.press("Escape")

    expect(page.locator("#palette")).to_be_hidden()
    expect(page.locator("#listing-search")).to_be_focused()


def test_the_slash_goes_to_the_search_of_a_list_and_elsewhere_to_the_palette(editor_page: Page) -> None:
    page = editor_page
    page.goto("/admin/user/")
    page.keyboard.press("/")
    expect(page.locator("#listing-search")).to_be_focused()

    page.goto("/admin/activity/")
    page.keyboard.press("/")
    expect(page.locator("#palette-search")).to_be_focused()


def test_enter_waits_for_what_is_found_for_the_words(editor_page: Page) -> None:
    page = editor_page
    page.goto("/admin/user/")
    page.keyboard.press("Control+k")
    expect(page.locator("#palette-search")).to_be_focused()

    page.keyboard.type("lens 2")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Lens 2")


def test_more_than_five_lead_to_the_list(editor_page: Page) -> None:
    page = editor_page
    page.goto("/admin/")
    open_palette(page, "laser", "5 results.")
    expect(page.locator("#palette .found__head")).to_have_text(
        "Posts 5 of 46 posts Show all posts", use_inner_text=True
    )

    page.get_by_role("link", name="Show all posts").click()

    expect(page).to_have_url("/admin/post/?q=laser")


def test_enter_opens_the_first_record_and_not_the_list_of_all(editor_page: Page) -> None:
    page = editor_page
    page.goto("/admin/")
    open_palette(page, "laser", "5 results.")
    first = page.locator("#palette li a").first.get_attribute("href") or ""

    page.keyboard.press("Enter")

    expect(page).to_have_url(first)


def test_nothing_is_kept_in_the_browser(editor_page: Page) -> None:
    page = editor_page
    page.goto("/admin/")
    open_palette(page, "laser", "5 results.")

    kept = page.evaluate("[...Object.values(localStorage), ...Object.values(sessionStorage)].join()")
    assert "laser" not in kept.lower()


@pytest.mark.parametrize("unreachable", ["part=found"])
def test_what_cannot_be_reached_says_so(editor_page: Page, unreachable: str) -> None:
    page = editor_page
    # Before there is a page: Chromium may let the first request after it pass.
    page.route(f"**/*{unreachable}*", lambda route: route.abort())
    page.goto("/admin/")
    page.keyboard.press("Control+k")

    expect(page.locator("[data-palette-found]")).to_have_text(
        "The search could not be reached. Press Enter to try its own page."
    )


@pytest.mark.parametrize("words", ["laser", "", "zebra"])
def test_the_palette_and_the_page_are_for_everybody(
    words: str, editor_page: Page, axe: Callable[..., list[str]], barriers: Callable[[Page], dict[str, Any]]
) -> None:
    page = editor_page
    page.goto(f"/admin/search/?q={words}")
    of_the_page = axe(page), sideways(page)
    page.keyboard.press("Control+k")
    page.keyboard.type(words)
    expect(page.locator("[data-palette-found]")).not_to_be_empty()

    assert of_the_page == ([], 0)
    assert barriers(page) == {}


def test_the_palette_begins_with_what_can_be_done_on_the_page(editor_page: Page, ann: User) -> None:
    page = editor_page
    page.goto(f"/admin/user/edit/?id={ann.id}")

    page.keyboard.press("Control+k")
    acts = page.locator("#palette section").filter(has_text="On this page").get_by_role("link")
    expect(acts).to_have_text(["Duplicate", "Posts 45", "History 1", "Notes 0", "Delete", "Open in list", "Add post"])
    page.keyboard.type(">hist")
    expect(acts).to_have_text(["History 1"])
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile("/admin/user/history/"))


def test_what_the_selected_rows_are_for_is_a_command(editor_page: Page, make_post: Callable[..., object]) -> None:
    page = editor_page
    make_post(content="Garden")
    page.goto("/admin/post/?q=garden")

    page.get_by_label("Select Garden").check()
    expect(page.locator("[data-ticks-words]")).to_have_text("1 selected")
    page.keyboard.press("Control+k")
    page.keyboard.type(">give")
    expect(page.locator("#palette a")).to_have_text(["Give to…"])
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Give posts to another user")


def test_the_look_of_the_dashboard_is_a_command_too(editor_page: Page) -> None:
    page = editor_page
    page.goto("/admin/")

    page.keyboard.press("Control+k")
    page.keyboard.type(">dark")
    expect(page.locator("#palette .found__title")).to_have_text(["Dark theme", "Preferences"])
    page.keyboard.press("Enter")

    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.locator("#palette")).to_be_hidden()


def test_the_palette_closes_over_the_part_of_the_page_that_it_leads_to(editor_page: Page, ann: User) -> None:
    page = editor_page
    page.goto(f"/admin/user/edit/?id={ann.id}")

    page.keyboard.press("Control+k")
    page.locator("#palette").get_by_role("link", name="Posts 45").click()

    expect(page.locator("#palette")).to_be_hidden()
    expect(page.locator("#posts")).to_be_in_viewport()


def test_a_word_that_is_searched_for_is_no_command(editor_page: Page, ann: User) -> None:
    page = editor_page
    page.goto(f"/admin/user/edit/?id={ann.id}")

    open_palette(page, "delete", "Nothing matches “delete” in users and posts.")

    expect(page.locator("#palette a")).to_have_count(0)


def test_tab_completes_the_filter_whose_name_is_typed(editor_page: Page) -> None:
    page = editor_page
    page.goto("/admin/")
    page.keyboard.press("Control+k")
    page.keyboard.type("lens cre")
    expect(page.locator("[data-palette-completion]")).to_have_text("Tab completes created:,")

    page.keyboard.press("Tab")

    expect(page.locator("#palette-search")).to_have_value("lens created:")
    expect(page.locator("#palette-search")).to_be_focused()
    expect(page.locator("[data-palette-completion]")).to_be_hidden()


def test_ctrl_enter_opens_what_is_found_first_in_a_new_tab(editor_page: Page, ann: User) -> None:
    page = editor_page
    page.goto("/admin/")
    open_palette(page, "ann@example.com", "6 results.")

    with page.context.expect_page() as opened:
        page.keyboard.press("Control+Enter")

    expect(opened.value).to_have_url(re.compile(f"/admin/user/edit/.id={ann.id}"))
    expect(page).to_have_url("/admin/")
