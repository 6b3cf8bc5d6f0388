"""Two people at one record, an ended session, a lost connection: in the browser, with scripts and without."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from admin_app.extensions import db
from admin_app.models.post import Post
from admin_app.models.presence import Presence
from admin_app.models.role import EDITOR
from admin_app.models.staff import Staff
from admin_app.models.user import User
from tests.browser.steps import BOTH, end_sessions, expect_marked, save


@pytest.fixture
def emil_page(open_as: Any, make_staff: Any) -> Page:
    """Return the page of another editor."""
    page: Page = open_as(make_staff("Emil", EDITOR))
    return page


def wait_until_one_is_left(app: Flask, page: Page) -> None:
    """Wait until the server has heard the last word of a page, which the browser does not tell of."""
    for _ in range(200):
        with app.app_context():
            if db.session.scalar(select(func.count()).select_from(Presence)) == 1:
                return
        page.wait_for_timeout(50)
    pytest.fail("Nobody said that they left.")


@BOTH
def test_different_fields_are_put_together(
    app: Flask, editor_page: Page, emil_page: Page, make_user: Callable[..., User], axe: Any, *, javascript: bool
) -> None:
    user = make_user(name="Ann", email="ann@example.com")
    for page in (editor_page, emil_page):
        page.goto(f"/admin/user/edit/?id={user.id}")
    emil_page.get_by_label("Name").fill("Ann Lee")
    save(emil_page, "Save user")
    expect_marked(emil_page, "Ann Lee")

    editor_page.get_by_label("Email").fill("lee@example.com")
    save(editor_page, "Save user")

    expect(editor_page.get_by_role("alert")).to_contain_text("Emil had changed Name meanwhile. Both changes are kept.")
    if javascript:
        assert axe(editor_page) == []
    expect_marked(editor_page, "lee@example.com")
    with app.app_context():
        assert db.session.execute(select(User.name, User.email)).all() == [("Ann Lee", "lee@example.com")]


@BOTH
def test_the_same_field_is_chosen(
    app: Flask, editor_page: Page, emil_page: Page, make_post: Callable[..., Post], axe: Any, *, javascript: bool
) -> None:
    post = make_post(content="Was")
    for page in (editor_page, emil_page):
        page.goto(f"/admin/post/edit/?id={post.id}")
    emil_page.get_by_label("Content").fill("Theirs")
    save(emil_page)
    expect_marked(emil_page, "Theirs")

    editor_page.get_by_label("Content").fill("Mine")
    save(editor_page)
    expect(editor_page.get_by_role("group", name="Content: theirs or yours?")).to_be_visible()
    if javascript:
        assert axe(editor_page) == []
    save(editor_page)
    expect(editor_page.locator(".problem")).to_contain_text("Choose which Content to keep.")
    editor_page.locator(".problem").get_by_role("link").click()
    editor_page.get_by_label("Keep mine").check()
    editor_page.get_by_label("Content (optional)").fill("Mine and theirs")
    save(editor_page)
    expect_marked(editor_page, "Mine and theirs")
    with app.app_context():
        assert db.session.scalars(select(Post.content)).all() == ["Mine and theirs"]


@BOTH
def test_one_deletes_while_the_other_edits(
    app: Flask, editor_page: Page, emil_page: Page, make_post: Callable[..., Post]
) -> None:
    post = make_post(content="Was")
    editor_page.goto(f"/admin/post/edit/?id={post.id}")
    emil_page.goto(f"/admin/post/delete/?id={post.id}")
    emil_page.get_by_role("button", name="Delete post").click()
    expect(emil_page).to_have_url("/admin/post/")

    editor_page.get_by_label("Content").fill("Typed meanwhile")
    save(editor_page)

    expect(editor_page.locator(".problem")).to_contain_text("Emil deleted this post")
    expect(editor_page.get_by_label("Content")).to_have_value("Typed meanwhile")
    save(editor_page)
    expect_marked(editor_page, "Typed meanwhile")
    with app.app_context():
        assert db.session.scalars(select(Post.content)).all() == ["Typed meanwhile"]


@BOTH
def test_a_session_that_ends_in_the_middle_of_a_form_costs_nothing(
    app: Flask, editor_page: Page, editor: Staff, password: str, make_post: Callable[..., Post]
) -> None:
    post = make_post(content="Was")
    page = editor_page
    page.goto(f"/admin/post/edit/?id={post.id}&url=/admin/post/%3Fq%3Dtyped")
    page.get_by_label("Content").fill("Typed for an hour")
    end_sessions(app)
    save(page)
    expect(page.get_by_role("alert")).to_contain_text("What you typed is kept: sign in, then save it.")
    page.get_by_label("Email").fill(editor.email)
    page.get_by_role("textbox", name="Password").fill(password)
    page.get_by_role("button", name="Sign in").click()

    expect(page.get_by_label("Content")).to_have_value("Typed for an hour")
    expect(page.get_by_text("It is not saved yet")).to_be_visible()
    save(page)
    expect(page).to_have_url("/admin/post/?q=typed")
    expect_marked(page, "Typed for an hour")


def test_a_lost_connection_keeps_the_form(app: Flask, editor_page: Page) -> None:
    page = editor_page
    page.goto("/admin/post/new/")
    page.get_by_label("Content").fill("Typed in a tunnel")
    page.context.set_offline(offline=True)
    page.get_by_role("button", name="Save post", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("The dashboard cannot be reached. Nothing was sent")
    expect(page.get_by_label("Content")).to_have_value("Typed in a tunnel")

    page.context.set_offline(offline=False)
    save(page)
    expect_marked(page, "Typed in a tunnel")
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Post)) == 1


@pytest.mark.own_tab  # the clock that it puts in stays
def test_who_comes_and_goes_is_told_while_the_form_is_open(
    app: Flask, editor_page: Page, emil_page: Page, make_post: Callable[..., Post]
) -> None:
    post = make_post(content="Words")
    address = f"/admin/post/edit/?id={post.id}"
    editor_page.clock.install()
    editor_page.goto(address)
    note = editor_page.locator("[data-presence]")
    expect(note).to_be_hidden()

    emil_page.goto(address)
    expect(emil_page.locator("[data-presence]")).to_contain_text("Edgar has been editing this since")
    editor_page.clock.fast_forward(30_000)
    expect(note).to_contain_text("Emil has been editing this since")

    # The page's last word goes out beside the page that comes.
    emil_page.goto("/admin/")
    wait_until_one_is_left(app, emil_page)
    editor_page.clock.fast_forward(30_000)
    expect(note).to_be_hidden()
