"""Passkeys in Chromium, on a device that answers by itself: enrolled, used to sign in, and used as proof."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import update

from admin_app.extensions import db
from admin_app.models.staff import Staff, StaffSession
from tests.browser.conftest import OpenAs

# The device that holds the passkeys stays with a tab.
pytestmark = pytest.mark.own_tab

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def page(open_as: OpenAs, live_server: str) -> Page:
    """Return a stranger's page, whose computer holds passkeys; a number is no host that browsers make them for."""
    page = open_as(base_url=live_server.replace("127.0.0.1", "localhost"))
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    return page


def send_password(page: Page, staff: Staff, password: str) -> None:
    page.goto("/sign-in")
    page.get_by_label("Email").fill(staff.email)
    page.locator("input[name=password]").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def looked_at(page: Page, axe: Callable[[Page], list[str]]) -> list[str]:
    """Return what is wrong with a page, wide and narrow."""
    found = axe(page)
    page.set_viewport_size({"width": 320, "height": 800})
    sideways = page.evaluate(SIDEWAYS)
    page.set_viewport_size({"width": 1280, "height": 800})
    return [*found, *([f"{page.url} scrolls sideways"] if sideways else [])]


def test_an_owner_enrols_a_passkey_signs_out_and_signs_in_with_it(
    page: Page, owner: Staff, password: str, *, app: Flask, axe: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "TWO_FACTOR", frozenset({"owner"}))
    send_password(page, owner, password)
    expect(page.get_by_role("heading", level=1)).to_have_text("Set up two-factor sign-in")
    problems = looked_at(page, axe)
    page.get_by_label("Name").fill("Blue key")
    page.get_by_role("button", name="Add passkey").click()
    expect(page.locator(".codes li")).to_have_count(8)
    page.get_by_role("link", name="I have saved them").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Home")
    page.goto("/admin/account/")
    expect(page.locator("#passkeys tbody th")).to_have_text("Blue key")
    problems += looked_at(page, axe)

    page.get_by_role("button", name="Sign out", exact=True).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    send_password(page, owner, password)
    expect(page.get_by_role("heading", level=1)).to_have_text("Use your passkey or a code")
    problems += looked_at(page, axe)
    page.get_by_role("button", name="Sign in with a passkey").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Home")
    assert problems == []


def test_a_passkey_is_added_once_and_is_proof_for_what_was_typed(
    page: Page, owner: Staff, viewer: Staff, password: str, *, app: Flask, axe: Any
) -> None:
    send_password(page, owner, password)
    expect(page.get_by_role("heading", level=1)).to_have_text("Home")
    page.goto("/admin/account/passkeys/")
    problems = looked_at(page, axe)
    page.get_by_label("Name").press("Enter")
    expect(page.locator(".codes li")).to_have_count(8)
    page.goto("/admin/account/passkeys/")
    page.get_by_role("button", name="Add passkey").click()
    expect(page.locator("[data-passkey-status]")).to_have_text(
        "This device already has a passkey of yours. Choose another device."
    )
    page.goto(f"/admin/staff/edit/?id={viewer.id}")
    with app.app_context():
        db.session.execute(update(StaffSession).values(proved_at=datetime.now(UTC) - timedelta(hours=1)))
        db.session.commit()
    page.get_by_label("Name", exact=True).fill("Verity")
    page.get_by_role("button", name="Save colleague").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Confirm it's you")
    problems += looked_at(page, axe)
    page.get_by_role("button", name="Confirm with a passkey").click()

    expect(page.locator(".banner")).to_contain_text("“Verity” was saved.")
    page.goto("/admin/account/")
    page.get_by_role("link", name="Rename or remove").click()
    expect(page.get_by_role("heading", level=2).last).to_have_text("Remove passkey")
    assert [*problems, *looked_at(page, axe)] == []
