"""The form that builds filters, the chips and the cells' buttons, with JavaScript and without."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Locator, Page, expect

from admin_app.models.post import Post
from admin_app.models.staff import Staff
from admin_app.models.user import User
from tests.browser.conftest import OpenAs
from tests.browser.steps import BOTH, arrived, chips, choose, column, filter_row, open_filters, result_line, state
from tests.many import many

pytestmark = pytest.mark.usefixtures("people")


@pytest.fixture
def people(app: Flask) -> None:
    """Make Ann and Bob at work, Ann and Cleo at home, with a post each."""
    names = [("Ann", "work"), ("Bob", "work"), ("Ann", "home"), ("Cleo", "home")]
    ids = many(app, User, [{"name": name, "email": f"{name}@{place}.example".lower()} for name, place in names])
    many(app, Post, [{"content": f"Post {key}", "user_id": key} for key in ids])


def group(sheet: Locator) -> Locator:
    """Return the form's last group."""
    return sheet.locator("[data-group]").last


def add_condition(form: Locator, field: str) -> None:
    """Add a row of a field, to the form or to a group in it."""
    rows = filter_row(form, field)
    before = rows.count()
    more = form.locator(".filters__more").last
    more.locator("select").select_option(label=field)
    more.get_by_role("button", name="Add condition").click()
    expect(rows).to_have_count(before + 1)
    arrived(form.page)


@BOTH
def test_a_group_is_built_shown_changed_and_taken_off(editor_page: Page, *, javascript: bool) -> None:
    page = editor_page
    page.goto("/admin/user/?sort=id")
    if javascript:
        page.evaluate("window.isTheSame = true")
    sheet = open_filters(page)
    filter_row(sheet, "Email").get_by_label("Value").fill("example")
    foot = sheet.locator(".filters__foot")
    foot.locator("select").select_option(label="Name")
    foot.get_by_role("button", name="Add group (any of)").click()
    expect(group(sheet).locator("legend").first).to_have_text("Any of these")
    arrived(page)
    filter_row(group(sheet), "Name").get_by_label("Value").fill("Cleo")
    add_condition(group(sheet), "Name")
    second = filter_row(group(sheet), "Name").last
    second.locator("select").select_option(label="is")
    second.get_by_label("Value").fill("Bob")
    sheet.get_by_role("button", name="Apply filters").last.click()

    expect(result_line(page)).to_have_text("2 users")
    assert state(page) == {
        "email__contains": "example",
        "where": "name contains Cleo or name equals Bob",
        "sort": "id",
    }
    expect(chips(page)).to_have_text(["Email contains “example”", "Name contains “Cleo” or Name is “Bob”"])
    assert column(page, "Name") == ["Bob", "Cleo"]
    if javascript:
        assert page.evaluate("window.isTheSame === true")

    sheet = open_filters(page)
    filter_row(group(sheet), "Name").last.get_by_role("button", name="Remove condition: Name").click()
    expect(sheet.locator("[data-filter='name']")).to_have_count(2)
    sheet.get_by_role("button", name="Apply filters").last.click()
    # A group of one is that one.
    expect(chips(page)).to_have_text(["Email contains “example”", "Name contains “Cleo”"])
    page.get_by_role("link", name="Remove filter: Name contains “Cleo”").click()
    expect(result_line(page)).to_have_text("4 users")


@BOTH
def test_a_group_in_a_group_is_built(editor_page: Page) -> None:
    page = editor_page
    page.goto("/admin/user/?where=name+equals+Cleo+or+name+equals+Bob")
    sheet = open_filters(page)
    sheet.locator("[data-group='1']").get_by_role("button", name="Add group (all of)").click()
    inner = group(sheet)
    expect(inner.locator("legend").first).to_have_text("All of these")
    arrived(page)
    if filter_row(inner, "Email").count() == 0:
        add_condition(inner, "Email")
    filter_row(inner, "Name").get_by_label("Value").fill("Ann")
    filter_row(inner, "Email").get_by_label("Value").fill("home")
    sheet.get_by_role("button", name="Apply filters").last.click()

    expect(chips(page)).to_have_text(
        ["Name is “Cleo” or Name is “Bob” or (Name contains “Ann” and Email contains “home”)"]
    )
    expect(result_line(page)).to_have_text("3 users")


@BOTH
def test_enter_applies_the_one_condition_that_was_typed(editor_page: Page, *, javascript: bool) -> None:
    page = editor_page
    page.goto("/admin/user/?email__contains=home")
    sheet = open_filters(page)
    value = filter_row(sheet, "Name").get_by_label("Value")
    value.fill("Cleo")
    value.press("Enter")
    if not javascript:
        # Without it, Enter begins a line, of which the server takes no notice.
        sheet.get_by_role("button", name="Apply filters").last.click()

    expect(result_line(page)).to_have_text("1 user")
    assert state(page) == {"name__contains": "Cleo", "email__contains": "home"}


