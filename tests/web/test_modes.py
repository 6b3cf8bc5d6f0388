"""During maintenance everybody reads, nobody loses what they typed, and a command is enough to begin and to end it."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from admin_app.cli.modes import banner, maintenance
from admin_app.extensions import db
from admin_app.jobs.runner import run_job
from admin_app.models.job import Job, JobState
from admin_app.models.user import User
from admin_app.web import modes
from tests.page import Page


@pytest.fixture
def store() -> str:
    """Stay on one store: it keeps one row."""
    return "sqlite"


@pytest.fixture(autouse=True)
def looked_at_each_time(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Believe nothing for longer than a moment."""
    monkeypatch.setattr(modes, "FRESH", 0)
    monkeypatch.setitem(app.extensions, "mode", modes.Kept())


@pytest.fixture
def say(app: Flask) -> Any:
    """Give a command, as the operator does on any machine."""

    def run(command: Any, *words: str) -> str:
        runner = app.test_cli_runner()
        result = runner.invoke(command, list(words), catch_exceptions=False)
        assert result.exit_code == 0
        return result.output

    return run


def names(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(db.select(User.name)))


def test_while_it_lasts_people_read_and_get_back_what_they_wanted_to_save(
    as_editor: Any, app: Flask, say: Any, make_user: Any
) -> None:
    user = make_user(name="Ann", email="ann@example.com").id
    say(maintenance, "on", "--until", "2026-12-01 22:00")

    page = as_editor.get(f"/admin/user/edit/?id={user}")
    refused = as_editor.post_form(f"/admin/user/edit/?id={user}", {"name": "Anna", "email": "ann@example.com"})

    told = "The dashboard is in maintenance: you can see everything, but you cannot save until 2026-12-01 22:00:00 UTC."
    answer = Page(refused)
    assert (page.status_code, told in page.text) == (200, True)
    assert (answer.status, answer.heading, refused.headers["Retry-After"]) == (
        503,
        "You cannot save at the moment",
        "300",
    )
    assert (told in refused.text, "Anna" in refused.text, names(app)) == (True, True, ["Ann"])

    say(maintenance, "off")
    saved = as_editor.post_form(f"/admin/user/edit/?id={user}", {"name": "Anna", "email": "ann@example.com"})

    assert (saved.status_code, names(app)) == (303, ["Anna"])


def test_people_sign_in_meanwhile(as_nobody: Any, owner: Any, password: str, say: Any) -> None:
    say(maintenance, "on")

    answer = as_nobody.post_form("/sign-in", {"email": owner.email, "password": password})

    assert (answer.status_code, "you cannot save for now" in as_nobody.get("/admin/").text) == (303, True)


def test_setting_does_what_the_command_does(as_editor: Any, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "MAINTENANCE", 1)
    monkeypatch.setitem(app.config, "BANNER", "We move.")

    assert as_editor.post_form("/admin/user/new/", {"name": "Ann", "email": "a@example.com"}).status_code == 503
    assert Page(as_editor.get("/admin/")).texts("div", class_="banner") == [
        "We move.",
        modes.maintenance_words(modes.Mode()),
    ]


def test_banner_is_on_every_page_until_it_is_removed(as_viewer: Any, as_nobody: Any, say: Any) -> None:
    say(banner, "Closed <on> Friday.")
    shown = [
        Page(client.get(path)).texts("div", class_="banner")
        for client, path in ((as_viewer, "/admin/"), (as_nobody, "/sign-in"))
    ]
    known = say(maintenance, "show")
    say(banner)

    assert shown == [["Closed <on> Friday."]] * 2
    assert known == "Maintenance: off\nBanner: Closed <on> Friday.\n"
    assert Page(as_viewer.get("/admin/")).texts("div", class_="banner") == []


def test_jobs_wait_until_it_is_over(app: Flask, owner: Any, say: Any) -> None:
    say(maintenance, "on")
    with app.app_context():
        db.session.add(Job(kind="nothing", staff_id=owner.id, title="Posts", arguments={}))
        db.session.commit()
        queue = app.extensions["jobs"]

        states = []
        for command in ("on", "off"):
            say(maintenance, command)
            run_job(1, queue.files, {"nothing": lambda _job, _progress: None})
            db.session.expire_all()
            states.append(db.session.get_one(Job, 1).state)

    assert states == [JobState.WAITING, JobState.DONE]


def test_a_command_takes_effect_within_seconds_and_pages_do_not_ask_each_time(
    as_viewer: Any, say: Any, monkeypatch: pytest.MonkeyPatch, app: Flask
) -> None:
    as_viewer.get("/admin/")
    monkeypatch.setattr(modes, "FRESH", 1000)
    say(banner, "Closed.")
    before = Page(as_viewer.get("/admin/")).texts("div", class_="banner")
    app.extensions["mode"].since -= 1000

    assert (before, Page(as_viewer.get("/admin/")).texts("div", class_="banner")) == ([], ["Closed."])
