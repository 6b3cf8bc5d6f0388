from __future__ import annotations

import csv
import io
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from admin_app.errors import TransferError
from admin_app.extensions import db
from admin_app.jobs import ledger, running
from admin_app.jobs.running import KINDS, Product, Progress
from admin_app.models.job import Job, JobState
from admin_app.models.post import Post
from admin_app.models.role import OWNER, VIEWER, Role
from admin_app.models.staff import Staff
from admin_app.models.words import Words
from tests.many import many
from tests.page import Page


def ask(client: Any, **changes: Any) -> int:
    """Ask for an export that a job makes, and return the job's id."""
    form = {"format": "xlsx", "column": ["id", "content"], "delimiter": "comma", "long_text": "cut", **changes}
    response = client.post_form("/admin/post/export/?sort=id", form)
    assert (response.status_code, response.location) == (303, "/admin/jobs/")
    with client.application.app_context():
        return int(db.session.scalars(db.select(db.func.max(Job.id))).one())


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
    assert rows == [["ID", "Content"], *([id_, text] for id_, text in zip(ids, texts, strict=True))]
    assert response.headers["Content-Disposition"] == f'attachment; filename="{job.file_name}"'
    assert response.headers["Content-Length"] == str(len(response.data))
    assert response.headers["Cache-Control"] == "no-store, private"


def test_a_list_longer_than_is_sent_at_once_is_made_by_a_job(app: Flask, as_viewer: Any, jobs: Any) -> None:
    many(app, Post, [{"content": str(number)} for number in range(3)])
    app.config["EXPORT_ROWS"] = 2
    try:
        job_id = ask(as_viewer, format="csv")
    finally:
        app.config["EXPORT_ROWS"] = 50_000
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
    assert job.error.startswith("Row 1 has a text of 32,768 characters")
    assert job.error in page.root.text
    assert page.texts("button", within="jobs") == ["Retry Posts as Excel (XLSX)"]
    assert jobs.left_over(job_id) == []
    assert as_viewer.get(f"/admin/jobs/file/?id={job_id}").status_code == 404


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> list[str]:
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

    monkeypatch.setitem(KINDS, "export", endless)
    monkeypatch.setattr(running, "PULSE", 0.1)
    return seen


@pytest.mark.usefixtures("place", "slow")
def test_a_cancelled_job_stops_and_leaves_nothing(as_viewer: Any, monkeypatch: pytest.MonkeyPatch, jobs: Any) -> None:
    job_id = ask(as_viewer)
    beat, times = ledger.beat, []

    def cancelled_meanwhile(session: Any, **values: Any) -> bool:
        times.append(time.monotonic())
        if len(times) == 2:
            ledger.cancel(session, job_id=job_id)
        return beat(session, **values)

    monkeypatch.setattr(ledger, "beat", cancelled_meanwhile)
    jobs.work()

    assert jobs.of(job_id).state is JobState.CANCELLED
    assert time.monotonic() - times[1] < 2
    assert jobs.left_over(job_id) == []


@pytest.mark.usefixtures("place")
def test_a_worker_that_stops_gives_its_job_back(as_viewer: Any, slow: list[str], jobs: Any) -> None:
    job_id = ask(as_viewer)
    stopper = threading.Timer(0.5, running.stop_all)
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
    beat = ledger.beat

    def listened(session: Any, **values: Any) -> bool:
        told.append(values["done"])
        if len(told) == 3:
            ledger.cancel(session, job_id=job_id)
        return beat(session, **values)

    monkeypatch.setattr(ledger, "beat", listened)
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

    monkeypatch.setitem(KINDS, "export", broken)
    job_id = ask(as_viewer)
    jobs.work()

    assert (jobs.of(job_id).state, "secret" in jobs.of(job_id).error) == (JobState.FAILED, False)
    assert jobs.left_over(job_id) == []


