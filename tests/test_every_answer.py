"""Every kind of answer beside those of routes, which test_every_route asks: its headers, and nothing of it kept where others look."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from admin_app.config import MAX_BODY_BYTES
from admin_app.extensions import db
from admin_app.jobs.queue import the_queue
from admin_app.models.job import Job, JobState
from tests.web.test_security import HEADERS, PRIVATE

ICON = "/static/icon.svg"
# What shows a stranger's HTML has a policy of its own: `tests/panel/record/test_preview.py` says which.
OWN = {
    "/admin/post/preview/": {
        "Content-Security-Policy",
        "X-Frame-Options",
        "Referrer-Policy",
        "Cross-Origin-Opener-Policy",
    },
    "/static/preview.css": {"Cross-Origin-Resource-Policy"},
}


@pytest.fixture
def store() -> str:
    """Stay on one store: headers stand in front of it."""
    return "sqlite"


def missing(response: TestResponse) -> dict[str, list[str]]:
    """Return the headers that are not there once, as they should be."""
    found = {name: response.headers.getlist(name) for name in HEADERS}
    return {name: values for name, values in found.items() if values != [HEADERS[name]]}


def lacking(rule: str, response: TestResponse) -> dict[str, list[str]]:
    """Return the headers that are not there once, as they should be on an answer of a route; it is kept by nobody."""
    found = {name: values for name, values in missing(response).items() if name not in OWN.get(rule, set())}
    kept = response.headers.getlist("Cache-Control")
    return found if kept == [PRIVATE] or rule.startswith("/static/") else {**found, "Cache-Control": kept}


def answers(client: Any, app: Flask, owner: Any) -> Iterator[tuple[str, int, TestResponse]]:
    """Yield what no route answers by itself: a name, the status that is expected, the answer."""
    etag = client.get(ICON, buffered=True).headers["ETag"]
    yield "unchanged", 304, client.get(ICON, headers={"If-None-Match": etag})
    yield "a part", 206, client.get(ICON, headers={"Range": "bytes=0-9"}, buffered=True)
    yield "no part", 416, client.get(ICON, headers={"Range": "bytes=99999-"})
    yield "compressed", 200, client.get("/admin/", headers={"Accept-Encoding": "gzip"})
    yield "too large", 413, client.post("/sign-in", data=b"x" * (MAX_BODY_BYTES + 1), content_type="text/plain")
    yield "unknown list", 400, client.get("/admin/user/?nothing=1")
    yield "file of a job", 200, client.get(f"/admin/jobs/file/?id={whole_job(app, owner)}", buffered=True)


def whole_job(app: Flask, owner: Any) -> int:
    """Make a job whose file is there."""
    asked = {"resource": "post", "columns": ["id"]}
    with app.app_context():
        job = Job(kind="export", staff_id=owner.id, title="Posts", arguments=asked, state=JobState.DONE)
        job.file_name, job.file_size = "posts.csv", 3
        db.session.add(job)
        db.session.commit()
        the_queue().files.write(job.id, job.attempt, [b"ID\n"])
        return job.id


def test_what_no_route_answers_by_itself_carries_them_too(as_owner: Any, app: Flask, owner: Any) -> None:
    for name, status, response in answers(as_owner, app, owner):
        assert (name, response.status_code, missing(response)) == (name, status, {})
        is_static = name in {"unchanged", "a part", "no part"}
        assert response.headers.get("Cache-Control") == ("no-cache" if is_static and status < 400 else PRIVATE), name
        response.close()


def test_a_compressed_page_is_the_page(as_owner: Any) -> None:
    response = as_owner.get("/admin/", headers={"Accept-Encoding": "gzip"})

    assert response.headers["Content-Encoding"] == "gzip"
    assert "Cookie" in response.headers["Vary"]
    assert gzip.decompress(response.data).startswith(b"<!doctype html>")


def test_a_delayed_sign_in_carries_them_too(as_nobody: Any) -> None:
    sent = {"email": "ann@example.com", "password": "x"}

    # On a busy machine the first delays are over before the next try comes.
    tries = (as_nobody.post_form("/sign-in", sent) for _ in range(12))
    refused = next(one for one in tries if one.status_code == 429)

    assert missing(refused) == {}
