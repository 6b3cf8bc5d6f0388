"""Users and their posts: listed, searched and added on the user's page, and where they go when the user is deleted."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select

from admin_app.extensions import db
from admin_app.models.post import Post
from admin_app.models.user import User
from tests.browser.lasers import contents
from tests.browser.steps import (
    BOTH,
    act_on,
    chips,
    choose,
    column,
    expect_marked,
    result_line,
    row_of,
    save,
    search,
    sideways,
    state,
)
from tests.many import many


@BOTH
@pytest.mark.parametrize(
    ("choice", "left"),
    [
        ("Keep the posts", {"One": None, "Two": None, "Other": "Bob Ray"}),
        ("Give the posts to another user", {"One": "Bob Ray", "Two": "Bob Ray", "Other": "Bob Ray"}),
        ("Delete the posts too", {"Other": "Bob Ray"}),
    ],
    ids=["keep", "give", "delete"],
)
def test_a_user_is_deleted_and_the_posts_go_where_one_says(
    *, app: Flask, editor_page: Page, ann: User, bob: User, choice: str, left: dict[str, Any], javascript: bool
) -> None:
    many(app, Post, [{"content": "One", "user_id": ann.id}, {"content": "Two", "user_id": ann.id},
                     {"content": "Other", "user_id": bob.id}])  # fmt: skip
    page = editor_page
    page.goto("/admin/user/?q=ann")
    act_on(page, "Ann Lee", "Delete")
    expect(page.get_by_role("group", name="What should happen to this user's 2 posts?")).to_be_visible()

    # Without a choice nothing happens.
    page.get_by_role("button", name="Delete user").click()
    expect(page).to_have_title("Error: Delete user “Ann Lee”? - Admin")
    assert len(contents(app)) == 3

    page.get_by_label(choice).check()
    if choice.startswith("Give"):
        choose(page.get_by_label("Give them to this user").first, "bob", "bob@example.com", javascript=javascript)
    if javascript:
        kept = {"Keep": "keep 2 posts", "Give": "give 2 posts to another user", "Delete": "delete 2 posts"}
        expect(page.locator(".button--danger")).to_have_text(f"Delete user and {kept[choice.split(maxsplit=1)[0]]}")
    page.get_by_role("button", name="Delete user").click()
    expect(page).to_have_url("/admin/user/?q=ann")
    expect(page.locator(".empty__title")).to_have_text("No users match")
    assert contents(app) == left


@BOTH
def test_cancel_on_the_delete_page_changes_nothing(app: Flask, editor_page: Page, ann: User) -> None:
    assert ann.id
    editor_page.goto("/admin/user/?q=ann")
    act_on(editor_page, "Ann Lee", "Delete")
    editor_page.get_by_role("link", name="Cancel").click()
    expect(editor_page).to_have_url("/admin/user/?q=ann")
    with app.app_context():
        assert db.session.scalars(select(User.name)).all() == ["Ann Lee"]


@BOTH
def test_a_users_page_searches_and_pages_the_posts_and_adds_one(
    app: Flask, editor_page: Page, ann: User, posts: list[int]
) -> None:
    assert posts
    page = editor_page
    page.goto("/admin/user/?q=ann")
    page.get_by_role("link", name="Ann Lee", exact=True).click()
    expect(result_line(page, "posts")).to_have_text("1 to 10 of 45 posts")

    search(page, "laser 1", "posts")
    expect(result_line(page, "posts")).to_have_text("1 to 10 of 14 posts")
    page.get_by_role("link", name="Next").click()
    expect(result_line(page, "posts")).to_have_text("11 to 14 of 14 posts")
    expect(page).to_have_title("Ann Lee - Users - Admin")
    beginning = {"id": str(ann.id), "url": "/admin/user/?q=ann", "posts.q": "laser 1", "posts.page": "2"}
    assert {**state(page), "posts.after": ""} == {**beginning, "posts.after": ""}
    page.get_by_role("link", name="Clear search").click()
    expect(result_line(page, "posts")).to_have_text("1 to 10 of 45 posts")
    here = page.url

    # "Add post" knows whose it is, and leads back.
    page.get_by_role("link", name="Add post").click()
    expect(page.locator(".picked")).to_contain_text("ann@example.com")
    page.get_by_label("Content").fill("Laser 46")
    save(page)
    expect(page).to_have_url(here)
    expect(result_line(page, "posts")).to_have_text("1 to 10 of 46 posts")
    expect_marked(page, "Laser 46")
    assert contents(app)["Laser 46"] == "Ann Lee"

    # And the list of users still has its search.
    page.get_by_role("link", name="Cancel").click()
    expect(page).to_have_url("/admin/user/?q=ann")


@BOTH
def test_ticked_posts_of_a_user_are_given_to_another_from_the_users_page(
    app: Flask, editor_page: Page, ann: User, bob: User, *, javascript: bool
) -> None:
    many(app, Post, [{"content": text, "user_id": ann.id} for text in ("One", "Two", "Three")])
    page = editor_page
    page.goto(f"/admin/user/edit/?id={ann.id}")

    for text in ("One", "Three"):
        page.get_by_label(f"Select {text}", exact=True).check()
    if javascript:
        expect(page.locator("[data-ticks-words]")).to_have_text("2 selected")
        assert sideways(page) == 0
    page.get_by_role("button", name="Give to…").click()
    choose(page.get_by_label("User").first, "bob", "bob@example.com", javascript=javascript)
    page.get_by_role("button", name="Show what changes").click()
    page.get_by_role("button", name="Change 2 posts").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("2 posts changed")

    assert contents(app) == {"One": bob.name, "Two": ann.name, "Three": bob.name}


@BOTH
def test_the_number_of_posts_leads_to_exactly_these(editor_page: Page, posts: list[int]) -> None:
    assert posts
    editor_page.goto("/admin/user/")
    row_of(editor_page, "Bob Ray").get_by_role("link", name="3", exact=True).click()
    expect(chips(editor_page)).to_have_text(["User is “Bob Ray”"])
    expect(result_line(editor_page)).to_have_text("3 posts")
    assert sorted(column(editor_page, "Content")) == ["Lens 0", "Lens 1", "Lens 2"]
