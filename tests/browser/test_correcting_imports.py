"""A file with fifty wrong cells is put right on the page and imported; with scripts and without, on a telephone too."""

from __future__ import annotations

from typing import Any

from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select

from admin_app.extensions import db
from admin_app.models.user import User
from tests.browser.steps import BOTH

WRONG = 50


def emails(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(User.email).order_by(User.id)))


def planned(page: Page, rows: list[str]) -> None:
    """Paste rows of users, and go on to the plan."""
    page.goto("/admin/user/import/")
    page.get_by_label("Or paste rows").fill("\n".join(["Name,Email", *rows]))
    page.get_by_role("button", name="Read rows").click()
    page.get_by_role("button", name="Continue to columns").click()
    page.get_by_role("button", name="Show what changes").click()


@BOTH
def test_fifty_cells_are_corrected_and_the_file_comes_in(app: Flask, editor_page: Page) -> None:
    page = editor_page
    planned(page, ["Ada,ada@example.com", *(f"Person {number},person{number}" for number in range(WRONG))])
    expect(page.get_by_role("heading", level=1)).to_have_text("Import 1 user?")

    page.get_by_role("link", name=f"Correct {WRONG} rows").first.click()
    cells = page.locator(".corrections__rows input")
    expect(cells).to_have_count(WRONG)
    for number in range(WRONG):
        expect(cells.nth(number)).to_have_accessible_description("Error: Use the form name@example.com.")
        cells.nth(number).fill(f"person{number}@example.com")
    page.get_by_role("button", name="Check the file with these corrections").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Import {WRONG + 1} users?")
    page.get_by_role("button", name=f"Import {WRONG + 1} users").click()

    expect(page.get_by_role("heading", level=1)).to_have_text(f"{WRONG + 1} users imported")
    assert emails(app) == ["ada@example.com", *(f"person{number}@example.com" for number in range(WRONG))]
    page.get_by_role("button", name="Undo").first.click()
    page.wait_for_load_state()
    assert emails(app) == []


@BOTH
def test_a_value_is_corrected_once_for_all_of_its_rows(app: Flask, editor_page: Page) -> None:
    page = editor_page
    planned(page, ["Ada,same", "Bob,same", "Cleo,", "Dora,dora@example.com"])

    page.get_by_role("link", name="Correct 3 rows").first.click()
    page.get_by_role("link", name="Email: use the form name@example.com.").click()
    value = page.get_by_label("Email “same” 2 rows")
    value.fill("same@example.com")
    page.get_by_role("button", name="Check the file with these corrections").click()
    # Now they are right, each by itself, and the same.
    page.get_by_role("link", name="Correct 3 rows").first.click()
    page.get_by_role("link", name="Email: the same as in another row.").click()
    page.get_by_role("button", name="Leave these rows out").click()
    page.get_by_label("Only the 1 user that can be imported").check()
    page.get_by_role("button", name="Import 1 user").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("1 user imported")
    assert emails(app) == ["dora@example.com"]


def test_the_plan_and_its_corrections_fit_and_are_free_of_faults(editor_page: Page, barriers: Any) -> None:
    page = editor_page
    planned(page, ["Ada,ada@example.com", f"{'long' * 30},no", "Bob,no", "Cleo,ada@example.com,too many"])

    found = [barriers(page)]
    page.get_by_role("link", name="Correct 3 rows").first.click()
    found.append(barriers(page))
    page.get_by_role("link", name="Email: use the form name@example.com.").click()
    found.append(barriers(page))
    page.get_by_role("link", name="Back to the plan").click()
    page.get_by_role("button", name="Import 1 user").click()
    expect(page.locator(".problem")).to_contain_text("3 users can't be imported.")
    found.append(barriers(page))

    assert found == [{}] * 4
