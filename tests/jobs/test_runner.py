"""Jobs that run: done, refused, cancelled, stopped and broken off, and what they leave."""

from __future__ import annotations

import csv
import io
import re
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from python_calamine import CalamineWorkbook
from sqlalchemy.exc import OperationalError

from admin_app.db import troubles
from admin_app.domain.work.ticks import GONE
from admin_app.errors import TransferError
from admin_app.extensions import db
from admin_app.jobs import runner
from admin_app.jobs import store as job_store
from admin_app.jobs.runner import Product, Progress
from admin_app.models.job import Job, JobState
from admin_app.models.post import Post
from admin_app.models.ticks import TickSet
from admin_app.panel.access.access import access_to
from admin_app.panel.export.export import file_name, order
from tests.jobs.asking import ask
from tests.many import many
from tests.page import Page
from tests.panel.list.bulk import select

POSTS = "/admin/post/?sort=id"


@pytest.mark.usefixtures("place")
def test_an_export_by_a_job_is_the_list_and_is_downloaded(as_viewer: Any, make_post: Any, jobs: Any) -> None:
    texts = ["=1+1", "007", "", "é\r\n😀"]
    ids = [make_post(content=text).id for text in texts]
    job_id = ask(as_viewer)
    before = Page(as_viewer.get("/admin/jobs/")).texts("strong", within="jobs")

    assert jobs.work() == 1

    job, page = jobs.of(job_id), Page(as_viewer.get("/admin/jobs/"))
    response = as_viewer.get(page.all("a", id=f"job-{job_id}-file")[0].attributes["href"])
    rows = CalamineWorkbook.from_filelike(io.BytesIO(response.data)).get_sheet_by_index(0).to_python()
    assert before == ["Waiting"]
    assert (job.state, job.done, job.total, job.file_size) == (JobState.DONE, 4, 4, len(response.data))
    assert page.texts("strong", within="jobs") == ["Done"]
    # A cell's lines end as spreadsheets end them.
    lines = [text.replace("\r\n", "\n") for text in texts]
    assert rows == [["ID", "Content"], *([id_, text] for id_, text in zip(ids, lines, strict=True))]
    assert response.headers["Content-Disposition"] == f'attachment; filename="{job.file_name}"'
    assert response.headers["Content-Length"] == str(len(response.data))
    assert response.headers["Cache-Control"] == "no-store, private"


def test_a_list_longer_than_is_sent_at_once_is_made_by_a_job(
    app: Flask, as_viewer: Any, jobs: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    many(app, Post, [{"content": str(number)} for number in range(3)])
    monkeypatch.setitem(app.config, "EXPORT_ROWS", 2)
    job_id = ask(as_viewer, format="csv")
    jobs.work()

    chunks = jobs.queue.files.read(job_id, jobs.of(job_id).attempt)
    assert chunks
    assert [row[1] for row in csv.reader(io.StringIO(b"".join(chunks).decode()))] == ["Content", "0", "1", "2"]


@pytest.mark.usefixtures("place")
def test_problems_are_counted_shown_and_sent(app: Flask, as_viewer: Any, jobs: Any) -> None:
    many(app, Post, [{"content": "x" * 32_768}] * 7)
    job_id = ask(as_viewer)
    jobs.work()

    page = Page(as_viewer.get("/admin/jobs/"))
    lines = as_viewer.get(f"/admin/jobs/problems/?id={job_id}").text.splitlines()

    assert (jobs.of(job_id).state, jobs.of(job_id).problem_count) == (JobState.DONE, 7)
    assert "7 rows, with 7 problems" in page.root.text
    assert len(page.all("li", within="jobs")) == 1 + 5
    assert (lines[0], len(lines)) == ("Row,Problem", 8)


@pytest.mark.usefixtures("place")
def test_text_that_is_refused_fails_the_job_and_leaves_no_file(app: Flask, as_viewer: Any, jobs: Any) -> None:
    many(app, Post, [{"content": "x" * 32_768}])
    job_id = ask(as_viewer, long_text="refuse")
    jobs.work()

    job, page = jobs.of(job_id), Page(as_viewer.get("/admin/jobs/"))
    assert job.state is JobState.FAILED
    assert job.error.startswith("Row 2 has a text of 32,768 characters")
    assert job.error in page.root.text
    assert page.texts("button", within="jobs") == ["Retry All posts · Excel"]
    assert jobs.left_over(job_id) == []
    assert as_viewer.get(f"/admin/jobs/file/?id={job_id}").status_code == 404


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch, jobs: Any) -> list[str]:
    """Replace the export by work that goes on until it is told to stop."""
    seen: list[str] = []

    def endless(_job: Job, progress: Progress) -> Product:
        def chunks() -> Iterator[bytes]:
            while True:
                seen.append("chunk")
                progress.add(1)
                yield b"x" * 1000
                time.sleep(0.02)
                assert len(seen) < 1000, "it was not stopped"

        return Product("endless.csv", chunks())

    monkeypatch.setitem(jobs.queue.work, "export", endless)
    monkeypatch.setattr(runner, "PULSE", 0.1)
    return seen


