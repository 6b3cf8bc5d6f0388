"""Editing in the list as a person does it: a page of it without scripts or with them, one cell by keyboard and pointer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Locator, Page, expect

from admin_app.extensions import db
from admin_app.models.post import Post
from admin_app.models.staff import Staff
from admin_app.models.user import User
from tests.browser.conftest import OpenAs, give_cookie
from tests.browser.steps import BOTH, arrived, choose, column, end_sessions, open_menu, row_of, save, sideways
from tests.many import many, many_users


@pytest.fixture
def unreachable() -> str:
    """Answers that refuse what was typed into a cell are none that a test went to see."""
    return "/cell/"


def cell(page: Page, words: str, name: str) -> Locator:
    return row_of(page, words).locator(f"[data-cell={name}]")


def open_cell(page: Page, words: str, name: str, label: str) -> None:
    """Open the field of a cell by the keyboard."""
    cell(arrived(page), words, name).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label(label)).to_be_focused()


def stored(app: Flask, model: Any, name: str) -> list[Any]:
    with app.app_context():
        return [getattr(one, name) for one in db.session.query(model).order_by(model.id)]


@BOTH
@pytest.mark.parametrize("width", [1280, 375])
def test_a_page_of_the_list_is_edited_and_taken_back(
    app: Flask, open_as: OpenAs, editor: Staff, *, width: int, javascript: bool
) -> None:
    many_users(app, 3)
    many(app, Post, [{"content": f"garden {number}"} for number in range(3)])
    page = open_as(editor, viewport={"width": width, "height": 800})
    page.goto("/admin/post/?q=garden&sort=id")

    open_menu(page, "More").get_by_role("link", name="Edit this page").click()
    page.get_by_label("Content of garden 0").fill("garden wall")
    choose(page.get_by_label("User of garden 1").first, "User 2", "User 2", javascript=javascript)
    wide = sideways(page)
    save(page, "Save")

    expect(page.locator(".banner")).to_contain_text("Changed 2 posts.")
    expect(page.locator("tr[data-marked]")).to_have_count(2)
    assert (wide, column(page, "User")[1]) == (0, "User 2")
    assert stored(app, Post, "content") == ["garden wall", "garden 1", "garden 2"]
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".banner")).to_contain_text("Change to 2 posts undone.")
    assert stored(app, Post, "content") == ["garden 0", "garden 1", "garden 2"]


@BOTH
def test_what_is_wrong_on_the_page_is_led_to_and_put_right(app: Flask, editor_page: Page) -> None:
    many_users(app, 3)
    page = editor_page
    page.goto("/admin/user/edit-page/?sort=id")
    page.get_by_label("Name of User 0").fill("Anna")
    page.get_by_label("Name of User 1").fill("")
    save(page, "Save")

    page.get_by_role("link", name="User 1: Enter the name.").click()
    expect(page.get_by_label("Name of User 1")).to_be_focused()
    assert stored(app, User, "name") == ["User 0", "User 1", "User 2"]
    page.keyboard.type("Bea")
    page.keyboard.press("Enter")

    expect(page.locator(".banner")).to_contain_text("Changed 2 users.")
    assert stored(app, User, "name") == ["Anna", "Bea", "User 2"]


def test_cells_are_changed_by_the_keyboard_alone(app: Flask, editor_page: Page) -> None:
    many_users(app, 3)
    page = editor_page
    page.goto("/admin/user/?sort=id")
    first = arrived(page).locator("[data-cell]").first

    # One stop for all cells, the arrow keys for the rest.
    assert page.locator("[data-cell][tabindex='0']").count() == 1
    first.focus()
    page.keyboard.press("ArrowDown")
    expect(cell(page, "User 1", "name")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(cell(page, "User 1", "email")).to_be_focused()
    page.keyboard.press("ArrowLeft")

    # Enter opens and saves.
    page.keyboard.press("Enter")
    expect(page.get_by_label("Name of User 1")).to_be_focused()
    page.keyboard.type("Bea")
    page.keyboard.press("Enter")
    expect(page.locator("[data-cell-note]")).to_contain_text("Saved. Bea")
    expect(cell(page, "Bea", "name")).to_be_focused()

    # F2 opens, Escape leaves it as it was.
    page.keyboard.press("F2")
    expect(page.get_by_label("Name of Bea")).to_be_focused()
    page.keyboard.type("Nothing of this")
    page.keyboard.press("Escape")
    expect(cell(page, "Bea", "name")).to_be_focused()

    # Tab saves, and goes on to the next; Shift and Tab go back.
    page.keyboard.press("F2")
    expect(page.get_by_label("Name of Bea")).to_be_focused()
    page.keyboard.type("Beate")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Email of Beate")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_label("Name of User 2")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(page.get_by_label("Email of Beate")).to_be_focused()
    page.keyboard.press("Escape")

    assert stored(app, User, "name") == ["User 0", "Beate", "User 2"]
    assert column(page, "Name") == ["User 0", "Beate", "User 2"]


def test_a_cell_is_changed_with_the_pointer_and_its_picker(app: Flask, editor_page: Page) -> None:
    many_users(app, 3)
    many(app, Post, [{"content": "Garden wall"}])
    page = editor_page
    page.goto("/admin/post/")

    cell(arrived(page), "Garden wall", "user").dblclick(position={"x": 60, "y": 18})
    box = page.get_by_role("combobox", name="User of Garden wall")
    expect(box).to_be_focused()
    # What is found later opens the list again, over the button.
    with page.expect_response(lambda answer: "query=User" in answer.url):
        box.press_sequentially("User 2")
    page.locator(".cell-form .ts-dropdown .option").filter(has_text="User 2").click()
    page.get_by_role("button", name="Save", exact=True).click()

    expect(cell(page, "Garden wall", "user")).to_have_text("User 2")
    expect(page.locator("[data-editing]")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(cell(page, "Garden wall", "user")).to_contain_text("No value")


def test_a_long_text_is_typed_in_lines(app: Flask, editor_page: Page) -> None:
    many(app, Post, [{"content": "one"}])
    page = editor_page
    page.goto("/admin/post/")

    open_cell(page, "one", "content", "Content of one")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("two")
    page.keyboard.press("Enter")

    expect(page.locator("[data-cell-note]")).to_contain_text("Saved.")
    assert stored(app, Post, "content") == ["one\ntwo"]


def test_what_is_wrong_stays_in_the_cell_and_its_reason_with_it(
    app: Flask, editor_page: Page, axe: Callable[[Page], list[str]]
) -> None:
    many_users(app, 2)
    page = editor_page
    page.goto("/admin/user/")

    open_cell(page, "User 1", "email", "Email of User 1")
    page.keyboard.type("nonsense")
    page.keyboard.press("Enter")
    expect(page.locator(".cell-form .error")).to_have_text("Error: Email must look like name@example.com.")
    expect(page.get_by_label("Email of User 1")).to_be_focused()
    barriers = axe(page)
    page.keyboard.type("right@example.com")
    page.keyboard.press("Enter")

    expect(cell(page, "User 1", "email")).to_have_text("right@example.com")
    assert barriers == []


def test_a_cell_that_somebody_changed_meanwhile_is_asked_about(
    app: Flask, editor_page: Page, open_as: OpenAs, owner: Staff
) -> None:
    many_users(app, 1)
    page, other = editor_page, open_as(owner)
    for one, words in ((page, "Mine"), (other, "Theirs")):
        one.goto("/admin/user/")
        cell(arrived(one), "User 0", "name").focus()
        one.keyboard.press("Enter")
        expect(one.get_by_label("Name of User 0")).to_be_focused()
        one.keyboard.type(words)
    other.keyboard.press("Enter")
    expect(other.locator("[data-cell-note]")).to_contain_text("Saved.")

    page.keyboard.press("Enter")
    expect(page.locator(".cell-form .conflict")).to_contain_text("Theirs")
    page.get_by_label("Keep mine").check()
    page.get_by_role("button", name="Save", exact=True).click()

    expect(page.locator("[data-cell-note]")).to_contain_text("Saved. Mine")
    assert stored(app, User, "name") == ["Mine"]


def test_a_row_that_no_longer_matches_stays_marked_until_the_list_is_loaded(app: Flask, editor_page: Page) -> None:
    many(app, Post, [{"content": "garden wall"}, {"content": "garden gate"}])
    page = editor_page
    page.goto("/admin/post/?q=garden&sort=id")

    open_cell(page, "garden wall", "content", "Content of garden wall")
    page.get_by_label("Content of garden wall").fill("Boat")
    page.keyboard.press("Enter")

    expect(row_of(page, "Boat")).to_contain_text("No longer in this list")
    expect(page.locator("tr[data-outside]")).to_have_count(1)
    page.reload()
    assert column(page, "Content") == ["garden gate"]


def test_typing_into_a_cell_is_not_lost_with_the_list(app: Flask, editor_page: Page) -> None:
    many_users(app, 2)
    page = editor_page
    page.goto("/admin/user/")

    open_cell(page, "User 1", "name", "Name of User 1")
    page.keyboard.type("Typed")
    page.get_by_role("link", name="Email", exact=True).click()

    expect(page.locator("[data-cell-note]")).to_have_text("Save or cancel the cell that you are changing first.")
    expect(page.get_by_label("Name of User 1")).to_have_value("Typed")


def test_a_session_that_ended_keeps_what_is_typed_into_a_cell(
    app: Flask, editor_page: Page, editor: Staff, password: str
) -> None:
    many_users(app, 1)
    page = editor_page
    page.goto("/admin/user/")
    open_cell(page, "User 0", "name", "Name of User 0")
    page.keyboard.type("Typed")
    end_sessions(app)

    page.keyboard.press("Enter")

    expect(page.locator("[data-cell-note]")).to_contain_text("You are signed out.")
    expect(page.get_by_label("Name of User 0")).to_have_value("Typed")
    assert stored(app, User, "name") == ["User 0"]

    # Signed in again in another tab, one goes on in this one.
    tab = page.context.new_page()
    tab.goto("/sign-in")
    tab.get_by_label("Email").fill(editor.email)
    tab.get_by_label("Password", exact=True).fill(password)
    tab.get_by_role("button", name="Sign in", exact=True).click()
    expect(tab).to_have_url("/admin/")
    page.get_by_label("Name of User 0").press("Enter")
    expect(page.locator("[data-cell-note]")).to_contain_text("Saved. Typed")
    assert stored(app, User, "name") == ["Typed"]


def test_what_one_person_typed_into_a_cell_is_not_saved_in_the_name_of_another(
    app: Flask, editor_page: Page, owner: Staff, signed_in: Callable[[Staff], dict[str, Any]], live_server: str
) -> None:
    many_users(app, 1)
    page = editor_page
    page.goto("/admin/user/")
    open_cell(page, "User 0", "name", "Name of User 0")
    page.keyboard.type("Typed")
    # In another tab, where the first person signed out.
    give_cookie(page.context, app, signed_in(owner), live_server)

    page.keyboard.press("Enter")

    expect(page.locator("[data-cell-note]")).to_contain_text("Someone else is signed in in this browser now.")
    expect(page.get_by_label("Name of User 0")).to_have_value("Typed")
    assert stored(app, User, "name") == ["User 0"]
