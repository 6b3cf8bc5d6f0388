"""Signing in, with scripts and without: a second factor enrolled, a link handed over, the password again before a dangerous act."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pyotp
import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import update

from admin_app.extensions import db
from admin_app.models.staff import Staff, StaffSession
from tests.browser.steps import BOTH


@BOTH
def test_an_owner_enrols_an_app_and_signs_in(
    page: Page, owner: Staff, password: str, *, app: Flask, monkeypatch: pytest.MonkeyPatch, axe: Any, javascript: bool
) -> None:
    monkeypatch.setitem(app.config, "TWO_FACTOR", frozenset({"owner"}))
    page.goto("/admin/")
    page.get_by_label("Email").fill(owner.email)
    page.locator("input[name=password]").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Set up two-factor sign-in")
    problems = axe(page) if javascript else []
    secret = page.locator("code.secret").inner_text().replace(" ", "")
    page.get_by_label("Code", exact=True).fill(pyotp.TOTP(secret).now())
    page.get_by_role("button", name="Turn on two-factor sign-in").click()
    expect(page.locator(".codes li")).to_have_count(8)
    page.get_by_role("link", name="I have saved them").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Home")
    assert problems == []


@BOTH
def test_an_owner_hands_a_link_over_and_the_person_chooses_a_password(
    open_as: Callable[..., Page], owner: Staff, viewer: Staff, axe: Any, *, javascript: bool
) -> None:
    mine, theirs = open_as(owner), open_as()
    mine.goto(f"/admin/staff/edit/?id={viewer.id}")
    mine.get_by_role("link", name="Access and sessions").click()
    mine.get_by_role("button", name="Create a password link").click()
    expect(mine.locator("#link")).to_be_visible()
    problems = axe(mine) if javascript else []

    theirs.goto(mine.locator("#link").input_value())
    theirs.locator("input[name=new_password]").fill("violin marsh tanuki seven")
    theirs.get_by_role("button", name="Set password").click()

    expect(theirs.get_by_role("heading", level=1)).to_have_text("Home")
    expect(theirs.locator(".banner")).to_contain_text("Your password is set.")
    assert problems == []


@BOTH
def test_what_was_typed_survives_the_question_for_the_password(
    owner_page: Page, viewer: Staff, password: str, app: Flask, axe: Any, *, javascript: bool
) -> None:
    page = owner_page
    page.goto(f"/admin/staff/edit/?id={viewer.id}")
    with app.app_context():
        db.session.execute(update(StaffSession).values(proved_at=datetime.now(UTC) - timedelta(hours=1)))
        db.session.commit()
    page.get_by_label("Name", exact=True).fill("Verity")
    page.get_by_role("button", name="Save colleague").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Confirm it's you")
    problems = axe(page) if javascript else []
    page.locator("#proof_password").fill(password)
    page.get_by_role("button", name="Confirm").click()

    expect(page.locator(".banner")).to_contain_text("“Verity” was saved.")
    assert problems == []
