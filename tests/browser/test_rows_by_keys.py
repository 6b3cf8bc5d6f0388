"""The keys of lists and forms: from row to row, what a letter does with a row, and where none does anything."""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from admin_app.models.post import Post
from tests.browser.steps import act_on, result_line, row_of, state
from tests.many import many, many_users


@pytest.fixture
def page(app: Flask, editor_page: Page) -> Page:
    """Show Edgar the posts of two users: Post 5 is the first."""
    ids = many_users(app, 2)
    many(app, Post, [{"content": f"Post {number}", "user_id": ids[1]} for number in range(6)])
    editor_page.goto("/admin/post/?sort=-id")
    return editor_page


def focused(page: Page) -> str:
    """Return the words of what has the focus."""
    return str(page.evaluate("document.activeElement.textContent.trim()"))


def test_from_the_search_to_the_third_hit_and_saved_in_nine_keys(page: Page) -> None:
    page.keyboard.press("/")
    page.keyboard.type("post")
    page.keyboard.press("Enter")
    expect(page).to_have_url("/admin/post/?sort=-id&q=post")
    expect(result_line(page)).to_have_text("6 posts")

    for key in ("ArrowDown", "ArrowDown", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    expect(page.get_by_label("Content")).to_have_value("Post 3")
    page.keyboard.press("e")
    page.keyboard.press("End")
    page.keyboard.type("!")
    page.keyboard.press("Control+s")

    expect(page.locator("tr[data-marked]")).to_contain_text("Post 3!")


def test_ctrl_enter_goes_on_to_the_next_record_and_ctrl_s_back_to_the_list(page: Page) -> None:
    page.get_by_role("link", name="Post 5", exact=True).click()
    expect(page).to_have_title("Post 5 - Posts - Admin")

    # Also with the focus in no field.
    page.keyboard.press("Control+Enter")
    expect(page).to_have_title("Post 4 - Posts - Admin")
    page.keyboard.press("Control+s")

    expect(page.locator("tr[data-marked]")).to_contain_text("Post 4")


def test_letters_tick_rows_and_open_what_belongs_to_them(page: Page) -> None:
    for key in ("j", "x", "j", "j", "Shift+X"):
        page.keyboard.press(key)
    expect(page.locator("[data-ticks-words]")).to_have_text("3 selected")

    page.keyboard.press("k")
    assert focused(page) == "Post 4"
    page.keyboard.press("u")

    expect(page.get_by_role("heading", level=1)).to_have_text("User 1")


def test_arrows_reach_what_the_tab_key_leaves_out(page: Page) -> None:
    first, second = (
        row_of(page, title).get_by_role("link", name="User 1", exact=True) for title in ("Post 5", "Post 4")
    )
    page.keyboard.press("j")
    for _ in range(2):
        page.keyboard.press("ArrowRight")
    expect(first).to_be_focused()
    expect(first).to_have_attribute("tabindex", "-1")
    page.keyboard.press("ArrowDown")
    expect(second).to_be_focused()
    for _ in range(3):
        page.keyboard.press("ArrowRight")

    expect(page.get_by_label("Actions: Post 4", exact=True)).to_be_focused()


def test_the_way_back_to_the_list_leads_to_the_row(page: Page) -> None:
    row_of(page, "Post 3").get_by_role("link", name="Post 3", exact=True).click()
    expect(page).to_have_title("Post 3 - Posts - Admin")

    page.locator(".crumbs").get_by_role("link", name="Posts").click()

    expect(row_of(page, "Post 3").get_by_role("link", name="Post 3", exact=True)).to_be_focused()


def test_g_and_a_letter_open_a_page(page: Page) -> None:
    page.keyboard.press("g")
    page.keyboard.press("u")

    expect(page).to_have_url("/admin/user/")


def test_the_keys_are_shown_over_the_page_and_do_nothing_meanwhile(page: Page) -> None:
    page.keyboard.press("?")
    sheet = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(sheet.get_by_role("link", name="Users")).to_be_visible()

    page.keyboard.press("g")
    page.keyboard.press("u")
    page.keyboard.press("Escape")

    expect(sheet).to_be_hidden()
    assert state(page) == {"sort": "-id"}


def test_no_key_does_anything_with_another_one_held(page: Page) -> None:
    page.keyboard.press("Alt+j")

    assert page.evaluate("document.activeElement === document.body")


@pytest.mark.parametrize("address", ["/admin/post/new/", "/admin/post/views/new/"])
def test_a_new_form_begins_in_its_first_field(address: str, page: Page) -> None:
    page.goto(address)

    expect(page.locator("main").get_by_role("textbox").first).to_be_focused()


def test_the_next_row_has_the_focus_after_one_is_gone(page: Page) -> None:
    act_on(page, "Post 4", "Delete")
    page.get_by_role("button", name="Delete post").click()

    expect(result_line(page)).to_have_text("5 posts")
    expect(page.get_by_role("link", name="Post 3", exact=True)).to_be_focused()