def test_the_value_follows_the_operator(editor_page: Page) -> None:
    page = editor_page
    page.goto("/admin/post/")
    sheet = open_filters(page)
    day = filter_row(sheet, "Created at")
    expect(day.locator("input")).to_have_attribute("type", "date")
    day.get_by_label("Condition").select_option(label="is within")
    expect(day.locator("input")).to_be_hidden()
    day.get_by_role("combobox", name="Value").select_option(label="Today")
    user = filter_row(sheet, "User")
    expect(user.get_by_role("combobox", name="Value")).to_be_visible()
    user.locator("select").first.select_option(label="is one of")
    expect(user.get_by_role("combobox", name="Value")).to_be_hidden()
    user.get_by_role("textbox", name="Value").fill("Bob, Cleo")
    sheet.get_by_role("button", name="Apply filters").last.click()

    expect(result_line(page)).to_have_text("2 posts")
    assert state(page) == {"user__in": "Bob, Cleo", "created_at__within": "today"}


def test_a_picker_works_in_a_row_that_was_added(editor_page: Page) -> None:
    page = editor_page
    page.goto("/admin/post/?user.name__equals=Ann")
    sheet = open_filters(page)
    foot = sheet.locator(".filters__foot")
    foot.locator("select").select_option(label="User")
    foot.get_by_role("button", name="Add group (any of)").click()
    add_condition(group(sheet), "User")
    for place, email in enumerate(["bob@work.example", "ann@home.example"]):
        picker = filter_row(group(sheet), "User").nth(place).get_by_role("combobox", name="Value")
        choose(picker, email[:4], email, javascript=True)
    sheet.get_by_role("button", name="Apply filters").last.click()

    expect(chips(page)).to_have_text(["User's name is “Ann”", "User is “Bob” or User is “Ann”"])
    expect(result_line(page)).to_have_text("1 post")


@BOTH
def test_a_cell_leads_to_the_rows_with_its_value(editor_page: Page) -> None:
    page = editor_page
    page.goto("/admin/user/?sort=id&email__contains=example")
    button = page.get_by_role("button", name="Filter: Name is Ann").first
    button.focus()
    page.keyboard.press("Enter")

    expect(result_line(page)).to_have_text("2 users")
    assert state(page) == {"email__contains": "example", "name__equals": "Ann", "sort": "id"}
    expect(page).to_have_url(re.compile(r"/admin/user/\?"))


@pytest.mark.parametrize("width", [360, 1280])
def test_the_built_form_is_for_everybody(
    open_as: OpenAs, viewer: Staff, axe: Callable[[Page], list[str]], width: int
) -> None:
    page = open_as(viewer, viewport={"width": width, "height": 800})
    page.goto("/admin/post/?where=content+contains+x+or+(user+is+1+and+created_at+on+y)")
    sheet = page.locator("details[data-sheet]")
    sheet.locator("[data-group='1']").get_by_role("button", name="Add group (all of)").click()
    expect(sheet.locator("[data-group]")).to_have_count(3)

    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_account_offers_the_browsers_time_zone(open_as: OpenAs, viewer: Staff) -> None:
    page = open_as(viewer, timezone_id="Europe/Prague")
    page.goto("/admin/account/")
    page.get_by_role("button", name="Use this browser's: Europe/Prague").click()
    page.get_by_role("button", name="Save", exact=True).click()

    expect(page.locator(".banner")).to_contain_text("Preferences saved.")
    expect(arrived(page).get_by_label("Time zone", exact=True)).to_have_value("Europe/Prague")
    expect(page.get_by_role("button", name="Use this browser's")).to_have_count(0)


@pytest.mark.parametrize("javascript", [False])
def test_the_time_zone_is_chosen_without_scripts(viewer_page: Page) -> None:
    page = viewer_page
    page.goto("/admin/account/")
    page.get_by_label("Time zone", exact=True).select_option("Asia/Tokyo")
    page.get_by_role("button", name="Save", exact=True).click()

    expect(page.locator(".banner")).to_contain_text("Preferences saved.")
    expect(page.get_by_label("Time zone", exact=True)).to_have_value("Asia/Tokyo")


@pytest.mark.parametrize("operator", ["is one of", "is none of"])
def test_a_column_pasted_into_the_form_keeps_its_lines(editor_page: Page, operator: str) -> None:
    page = editor_page
    page.goto("/admin/user/")
    sheet = open_filters(page)
    row = filter_row(sheet, "Name")
    row.locator("select").select_option(label=operator)
    value = row.get_by_label("Value")
    value.focus()
    page.keyboard.insert_text("Bob\nCleo\n")
    value.press("Enter")

    expect(result_line(page)).to_have_text("2 users")
    assert state(page) == {"name__in" if operator == "is one of" else "name__not_in": "Bob\nCleo"}
