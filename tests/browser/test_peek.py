"""A record beside its list: opened, gone along and closed by mouse and keyboard."""

from __future__ import annotations

from flask import Flask
from playwright.sync_api import Page, Route, expect

from admin_app.models.post import Post
from tests.browser.steps import BOTH, arrived, row_of, state
from tests.many import many


def posts(app: Flask) -> list[int]:
    return many(app, Post, [{"content": f"Garden {number}"} for number in range(5)])


def test_space_opens_arrows_go_along_and_escape_leads_back_to_the_row(app: Flask, viewer_page: Page) -> None:
    ids = posts(app)
    page = viewer_page
    page.goto("/admin/post/?q=garden&sort=id")
    title, peek = page.locator("#peek-title"), page.locator("#peek")
    page.get_by_role("link", name="Garden 1", exact=True).focus()

    page.keyboard.press("Space")
    expect(title).to_have_text("Garden 1")
    expect(title).to_be_focused()
    for key, shown in (("j", 2), ("ArrowDown", 3), ("k", 2), ("ArrowUp", 1)):
        page.keyboard.press(key)
        expect(page.get_by_role("link", name=f"Garden {shown}", exact=True)).to_be_focused()
        expect(title).to_have_text(f"Garden {shown}")
    peek.get_by_role("link", name="Next post").click()
    expect(title).to_have_text("Garden 2")
    assert state(page) == {"q": "garden", "sort": "id", "peek": str(ids[2])}
    expect(page.locator("tr[data-peeked]")).to_contain_text("Garden 2")

    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Garden 2", exact=True)).to_be_focused()
    assert state(page) == {"q": "garden", "sort": "id"}
    expect(peek).to_be_hidden()
    page.go_back()
    expect(title).to_have_text("Garden 2")


def test_a_click_beside_the_words_opens_and_a_double_click_still_edits(app: Flask, editor_page: Page) -> None:
    posts(app)
    page = editor_page
    page.goto("/admin/post/?q=garden&sort=id")
    arrived(page)

    row_of(page, "Garden 3").locator("td").nth(2).click()
    expect(page.locator("#peek-title")).to_have_text("Garden 3")
    page.locator("#peek").get_by_role("link", name="Close").click()
    expect(page.locator("#peek-title")).to_have_count(0)

    row_of(page, "Garden 0").locator("td[data-cell=user]").dblclick()
    expect(page.locator("[data-editing]")).to_have_count(1)
    expect(page.locator("#peek-title")).to_have_count(0)


def test_a_record_that_comes_late_does_not_stand_beside_another_list(app: Flask, viewer_page: Page) -> None:
    ids = posts(app)
    page = viewer_page
    page.goto("/admin/post/?q=garden&sort=id")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/admin/post/?*peek=*", hold)
    with page.expect_request("**/admin/post/?*peek=*"):
        page.get_by_role("link", name="Garden 1", exact=True).press("Space")
    page.get_by_role("link", name="Created at").click()
    expect(page).to_have_url("/admin/post/?q=garden&sort=created_at")

    with page.expect_event("requestfinished", lambda request: f"peek={ids[1]}" in request.url):
        held[0].continue_()
    page.evaluate("new Promise((over) => setTimeout(over, 50))")

    assert state(page) == {"q": "garden", "sort": "created_at"}
    expect(page.locator("#peek-title")).to_have_count(0)


def test_a_list_makes_way_for_the_panel_and_no_row_moves(app: Flask, editor_page: Page) -> None:
    ids = posts(app)
    page = editor_page
    page.set_viewport_size({"width": 1280, "height": 700})
    row = row_of(page, "Garden 3")
    page.goto("/admin/post/?q=garden&sort=id")
    before = row.bounding_box()

    page.goto(f"/admin/post/?q=garden&sort=id&peek={ids[0]}")
    after, panel = row.bounding_box(), page.locator("aside.peek").bounding_box()

    assert before
    assert after
    assert panel
    assert (after["x"], after["y"], after["height"]) == (before["x"], before["y"], before["height"])
    assert after["x"] + after["width"] <= panel["x"]
    expect(row.locator("th, td").filter(visible=True)).to_have_count(3)


@BOTH
def test_on_a_telephone_it_is_the_whole_width_and_opens_the_record(app: Flask, editor_page: Page) -> None:
    ids = posts(app)
    page = editor_page
    page.set_viewport_size({"width": 375, "height": 700})
    page.goto(f"/admin/post/?peek={ids[0]}")
    panel = arrived(page).locator("aside.peek")

    assert panel.evaluate("one => [one.getBoundingClientRect().left, one.offsetWidth]") == [0, 375]
    panel.get_by_role("link", name="Open post").click()
    expect(page).to_have_title("Garden 0 - Posts - Admin")
