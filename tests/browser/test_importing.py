"""A file imported in the browser, with and without scripts: sent, looked at, its columns given to fields, planned."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

CONTENT = (
    "ID;Content;User;Created at;Notes;عنوان;" + "x" * 300 + "\n"
    ";Hello <b>world</b> and a good many further words;ann@example.com;03.04.2026;keep;مرحبا;y\n"
    ";Second;bob@example.com;25.12.2026;;;z\n"
).encode()
FILE: Any = {"name": "posts <b>2026 אב.csv", "mimeType": "text/csv", "buffer": CONTENT}


def choose_file(page: Page) -> None:
    page.goto("/admin/post/")
    page.get_by_role("link", name="Import").click()
    page.get_by_label("File").set_input_files(files=[FILE])
    page.get_by_role("button", name="Read rows").click()
    page.wait_for_url("**/import/source/**")


def go_on(page: Page) -> None:
    page.get_by_role("button", name="Continue to columns").click()
    page.wait_for_url("**/import/columns/**")


@pytest.mark.parametrize("javascript", [True, False])
def test_a_file_is_sent_looked_at_and_planned(editor_page: Page, make_user: Any) -> None:
    make_user(name="Ann", email="ann@example.com")
    page = editor_page

    choose_file(page)
    expect(page.get_by_role("region", name="First rows of the file")).to_contain_text("Hello <b>world</b>")
    page.get_by_label("Separator").select_option("Comma")
    page.get_by_role("button", name="Read again").last.click()
    expect(page.get_by_label("Separator")).to_have_value(",")
    page.get_by_label("Separator").select_option("Semicolon")
    page.get_by_role("button", name="Read again").last.click()
    expect(page.get_by_role("columnheader", name="Content")).to_be_visible()
    go_on(page)
    page.get_by_label("Notes goes to").select_option("Content")
    page.get_by_role("button", name="Show what changes").click()
    expect(page.locator(".problem")).to_contain_text("Two columns go to Content.")
    page.get_by_label("Notes goes to").select_option("Leave out")
    page.get_by_role("button", name="Show what changes").click()
    page.wait_for_url("**/plan/**")
    expect(page.get_by_role("heading", level=1)).to_contain_text("post")


def test_every_page_fits_and_is_free_of_faults(editor_page: Page, barriers: Any) -> None:
    page = editor_page
    page.goto("/admin/post/import/")
    found = [barriers(page)]
    page.get_by_role("button", name="Read rows").click()
    expect(page.locator(".problem")).to_be_visible()
    found.append(barriers(page))
    choose_file(page)
    found.append(barriers(page))
    go_on(page)
    found.append(barriers(page))
    page.get_by_label("Notes goes to").select_option("Content")
    page.get_by_role("button", name="Show what changes").click()
    expect(page.locator(".problem")).to_be_visible()
    found.append(barriers(page))

    assert found == [{}] * 5


def test_pasted_rows_survive_a_refusal(editor_page: Page) -> None:
    page = editor_page
    page.goto("/admin/user/import/")

    page.get_by_label("Or paste rows").fill("<!doctype html>")
    page.get_by_role("button", name="Read rows").click()

    expect(page.locator("#text-error")).to_contain_text("This is a web page or XML, not a table.")
    expect(page.get_by_label("Or paste rows")).to_have_value("<!doctype html>")


def test_a_file_that_is_too_large_is_not_sent(editor_page: Page, app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "UPLOAD_MB", 1)
    page = editor_page
    page.goto("/admin/user/import/")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))

    page.get_by_label("File").set_input_files(files=[{**FILE, "buffer": b"x" * 1024 * 1024 + b"x"}])
    page.get_by_role("button", name="Read rows").click()

    expect(page.get_by_role("alert")).to_have_text("The file is larger than 1 MB. It was not sent.")
    assert sent == []
    page.get_by_label("File").set_input_files(files=[FILE])
    page.get_by_role("button", name="Read rows").click()
    page.wait_for_url("**/import/source/**")
