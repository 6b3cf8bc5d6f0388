"""Tick boxes with a pointer, with keys and without scripts."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from playwright.sync_api import Page, expect

from admin_app.models.post import Post
from admin_app.models.staff import Staff
from tests.browser.conftest import OpenAs
from tests.browser.steps import BOTH, result_line, search
from tests.many import many


def ticked(page: Page) -> list[bool]:
    """Return from top to bottom which rows are ticked."""
    return [box.is_checked() for box in page.locator("[name=tick]").all()]


def test_boxes_are_ticked_one_by_one_in_a_range_and_all_at_once_and_counted(
    viewer_page: Page, app: Flask, axe: Callable[[Page], list[str]]
) -> None:
    many(app, Post, [{"content": f"garden {number}"} for number in range(4)] + [{"content": "other"}])
    page = viewer_page
    page.goto("/admin/post/?sort=id")
    count, every = page.locator("[data-ticks-count]"), page.get_by_label("Select all posts on this page")
    act = page.get_by_role("button", name="Export selected")

    expect(act).to_be_disabled()
    page.get_by_label("Select garden 1").click()
    page.get_by_label("Select garden 3").click(modifiers=["Shift"])

    expect(count).to_have_text("3 selected")
    assert ticked(page) == [False, True, True, True, False]
    assert every.evaluate("box => [box.checked, box.indeterminate]") == [False, True]
    assert axe(page) == []

    every.check()
    expect(count).to_have_text("5 selected")
    page.get_by_role("link", name="garden 2", exact=True).focus()
    page.keyboard.press("x")
    expect(count).to_have_text("4 selected")
    assert ticked(page) == [True, True, False, True, True]

    search(page, "garden")
    expect(result_line(page)).to_have_text("4 posts")
    expect(act).to_be_disabled()
    page.get_by_label("Select garden 0").check()
    act.click()
    expect(page.locator(".page-head__result")).to_have_text("1 selected post, in the list's order")


@BOTH
def test_ticked_rows_reach_the_export_page_at_320_pixels(open_as: OpenAs, viewer: Staff, app: Flask) -> None:
    many(app, Post, [{"content": f"garden {number}"} for number in range(21)])
    page = open_as(viewer, viewport={"width": 320, "height": 640})
    page.goto("/admin/post/?sort=id")

    for number in (0, 19):
        page.get_by_label(f"Select garden {number}", exact=True).check()
    box = page.locator(".tick label").last.bounding_box()
    page.get_by_role("button", name="Export selected").click()

    expect(page.locator(".page-head__result")).to_have_text("2 selected posts, in the list's order")
    assert box is not None
    assert min(box["width"], box["height"]) >= 24
