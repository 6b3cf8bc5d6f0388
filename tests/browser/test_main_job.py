"""The main job from end to end, as a person does it: sign in, find, correct, relate, export, delete."""

from __future__ import annotations

import csv
from pathlib import Path

from flask import Flask
from playwright.sync_api import Page, expect

from admin_app.models.staff import Staff
from admin_app.models.user import User
from tests.browser.lasers import contents
from tests.browser.steps import (
    BOTH,
    act_on,
    arrived,
    chips,
    choose,
    column,
    expect_marked,
    filter_row,
    first_cells,
    open_filters,
    open_menu,
    result_line,
    row_of,
    save,
    search,
    state,
)


def sign_in(page: Page, email: str, password: str) -> None:
    """Sign in, on the way to a list."""
    page.goto("/admin/post/")
    expect(page).to_have_title("Sign in - Admin")
    page.get_by_label("Email").fill(email)
    page.get_by_role("textbox", name="Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url("/admin/post/")


def add_two_filters(page: Page, *, javascript: bool) -> None:
    """Ask for Ann's posts without "07"."""
    sheet = open_filters(page)
    content = filter_row(sheet, "Content")
    content.locator("select").select_option(label="does not contain")
    content.get_by_label("Value").fill("07")
    user = filter_row(sheet, "User").locator("#listing-add-user")
    choose(user, "ann", "ann@example.com", javascript=javascript)
    sheet.get_by_role("button", name="Apply filters").click()


def narrow(page: Page, *, javascript: bool) -> None:
    """Search, add two filters at once, which show as chips, and take one off again."""
    search(page, "laser")
    expect(result_line(page)).to_have_text("1 to 20 of 46 posts")
    assert state(page) == {"q": "laser"}

    add_two_filters(page, javascript=javascript)
    expect(chips(page)).to_have_text(["Content does not contain “07”", "User is “Ann Lee”"])
    expect(result_line(page)).to_have_text("1 to 20 of 44 posts")
    assert set(state(page)) == {"q", "content__not_contains", "user__is"}

    page.get_by_role("link", name="Remove filter: Content does not contain “07”").click()
    expect(chips(page)).to_have_text(["User is “Ann Lee”"])
    expect(result_line(page)).to_have_text("1 to 20 of 45 posts")


def sort_and_turn(page: Page) -> None:
    """Sort the list by time, and turn the page."""
    page.get_by_role("link", name="Created at").click()
    expect(page.get_by_role("columnheader", name="Created at")).to_have_attribute("aria-sort", "ascending")
    expect(first_cells(page).first).to_have_text("Laser 01")
    page.get_by_role("link", name="Next").click()
    expect(result_line(page)).to_have_text("21 to 40 of 45 posts")
    assert column(page, "Content") == [f"Laser {number:02}" for number in range(21, 41)]


def export(page: Page, path: Path) -> list[dict[str, str]]:
    """Export the list, and return the file's rows."""
    with page.expect_download() as download:
        open_menu(page, "Export").get_by_role("link", name="CSV").click()
    download.value.save_as(path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def export_the_list(page: Page, path: Path) -> None:
    """Export what the list shows: all its pages, in its order."""
    exported = export(page, path)
    assert [row["Content"] for row in exported] == [f"Laser {number:02}" for number in range(1, 46)]
    assert [row["ID"] for row in exported][20:40] == column(page, "ID")
    assert {row["User"] for row in exported} == {"Ann Lee"}


def correct(page: Page, content: str, corrected: str) -> None:
    """Open a post of the list by its words, and change them."""
    page.get_by_role("link", name=content, exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(content)
    page.get_by_label("Content").fill(corrected)
    save(page)


def give_to_bob(page: Page, content: str, *, javascript: bool) -> None:
    """Open a post of the list, and change whose it is."""
    act_on(page, content, "Edit")
    expect(page.get_by_role("heading", level=1)).to_have_text(content)
    choose(page.locator("#user"), "bob", "bob@example.com", javascript=javascript)
    save(page)


def delete_post(page: Page, content: str) -> None:
    """Delete a post of the list on the page that asks."""
    act_on(page, content, "Delete")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Delete post “{content}”?")
    page.get_by_role("button", name="Delete post").click()


def clear_and_sign_out(page: Page) -> None:
    """Take everything off the list again; then out."""
    page.get_by_role("link", name="Clear all").click()
    expect(result_line(page)).to_have_text("1 to 20 of 48 posts")
    page.get_by_role("button", name="Sign out").first.click()
    expect(page).to_have_title("Sign in - Admin")


@BOTH
def test_the_main_job(
    *,
    app: Flask,
    page: Page,
    editor: Staff,
    password: str,
    ann: User,
    posts: list[int],
    javascript: bool,
    tmp_path: Path,
) -> None:
    assert len(posts) == 49

    sign_in(page, editor.email, password)
    expect(result_line(page)).to_have_text("1 to 20 of 49 posts")
    narrow(page, javascript=javascript)
    sort_and_turn(page)
    here = page.url
    chosen = str(ann.id) if javascript else ann.email
    place = "20~2026-01-01T20:00:00+00:00"
    assert state(page) == {"q": "laser", "user__is": chosen, "sort": "created_at", "page": "2", "after": place}

    export_the_list(page, tmp_path / "posts.csv")
    assert page.url == here

    # Open, correct, and be back where one was, the row marked.
    correct(page, "Laser 30", "Laser 30, corrected")
    expect(page).to_have_url(here)
    expect(page.get_by_role("alert")).to_contain_text("Post “Laser 30, corrected” was saved.")
    expect_marked(page, "Laser 30, corrected")
    expect(chips(page)).to_have_text(["User is “Ann Lee”"])

    # Give it to somebody else: it leaves this list.
    give_to_bob(page, "Laser 31", javascript=javascript)
    expect(page).to_have_url(here)
    expect(result_line(page)).to_have_text("21 to 40 of 44 posts")
    expect(row_of(page, "Laser 31")).to_have_count(0)
    assert contents(app)["Laser 31"] == "Bob Ray"

    # Delete one, after a look.
    delete_post(page, "Laser 32")
    expect(page).to_have_url(here)
    expect(page.get_by_role("alert")).to_contain_text("Post “Laser 32” was deleted.")
    assert "Laser 32" not in contents(app)
    assert len(contents(app)) == 48

    clear_and_sign_out(page)


@BOTH
def test_a_viewer_looks_and_exports_and_finds_nothing_to_change(
    viewer_page: Page, posts: list[int], *, javascript: bool
) -> None:
    page = viewer_page
    page.goto("/admin/post/")
    expect(result_line(page)).to_have_text(f"1 to 20 of {len(posts)} posts")
    assert page.get_by_role("link", name="Edit").count() == 0
    assert page.get_by_role("link", name="Delete").count() == 0
    page.get_by_role("link", name="Laser 45", exact=True).click()
    expect(page.locator(".long-text")).to_have_text("Laser 45")
    assert state(page) == {"id": str(posts[44]), "url": "/admin/post/"}
    page.locator("dl").get_by_role("link", name="Ann Lee").click()
    expect(result_line(page, "posts")).to_have_text("1 to 10 of 45 posts")
    copying = ["Copy ID"] if javascript else []
    # Watching and selecting change no record, and a file is all that can be made of selected rows.
    selecting = ["Clear selection", "Select the ticked rows", "Select all 10 on this page", "Select all 45"]
    found = arrived(page).locator("#main button:not([aria-hidden])").all_text_contents()
    assert found == [*copying, "Watch this user", "Search", *selecting, "Export"]