@pytest.mark.usefixtures("place")
def test_a_file_whose_database_breaks_off_is_made_once_more_by_the_other(
    as_viewer: Any, monkeypatch: pytest.MonkeyPatch, jobs: Any
) -> None:
    conflict = OperationalError("SELECT 1", None, RuntimeError("canceling statement due to conflict with recovery"))

    def on_two(_job: Job, progress: Progress) -> Product:
        def broken() -> Iterator[bytes]:
            progress.add(1)
            yield b"old"
            raise conflict

        def whole() -> Iterator[bytes]:
            progress.add(2)
            yield b"new"

        return Product("posts.csv", broken(), otherwise=whole())

    monkeypatch.setitem(jobs.queue.work, "export", on_two)
    job_id = ask(as_viewer)
    jobs.work()

    job = jobs.of(job_id)
    assert (job.state, job.done, job.file_size) == (JobState.DONE, 2, 3)
    assert b"".join(jobs.queue.files.read(job_id, job.attempt)) == b"new"


@pytest.mark.usefixtures("place", "slow")
def test_a_cancelled_job_stops_and_leaves_nothing(as_viewer: Any, monkeypatch: pytest.MonkeyPatch, jobs: Any) -> None:
    job_id = ask(as_viewer)
    beat, times = job_store.beat, []

    def cancelled_meanwhile(session: Any, **values: Any) -> bool:
        times.append(time.monotonic())
        if len(times) == 2:
            job_store.cancel(session, job_id=job_id)
        return beat(session, **values)

    monkeypatch.setattr(job_store, "beat", cancelled_meanwhile)
    jobs.work()

    assert jobs.of(job_id).state is JobState.CANCELLED
    assert time.monotonic() - times[1] < 2
    assert jobs.left_over(job_id) == []


@pytest.mark.usefixtures("place")
def test_a_worker_that_stops_gives_its_job_back(as_viewer: Any, slow: list[str], jobs: Any) -> None:
    job_id = ask(as_viewer)
    stopper = threading.Timer(0.5, runner.stop_all)
    stopper.start()
    jobs.work()

    job = jobs.of(job_id)
    assert (job.state, job.attempt, bool(slow)) == (JobState.WAITING, 0, True)
    assert jobs.left_over(job_id) == []


def test_progress_is_told_while_a_job_runs(
    as_viewer: Any, monkeypatch: pytest.MonkeyPatch, slow: list[str], jobs: Any
) -> None:
    job_id = ask(as_viewer)
    told: list[int] = []
    beat = job_store.beat

    def listened(session: Any, **values: Any) -> bool:
        told.append(values["done"])
        if len(told) == 3:
            job_store.cancel(session, job_id=job_id)
        return beat(session, **values)

    monkeypatch.setattr(job_store, "beat", listened)
    jobs.work()

    assert slow
    assert told == sorted(told)
    assert told[-1] > 0


@pytest.mark.usefixtures("place")
def test_an_unforeseen_error_fails_the_job_without_its_details(
    as_viewer: Any, monkeypatch: pytest.MonkeyPatch, jobs: Any
) -> None:
    def broken(_job: Job, _progress: Progress) -> Product:
        message = "secret detail"
        raise RuntimeError(message)

    monkeypatch.setitem(jobs.queue.work, "export", broken)
    job_id = ask(as_viewer)
    jobs.work()

    assert (jobs.of(job_id).state, "secret" in jobs.of(job_id).error) == (JobState.FAILED, False)
    assert jobs.left_over(job_id) == []


