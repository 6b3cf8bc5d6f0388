"""A picker that could not ask says what is wrong, and asks again: it never says that there is nothing."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Locator, Page, Route, expect

from admin_app.models.staff import Staff
from tests.browser.steps import end_sessions
from tests.many import many_users

# The clock that a test puts in stays.
pytestmark = pytest.mark.own_tab

LOOK_UPS = "**/lookup/**"
failing = pytest.mark.parametrize("unreachable", ["/lookup/"])


def opened(page: Page) -> Locator:
    """Open the form of a new post, and return the picker of its user."""
    page.clock.install()
    page.goto("/admin/post/new/")
    picker = page.get_by_role("combobox", name="User (optional)")
    expect(picker).to_be_visible()
    return picker


def said(page: Page) -> Locator:
    return page.locator(".ts-dropdown .no-results")


def offered(page: Page) -> Locator:
    return page.locator(".ts-dropdown .option > span")


def ask_again(page: Page) -> None:
    """Let the time pass after which the picker asks again."""
    with page.expect_response(LOOK_UPS):
        page.clock.run_for(6000)


def test_who_is_signed_out_is_told_and_gets_the_list_once_signed_in(
    app: Flask, editor_page: Page, editor: Staff, password: str
) -> None:
    many_users(app, 3)
    page = editor_page
    picker = opened(page)
    end_sessions(app)
    picker.focus()
    page.clock.run_for(300)
    expect(said(page)).to_have_text("You are signed out. Sign in in another tab; this list then tries again by itself.")

    other = page.context.new_page()
    other.goto("/sign-in")
    other.get_by_label("Email").fill(editor.email)
    other.get_by_role("textbox", name="Password").fill(password)
    other.get_by_role("button", name="Sign in").click()
    expect(other).to_have_url("/admin/")
    page.bring_to_front()
    ask_again(page)

    expect(offered(page)).to_have_count(3)
    expect(said(page)).to_have_count(0)


@failing
@pytest.mark.parametrize("typed", ["", "many2@"])
@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({"status": 503}, "The dashboard could not answer. This list tries again by itself."),
        (None, "The dashboard cannot be reached. This list tries again by itself."),
    ],
)
def test_a_picker_without_an_answer_says_so_and_asks_again(
    typed: str, how: dict[str, Any] | None, words: str, app: Flask, editor_page: Page
) -> None:
    many_users(app, 3)
    page = editor_page
    picker = opened(page)

    def fail(route: Route) -> None:
        if how is None:
            route.abort()
        else:
            route.fulfill(**how)

    page.route(LOOK_UPS, fail)
    picker.focus()
    picker.press_sequentially(typed)
    page.clock.run_for(1000)
    expect(said(page)).to_have_text(words)
    expect(offered(page)).to_have_count(0)

    page.unroute(LOOK_UPS)
    ask_again(page)

    expect(offered(page)).to_have_count(1 if typed else 3)
    picker.press("ArrowDown")
    picker.press("Enter")
    expect(page.locator(".ts-control .item")).to_have_count(1)


@failing
def test_a_picker_that_was_left_without_an_answer_asks_when_one_comes_back(app: Flask, editor_page: Page) -> None:
    many_users(app, 3)
    page = editor_page
    picker = opened(page)
    page.route(LOOK_UPS, lambda route: route.abort())
    picker.focus()
    page.clock.run_for(1000)
    expect(said(page)).to_be_visible()
    page.get_by_label("Content").focus()
    page.unroute(LOOK_UPS)

    picker.focus()
    page.clock.run_for(1000)

    expect(offered(page)).to_have_count(3)


@failing
def test_a_picker_whose_right_was_taken_says_so_and_asks_no_more(editor_page: Page) -> None:
    page = editor_page
    picker = opened(page)
    asked: list[str] = []

    def refuse(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(status=403)

    page.route(LOOK_UPS, refuse)
    picker.focus()
    page.clock.run_for(1000)
    expect(said(page)).to_have_text("You can no longer look this up. Open the page again.")
    page.clock.run_for(20_000)

    assert len(asked) == 1


@failing
def test_more_of_a_list_that_could_not_come_is_asked_for_again(app: Flask, editor_page: Page) -> None:
    many_users(app, 30)
    page = editor_page
    picker = opened(page)
    picker.focus()
    page.clock.run_for(1000)
    expect(offered(page)).to_have_count(20)
    page.route(LOOK_UPS, lambda route: route.abort())
    scrolled = "(list) => list.scrollTo(0, list.scrollHeight)"
    page.locator(".ts-dropdown-content").evaluate(scrolled)
    page.clock.run_for(1000)
    expect(page.locator(".ts-dropdown .more")).to_contain_text("The dashboard cannot be reached.")
    expect(offered(page)).to_have_count(20)

    page.unroute(LOOK_UPS)
    page.locator(".ts-dropdown-content").evaluate("(list) => list.scrollTo(0, 0)")
    page.locator(".ts-dropdown-content").evaluate(scrolled)
    page.clock.run_for(1000)

    expect(offered(page)).to_have_count(30)


def test_a_picker_in_a_closed_menu_waits_until_it_is_opened(owner_page: Page, make_post: Any) -> None:
    make_post()
    page = owner_page
    page.goto("/admin/post/")
    menu = page.locator("details").filter(has=page.locator(".promoted__form input[data-picker]"))
    expect(page.locator(".ts-wrapper")).to_have_count(0)

    menu.locator("summary").click()

    expect(menu.get_by_role("combobox", name="User")).to_be_visible()
    expect(page.locator(".ts-wrapper")).to_have_count(1)
