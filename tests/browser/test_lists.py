"""Lists that change in place: the address, the result line, the Back button and the focus go along."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from python_calamine import CalamineWorkbook
from sqlalchemy import delete

from admin_app.extensions import db
from admin_app.models.post import Post
from admin_app.models.staff import Staff, StaffSession
from tests.browser.steps import (
    BOTH,
    chips,
    choose,
    column,
    filter_row,
    first_cells,
    open_filters,
    open_menu,
    result_line,
    search,
    state,
)
from tests.many import many, many_users

pytestmark = pytest.mark.usefixtures("posts")


@pytest.fixture
def posts(app: Flask) -> None:
    """Make 45 posts, the newest of them Post 45."""
    start = datetime(2026, 1, 1, tzinfo=UTC)
    many(app, Post, [{"content": f"Post {number:02}", "created_at": start + timedelta(days=number)}
                     for number in range(1, 46)])  # fmt: skip


def same_document(page: Page) -> bool:
    """Whether the page is still the one where the test left its mark."""
    return bool(page.evaluate("window.isTheSame === true"))


def test_a_list_changes_in_place_and_back_leads_through_its_states(editor_page: Page) -> None:
    page = editor_page
    page.goto("/admin/post/")
    page.evaluate("window.isTheSame = true")
    expect(result_line(page)).to_have_attribute("role", "status")

    search(page, "post")
    expect(page).to_have_url("/admin/post/?q=post")
    page.get_by_role("link", name="Created at").click()
    expect(page).to_have_url("/admin/post/?q=post&sort=created_at")
    expect(first_cells(page).first).to_have_text("Post 01")
    page.get_by_role("link", name="Next").click()
    expect(page).to_have_url(re.compile(r"/admin/post/\?q=post&sort=created_at&page=2&after=20~2026-01-21T"))
    expect(result_line(page)).to_have_text("21 to 40 of 45 posts")
    search(page, "post 1")
    expect(result_line(page)).to_have_text("14 posts")
    assert state(page) == {"q": "post 1", "sort": "created_at"}
    expect(page).to_have_title("Posts - Admin")
    # The links outside of the table go along.
    export = page.get_by_role("link", name="CSV", include_hidden=True)
    expect(export).to_have_attribute("href", "/admin/post/export/csv/?q=post+1&sort=created_at")
    assert same_document(page)

    page.go_back()
    expect(result_line(page)).to_have_text("21 to 40 of 45 posts")
    expect(page.locator("#listing-search")).to_have_value("post")
    expect(export).to_have_attribute("href", "/admin/post/export/csv/?q=post&sort=created_at")
    page.go_back()
    expect(result_line(page)).to_have_text("1 to 20 of 45 posts")
    expect(page.get_by_role("columnheader", name="Created at")).to_have_attribute("aria-sort", "ascending")
    page.go_forward()
    expect(result_line(page)).to_have_text("21 to 40 of 45 posts")
    expect(first_cells(page).first).to_have_text("Post 21")


def test_a_list_that_is_late_does_not_take_the_place_of_the_one_asked_for_after_it(editor_page: Page) -> None:
    page = editor_page
    page.goto("/admin/post/")
    page.route("**/admin/post/?sort=id", lambda _route: None)
    with page.expect_request("**/admin/post/?sort=id"):
        page.get_by_role("link", name="ID", exact=True).click()

    with page.expect_event("requestfailed", lambda request: request.url.endswith("?sort=id")):
        page.get_by_role("link", name="Created at").click()

    expect(page).to_have_url("/admin/post/?sort=created_at")
    expect(first_cells(page).first).to_have_text("Post 01")


def test_shift_and_a_click_sort_by_a_second_column(editor_page: Page) -> None:
    page = editor_page
    page.goto("/admin/post/?sort=user")
    page.evaluate("window.isTheSame = true")

    page.get_by_role("link", name="Created at").click(modifiers=["Shift"])

    expect(page).to_have_url("/admin/post/?sort=user&then=created_at")
    expect(first_cells(page).first).to_have_text("Post 01")
    assert same_document(page)


@BOTH
def test_the_filter_form_leads_to_a_plain_address(editor_page: Page, *, javascript: bool) -> None:
    page = editor_page
    page.goto("/admin/post/?sort=id")
    if javascript:
        page.evaluate("window.isTheSame = true")
    sheet = open_filters(page)
    day = filter_row(sheet, "Created at")
    day.get_by_label("Condition").select_option(label="is between")
    day.locator("input").fill("2026-01-02 to 2026-01-05")
    nobody = filter_row(sheet, "User")
    nobody.locator("select").select_option(label="is empty")
    # A condition that needs no value hides the input for it; without scripts it stays, and is not asked.
    expect(nobody.locator("[data-filter-value]")).to_be_visible(visible=not javascript)
    sheet.get_by_role("button", name="Apply filters").click()
    expect(result_line(page)).to_have_text("4 posts")
    assert state(page) == {
        "sort": "id",
        "user__empty": "yes",
        "created_at__between": "2026-01-02 to 2026-01-05",
    }
    assert column(page, "Content") == [f"Post {number:02}" for number in range(1, 5)]
    expect(chips(page)).to_have_text(["No user", "Created at is between 2026-01-02 to 2026-01-05"])
    if javascript:
        assert same_document(page)


@BOTH
def test_posts_of_a_user_in_some_days_are_asked_for_by_two_buttons(editor_page: Page, *, javascript: bool) -> None:
    page = editor_page
    page.goto("/admin/post/?q=post")

    created = open_menu(page, "Created")
    created.get_by_label("From").fill("2026-01-02")
    created.get_by_label("To").fill("2026-01-05")
    created.get_by_role("button", name="Apply filter: Created").click()
    expect(result_line(page)).to_have_text("4 posts")
    open_menu(page, "User").get_by_role("link", name="No user").click()

    expect(chips(page)).to_have_text(
        ["Created at is on or after 2026-01-02", "Created at is on or before 2026-01-05", "No user"]
    )
    assert state(page)["q"] == "post"
    if javascript:
        page.keyboard.press("Escape")
        expect(page.locator("details.dropdown[open]")).to_have_count(0)


@BOTH
def test_a_filter_that_cannot_be_read_is_mended_in_its_row(editor_page: Page) -> None:
    page = editor_page
    page.goto("/admin/post/?created_at__from=yesterday&content__contains=Post+1")
    expect(result_line(page)).to_have_text("0 posts")
    expect(page.locator(".note")).to_have_text("One filter isn't valid, so nothing is shown. Fix or remove it.")
    sheet = page.locator("details[data-sheet]")
    value = page.locator("#listing-add-created_at")
    expect(value).to_be_visible()
    expect(value).to_have_value("yesterday")
    expect(value).to_have_accessible_description("Error: Enter a date like 2026-11-22.")
    # The note stands above the panel, and the panel pushes what it would cover: the chips.
    note, panel, chip = (
        one.bounding_box() for one in (page.locator(".note"), sheet.locator("form"), page.locator(".chip").first)
    )
    assert note
    assert panel
    assert chip
    assert note["y"] + note["height"] <= panel["y"]
    assert panel["y"] + panel["height"] <= chip["y"]
    value.fill("2026-01-18")
    sheet.get_by_role("button", name="Apply filters").click()
    expect(result_line(page)).to_have_text("3 posts")
    assert state(page) == {"content__contains": "Post 1", "created_at__from": "2026-01-18"}


def test_rows_begin_high_on_the_page_with_filters_on_too(editor_page: Page) -> None:
    page = editor_page
    page.goto("/admin/post/?q=post&id__in=1,2,3&user__empty=yes&content__contains=o")
    tops = {}
    for width in (1280, 768, 375):
        page.set_viewport_size({"width": width, "height": 800})
        box = page.locator("#listing tbody tr").first.bounding_box()
        assert box
        tops[width] = box["y"]

    assert {width: top for width, top in tops.items() if top > {1280: 150, 768: 230, 375: 270}[width]} == {}


@BOTH
def test_excel_for_a_colleague_takes_two_clicks(editor_page: Page) -> None:
    page = editor_page
    page.goto("/admin/post/?q=%22Post+4%22")

    with page.expect_download() as download:
        open_menu(page, "Export").get_by_role("link", name="Excel").click()

    rows = CalamineWorkbook.from_path(str(download.value.path())).get_sheet_by_index(0).to_python()
    assert [row[0] for row in rows] == ["Content", *(f"Post {number}" for number in range(45, 39, -1))]


def test_the_menu_of_a_row_has_its_address_and_its_history(editor_page: Page) -> None:
    page = editor_page
    page.goto("/admin/post/?columns=content,user,user.email,created_at,updated_at,id")
    page.set_viewport_size({"width": 700, "height": 700})
    page.locator(".table-region").evaluate("region => region.scrollLeft = region.scrollWidth")
    menu = page.locator("[data-row-menu]").last
    menu.locator("summary").scroll_into_view_if_needed()
    menu.locator("summary").click()

    # Whole in sight, although the table around it scrolls.
    box = menu.locator(".dropdown__body").bounding_box()
    assert box
    assert (box["x"] >= 0, box["y"] >= 0, box["x"] + box["width"] <= 700, box["y"] + box["height"] <= 700) == (
        True,
    ) * 4
    words = ["Edit Post 26", "Open in new tab", "Copy link", "Copy ID", "Give to…", "History", "Delete Post 26"]
    expect(menu.locator(".dropdown__body > *")).to_have_text(words)
    menu.get_by_role("link", name="Give to…").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Give posts to another user")


def test_the_menu_of_a_row_stays_at_its_button_while_the_page_scrolls(editor_page: Page) -> None:
    # The focus that comes to a button far down scrolls the page, and tells so only after the key that opens the menu.
    page = editor_page
    page.goto("/admin/post/?per_page=50")
    menu = page.locator("[data-row-menu]").nth(20)
    menu.locator("summary").click()
    expect(menu.locator(".dropdown__body")).to_be_visible()

    page.evaluate("() => new Promise((done) => { addEventListener('scroll', done, { once: true }); scrollBy(0, 40); })")

    button, box = menu.locator("summary").bounding_box(), menu.locator(".dropdown__body").bounding_box()
    assert button
    assert box
    gaps = [box["y"] - button["y"] - button["height"], button["y"] - box["y"] - box["height"]]
    assert 4 in [round(gap) for gap in gaps]


@BOTH
def test_rows_per_page_and_an_empty_result(editor_page: Page) -> None:
    page = editor_page
    page.goto("/admin/post/?page=2")
    page.get_by_role("button", name="50 per page").click()
    expect(result_line(page)).to_have_text("45 posts")
    search(page, "nothing like it")
    expect(result_line(page)).to_have_text("0 posts")
    expect(page.locator(".empty__title")).to_have_text("No posts match")
    page.get_by_role("link", name="Clear search and filters").click()
    expect(first_cells(page).first).to_have_text("Post 45")


def test_the_focus_stays_where_one_clicked_or_goes_to_the_rows(editor_page: Page) -> None:
    page = editor_page
    page.goto("/admin/post/")
    page.get_by_role("link", name="Created at").focus()
    page.keyboard.press("Enter")
    expect(first_cells(page).first).to_have_text("Post 01")
    expect(page.get_by_role("link", name="Created at")).to_be_focused()
    page.get_by_role("link", name="Page 3").focus()
    page.keyboard.press("Enter")
    expect(result_line(page)).to_have_text("41 to 45 of 45 posts")
    expect(page.get_by_role("link", name="Page 3")).to_be_focused()
    # The last page has no "Next", so what had the focus is gone.
    page.get_by_role("link", name="Previous").click()
    expect(result_line(page)).to_have_text("21 to 40 of 45 posts")
    expect(page.get_by_role("link", name="Previous")).to_be_focused()
    page.get_by_role("link", name="Next").focus()
    page.keyboard.press("Enter")
    expect(result_line(page)).to_have_text("41 to 45 of 45 posts")
    expect(page.locator(".table-region")).to_be_focused()


@pytest.mark.parametrize("is_disabled", [False, True], ids=["expired", "switched-off"])
def test_a_session_that_ended_leads_to_the_sign_in_page_and_back(
    app: Flask, editor: Staff, editor_page: Page, password: str, *, is_disabled: bool
) -> None:
    page = editor_page
    page.goto("/admin/post/")
    with app.app_context():
        if is_disabled:
            db.session.get_one(Staff, editor.id).is_active = False
        db.session.execute(delete(StaffSession))
        db.session.commit()
    page.get_by_role("link", name="Created at").click()
    expect(page).to_have_title("Sign in - Admin")
    expect(page.locator("#listing")).to_have_count(0)
    page.get_by_label("Email").fill(editor.email)
    page.get_by_role("textbox", name="Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    if is_disabled:
        expect(page.locator(".problem li")).to_have_text("The email or the password is wrong.")
        return
    expect(page).to_have_url("/admin/post/?sort=created_at")
    expect(first_cells(page).first).to_have_text("Post 01")


def test_a_list_that_is_answered_by_another_page_leads_to_that_page(editor_page: Page) -> None:
    page = editor_page
    # As after an update that moved the list.
    page.route("**/?sort=created_at", lambda route: route.fulfill(status=302, headers={"Location": "/admin/"}))
    page.goto("/admin/post/")
    page.get_by_role("link", name="Created at").click()
    expect(page).to_have_title("Home - Admin")


def test_a_picker_works_in_a_sheet_that_was_fetched_anew(app: Flask, editor_page: Page) -> None:
    ids = many_users(app, 3)
    page = editor_page
    page.goto("/admin/post/")
    search(page, "post")
    expect(page).to_have_url("/admin/post/?q=post")
    sheet = open_filters(page)
    picker = filter_row(sheet, "User").get_by_role("combobox", name="Value")
    picker.focus()
    picker.press_sequentially("many2")
    expect(page.locator(".ts-dropdown .option")).to_have_count(1)
    # Escape closes the picker first, the sheet second.
    picker.press("Escape")
    expect(picker).to_have_attribute("aria-expanded", "false")
    expect(picker).to_be_visible()
    picker.press("Escape")
    expect(picker).to_be_hidden()
    expect(page.locator(".add-filter > summary")).to_be_focused()
    open_filters(page)
    choose(picker, "many2", "many2@example.com", javascript=True)
    sheet.get_by_role("button", name="Apply filters").click()
    expect(result_line(page)).to_have_text("0 posts")
    assert state(page) == {"q": "post", "user__is": str(ids[2])}
