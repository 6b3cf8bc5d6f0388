"""Prometheus reads the numbers of all requests by its token, and nobody else does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask

from admin_app import create_app, metrics
from admin_app.context import time_limit, writing
from admin_app.extensions import db
from admin_app.jobs import store as job_store
from admin_app.models.job import Job, JobState
from tests.stores import both_stores

TOKEN = "prometheus-reads-this"
SHOWN = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def store() -> str:
    """Stay on one store unless the test asks for both."""
    return "sqlite"


@pytest.fixture
def read(tmp_path: Any) -> Iterator[Callable[[str], float]]:
    """Count, and read a number by its name and labels; of those that other tests raised, what was added."""
    client = create_app({"ADMIN_METRICS_TOKEN": TOKEN}, instance_path=str(tmp_path)).test_client()

    def numbers() -> dict[str, float]:
        text = client.get("/metrics", headers=SHOWN, base_url="http://10.0.0.7").text
        lines = [line.rpartition(" ") for line in text.splitlines() if not line.startswith("#")]
        return {name: float(value) for name, _, value in lines}

    before = numbers()
    yield lambda name: numbers().get(name, 0.0) - before.get(name, 0.0)
    metrics.want(is_wanted=False)


@pytest.mark.parametrize(
    "headers", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Bearer \u00e9"}, {"Authorization": TOKEN}]
)
def test_nobody_reads_them_without_the_token(headers: dict[str, str], tmp_path: Any) -> None:
    client = create_app({"ADMIN_METRICS_TOKEN": TOKEN}, instance_path=str(tmp_path)).test_client()
    metrics.want(is_wanted=False)

    response = client.get("/metrics", headers=headers)

    assert (response.status_code, response.text) == (401, "")


def test_there_are_none_without_the_setting(as_nobody: Any) -> None:
    assert as_nobody.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


def test_requests_are_counted_by_route_and_status(as_owner: Any, read: Any, make_post: Any) -> None:
    post = make_post().id
    for path in (f"post/edit/?id={post}", f"post/edit/?id={post}", "post/edit/?id=99", "nowhere"):
        as_owner.get(f"/admin/{path}")

    edit = 'method="GET",route="/admin/post/edit/",status='
    assert [read(f'admin_requests_total{{{edit}"{status}"}}') for status in (200, 404)] == [2, 1]
    assert read('admin_requests_total{method="GET",route="-",status="404"}') == 1
    assert read('admin_request_seconds_count{route="/admin/post/edit/"}') == 3
    assert read("admin_statements_total") > 3
    assert read("admin_connections_used") == 0


def test_words_that_are_no_method_are_counted_as_one(as_nobody: Any, read: Any) -> None:
    for method in ("AAAA", "AAAB", "BREW"):
        as_nobody.open("/sign-in", method=method)

    assert read('admin_requests_total{method="other",route="-",status="405"}') == 3


def test_refused_sign_ins_are_counted(as_nobody: Any, owner: Any, read: Any) -> None:
    as_nobody.post_form("/sign-in", {"email": owner.email, "password": "wrong"})

    assert read("admin_sign_in_failures_total") == 1


def test_conflicts_are_counted(as_editor: Any, as_owner: Any, make_user: Any, read: Any) -> None:
    user = make_user(name="Ann", email="ann@example.com")
    address = f"/admin/user/edit/?id={user.id}"
    mine = {"name": "Anna", "email": user.email, "_version": "1"}
    as_owner.post_form(address, {"name": "Anne", "email": user.email, "_version": "1"})

    refused = as_editor.post_form(address, mine)

    assert (refused.status_code, read("admin_conflicts_total")) == (409, 1)


@both_stores
def test_statements_that_take_too_long_are_counted(app: Flask, read: Any) -> None:
    slow = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    with app.app_context(), time_limit(0.05), pytest.raises(db.exc.OperationalError):
        db.session.execute(db.text(slow))

    assert read("admin_time_limits_total") == 1


@both_stores
def test_worker_tells_how_much_there_is_to_do(app: Flask, owner: Any) -> None:
    with app.app_context(), writing():
        job_store.worker_seen(db.session, worker_id="here:1")
        for state in (JobState.WAITING, JobState.WAITING, JobState.FAILED):
            db.session.add(Job(kind="export", staff_id=owner.id, title="Posts", arguments={}, state=state))
        db.session.commit()
        levels = job_store.levels(db.session)

    oldest = levels.pop(metrics.Level.OLDEST)
    assert {level.value: number for level, number in levels.items()} == {
        "jobs_waiting": 2,
        "jobs_running": 0,
        "jobs_failed": 1,
        "workers": 1,
    }
    assert 0 <= oldest < 600