def test_a_failed_job_is_done_by_retry(
    as_viewer: Any, monkeypatch: pytest.MonkeyPatch, make_post: Any, jobs: Any
) -> None:
    make_post()
    good = KINDS["export"]

    def refuse(_job: Job, _progress: Progress) -> Product:
        message = "Not now."
        raise TransferError(message)

    monkeypatch.setitem(KINDS, "export", refuse)
    job_id = ask(as_viewer)
    jobs.work()
    failed = jobs.of(job_id)
    monkeypatch.setitem(KINDS, "export", good)

    response = as_viewer.post_form(f"/admin/jobs/retry/?id={job_id}", page="/admin/jobs/")
    jobs.work()

    assert (failed.state, failed.error) == (JobState.FAILED, "Not now.")
    assert response.status_code == 303
    assert (jobs.of(job_id).state, jobs.of(job_id).error) == (JobState.DONE, "")


def test_who_lost_the_right_meanwhile_gets_no_file(
    app: Flask, client_of: Any, owner: Staff, make_staff: Any, jobs: Any
) -> None:
    make_staff("Second", OWNER)
    as_owner, form = client_of(owner), {"format": "xlsx", "column": ["id", "email"]}
    as_owner.post_form("/admin/staff/export/", form)
    as_owner.post_form("/admin/staff/export/", form)
    first, second = 1, 2
    with app.app_context():
        ledger.cancel(db.session, job_id=second)
        db.session.commit()
    jobs.work()
    with app.app_context():
        db.session.get_one(Staff, owner.id).roles = Words([VIEWER])
        ledger.retry(db.session, job_id=second)
        db.session.commit()
        app.extensions["jobs"].wake(second)
    jobs.work()

    assert jobs.of(first).state is JobState.DONE
    assert client_of(owner).get(f"/admin/jobs/file/?id={first}").status_code == 403
    assert (jobs.of(second).state, jobs.of(second).error) == (
        JobState.FAILED,
        "You may not export this any more. Nothing was written.",
    )


def test_who_is_kept_to_some_rows_meanwhile_gets_no_file_of_more(
    app: Flask, client_with: Callable[..., Any], client_of: Any, make_post: Any, jobs: Any
) -> None:
    make_post()
    client = client_with("post:*")
    form = {"format": "xlsx", "column": ["id", "content"]}
    first, second = 1, 2
    client.post_form("/admin/post/export/", form)
    jobs.work()
    client.post_form("/admin/post/export/", form)
    with app.app_context():
        db.session.scalars(select(Role).where(Role.key == "liam")).one().rows = Words(["post:own"])
        db.session.commit()
        client = client_of(db.session.scalars(select(Staff).where(Staff.name == "Liam")).one())
    jobs.work()
    client.post_form("/admin/post/export/", form)
    jobs.work()

    assert client.get(f"/admin/jobs/file/?id={first}").status_code == 403
    assert (jobs.of(second).state, jobs.of(second).error) == (
        JobState.FAILED,
        "What you may see has changed since you asked for this. Nothing was written; ask for it again.",
    )
    assert (jobs.of(3).state, jobs.of(3).done) == (JobState.DONE, 0)
    assert client.get("/admin/jobs/file/?id=3").status_code == 200


def test_jobs_of_others_are_404_and_owners_see_and_stop_them_but_have_no_file(
    as_viewer: Any, as_editor: Any, as_owner: Any, make_post: Any, jobs: Any
) -> None:
    make_post()
    done = ask(as_viewer)
    jobs.work()
    waiting = ask(as_viewer)
    file, cancel = f"/admin/jobs/file/?id={done}", f"/admin/jobs/cancel/?id={waiting}"

    files = [client.get(file).status_code for client in (as_viewer, as_editor, as_owner)]
    refused = as_editor.post_form(cancel, page="/admin/account/").status_code
    lists = [len(Page(client.get("/admin/jobs/?all=1")).all("li", class_="job")) for client in (as_editor, as_owner)]
    stopped = as_owner.post_form(cancel, page="/admin/account/").status_code

    assert files == [200, 404, 404]
    assert (refused, lists, stopped) == (404, [0, 2], 303)
    assert jobs.of(waiting).state is JobState.CANCELLED


