"""Twenty posts, and four hundred, given to a user: few clicks, few pages, one undo; with scripts and without, by keys, on a telephone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, Request, expect
from sqlalchemy import func, select

from admin_app.extensions import db
from admin_app.models.post import Post
from admin_app.models.user import User
from tests.browser.steps import BOTH, arrived, choose, sideways
from tests.many import many

GARDENS = "/admin/post/?q=garden"


def gardens(app: Flask, number: int) -> int:
    """Make posts about gardens and one about a house, and a user; return the user's key."""
    many(app, Post, [{"content": f"garden {one}"} for one in range(number)] + [{"content": "house"}])
    (key,) = many(app, User, [{"name": "Ann", "email": "ann@example.com"}])
    return key


def owned(app: Flask, key: int) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Post).where(Post.user_id == key)) or 0


class Loads:
    """Counts the pages that are loaded."""

    def __init__(self, page: Page) -> None:
        self.number = 0
        page.on("request", self._note)

    def _note(self, request: Request) -> None:
        # What a POST leads to is the same load.
        self.number += request.is_navigation_request() and request.method == "GET"


@BOTH
@pytest.mark.parametrize(("number", "clicks"), [(400, 6)])
def test_posts_of_a_list_are_given_to_a_user_and_given_back(
    number: int, clicks: int, *, javascript: bool, app: Flask, editor_page: Page
) -> None:
    key, page = gardens(app, number), editor_page
    page.goto(GARDENS)
    loads, done = Loads(page), 0

    done += select_all(page, number, javascript=javascript)
    page.get_by_role("button", name="Give to…").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Give posts to another user")
    choose(page.locator("[id='value.user']"), "ann", "ann@example.com", javascript=javascript)
    page.get_by_role("button", name="Show what changes").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Change {number} posts?")
    page.get_by_role("button", name=f"Change {number} posts").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{number} posts changed")
    # The bar's button, the line of the picker, which has the focus, the two buttons.
    done += 4

    assert owned(app, key) == number
    assert done <= clicks
    # Without scripts selecting is a page of its own.
    assert loads.number <= (3 if javascript else 5)
    page.get_by_role("button", name="Undo").first.click()
    expect(page.get_by_role("alert")).to_contain_text("undone")
    assert owned(app, key) == 0


def select_all(page: Page, number: int, *, javascript: bool) -> int:
    """Select the rows of the page, or all that match; return how many clicks that took."""
    if javascript:
        page.get_by_label("Select all posts on this page").check()
        expect(page.locator("[data-ticks-words]")).to_have_text("20 selected")
    else:
        page.get_by_role("button", name="Select all 20 on this page").click()
    if number == 20:
        return 1
    page.get_by_role("button", name=f"Select all {number} that match").click()
    expect(page.locator("[data-ticks-words]")).to_contain_text(f"All {number} selected")
    return 2


def test_keys_alone_are_enough(app: Flask, editor_page: Page, axe: Callable[..., list[str]]) -> None:
    key, page = gardens(app, 2), editor_page
    page.goto(GARDENS)

    page.get_by_label("Select all posts on this page").focus()
    page.keyboard.press("Space")
    give = page.get_by_role("button", name="Give to…")
    expect(give).to_be_visible()
    give.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Give posts to another user")
    assert axe(arrived(page)) == []
    expect(page.get_by_role("combobox", name="User")).to_be_focused()
    page.keyboard.type("ann")
    expect(page.get_by_role("option").first).to_contain_text("Ann")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Show what changes").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Change 2 posts?")
    assert axe(arrived(page)) == []
    page.get_by_role("button", name="Change 2 posts").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("2 posts changed")

    assert axe(arrived(page)) == []
    assert owned(app, key) == 2


def test_a_plan_fits_a_telephone(app: Flask, open_as: Any, editor: Any) -> None:
    gardens(app, 3)
    page = open_as(editor, viewport={"width": 375, "height": 740})
    page.goto(GARDENS)

    page.get_by_label("Select all posts on this page").check()
    page.get_by_text("Actions", exact=True).locator("visible=true").click()
    page.get_by_role("button", name="Give to…").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Give posts to another user")
    asked = sideways(page)
    choose(page.locator("[id='value.user']"), "ann", "ann@example.com", javascript=True)
    page.get_by_role("button", name="Show what changes").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Change 3 posts?")

    assert (asked, sideways(page)) == (0, 0)
