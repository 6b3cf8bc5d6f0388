"""How long a session lasts: seen, idle and over, and what the page's script is told of it."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from admin_app.extensions import db
from tests.page import Page
from tests.pages.sessions import ago, change, kept

ACCOUNT, ONE = "/admin/account/", "/admin/account/session/"


# ---- idle, and seen


def test_a_session_that_lay_idle_is_over(app: Flask, as_viewer: Any) -> None:
    change(app, last_seen_at=ago(hours=7, minutes=59))
    before = as_viewer.get("/admin/").status_code
    change(app, last_seen_at=ago(hours=8))

    assert (before, as_viewer.get("/admin/").status_code) == (200, 302)


def test_the_idle_limit_is_a_setting(app: Flask, as_viewer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "IDLE_HOURS", 1)
    change(app, last_seen_at=ago(hours=1))

    assert as_viewer.get("/admin/").status_code == 302


def test_a_page_notes_when_the_session_was_seen(app: Flask, as_viewer: Any) -> None:
    change(app, last_seen_at=ago(minutes=2))

    as_viewer.get("/admin/")

    assert kept(app)[0].last_seen_at > ago(seconds=30)


def test_within_a_minute_nothing_is_noted(app: Flask, as_viewer: Any) -> None:
    moment = ago(seconds=40)
    change(app, last_seen_at=moment)

    as_viewer.get("/admin/")

    assert kept(app)[0].last_seen_at == moment


def test_sending_a_form_notes_it_too(app: Flask, as_editor: Any) -> None:
    change(app, last_seen_at=ago(minutes=2))

    as_editor.post_form("/admin/post/new/", {"content": "Words"})

    assert kept(app)[0].last_seen_at > ago(seconds=30)


def test_a_page_neither_fails_nor_waits_while_somebody_else_writes(app: Flask, as_viewer: Any) -> None:
    moment = ago(minutes=2)
    change(app, last_seen_at=moment)
    with app.app_context():
        path = db.engine.url.database
    writer = sqlite3.connect(str(path), isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")

    began = datetime.now(UTC)
    status = as_viewer.get("/admin/").status_code
    took = datetime.now(UTC) - began
    writer.rollback()
    writer.close()

    assert (status, kept(app)[0].last_seen_at) == (200, moment)
    # A writer is waited for 15 seconds.
    assert took < timedelta(seconds=10)


@pytest.mark.parametrize("store", ["postgres"], indirect=True)
def test_a_page_neither_fails_nor_waits_while_its_session_is_locked(app: Flask, as_viewer: Any) -> None:
    moment = ago(minutes=2)
    change(app, last_seen_at=moment)
    with app.app_context():
        engine = db.engine
    with engine.connect() as holder:
        holder.execute(text("SELECT * FROM staff_session FOR UPDATE"))

        status = as_viewer.get("/admin/").status_code

        holder.rollback()
    assert (status, kept(app)[0].last_seen_at) == (200, moment)


# ---- what the page's script asks


def test_the_script_hears_how_long_the_session_lasts_and_prolongs_nothing_by_asking(app: Flask, as_viewer: Any) -> None:
    moment = ago(hours=7)
    change(app, last_seen_at=moment, expires_at=ago(hours=-3))

    answer = as_viewer.get(ONE).json

    assert 3500 <= answer["idle"] <= 3600
    assert 3 * 3600 - 100 <= answer["end"] <= 3 * 3600
    assert kept(app)[0].last_seen_at == moment


def test_stay_signed_in_prolongs_the_session_but_not_beyond_its_hour(app: Flask, as_viewer: Any) -> None:
    change(app, last_seen_at=ago(hours=7, minutes=58), expires_at=ago(hours=-3))

    answer = as_viewer.post_form(ONE, page=ACCOUNT).json

    assert 3 * 3600 - 100 <= answer["idle"] == answer["end"] <= 3 * 3600
    assert kept(app)[0].last_seen_at > ago(minutes=1)


def test_every_page_of_a_signed_in_person_carries_the_note_hidden(as_viewer: Any) -> None:
    page = Page(as_viewer.get("/admin/user/"))

    (note,) = page.all("div", class_="session-note")
    assert note.attributes["data-session"] == ONE
    assert 3500 < int(note.attributes["data-idle"]) <= 3600
    assert "hidden" in note.all("div", class_="session-note__box")[0].attributes
