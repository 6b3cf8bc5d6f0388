"""Whose a job is: done by the rights, rows and days of the person who asked, and told to them."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from admin_app.db.string_set import StringSet
from admin_app.extensions import db
from admin_app.jobs import store as job_store
from admin_app.models.job import JobState
from admin_app.models.role import OWNER, VIEWER, Role
from admin_app.models.staff import Staff
from tests.jobs.asking import ask
from tests.page import Page
from tests.stores import both_stores


@pytest.fixture(params=["sqlite"])
def store(request: pytest.FixtureRequest) -> str:
    """Run on one store: who may is decided above it. For both: @both_stores."""
    return str(request.param)


def test_who_lost_the_right_meanwhile_gets_no_file(
    app: Flask, client_of: Any, owner: Staff, make_staff: Any, jobs: Any
) -> None:
    make_staff("Second", OWNER)
    as_owner, form = client_of(owner), {"format": "xlsx", "column": ["id", "email"]}
    as_owner.post_form("/admin/staff/export/", form)
    as_owner.post_form("/admin/staff/export/", form)
    first, second = 1, 2
    with app.app_context():
        job_store.cancel(db.session, job_id=second)
        db.session.commit()
    jobs.work()
    with app.app_context():
        db.session.get_one(Staff, owner.id).roles = StringSet([VIEWER])
        job_store.retry(db.session, job_id=second)
        db.session.commit()
        app.extensions["jobs"].wake(second)
    jobs.work()

    assert jobs.of(first).state is JobState.DONE
    assert client_of(owner).get(f"/admin/jobs/file/?id={first}").status_code == 403
    assert (jobs.of(second).state, jobs.of(second).error) == (
        JobState.FAILED,
        "You can no longer export this. No file was created.",
    )


def test_who_is_kept_to_some_rows_meanwhile_gets_no_file_of_more(
    app: Flask, client_with: Callable[..., Any], client_of: Any, make_post: Any, jobs: Any
) -> None:
    make_post(content="x" * 32_768)
    client = client_with("post:*")
    form = {"format": "xlsx", "column": ["id", "content"]}
    first, second = 1, 2
    client.post_form("/admin/post/export/", form)
    jobs.work()
    client.post_form("/admin/post/export/", form)
    with app.app_context():
        db.session.scalars(select(Role).where(Role.key == "liam")).one().rows = StringSet(["post:own"])
        db.session.commit()
        client = client_of(db.session.scalars(select(Staff).where(Staff.name == "Liam")).one())
    jobs.work()
    client.post_form("/admin/post/export/", form)
    jobs.work()

    # What was wrong with a file's rows tells of these rows.
    files = [client.get(f"/admin/jobs/{one}/?id={first}").status_code for one in ("file", "problems")]
    assert (files, jobs.of(first).problem_count) == ([403, 403], 1)
    assert "Row 2" not in client.get("/admin/jobs/").text
    assert (jobs.of(second).state, jobs.of(second).error) == (
        JobState.FAILED,
        "What you can see has changed since you started this export. No file was created. Start it again.",
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


@both_stores
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


# ---- what pages say


def test_the_end_of_a_job_is_told_once_on_the_next_page(as_viewer: Any, make_post: Any, jobs: Any) -> None:
    make_post()
    as_viewer.get("/admin/")
    ask(as_viewer)
    under_way = Page(as_viewer.get("/admin/user/"))
    jobs.work()

    news = [Page(as_viewer.get("/admin/user/")).all("div", id="job-news", role="status")[0].text for _ in range(2)]

    assert under_way.has_link("Jobs 1 under way")
    assert news == ["All posts · Excel: done. Download Show jobs", ""]


def test_the_page_says_when_nobody_works(app: Flask, as_viewer: Any) -> None:
    ask(as_viewer)
    before = "No worker is running" in as_viewer.get("/admin/jobs/").text
    with app.app_context():
        job_store.worker_seen(db.session, worker_id="one")
        db.session.commit()

    assert (before, "No worker is running" in as_viewer.get("/admin/jobs/").text) == (True, False)


@both_stores
def test_the_jobs_page_asks_as_much_for_three_jobs_as_for_one(as_viewer: Any, statements: Any) -> None:
    counts = {}
    for number in (1, 3):
        while len(Page(as_viewer.get("/admin/jobs/")).all("li", class_="job")) < number:
            ask(as_viewer)
        with statements() as sent:
            as_viewer.get("/admin/jobs/")
        counts[number] = len(sent)

    assert counts == {1: 6, 3: 6}
