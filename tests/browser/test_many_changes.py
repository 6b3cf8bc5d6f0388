"""Fields of many records changed, and text replaced in them: with scripts, without, by keys alone, on a telephone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select

from admin_app.extensions import db
from admin_app.models.post import Post
from admin_app.models.staff import Staff
from tests.browser.conftest import OpenAs
from tests.browser.steps import BOTH, save, sideways
from tests.many import many

CHANGE, REPLACE = "/admin/post/edit-many/?sort=id", "/admin/post/replace/?sort=id"
PHONE: dict[str, Any] = {"width": 375, "height": 667}


def contents(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(Post.content).order_by(Post.id)))


def open_with_posts(open_as: OpenAs, app: Flask, staff: Staff, address: str, **options: Any) -> Page:
    many(app, Post, [{"content": f"garden {number}"} for number in range(3)])
    page = open_as(staff, **options)
    page.goto(address)
    return page


@BOTH
def test_who_types_means_the_field_and_who_forgets_to_tick_it_is_told(
    open_as: OpenAs, editor: Staff, app: Flask, *, javascript: bool
) -> None:
    page = open_with_posts(open_as, app, editor, CHANGE, viewport=PHONE)
    tick = page.get_by_label("Change Content")

    page.get_by_label("Set Content to").fill("Lawn")

    expect(tick).to_be_checked(checked=javascript)
    assert sideways(page) <= 0
    if not javascript:
        save(page, "Show what changes")
        expect(page.locator("[id='value.content-error']")).to_contain_text("the field is not selected")
        assert sideways(page) <= 0
        tick.check()
    save(page, "Show what changes")
    expect(page.locator("h1")).to_have_text("Change 3 posts?")
    save(page, "Change 3 posts")
    expect(page.locator("h1")).to_have_text("3 posts changed")
    assert contents(app) == ["Lawn"] * 3


def test_typing_chooses_the_way_that_the_input_belongs_to(
    open_as: OpenAs, editor: Staff, app: Flask, axe: Callable[[Page], list[str]]
) -> None:
    page = open_with_posts(open_as, app, editor, CHANGE)
    find = page.locator("[id='find.content']")
    expect(find).to_be_hidden()

    page.get_by_label("Change Content").check()
    find.fill("garden")
    page.locator("[id='with.content']").fill("lawn")

    expect(page.locator("[id='how.content.replace']")).to_be_checked()
    assert axe(page) == []
    save(page, "Show what changes")
    expect(page.locator("li.plan__line").first).to_contain_text("lawn")
    save(page, "Change 3 posts")
    expect(page.locator("h1")).to_have_text("3 posts changed")
    assert contents(app) == ["lawn 0", "lawn 1", "lawn 2"]


def test_a_field_is_changed_by_keys_alone(open_as: OpenAs, editor: Staff, app: Flask) -> None:
    page = open_with_posts(open_as, app, editor, CHANGE)

    page.get_by_label("Change Content").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.locator("[id='how.content.clear']")).to_be_checked()
    save(page, "Show what changes")

    expect(page.locator("h1")).to_have_text("Change 3 posts?")


@BOTH
def test_text_is_found_and_replaced(
    open_as: OpenAs, editor: Staff, app: Flask, axe: Callable[[Page], list[str]], *, javascript: bool
) -> None:
    page = open_with_posts(open_as, app, editor, REPLACE, viewport=PHONE)
    assert sideways(page) <= 0
    if javascript:
        assert axe(page) == []

    page.get_by_label("Find", exact=True).fill("GARDEN (\\d)")
    page.get_by_label("Replace with").fill("lawn \\1")
    page.get_by_label("Regular expression").check()
    save(page, "Show what changes")
    expect(page.locator("li.plan__line ins").first).to_contain_text("lawn")
    assert sideways(page) <= 0
    save(page, "Replace text in 3 posts")

    expect(page.locator("h1")).to_have_text("3 posts changed")
    assert contents(app) == ["lawn 0", "lawn 1", "lawn 2"]
