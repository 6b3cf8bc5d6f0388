"""What is small and seen every day: the menu's count of jobs, ticks in the dark, a picker under a finger."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from admin_app.db.types import utc_now
from admin_app.extensions import db
from admin_app.models.job import Job, JobState
from admin_app.models.post import Post
from admin_app.models.staff import Staff
from admin_app.models.user import User
from tests.browser.conftest import OpenAs
from tests.browser.steps import BOTH, open_filters
from tests.many import many

# Its brightness as WCAG has it, of a colour as the browser computes it: "rgb(148, 168, 255)".
LUMINANCE = """(colour) => {
    const part = (value) => value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4;
    const [red, green, blue] = colour.match(/\\d+/g).map(Number).map(part);
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}"""
BOX = "input[type=checkbox]:checked"


@pytest.mark.parametrize("where", ["/admin/jobs/", "/admin/post/"])
def test_the_menu_counts_a_job_no_more_once_it_has_ended(
    where: str, app: Flask, owner_page: Page, owner: Staff, keep: Any
) -> None:
    many(app, Post, [{"content": f"Post {number}"} for number in range(3)])
    job = keep(Job(kind="export", staff_id=owner.id, title="Posts", arguments={}, state=JobState.RUNNING))
    owner_page.goto(where)
    menu = owner_page.get_by_role("navigation", name="Main")
    expect(menu.get_by_role("link", name="Jobs 1 under way")).to_be_visible()

    with app.app_context():
        ended = db.session.get_one(Job, job.id)
        ended.state, ended.finished_at = JobState.CANCELLED, utc_now()
        db.session.commit()
    if where == "/admin/post/":
        owner_page.locator(".table thead a").first.click()

    expect(menu.get_by_role("link", name="Jobs", exact=True)).to_be_visible()
    expect(owner_page.locator("#job-news")).to_contain_text("Posts: cancelled")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_tick_is_seen_on_its_box(scheme: Any, owner_page: Page) -> None:
    owner_page.emulate_media(color_scheme=scheme)
    owner_page.goto("/admin/post/export/")

    style = owner_page.locator(BOX).first.evaluate(
        "box => [getComputedStyle(box).backgroundImage, getComputedStyle(box).backgroundColor]"
    )
    stroke = style[0].partition("stroke='")[2].partition("'")[0]
    low, high = sorted(
        owner_page.evaluate(f"[{LUMINANCE}]".join(["", f"[0]('{colour}')"])) for colour in (stroke, style[1])
    )

    assert (high + 0.05) / (low + 0.05) >= 3


def test_a_finger_in_a_picker_does_not_zoom_the_page(open_as: OpenAs, editor: Staff, app: Flask) -> None:
    assert app
    page = open_as(editor, has_touch=True, is_mobile=True, viewport={"width": 375, "height": 700})
    page.goto("/admin/post/new/")
    picker = page.get_by_role("combobox", name="User (optional)")

    assert picker.evaluate("input => parseFloat(getComputedStyle(input).fontSize)") >= 16


def test_a_records_short_link_is_copied_whole_in_a_line_no_higher_for_it(
    app: Flask, editor_page: Page, live_server: str
) -> None:
    (post,) = many(app, Post, [{"content": "Words"}])
    editor_page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=live_server)
    editor_page.goto(f"/admin/post/edit/?id={post}")

    editor_page.get_by_role("link", name="Copy link").click()

    expect(editor_page.get_by_role("link", name="Link copied")).to_be_visible()
    assert editor_page.locator(".about > span").first.evaluate("one => one.offsetHeight") == 24
    assert editor_page.evaluate("navigator.clipboard.readText()") == f"{live_server}/admin/post/{post}"


@BOTH
def test_a_row_on_a_phone_is_a_card(app: Flask, open_as: OpenAs, editor: Staff) -> None:
    (user,) = many(app, User, [{"name": "Ann Lee", "email": "ann@example.com"}])
    many(app, Post, [{"content": "some words " * 40, "user_id": user, "created_at": datetime(2026, 1, 31, tzinfo=UTC)}])
    page = open_as(editor, viewport={"width": 375, "height": 700})
    page.goto("/admin/post/")

    row = page.locator("#listing tbody tr")
    assert row.evaluate("row => row.offsetHeight") <= 84
    expect(row.get_by_role("link", name="Ann Lee")).to_be_visible()
    expect(row.get_by_role("link", name="Edit")).to_be_hidden()
    assert page.locator(".table-region").evaluate("region => region.scrollWidth - region.clientWidth") == 0


@BOTH
def test_the_filters_fill_a_phone_and_their_button_stays(open_as: OpenAs, editor: Staff, make_post: Any) -> None:
    make_post()
    page = open_as(editor, viewport={"width": 375, "height": 500})
    page.goto("/admin/post/")
    sheet = open_filters(page)

    expect(sheet.get_by_role("button", name="Apply filters").last).to_be_in_viewport(ratio=1)
    page.locator("#listing-filters").click()

    expect(sheet.get_by_label("Content", exact=False).first).to_be_hidden()


def test_the_weeks_of_a_summary_are_whole_on_a_narrow_phone(open_as: OpenAs, editor: Staff, make_post: Any) -> None:
    make_post()
    page = open_as(editor, viewport={"width": 320, "height": 800})
    page.goto("/admin/post/summary/?by=created_at__week")
    week = page.locator(".summary__table tbody th .clip").first

    expect(week).to_have_text(re.compile(r"^Week of \d{4}-\d\d-\d\d$"))
    assert week.evaluate("one => one.scrollWidth <= one.clientWidth")


def test_the_theme_changes_at_once_and_leaves_what_is_typed(editor_page: Page) -> None:
    editor_page.goto("/admin/post/new/")
    editor_page.get_by_label("Content").fill("Typed")

    editor_page.get_by_role("button", name="Dark theme").click()
    expect(editor_page.locator("html")).to_have_attribute("data-theme", "dark")

    assert editor_page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 23, 29)"
    expect(editor_page.get_by_label("Content")).to_have_value("Typed")
    editor_page.get_by_label("Content").fill("")
    editor_page.reload()
    expect(editor_page.locator("html")).to_have_attribute("data-theme", "dark")
