"""What a person's roles give, said while they are ticked."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import delete

from admin_app.db.string_set import StringSet
from admin_app.extensions import db
from admin_app.models.role import Role
from admin_app.models.staff import Staff, StaffSession
from tests.browser.steps import save

NEW = "/admin/staff/new/"
WARNING = "Viewer shows all posts, so the limit “Own posts” of Author has no effect."


@pytest.fixture
def author(keep: Any) -> Role:
    words = {"permissions": StringSet(["post:list", "post:view"]), "rows": StringSet(["post:own"])}
    return keep(Role(name="Author", key="author", **words))


def test_the_words_follow_the_ticks(owner_page: Page, author: Role) -> None:
    assert author
    owner_page.goto(NEW)
    told = owner_page.locator("#told")
    expect(told.get_by_role("listitem")).to_have_text(["Do nothing here."])
    owner_page.get_by_label("Name").fill("Ann")

    owner_page.get_by_role("checkbox", name="Author").check()
    expect(told.get_by_role("listitem").first).to_have_text("Posts: see their own posts; the field User is hidden.")
    owner_page.get_by_role("checkbox", name="Viewer").check()

    expect(told.locator(".note")).to_have_text(WARNING)
    expect(told).to_contain_text("With the selected roles, this person can:")
    expect(owner_page.get_by_role("checkbox", name="Viewer")).to_be_focused()
    expect(owner_page.get_by_label("Name")).to_have_value("Ann")
    expect(owner_page).to_have_title("Add colleague - Admin")


def test_what_was_typed_stays_where_the_words_cannot_be_had(owner_page: Page, app: Flask) -> None:
    owner_page.goto(NEW)
    owner_page.get_by_label("Name").fill("Ann")
    with app.app_context():
        db.session.execute(delete(StaffSession))
        db.session.commit()

    with owner_page.expect_response(lambda answer: "/sign-in" in answer.url):
        owner_page.get_by_role("checkbox", name="Editor").check()

    expect(owner_page.locator("#told").get_by_role("listitem")).to_have_text(["Do nothing here."])
    expect(owner_page.get_by_label("Name")).to_have_value("Ann")


@pytest.mark.parametrize("javascript", [False])
def test_without_scripts_they_are_of_what_the_page_was_loaded_with(
    owner_page: Page, viewer: Staff, author: Role
) -> None:
    assert author
    owner_page.goto(f"/admin/staff/edit/?id={viewer.id}")
    told = owner_page.locator("#told")
    expect(told).to_contain_text("With the selected roles, this person can:")

    owner_page.get_by_role("checkbox", name="Author").check()
    save(owner_page, "Save and continue")

    expect(told.locator(".note")).to_have_text(WARNING)


@pytest.mark.parametrize("width", [1280, 1100, 960, 375])
def test_every_box_of_a_role_is_in_sight(owner_page: Page, width: int) -> None:
    owner_page.set_viewport_size({"width": width, "height": 900})
    owner_page.goto("/admin/role/edit/?id=2")
    region = owner_page.get_by_role("group", name="Permissions")
    for summary in region.locator("summary").all():
        summary.click()

    for box in region.get_by_role("checkbox", name="Everything").all():
        expect(box).to_be_visible()

    assert region.evaluate("one => one.scrollWidth - one.clientWidth") == 0


def test_a_level_ticks_its_permissions_and_they_say_the_level(owner_page: Page, author: Role) -> None:
    owner_page.goto(f"/admin/role/edit/?id={author.id}")
    level, block = owner_page.get_by_label("Posts: permissions"), owner_page.locator("[data-rights]").nth(2)
    expect(level).to_have_value("post=custom")

    level.select_option("Can see")
    expect(block.get_by_role("checkbox", checked=True)).to_have_count(4)
    block.get_by_role("checkbox", name="Export").uncheck()
    expect(level).to_have_value("post=custom")
    block.get_by_role("checkbox", name="Export").check()
    expect(level).to_have_value("post=see")
    save(owner_page, "Save and continue")

    expect(level).to_have_value("post=see")


@pytest.mark.parametrize("javascript", [False])
def test_without_scripts_the_level_that_was_chosen_holds(owner_page: Page, author: Role) -> None:
    owner_page.goto(f"/admin/role/edit/?id={author.id}")

    owner_page.get_by_label("Posts: permissions").select_option("Can edit")
    save(owner_page, "Save and continue")

    expect(owner_page.get_by_label("Posts: permissions")).to_have_value("post=edit")
