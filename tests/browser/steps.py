"""What a person looks at and does in the browser, with JavaScript and without."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import update

from admin_app.extensions import db
from admin_app.models.staff import StaffSession

# Milliseconds, far beyond what anything takes: a busy machine is not a defect.
PATIENCE = 40_000
expect.set_options(timeout=PATIENCE)

BOTH = pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "no-scripts"])


SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def arrived(page: Page) -> Page:
    """Wait for the end of the page that was just seen, its styles and scripts: what is read at once could be half of it.

    After a click, first expect something that only the new page has: the old one has arrived long ago.
    """
    page.wait_for_load_state()
    return page


def sideways(page: Page) -> int:
    """Return by how much the page is wider than the window."""
    return int(arrived(page).evaluate(SIDEWAYS))


def result_line(page: Page, listing: str = "listing") -> Locator:
    """Return what is said about the number of rows."""
    return page.locator(f"#{listing}-result")


def first_cells(page: Page, listing: str = "listing") -> Locator:
    """Return the cells that name the rows."""
    return page.locator(f"#{listing} tbody th")


def column(page: Page, label: str, listing: str = "listing") -> list[str]:
    """Return a column's texts from top to bottom."""
    heads = [head.rstrip("↑↓").strip() for head in arrived(page).locator(f"#{listing} thead th").all_inner_texts()]
    place = heads.index(label) + 1
    return [text.strip() for text in page.locator(f"#{listing} tbody tr > :nth-child({place})").all_inner_texts()]


def row_of(page: Page, words: str, listing: str = "listing") -> Locator:
    """Return the row that has these words."""
    return page.locator(f"#{listing} tbody tr").filter(has_text=words)


def chips(page: Page) -> Locator:
    """Return the sentences of the filters that are on."""
    return page.locator(".chip__text")


def state(page: Page) -> dict[str, str]:
    """Return the arguments of the page's address."""
    return dict(parse_qsl(urlsplit(page.url).query))


def search(page: Page, words: str, listing: str = "listing") -> None:
    """Search a list by its button."""
    page.locator(f"#{listing}-search").fill(words)
    page.locator(f"#{listing}").get_by_role("button", name="Search").click()


def open_filters(page: Page) -> Locator:
    """Open the form that has all filters, from the button with the fields or on a telephone by its own, and return it."""
    sheet = page.locator("details[data-sheet]")
    button = page.locator("details.add-filter > summary")
    if button.is_visible():
        button.click()
        page.get_by_role("link", name="All filters…").click()
    else:
        sheet.locator("summary").click()
    expect(sheet).to_have_attribute("open", "")
    return sheet


def open_menu(page: Page, words: str | re.Pattern[str]) -> Locator:
    """Open what a button of the page drops down, and return it."""
    menu = page.locator("#main details.dropdown").filter(has=page.locator("summary").get_by_text(words, exact=True))
    menu.locator("summary").click()
    return menu


def act_on(page: Page, title: str, words: str) -> None:
    """Press something in the menu of the row of this title."""
    page.get_by_label(f"Actions: {title}", exact=True).click()
    page.get_by_role("link", name=f"{words} {title}".strip(), exact=True).click()


def filter_row(sheet: Locator, label: str) -> Locator:
    """Return a field's row in the filter sheet."""
    return sheet.locator("fieldset").filter(has=sheet.page.locator("legend").get_by_text(label, exact=True))


def choose(control: Locator, typed: str, option: str, *, javascript: bool) -> None:
    """Choose a record: typed and found in the picker with JavaScript, typed in full without."""
    if not javascript:
        control.fill(option)
        return
    # Typed before its script has run, it would be typed into the field that the picker takes the place of.
    expect(control).to_have_attribute("role", "combobox")
    control.focus()
    control.press_sequentially(typed)
    control.page.locator(".ts-dropdown .option").filter(has_text=option).click()


def save(page: Page, words: str = "Save post") -> None:
    """Send the form, and wait until it is answered: with JavaScript it first looks whether the server can be reached."""
    button = page.get_by_role("button", name=words, exact=True)
    if words in {"Save and continue", "Save and add another"}:
        page.locator(".split summary").click()
    # Scripts post too: that somebody is at the form.
    with page.expect_response(
        lambda answer: answer.request.method == "POST" and answer.request.is_navigation_request()
    ):
        button.click()


def expect_marked(page: Page, words: str) -> None:
    """Expect exactly one row to be marked: the one with these words."""
    expect(page.locator("tr[data-marked]")).to_have_count(1)
    expect(page.locator("tr[data-marked]")).to_contain_text(words)


def end_sessions(app: Flask) -> None:
    """Let everybody's session have ended."""
    with app.app_context():
        db.session.execute(update(StaffSession).values(expires_at=datetime(2026, 1, 1, tzinfo=UTC)))
        db.session.commit()
