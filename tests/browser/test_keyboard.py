"""Everything by the keyboard alone, and the focus in sight at every stop."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from admin_app.extensions import db
from admin_app.models.post import Post
from admin_app.models.staff import Staff
from admin_app.models.user import User
from tests.browser.conftest import OpenAs
from tests.browser.steps import BOTH, arrived, column, expect_marked, result_line, state
from tests.many import many, many_users

# What has the focus is drawn with a ring, and something of it is not covered: "" says so, else what is wrong.
FOCUS_PROBLEM = """() => {
    const focused = document.activeElement;
    if (focused === null || focused === document.body) return "";
    const drawn = (focused.matches("input") && focused.closest(".ts-control")) || focused;
    const name = focused.outerHTML.slice(0, 100);
    const style = getComputedStyle(drawn);
    if (style.outlineStyle === "none" || parseFloat(style.outlineWidth) < 2) return `no ring: ${name}`;
    const box = drawn.getBoundingClientRect();
    const points = [0.1, 0.5, 0.9].map((part) => [box.left + box.width * part, box.top + box.height / 2]);
    const hit = points.some(([x, y]) => drawn.contains(document.elementFromPoint(x, y)));
    return hit ? "" : `hidden at ${Math.round(box.left)}, ${Math.round(box.top)}: ${name}`;
}"""


def press_until(page: Page, key: str, target: Locator, *, most: int = 60) -> None:
    """Press a key until the target has the focus; the focus is in sight all the way."""
    arrived(page)
    for _ in range(most):
        page.keyboard.press(key)
        assert page.evaluate(FOCUS_PROBLEM) == ""
        if target.evaluate("(element) => element === document.activeElement"):
            return
    pytest.fail(f"{target} is not among the next {most} stops")


def filter_by_content(page: Page, *, javascript: bool) -> None:
    """Add a filter, and take it off again."""
    press_until(page, "Tab", page.locator("#listing-add-filter"))
    page.keyboard.press("Enter")
    press_until(page, "Tab", page.locator(".add-filter").get_by_role("link", name="Content"), most=1)
    page.keyboard.press("Enter")
    # The value has the focus already.
    expect(page.locator(".one-filter textarea")).to_be_focused()
    page.keyboard.type("5")
    if not javascript:
        # Without scripts Enter begins a line: a list may be typed there.
        press_until(page, "Tab", page.locator(".one-filter .button--primary"), most=1)
    page.keyboard.press("Enter")
    expect(result_line(page)).to_have_text("1 post")
    assert state(page) == {"q": "post 1", "content__contains": "5"}
    press_until(page, "Tab", page.get_by_role("link", name="Remove filter: Content contains “5”"))
    page.keyboard.press("Enter")
    expect(result_line(page)).to_have_text("12 posts")


def correct(page: Page, *, javascript: bool) -> None:
    """Type another text into the open form, give the post to another user, and save."""
    press_until(page, "Tab", page.get_by_label("Content"))
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type("Typed")
    press_until(page, "Tab", page.locator("#user"))
    if javascript:
        page.keyboard.type("many7@")
        expect(page.locator(".ts-dropdown .option > span")).to_have_text(["User 7"])
        page.keyboard.press("Enter")
    else:
        page.keyboard.press("ControlOrMeta+A")
        page.keyboard.type("many7@example.com")
    press_until(page, "Tab", page.get_by_role("button", name="Save post"))
    page.keyboard.press("Enter")


@BOTH
def test_the_main_job_by_the_keyboard_alone(app: Flask, editor_page: Page, *, javascript: bool) -> None:
    ids = many_users(app, 25)
    many(app, Post, [{"content": f"Post {number:02}", "user_id": ids[0]} for number in range(30)])
    page = editor_page
    page.goto("/admin/post/")

    # The first stop leads past the navigation, the first one there past what stands above the list.
    press_until(page, "Tab", page.get_by_role("link", name="Skip to content"), most=1)
    page.keyboard.press("Enter")
    press_until(page, "Tab", page.get_by_role("link", name="Skip to search"), most=1)
    page.keyboard.press("Enter")
    expect(page.locator("#listing-search")).to_be_focused()
    page.keyboard.type("post 1")
    page.keyboard.press("Enter")
    expect(result_line(page)).to_have_text("12 posts")

    filter_by_content(page, javascript=javascript)

    # Sort, and open.
    press_until(page, "Tab", page.get_by_role("link", name="ID", exact=True))
    page.keyboard.press("Enter")
    expect(page.get_by_role("columnheader", name="ID")).to_have_attribute("aria-sort", "ascending")
    assert column(page, "Content")[:2] == ["Post 01", "Post 10"]
    # The seventh row, with some seven stops in each; without scripts the way begins at the top of the page.
    press_until(page, "Tab", page.get_by_role("link", name="Post 15", exact=True), most=90)
    page.keyboard.press("Enter")
    expect(page).to_have_title("Post 15 - Posts - Admin")

    correct(page, javascript=javascript)
    expect(result_line(page)).to_have_text("11 posts")
    with app.app_context():
        assert db.session.execute(select(Post.content, User.email).join(User).where(Post.user_id == ids[7])).all() == [
            ("Typed", "many7@example.com")
        ]


def test_the_row_just_saved_has_the_focus(app: Flask, editor_page: Page) -> None:
    many_users(app, 30)
    page = editor_page
    page.goto("/admin/user/?sort=id&per_page=50")
    page.get_by_label("Actions: User 28", exact=True).focus()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("link", name="Edit User 28", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_title("User 28 - Users - Admin")
    press_until(page, "Tab", page.get_by_role("button", name="Save user"))
    page.keyboard.press("Enter")
    expect_marked(page, "User 28")
    expect(page.get_by_role("link", name="User 28", exact=True)).to_be_focused()
    assert arrived(page).evaluate(FOCUS_PROBLEM) == ""


def test_slash_goes_to_the_search_except_while_typing(app: Flask, editor_page: Page) -> None:
    user = many_users(app, 2)[0]
    page = editor_page
    page.goto("/admin/user/?q=user")
    page.keyboard.press("/")
    expect(page.locator("#listing-search")).to_be_focused()
    expect(page.locator("#listing-search")).to_have_value("user")
    page.keyboard.type("a/b")
    expect(page.locator("#listing-search")).to_have_value("a/b")
    page.goto(f"/admin/user/edit/?id={user}")
    page.get_by_label("Name").press("/")
    expect(page.get_by_label("Name")).to_be_focused()
    expect(page.get_by_label("Name")).to_have_value("/User 0")


@BOTH
@pytest.mark.parametrize(
    ("path", "size"),
    [("/admin/user/?per_page=20", (1280, 420)), ("/admin/user/edit/?id={user}", (1000, 420)),
     ("/admin/post/edit/?id={post}", (1280, 420)), ("/admin/user/", (375, 500))],
    ids=["list", "children", "long form", "phone"],
)  # fmt: skip
def test_the_focus_is_never_hidden(
    app: Flask, open_as: OpenAs, editor: Staff, path: str, size: tuple[int, int]
) -> None:
    user = many_users(app, 20)[0]
    post = many(app, Post, [{"content": "Words\n" * 60, "user_id": user} for _ in range(8)])[0]
    page = open_as(editor, viewport={"width": size[0], "height": size[1]})
    page.goto(path.format(user=user, post=post))
    # From the end backwards, so that what stands still at the top is come upon from below; then forwards.
    for key in ("Shift+Tab", "Tab"):
        problems = []
        for _ in range(45):
            page.keyboard.press(key)
            problems.append(page.evaluate(FOCUS_PROBLEM))
        assert [problem for problem in problems if problem] == []


@BOTH
def test_escape_and_the_menu_on_a_phone(open_as: OpenAs, editor: Staff) -> None:
    page = open_as(editor, viewport={"width": 375, "height": 700})
    page.goto("/admin/user/")
    menu = page.get_by_role("button", name="Menu")
    press_until(page, "Tab", menu, most=4)
    page.keyboard.press("Enter")
    press_until(page, "Tab", page.get_by_role("link", name="Home"))
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Home")).to_be_hidden()
    expect(menu).to_be_focused()
    page.keyboard.press("Enter")
    press_until(page, "Tab", page.get_by_role("link", name="Posts"))
    page.keyboard.press("Enter")
    expect(page).to_have_url("/admin/post/")


def test_the_long_form_keeps_its_buttons_in_sight(editor_page: Page, make_post: Callable[..., Post]) -> None:
    post = make_post(content="Words\n" * 200)
    page = editor_page
    page.set_viewport_size({"width": 1280, "height": 420})
    page.goto(f"/admin/post/edit/?id={post.id}")
    expect(page.get_by_role("button", name="Save post")).to_be_in_viewport()


def test_the_slash_is_a_character_for_who_switched_shortcuts_off(viewer_page: Page) -> None:
    page = viewer_page
    page.goto("/admin/account/")
    page.get_by_role("checkbox", name="Use keyboard shortcuts: / to search").uncheck()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".banner")).to_contain_text("Preferences saved.")
    expect(page.get_by_role("checkbox", name="Use keyboard shortcuts: / to search")).not_to_be_checked()

    page.goto("/admin/user/?q=x")
    page.keyboard.press("/")

    expect(page.locator("#listing-search")).not_to_be_focused()
