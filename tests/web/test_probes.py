"""Probes say yes or no to anybody under any host name, and no more."""

from __future__ import annotations

import mmap
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from admin_app import create_app
from admin_app.context import writing
from admin_app.db import troubles
from admin_app.db.types import utc_now
from admin_app.extensions import db
from admin_app.jobs import store as job_store
from admin_app.models.job import Job
from admin_app.models.staff import Staff
from admin_app.web import probes
from tests.stores import both_stores

YES, NO = (200, {"status": "ok"}), (503, {"status": "unavailable"})


@pytest.fixture
def store() -> str:
    """Stay on one store unless the test asks for both."""
    return "sqlite"


@pytest.fixture
def ask(app: Flask) -> Callable[[str], Any]:
    """Ask a probe under a host name of nobody's, as a machine in between does."""

    def get(name: str) -> Any:
        response = app.test_client().get(f"/health/{name}", base_url="http://10.0.0.7:8000")
        return response.status_code, response.json

    return get


@both_stores
def test_live_and_ready_say_yes(ask: Any) -> None:
    assert (ask("live"), ask("ready")) == (YES, YES)


def test_probes_answer_under_any_host_name_without_a_cookie_and_nobody_keeps_them(tmp_path: Path) -> None:
    app = create_app({"ADMIN_HOSTS": "admin.example.org", "ADMIN_HTTPS": "1"}, instance_path=str(tmp_path))

    response = app.test_client().get("/health/live", base_url="http://10.0.0.7:8000")

    assert (response.status_code, response.headers["Cache-Control"]) == (200, "no-store")
    assert "Set-Cookie" not in response.headers


def test_ready_says_no_where_the_tables_are_those_of_another_version(app: Flask, ask: Any) -> None:
    with app.app_context(), writing():
        now = db.session.scalar(text("SELECT version_num FROM alembic_version"))
        db.session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
        db.session.commit()

    answer = ask("ready")

    with app.app_context(), writing():
        db.session.execute(text("UPDATE alembic_version SET version_num = :now"), {"now": now})
        db.session.commit()
    assert (answer, ask("ready")) == (NO, YES)


def test_a_database_that_is_away_makes_it_unready_and_leaves_it_alive(tmp_path: Path) -> None:
    nowhere = {"DATABASE_URL": f"postgresql://postgres@/postgres?host={tmp_path}"}
    client = create_app(nowhere, instance_path=str(tmp_path)).test_client()

    answers = {name: client.get(f"/health/{name}").status_code for name in ("live", "ready", "jobs")}

    assert answers == {"live": 200, "ready": 503, "jobs": 503}


def test_a_database_that_hangs_is_given_up_soon_and_asked_again_later() -> None:
    answers = threading.Event()
    look = probes.Bounded(lambda: "" if answers.wait(60) else "never")

    hanging = look(), look()
    answers.set()
    while (then := look()) == look.LATE:
        pass

    assert (hanging, then) == ((look.LATE, look.LATE), "")


def test_ready_says_no_before_the_server_stops(ask: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probes, "_draining", mmap.mmap(-1, 1))

    probes.drain()

    assert (ask("ready"), ask("live")) == (NO, YES)


@both_stores
def test_jobs_says_yes_while_a_worker_lives_and_no_job_waits_long(app: Flask, ask: Any, owner: Staff) -> None:
    without_worker = ask("jobs")
    with app.app_context(), writing():
        job_store.worker_seen(db.session, worker_id="here:1")
        db.session.add(Job(kind="export", staff_id=owner.id, title="Posts", arguments={}))
        db.session.commit()
    just_asked_for = ask("jobs")
    with app.app_context(), writing():
        db.session.execute(
            db.update(Job).values(created_at=utc_now() - probes.LONGEST_WAIT - timedelta(seconds=1)),
            execution_options={"is_recorded": True},
        )
        db.session.commit()

    assert (without_worker, just_asked_for, ask("jobs")) == (NO, YES, NO)


def test_the_log_says_why_and_once_a_minute_however_often_anybody_asks(
    ask: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(probes, "_draining", mmap.mmap(-1, 1))
    monkeypatch.setattr(troubles, "_said", {})

    probes.drain()
    answers = [ask("ready") for _ in range(3)]

    assert (answers, caplog.messages) == ([NO] * 3, ["/health/ready: the server is about to stop"])
