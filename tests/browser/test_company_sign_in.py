"""A browser goes to the company's provider, comes back signed in, and leaves both; with scripts and without."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect

from admin_app.models.staff import Staff
from tests.browser.steps import BOTH
from tests.provider import Provider


@BOTH
def test_a_person_signs_in_with_the_company_and_out_of_both(
    page: Page, provider: Provider, owner: Staff, axe: Any, *, javascript: bool
) -> None:
    page.goto("/admin/user/")
    problems = axe(page) if javascript else []
    page.get_by_role("link", name="Sign in with Contoso").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Users")
    expect(page.locator(".who__name")).to_contain_text(owner.name)

    page.get_by_role("button", name="Sign out", exact=True).first.click()
    page.wait_for_url(f"{provider.issuer}/out**")

    assert problems == []
