"""Acts of a list's bar and of its rows as a person meets them: deleted and brought back, changed from the row, with scripts and without."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from admin_app.models.staff import Staff
from admin_app.models.user import User
from admin_app.resources.user import UserResource
from tests.browser.conftest import OpenAs
from tests.browser.steps import BOTH, column, first_cells, sideways
from tests.panel.plan.row_actions import LowerCaseEmail


@BOTH
def test_users_are_deleted_with_what_hangs_on_them_and_brought_back(
    open_as: OpenAs, editor: Staff, make_user: Callable[..., User], make_post: Callable[..., object]
) -> None:
    ann = make_user(name="Ann")
    make_user(name="Bea")
    make_post(user=ann)
    page = open_as(editor, viewport={"width": 375, "height": 700})

    page.goto("/admin/user/")
    page.get_by_label("Select Ann").check()
    page.get_by_label("Select Bea").check()
    page.get_by_text("Actions", exact=True).locator("visible=true").click()
    page.get_by_role("button", name="Delete…").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Delete users")
    assert sideways(page) <= 0
    page.get_by_label("Keep the post").check()
    page.get_by_role("button", name="Show what is deleted").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Delete 2 users?")
    assert sideways(page) <= 0
    page.get_by_role("button", name="Delete 2 users").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("2 users deleted")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()

    page.goto("/admin/user/?sort=id")
    expect(first_cells(page)).to_have_text(["Ann", "Bea"])


@BOTH
def test_an_action_is_done_with_the_selected_rows(
    open_as: OpenAs, editor: Staff, make_user: Callable[..., User], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(UserResource, "row_actions", (LowerCaseEmail(),))
    for name in ("Ann", "Bea", "Cleo"):
        make_user(name=name, email=f"{name}@example.com")
    page = open_as(editor, viewport={"width": 375, "height": 700})

    page.goto("/admin/user/?sort=id")
    page.get_by_label("Select Ann").check()
    page.get_by_label("Select Cleo").check()
    page.get_by_text("Actions", exact=True).locator("visible=true").click()
    page.get_by_role("button", name="Lower-case email", exact=True).click()
    page.get_by_role("button", name="Show what changes").click()
    page.get_by_role("button", name="Lower-case the email of 2 users").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("2 users changed")

    page.goto("/admin/user/?sort=id")
    assert column(page, "Email") == ["ann@example.com", "Bea@example.com", "cleo@example.com"]


def test_the_pages_of_acts_are_open_to_everybody(
    editor_page: Page,
    axe: Callable[[Page], list[str]],
    make_user: Callable[..., User],
    make_post: Callable[..., object],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(UserResource, "row_actions", (LowerCaseEmail(),))
    user = make_user(email="Ann@example.com")
    make_post(user=user)
    found = {}

    for address in ("", "delete-many/", "act/lower-case-email/", f"act/lower-case-email/?id={user.id}"):
        editor_page.goto(f"/admin/user/{address}")
        found[address] = axe(editor_page)

    assert {address: problems for address, problems in found.items() if problems} == {}


@BOTH
def test_an_action_is_done_from_its_row_by_keys_alone(
    open_as: OpenAs, editor: Staff, make_user: Callable[..., User], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(UserResource, "row_actions", (LowerCaseEmail(),))
    make_user(name="Ann", email="Ann@example.com")
    page = open_as(editor, viewport={"width": 375, "height": 700})
    page.goto("/admin/user/")

    page.get_by_label("Actions: Ann", exact=True).focus()
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Lower-case email Ann").focus()
    assert sideways(page) <= 0
    page.keyboard.press("Enter")
    button = page.get_by_role("button", name="Lower-case email", exact=True)
    expect(button).to_be_visible()
    button.focus()
    page.keyboard.press("Enter")

    expect(page.get_by_role("button", name="Undo User “Ann” was changed.")).to_be_visible()
    expect(page.get_by_role("cell", name="ann@example.com")).to_be_visible()