def test_a_failed_job_is_done_by_retry(
    as_viewer: Any, monkeypatch: pytest.MonkeyPatch, make_post: Any, jobs: Any
) -> None:
    make_post()
    good = jobs.queue.work["export"]

    def refuse(_job: Job, _progress: Progress) -> Product:
        message = "Not now."
        raise TransferError(message)

    monkeypatch.setitem(jobs.queue.work, "export", refuse)
    job_id = ask(as_viewer)
    jobs.work()
    failed = jobs.of(job_id)
    monkeypatch.setitem(jobs.queue.work, "export", good)

    response = as_viewer.post_form(f"/admin/jobs/retry/?id={job_id}", page="/admin/jobs/")
    jobs.work()

    assert (failed.state, failed.error) == (JobState.FAILED, "Not now.")
    assert response.status_code == 303
    assert (jobs.of(job_id).state, jobs.of(job_id).error) == (JobState.DONE, "")


def test_names_of_files_are_safe_in_a_header(app: Flask) -> None:
    view = next(one for one in app.extensions["resources"].values() if one.endpoint == "post")
    before, view.nouns = view.nouns, 'po\r\nX-Bad: 1"; é/../sts'
    try:
        with app.app_context():
            name = file_name(order(access_to(view), []))
    finally:
        view.nouns = before

    assert re.fullmatch(r"po--X-Bad--1-{8}sts-\d{4}-\d\d-\d\d-\d{6}\.csv", name), name


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_a_full_disk_is_one_line_of_the_log_however_often_a_job_meets_it(
    as_viewer: Any, monkeypatch: pytest.MonkeyPatch, jobs: Any, caplog: pytest.LogCaptureFixture
) -> None:
    job_id, enough = ask(as_viewer), threading.Event()
    monkeypatch.setattr(runner, "PULSE", 0.01)
    monkeypatch.setattr(troubles, "_said", {})
    full = OperationalError("UPDATE job", {}, type("Full", (Exception,), {"sqlstate": "53100"})("no space"))  # type: ignore[arg-type]
    beats: list[int] = []

    def refused(*_: object, **__: object) -> bool:
        beats.append(1)
        if len(beats) == 3:
            enough.set()
        raise full

    def meets_it(_job: Job, _progress: Progress) -> Product:
        assert enough.wait(10)
        raise full

    monkeypatch.setattr(job_store, "beat", refused)
    monkeypatch.setitem(jobs.queue.work, "export", meets_it)
    jobs.work()

    said = [one for one in caplog.records if one.name == runner.__name__]
    assert [(one.getMessage(), one.exc_info) for one in said] == [(f"{troubles.FULL} (no space)", None)]
    assert (jobs.of(job_id).state, jobs.of(job_id).error) == (JobState.FAILED, str(troubles.FULL))


# ---- of selected rows


def test_a_job_writes_the_rows_that_were_selected_when_it_was_asked_for(app: Flask, as_viewer: Any, jobs: Any) -> None:
    ids = many(app, Post, [{"content": str(number)} for number in range(3)])
    export = select(as_viewer, POSTS, ids[:2], "Export")
    as_viewer.post_form(
        export.all("form", class_="form--long")[0].attributes["action"], {"format": "xlsx", "column": ["id"]}
    )
    select(as_viewer, POSTS, ids[2:])
    select(as_viewer, POSTS, [], "Clear selection")

    jobs.work()

    assert (jobs.of(1).state, jobs.of(1).done) == (JobState.DONE, 2)


def test_a_job_takes_no_rows_that_somebody_else_selected(
    app: Flask, as_viewer: Any, as_editor: Any, jobs: Any, make_post: Any
) -> None:
    select(as_editor, POSTS, [make_post().id])
    job_id = ask(as_viewer)
    with app.app_context():
        (theirs,) = db.session.scalars(db.select(TickSet.id))
        job = db.session.get_one(Job, job_id)
        job.arguments = {**job.arguments, "selection": [["ticks", str(theirs)]]}
        db.session.commit()

    jobs.work()

    assert (jobs.of(job_id).state, jobs.of(job_id).error) == (JobState.FAILED, GONE)
