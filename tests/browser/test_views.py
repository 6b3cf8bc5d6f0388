"""Saved views, the choice of columns and row heights, with JavaScript and without, on a desk and on a telephone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from playwright.sync_api import Locator, Page, expect

from admin_app.models.post import Post
from admin_app.models.staff import Staff
from admin_app.models.user import User
from tests.browser.conftest import OpenAs
from tests.browser.steps import arrived, column, first_cells, open_menu, result_line, search, sideways, state
from tests.many import many

# Wide with scripts, narrow without: what one of them does to the page it does at any width.
BOTH_WAYS = pytest.mark.parametrize(
    ("width", "javascript"), [(1280, True), (320, False)], ids=["1280-scripts", "320-no-scripts"]
)


@pytest.fixture(autouse=True)
def posts(app: Flask) -> None:
    """Make 45 posts of Ann's, the newest of them Post 45."""
    start = datetime(2026, 1, 1, tzinfo=UTC)
    ann = many(app, User, [{"name": "Ann", "email": "ann@example.com"}])[0]
    many(app, Post, [{"content": f"Post {number:02}", "created_at": start + timedelta(days=number), "user_id": ann}
                     for number in range(1, 46)])  # fmt: skip


@pytest.fixture
def page(open_as: OpenAs, editor: Staff, width: int) -> Iterator[Page]:
    """Return Edgar's page, of this width; at the end it does not scroll sideways."""
    page = open_as(editor, viewport={"width": width, "height": 800})
    yield page
    assert sideways(page) <= 0


def heads(page: Page) -> list[str]:
    """Return the titles of the columns."""
    texts = arrived(page).locator("#listing thead th").all_inner_texts()
    return [text.rstrip("↑↓").strip() for text in texts if text.strip() not in {"", "Select", "Actions"}]


def menu(page: Page) -> Locator:
    """Return the navigation that is in sight, unfolded."""
    folded = arrived(page).get_by_role("button", name="Menu")
    if folded.is_visible():
        folded.click()
    return page.get_by_role("navigation", name="Main")


def save_view(page: Page, name: str) -> None:
    """Save the list as a view, and be back at the list."""
    open_menu(page, re.compile("^View")).get_by_role("link", name=re.compile("^Save as")).click()
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Save view").click()
    expect(page.locator(".banner")).to_contain_text("was saved.")


def to_columns(page: Page) -> None:
    """Have the form of the list's columns: below their button, and on a telephone by the menu that has everything."""
    if arrived(page).evaluate("innerWidth < 720"):
        open_menu(page, "More").get_by_role("link", name="Columns…").click()
    else:
        open_menu(page, "Columns")
    expect(page.get_by_role("button", name="Save columns")).to_be_visible()


@BOTH_WAYS
def test_a_view_is_saved_opened_changed_and_discarded(page: Page) -> None:
    page.goto("/admin/post/")
    search(page, '"Post 1"')
    expect(result_line(page)).to_have_text("10 posts")
    save_view(page, "Tens")
    expect(page.get_by_role("heading", level=1)).to_have_text("Tens")
    expect(result_line(page)).to_have_text("10 posts")

    page.goto("/admin/")
    menu(page).get_by_role("link", name="Tens").click()
    expect(result_line(page)).to_have_text("10 posts")
    assert state(page) == {"q": '"Post 1"', "columns": "content,user,created_at,id", "per_page": "20", "view": "1"}
    expect(menu(page).get_by_role("link", name="Tens")).to_have_attribute("aria-current", "page")

    page.goto(page.url)
    page.locator("#listing-sort-id").click()
    expect(first_cells(page).first).to_have_text("Post 10")
    open_menu(page, "View changed").get_by_role("link", name="Reset view").click()
    expect(page.get_by_text("View changed")).to_have_count(0)
    expect(first_cells(page).first).to_have_text("Post 19")

    page.locator("#listing-sort-id").click()
    open_menu(page, "View changed").get_by_role("button", name="Save view").click()
    expect(page.get_by_text("View changed")).to_have_count(0)
    expect(first_cells(page).first).to_have_text("Post 10")

    open_menu(page, "Views").get_by_role("link", name="All posts").click()
    expect(result_line(page)).to_have_text("1 to 20 of 45 posts")