def test_the_end_of_a_job_is_told_once_on_the_next_page(as_viewer: Any, make_post: Any, jobs: Any) -> None:
    make_post()
    as_viewer.get("/admin/")
    ask(as_viewer)
    under_way = Page(as_viewer.get("/admin/user/"))
    jobs.work()

    news = [Page(as_viewer.get("/admin/user/")).all("div", id="job-news", role="status")[0].text for _ in range(2)]

    assert under_way.has_link("Jobs, 1 under way")
    assert news == ["Posts as Excel (XLSX): done. Show jobs", ""]


def test_the_page_says_when_nobody_works(app: Flask, as_viewer: Any) -> None:
    ask(as_viewer)
    before = "No worker is running" in as_viewer.get("/admin/jobs/").text
    with app.app_context():
        ledger.worker_seen(db.session, worker_id="one")
        db.session.commit()

    assert (before, "No worker is running" in as_viewer.get("/admin/jobs/").text) == (True, False)


def test_the_jobs_page_asks_as_much_for_three_jobs_as_for_one(as_viewer: Any, statements: Any) -> None:
    counts = {}
    for number in (1, 3):
        while len(Page(as_viewer.get("/admin/jobs/")).all("li", class_="job")) < number:
            ask(as_viewer)
        with statements() as sent:
            as_viewer.get("/admin/jobs/")
        counts[number] = len(sent)

    assert counts == {1: 3, 3: 3}


def test_names_of_files_are_safe_in_a_header(app: Flask) -> None:
    view = next(one for one in app.extensions["admin"][0]._views if one.endpoint == "post")
    before, view.nouns = view.nouns, 'po\r\nX-Bad: 1"; é/../sts'
    try:
        with app.app_context():
            name = view.file_name(view.order([]))
    finally:
        view.nouns = before

    assert set(name) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.")


def test_the_days_of_a_filter_are_those_of_the_person_who_asked(
    app: Flask, as_viewer: Any, viewer: Staff, make_post: Any, jobs: Any
) -> None:
    late, early = (make_post(created_at=datetime(2026, 1, 1, hour, tzinfo=UTC)) for hour in (23, 1))
    with app.app_context():
        db.session.get_one(Staff, viewer.id).time_zone = "Asia/Tokyo"
        db.session.commit()
    form = {"format": "xlsx", "column": ["id"]}
    as_viewer.post_form("/admin/post/export/?created_at__on=2026-01-02", form)
    jobs.work()

    response = as_viewer.get("/admin/jobs/file/?id=1")

    rows = CalamineWorkbook.from_filelike(io.BytesIO(response.data)).get_sheet_by_index(0).to_python()
    assert rows == [["ID"], [late.id]]
    assert early.id != late.id


def test_a_job_has_the_rows_of_the_list_that_a_view_shows(as_viewer: Any, make_post: Any, jobs: Any) -> None:
    make_post(content="other")
    wanted = make_post(content="garden")
    saved = as_viewer.post_form("/admin/post/views/new/?q=garden", {"name": "Gardens", "default": "1"})
    address = saved.location.replace("/admin/post/?", "/admin/post/export/?")
    as_viewer.post_form(address, {"format": "xlsx", "column": ["id"]})
    # Whoever has a default view asks for the whole list in so many words.
    as_viewer.post_form("/admin/post/export/?view=whole", {"format": "xlsx", "column": ["id"]})
    jobs.work()

    files = [as_viewer.get(f"/admin/jobs/file/?id={number}").data for number in (1, 2)]

    found, whole = (CalamineWorkbook.from_filelike(io.BytesIO(one)).get_sheet_by_index(0).to_python() for one in files)
    assert found == [["ID"], [wanted.id]]
    assert len(whole) == 3
