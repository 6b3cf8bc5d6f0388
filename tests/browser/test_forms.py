"""Forms in the browser: errors and where the focus goes, one sending, unsaved changes, the picker."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Dialog, Page, Route, expect
from sqlalchemy import func, select

from admin_app.extensions import db
from admin_app.models.post import Post
from admin_app.models.user import User
from tests.browser.steps import BOTH, arrived, choose, expect_marked, result_line, save, state
from tests.many import many, many_users

# In one step, as nobody does it sooner; then until Tom Select, 300 ms after the last key, would have looked for it.
TYPE_AND_CHOOSE = """async (option) => {
    const control = document.querySelector("#user");
    control.value = "many1";
    control.dispatchEvent(new InputEvent("input", { bubbles: true }));
    option.click();
    await new Promise((over) => setTimeout(over, 400));
}"""


@BOTH
def test_an_error_is_said_twice_and_leads_to_its_field(
    editor_page: Page, make_user: Callable[..., User], *, javascript: bool
) -> None:
    make_user(name="Ann Lee", email="ann@example.com")
    page = editor_page
    page.goto("/admin/user/new/?url=/admin/user/?q=a")
    name, email = page.get_by_label("Name"), page.get_by_label("Email")
    email.fill("ann@example.com")
    save(page, "Save user")

    expect(page).to_have_title("Error: Add user - Admin")
    summary = page.locator(".problem")
    expect(summary).to_contain_text("There is a problem")
    if javascript:
        expect(summary).to_be_focused()
    # The same words in the summary and at the fields, in the fields' order.
    arrived(page)
    said = summary.get_by_role("link").all_inner_texts()
    expect(name).to_have_accessible_description(f"Error: {said[0]}")
    expect(email).to_have_accessible_description(f"Error: {said[1]}")
    expect(name).to_have_attribute("aria-invalid", "true")
    summary.get_by_role("link").nth(1).click()
    expect(email).to_be_focused()

    # What was typed is still there, also what was wrong.
    expect(email).to_have_value("ann@example.com")
    name.fill("Ann the Second")
    email.fill(" ann2@example.com ")
    save(page, "Save user")
    expect(page).to_have_url("/admin/user/?q=a")
    expect_marked(page, "ann2@example.com")


@BOTH
def test_a_relation_that_matches_nobody_keeps_what_was_typed(
    app: Flask, editor_page: Page, *, javascript: bool
) -> None:
    many_users(app, 2)
    page = editor_page
    page.goto("/admin/post/new/")
    page.get_by_label("Content").fill("Whose is this?")
    if javascript:
        # The picker offers what there is; an address that was true yesterday comes by the form's own input.
        page.locator("input[name=user]").evaluate("(input) => input.tomselect.addOption({id: '99', text: 'Gone'})")
        page.locator("input[name=user]").evaluate("(input) => input.tomselect.setValue('99')")
    else:
        page.locator("#user").fill("99")
    save(page)

    expect(page).to_have_title("Error: Add post - Admin")
    expect(page.get_by_label("Content")).to_have_value("Whose is this?")
    expect(page.locator("input[name=user]")).to_have_value("99")
    # The picker takes the field's place: whatever has the focus before that loses it.
    arrived(page)
    page.locator(".problem").get_by_role("link").click()
    expect(page.locator("#user")).to_be_focused()
    choose(page.locator("#user"), "many1", "many1@example.com", javascript=javascript)
    save(page)
    with app.app_context():
        assert db.session.scalars(select(User.email).join(Post)).all() == ["many1@example.com"]


@BOTH
def test_save_and_continue_stays_and_save_and_add_another_begins_anew(app: Flask, editor_page: Page) -> None:
    page = editor_page
    page.goto("/admin/user/new/?url=/admin/user/?q=example")
    for name in ("Ann", "Bob"):
        page.get_by_label("Name").fill(name)
        page.get_by_label("Email").fill(f"{name.lower()}@example.com")
        save(page, "Save and add another")
        expect(page.get_by_role("alert")).to_contain_text(f"User “{name}” was created.")
        expect(page.get_by_role("heading", level=1)).to_have_text("Add user")
        expect(page.get_by_label("Name")).to_have_value("")
    page.get_by_label("Name").fill("Cora")
    page.get_by_label("Email").fill("cora@example.com")
    save(page, "Save and continue")
    expect(page.get_by_role("heading", level=1)).to_have_text("Cora")
    page.get_by_label("Name").fill("Cora Ray")
    save(page, "Save user")
    expect(page).to_have_url("/admin/user/?q=example")
    expect(result_line(page)).to_have_text("3 users")
    expect_marked(page, "Cora Ray")
    with app.app_context():
        assert db.session.scalars(select(User.name).order_by(User.id)).all() == ["Ann", "Bob", "Cora Ray"]


def name_fields_as_a_form_names_its_own(page: Page) -> None:
    """Add fields that stand in for properties of the form, as a model's columns may do."""
    fields = "".join(f"<input type='hidden' name='{name}'>" for name in ("method", "action", "elements", "dataset"))
    arrived(page).locator("form[data-guard]").evaluate(
        "(form, fields) => form.insertAdjacentHTML('beforeend', fields)", fields
    )