@BOTH_WAYS
def test_views_are_renamed_shared_made_the_default_and_deleted(page: Page, open_as: OpenAs, viewer: Staff) -> None:
    page.goto("/admin/post/?q=%22Post+1%22")
    save_view(page, "Tens")
    menu(page).get_by_role("link", name="Manage views…").click()
    page.get_by_role("link", name="Edit Tens").click()
    page.get_by_label("Name").fill("Ten posts")
    page.get_by_label("Visible to").select_option("Everyone")
    page.get_by_role("button", name="Save view").click()
    expect(page.locator(".banner")).to_contain_text("View “Ten posts” was saved.")

    other = open_as(viewer)
    other.goto("/admin/post/views/")
    expect(other.get_by_role("row", name="Ten posts")).to_contain_text("Edgar")
    expect(other.get_by_role("link", name="Delete Ten posts")).to_have_count(0)
    other.get_by_role("button", name="Make default Ten posts").click()
    expect(other.get_by_role("button", name="Remove default Ten posts")).to_be_visible()
    other.goto("/admin/post/")
    expect(result_line(other)).to_have_text("10 posts")
    open_menu(other, "Views").get_by_role("link", name="All posts").click()
    expect(result_line(other)).to_have_text("1 to 20 of 45 posts")

    page.get_by_role("link", name="Delete Ten posts").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Delete view “Ten posts”?")
    page.get_by_role("button", name="Delete view").click()
    expect(page.locator(".empty__title")).to_have_text("No views yet")
    other.goto("/admin/post/")
    expect(result_line(other)).to_have_text("1 to 20 of 45 posts")


@BOTH_WAYS
def test_columns_are_chosen_ordered_and_reset(page: Page, *, javascript: bool) -> None:
    page.goto("/admin/post/?q=%22Post+1%22")
    to_columns(page)
    page.get_by_role("checkbox", name="User's email").check()
    page.get_by_role("checkbox", name="Created at").uncheck()
    if javascript:
        up = page.get_by_role("button", name="Move up: User's email")
        for _ in range(3):
            up.click()
        expect(up).to_be_disabled()
        expect(page.get_by_role("button", name="Move down: User's email")).to_be_focused()
        expect(page.locator("[data-order-status]")).to_have_text("User's email is now column 2")
        rows = page.locator("[data-order-item]")
        rows.filter(has=page.get_by_label("ID", exact=True)).drag_to(
            rows.filter(has=page.get_by_label("User", exact=True))
        )
        expect(page.locator("[data-order-status]")).to_have_text("ID is now column 3")
    else:
        page.get_by_label("Position of User's email").fill("2")
        page.get_by_label("Position of ID").fill("3")
        page.get_by_label("Position of User", exact=True).fill("4")
    page.get_by_role("radio", name="Compact").check()
    page.get_by_role("button", name="Save columns").click()

    # The list before says the same number.
    expect(page.locator(".listing--compact")).to_have_count(1)
    expect(result_line(page)).to_have_text("10 posts")
    assert heads(page) == ["Content", "User's email", "ID", "User"]
    assert set(column(page, "User's email")) == {"ann@example.com"}
    row = page.locator("#listing tbody tr").first.bounding_box()
    assert row
    # On a telephone a row is a card of two lines.
    assert row["height"] < (32 if page.viewport_size and page.viewport_size["width"] > 720 else 60)

    to_columns(page)
    page.get_by_role("button", name="Reset to default").click()
    expect(result_line(page)).to_have_text("10 posts")
    expect(page.locator(".listing--compact")).to_have_count(0)
    assert heads(page) == ["Content", "User", "Created at", "ID"]


@BOTH_WAYS
def test_rows_a_page_chosen_once_are_there_again(page: Page) -> None:
    page.goto("/admin/post/?sort=id")
    page.get_by_role("button", name="50 per page").click()
    expect(result_line(page)).to_have_text("45 posts")
    expect(first_cells(page).first).to_have_text("Post 01")
    page.goto("/admin/post/")
    expect(result_line(page)).to_have_text("45 posts")


@pytest.mark.parametrize("width", [1280])
def test_leaving_a_changed_choice_of_columns_is_asked_about(page: Page) -> None:
    page.goto("/admin/post/columns/")
    page.get_by_role("button", name="Move down: User", exact=True).click()
    expect(page.get_by_text("Unsaved changes")).to_be_visible()


@pytest.mark.parametrize("width", [1280])
def test_a_name_from_right_to_left_keeps_the_words_around_it(page: Page) -> None:
    page.goto("/admin/post/?q=%22Post+1%22")
    save_view(page, "user\u202egnp.exe")
    isolated = page.locator(".banner bdi")
    expect(isolated).to_have_text("user\u202egnp.exe")
    arrived(page)
    name, banner = isolated.bounding_box(), page.locator(".banner p").bounding_box()
    assert name
    assert banner
    # “ was saved.” stands behind the name, not turned round before it.
    assert name["x"] + name["width"] < banner["x"] + banner["width"] - 40
