"""A note from one colleague to another, with JavaScript and without, on a desk and on a telephone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from admin_app.models.post import Post
from admin_app.models.staff import Staff
from tests.browser.conftest import OpenAs
from tests.browser.steps import sideways

BOTH_WAYS = pytest.mark.parametrize(
    ("width", "javascript"), [(1280, True), (375, False)], ids=["1280-scripts", "375-no-scripts"]
)


@BOTH_WAYS
@pytest.mark.usefixtures("javascript")
def test_a_colleague_is_asked_and_answers(
    open_as: OpenAs, editor: Staff, viewer: Staff, make_post: Callable[..., Post], width: int
) -> None:
    post = make_post(content="Bicycle")
    page = open_as(editor, viewport={"width": width, "height": 800})
    page.goto(f"/admin/post/edit/?id={post.id}")
    page.get_by_role("link", name="Notes 0").click()
    if width == 1280:
        page.get_by_label("New note").press_sequentially("@ve")
        expect(page.get_by_role("button", name="Vera")).to_be_visible()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        expect(page.get_by_label("New note")).to_have_value("@Vera ")
        expect(page.get_by_label("New note")).to_be_focused()
    page.get_by_label("New note").fill("@vera or @media: who wrote this?")
    page.get_by_role("button", name="Add note").click()
    page.get_by_label("Nobody: “@media” is only text").check()
    page.get_by_role("button", name="Add note").click()
    expect(page.locator(".banner")).to_contain_text("Note added. Vera will see it in the inbox.")
    assert sideways(page) <= 0

    page = open_as(viewer, viewport={"width": width, "height": 800})
    page.goto("/admin/")
    if width == 1280:
        expect(page.get_by_role("link", name="Inbox 1 unread")).to_be_visible()
        page.get_by_role("link", name="Inbox 1 unread").click()
    else:
        page.get_by_role("button", name="Menu").click()
        page.get_by_role("link", name="Inbox 1 unread").click()
    expect(page.get_by_role("heading", name="Inbox")).to_be_visible()
    assert sideways(page) <= 0
    page.get_by_role("link", name="Edgar mentioned you in a note on post “Bicycle”").click()
    expect(page.locator(".note-text")).to_have_text("@vera or @media: who wrote this?")
    page.get_by_label("New note").fill("I did.")
    page.get_by_role("button", name="Add note").click()
    expect(page.locator(".note-text")).to_have_text(["I did.", "@vera or @media: who wrote this?"])
    page.goto("/admin/inbox/")
    page.get_by_role("button", name="Mark all as read").click()
    expect(page.get_by_text("Nothing unread")).to_be_visible()