def test_a_double_click_sends_once(app: Flask, editor_page: Page) -> None:
    page = editor_page
    sent = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.goto("/admin/post/new/")
    name_fields_as_a_form_names_its_own(page)
    page.get_by_label("Content").fill("Once")
    page.get_by_role("button", name="Save post").dblclick()
    expect_marked(page, "Once")
    assert len(sent) == 1
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Post)) == 1


def test_the_back_button_shows_a_form_that_can_be_sent_again(editor_page: Page, make_post: Callable[..., Post]) -> None:
    make_post(content="First")
    page = editor_page
    page.goto("/admin/post/")
    page.get_by_role("link", name="First", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("First")
    page.get_by_label("Content").fill("Second")
    save(page)
    expect_marked(page, "Second")
    page.go_back()
    page.get_by_label("Content").fill("Third")
    save(page)
    expect_marked(page, "Third")


@pytest.mark.own_tab
def test_leaving_a_changed_form_asks_first(editor_page: Page, make_user: Callable[..., User]) -> None:
    user = make_user(name="Ann Lee")
    page = editor_page
    asked: list[str] = []
    answers = iter(["dismiss", "accept", "accept"])

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.type)
        getattr(dialog, next(answers))()

    page.on("dialog", answer)
    page.goto(f"/admin/user/edit/?id={user.id}")
    unsaved = page.get_by_text("Unsaved changes")
    expect(unsaved).to_be_hidden()

    # Nothing changed: nothing asked.
    page.get_by_role("link", name="Cancel").click()
    expect(page).to_have_url("/admin/user/")
    assert asked == []

    page.get_by_role("link", name="Ann Lee", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ann Lee")
    arrived(page)
    page.get_by_label("Name").press("End")
    page.get_by_label("Name").press_sequentially("!")
    expect(unsaved).to_be_visible()
    with page.expect_event("dialog"):
        page.get_by_role("link", name="Cancel").click(no_wait_after=True)
    expect(page.get_by_label("Name")).to_have_value("Ann Lee!")
    assert asked == ["beforeunload"]

    # Typed back: nothing to lose.
    page.get_by_label("Name").press("End")
    page.get_by_label("Name").press("Backspace")
    expect(unsaved).to_be_hidden()

    page.get_by_label("Name").press_sequentially("?")
    page.get_by_role("link", name="Cancel").click()
    expect(page).to_have_url("/admin/user/")
    assert asked == ["beforeunload", "beforeunload"]

    # Left for another page, and not cancelled: it is kept, and home leads to it.
    page.goto(f"/admin/user/edit/?id={user.id}")
    name_fields_as_a_form_names_its_own(page)
    page.get_by_label("Name").fill("Ann Left")
    page.get_by_role("link", name="Posts", exact=True).first.click()
    expect(page).to_have_url("/admin/post/")
    page.goto("/admin/")
    page.get_by_role("link", name=f"User {user.id}").click()
    expect(page.get_by_label("Name")).to_have_value("Ann Left")


@pytest.mark.own_tab
def test_saving_a_changed_form_does_not_ask(editor_page: Page, make_user: Callable[..., User]) -> None:
    user = make_user(name="Ann Lee")
    page = editor_page
    page.on("dialog", lambda dialog: pytest.fail(f"It asked: {dialog.type}"))
    page.goto(f"/admin/user/edit/?id={user.id}")
    page.get_by_label("Name").press_sequentially("Dr. ")
    save(page, "Save user")
    expect_marked(page, "Dr. Ann Lee")


def test_the_picker_searches_pages_clears_and_closes(app: Flask, editor_page: Page) -> None:
    ids = many_users(app, 45)
    post = many(app, Post, [{"content": "Whose?", "user_id": ids[7]}])[0]
    page = editor_page
    page.goto(f"/admin/post/edit/?id={post}")
    picker = page.get_by_role("combobox", name="User (optional)")
    expect(page.locator(".ts-control .item")).to_have_text("User 7")
    expect(page.get_by_text("Type an ID")).to_be_hidden()

    # It opens with a page of users, and fetches more when one scrolls on.
    picker.focus()
    picker.press("ArrowDown")
    expect(picker).to_have_attribute("aria-expanded", "true")
    offered = page.locator(".ts-dropdown .option > span")
    expect(offered).to_have_count(20)
    page.locator(".ts-dropdown-content").evaluate("(list) => list.scrollTo(0, list.scrollHeight)")
    # The one that is chosen is not offered.
    expect(offered).to_have_count(39)

    # Escape closes it and leaves the choice and the focus alone.
    picker.press("Escape")
    expect(picker).to_have_attribute("aria-expanded", "false")
    expect(page.locator(".ts-dropdown")).to_be_hidden()
    expect(picker).to_be_focused()
    assert page.locator("input[name=user]").input_value() == str(ids[7])

    # The server searches, by email too.
    picker.press_sequentially("many31@")
    expect(offered).to_have_text(["User 31"])
    picker.press("Enter")
    expect(page.locator(".ts-control .item")).to_have_text("User 31")
    expect(page.locator(".picked:visible")).to_have_text("User 31 many31@example.com")
    assert page.locator("input[name=user]").input_value() == str(ids[31])

    # Opened again it begins anew; what does not exist is said.
    picker.press("ArrowDown")
    expect(offered).to_have_count(20)
    picker.press_sequentially("nobody of this name")
    expect(page.locator(".ts-dropdown")).to_have_text("No matches")
    picker.press("Escape")

    # It can be emptied: the post is nobody's then.
    page.get_by_role("button", name="Clear").click()
    save(page)
    expect_marked(page, "Whose?")
    with app.app_context():
        assert db.session.scalars(select(Post.user_id)).all() == [None]


def test_a_slow_answer_does_not_replace_a_later_one(app: Flask, editor_page: Page) -> None:
    many_users(app, 30)
    page = editor_page
    waiting: list[Route] = []

    def wait(route: Route) -> None:
        waiting.append(route)

    # The first question, for everything, is answered when the second one has been.
    page.route("**/lookup/**query=&**", wait)
    page.goto("/admin/post/new/")
    picker = page.get_by_role("combobox", name="User (optional)")
    with page.expect_request("**/lookup/**"):
        picker.focus()
    with page.expect_response("**/lookup/**query=many17**"):
        picker.press_sequentially("many17@")
    assert len(waiting) == 1
    waiting.pop().continue_()
    expect(page.locator(".ts-dropdown .option > span")).to_have_text(["User 17"])
    picker.press("Enter")
    expect(page.locator(".ts-control .item")).to_have_text("User 17")


def test_an_answer_that_comes_after_the_choice_opens_no_list(app: Flask, editor_page: Page) -> None:
    many_users(app, 2)
    page = editor_page
    waiting: list[Route] = []

    def wait(route: Route) -> None:
        waiting.append(route)

    page.route("**/lookup/**query=many1&**", wait)
    page.goto("/admin/post/new/")
    picker = page.get_by_role("combobox", name="User (optional)")
    picker.focus()
    expect(page.locator(".ts-dropdown .option")).to_have_count(2)

    with page.expect_request("**/lookup/**query=many1&**"):
        picker.press_sequentially("many1")
    # It stands in the list already, which is what there was before anything was typed.
    page.locator(".ts-dropdown .option").filter(has_text="many1@example.com").click()
    waiting.pop().continue_()
    page.locator("input[name=user]").evaluate("(input) => input.tomselect.answered")

    expect(page.locator(".ts-control .item")).to_have_text("User 1")
    expect(picker).to_have_attribute("aria-expanded", "false")


def test_what_was_typed_just_before_a_choice_opens_no_list(app: Flask, editor_page: Page) -> None:
    many_users(app, 2)
    page = editor_page
    page.goto("/admin/post/new/")
    picker = page.get_by_role("combobox", name="User (optional)")
    picker.focus()
    expect(page.locator(".ts-dropdown .option")).to_have_count(2)

    page.locator(".ts-dropdown .option").filter(has_text="many1@example.com").evaluate(TYPE_AND_CHOOSE)

    expect(page.locator(".ts-control .item")).to_have_text("User 1")
    expect(picker).to_have_attribute("aria-expanded", "false")


@BOTH
def test_a_wrong_password_keeps_the_email_and_says_no_more(page: Page) -> None:
    page.goto("/sign-in?next=/admin/user/")
    page.get_by_label("Email").fill("nobody@example.com")
    page.get_by_role("textbox", name="Password").fill("not the password")
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_title("Error: Sign in - Admin")
    expect(page.locator(".problem li")).to_have_text("The email or the password is wrong.")
    expect(page.get_by_label("Email")).to_have_value("nobody@example.com")
    expect(page.get_by_role("textbox", name="Password")).to_have_value("")


def test_a_password_can_be_shown_and_is_sent_hidden(page: Page, owner: object, password: str) -> None:
    assert owner
    page.goto("/sign-in")
    field = page.get_by_role("textbox", name="Password")
    page.get_by_label("Email").fill("olivia@example.com")
    field.fill(password)
    page.get_by_role("button", name="Show password").click()
    expect(field).to_have_attribute("type", "text")
    page.get_by_role("button", name="Hide password").click()
    expect(field).to_have_attribute("type", "password")
    page.get_by_role("button", name="Show password").click()
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_title("Home - Admin")


def test_the_guard_forgets_a_form_that_was_saved(editor_page: Page, make_user: Callable[..., User]) -> None:
    user = make_user(name="Ann Lee")
    page = editor_page
    page.goto(f"/admin/user/edit/?id={user.id}&url=/admin/user/%3Fq%3Dann")
    page.get_by_label("Email").fill("ann@example.com")
    save(page, "Save and continue")
    expect(page.get_by_role("alert")).to_contain_text("was saved")
    expect(page.get_by_text("Unsaved changes")).to_be_hidden()
    assert state(page) == {"id": str(user.id), "url": "/admin/user/?q=ann"}
