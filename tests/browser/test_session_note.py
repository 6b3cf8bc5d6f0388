"""The note before a session ends: it comes in time, prolongs the session, and what is being typed stays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select, update

from admin_app.extensions import db
from admin_app.models.staff import Staff, StaffSession
from tests.browser.steps import end_sessions

# The clock that a test puts in stays.
pytestmark = pytest.mark.own_tab

EIGHT_HOURS = 8 * 3600 * 1000


def leave_idle(app: Flask, **past: float) -> None:
    """Let the session have been seen last so long ago."""
    with app.app_context():
        db.session.execute(update(StaffSession).values(last_seen_at=datetime.now(UTC) - timedelta(**past),
                                                       expires_at=datetime.now(UTC) + timedelta(hours=12)))  # fmt: skip
        db.session.commit()


def last_seen(app: Flask) -> datetime:
    with app.app_context():
        return db.session.scalars(select(StaffSession.last_seen_at)).one()


def test_before_an_idle_session_ends_one_may_stay_and_keeps_what_was_typed(
    editor_page: Page, app: Flask, axe: Any
) -> None:
    page = editor_page
    page.clock.install()
    page.goto("/admin/post/new/")
    page.get_by_label("Content").fill("Half a sentence")
    leave_idle(app, hours=7, minutes=57)
    page.clock.fast_forward(EIGHT_HOURS)

    note = page.locator("[data-session-note]")
    expect(note).to_contain_text("You will be signed out in 3 minutes: you have not done anything here for a while.")
    problems = axe(page)
    note.get_by_role("button", name="Stay signed in").click()

    expect(note).to_be_hidden()
    expect(page.get_by_label("Content")).to_have_value("Half a sentence")
    assert problems == []
    assert last_seen(app) > datetime.now(UTC) - timedelta(minutes=1)


def test_nothing_is_said_while_another_tab_is_used(editor_page: Page, app: Flask) -> None:
    page = editor_page
    page.clock.install()
    page.goto("/admin/post/new/")
    leave_idle(app, minutes=1)

    with page.expect_response("**/admin/account/session/"):
        page.clock.fast_forward(EIGHT_HOURS)

    expect(page.locator("[data-session-note]")).to_be_hidden()


UNREACHED = "You are signed out, or the dashboard cannot be reached."


def wait_for_the_note(page: Page) -> Any:
    note = page.locator("[data-session-note]")
    expect(note).to_contain_text(UNREACHED)
    return note


def test_who_signs_in_again_in_another_tab_is_not_told_to_be_signed_out_any_longer(
    editor_page: Page, app: Flask, editor: Staff, password: str
) -> None:
    page = editor_page
    page.clock.install()
    page.goto("/admin/post/new/")
    page.get_by_label("Content").fill("Half a sentence")
    end_sessions(app)
    page.clock.fast_forward(EIGHT_HOURS)
    note = wait_for_the_note(page)

    other = page.context.new_page()
    other.goto("/sign-in")
    other.get_by_label("Email").fill(editor.email)
    other.get_by_role("textbox", name="Password").fill(password)
    other.get_by_role("button", name="Sign in").click()
    expect(other).to_have_url("/admin/")
    page.clock.fast_forward(11_000)

    expect(note).to_be_hidden()
    expect(page.get_by_label("Content")).to_have_value("Half a sentence")


@pytest.mark.parametrize("unreachable", ["/admin/account/session/"])
def test_a_dashboard_that_comes_back_takes_the_note_back(editor_page: Page, app: Flask) -> None:
    page = editor_page
    page.clock.install()
    page.goto("/admin/post/new/")
    leave_idle(app, minutes=1)
    page.context.set_offline(offline=True)
    page.clock.fast_forward(EIGHT_HOURS)
    note = wait_for_the_note(page)

    page.context.set_offline(offline=False)
    page.clock.run_for(100)

    expect(note).to_be_hidden()
