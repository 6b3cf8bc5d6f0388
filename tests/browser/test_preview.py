"""A text of HTML looked at as it is typed, in a frame that can do nothing."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from admin_app.models.post import Post
from tests.browser.steps import BOTH, arrived, save


def test_what_is_typed_is_shown_in_the_fields_place_and_still_saved(
    editor_page: Page, make_post: Callable[..., Post]
) -> None:
    post = make_post(content="<p>Old</p>")
    page = editor_page
    page.goto(f"/admin/post/edit/?id={post.id}")
    area, bar = page.get_by_label("Content", exact=False).first, page.get_by_role("group", name="View as")
    area.fill('<h1>New</h1><a href="/admin/">Link</a>')

    bar.get_by_role("button", name="Preview").click()
    frame = page.frame_locator("iframe")
    expect(frame.get_by_role("heading", name="New")).to_be_visible()
    expect(area).to_be_hidden()
    # Its own sheet is there, and nothing of ours: it is a stranger to this page.
    expect(frame.locator("body")).to_have_css("margin-top", "12px")
    assert page.locator("iframe").evaluate("one => one.contentDocument") is None

    bar.get_by_role("button", name="Text").click()
    expect(frame.locator(".plain")).to_contain_text("New")
    bar.get_by_role("button", name="Source").click()
    expect(area).to_be_visible()
    expect(page.locator("iframe")).to_have_count(0)
    save(page)
    expect(page.get_by_role("alert")).to_contain_text("was saved")


@BOTH
def test_the_preview_with_images_is_a_page_of_its_own(
    editor_page: Page, make_post: Callable[..., Post], *, javascript: bool
) -> None:
    post = make_post(content="<h2>Seen</h2>")
    page = editor_page
    page.goto(f"/admin/post/edit/?id={post.id}")

    with page.expect_popup() as opened:
        page.get_by_role("link", name="Preview with images" if javascript else "Preview", exact=True).click()

    expect(arrived(opened.value).get_by_role("heading", name="Seen")).to_be_visible()
