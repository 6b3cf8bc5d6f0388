"""A job that is done and whose file is not there any more: its page says so, and it is made again for who may have it."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from admin_app.db.string_set import StringSet
from admin_app.db.types import utc_now
from admin_app.extensions import db
from admin_app.jobs import rerun
from admin_app.jobs import store as job_store
from admin_app.jobs.files import JOBS, Folder
from admin_app.models.job import Job, JobState
from admin_app.models.role import VIEWER, Role
from admin_app.models.staff import Staff
from tests.jobs.asking import ask
from tests.page import Page
from tests.stores import both_stores

GONE = "The file is no longer available."
AGAIN = "Create it again"


@pytest.fixture(params=["sqlite"])
def store(request: pytest.FixtureRequest) -> str:
    """Run on one store: what pages say of a file. For both: @both_stores."""
    return str(request.param)


def lose(jobs: Any, client: Any, **changes: Any) -> int:
    """Have a file made, and take it away behind its job's back."""
    job_id = ask(client, **changes)
    jobs.work()
    jobs.queue.files.remove(job_id)
    return job_id


def press(client: Any, job_id: int | str) -> Any:
    return client.post_form(f"/admin/jobs/retry/?id={job_id}", page="/admin/account/")


def says_gone(response: Any) -> tuple[bool, bool, bool]:
    """Tell whether a page says that a file is gone, offers to make it again, and offers to download it."""
    page = Page(response)
    words = "".join(one.text for one in page.all("ul", class_="jobs"))
    return GONE in words, AGAIN in words, "Download" in words


@pytest.mark.usefixtures("place")
def test_the_page_says_that_a_file_is_gone_and_has_it_made_again(as_viewer: Any, make_post: Any, jobs: Any) -> None:
    make_post()
    job_id = ask(as_viewer)
    jobs.work()
    there = says_gone(as_viewer.get("/admin/jobs/"))
    jobs.queue.files.remove(job_id)
    gone = as_viewer.get("/admin/jobs/")
    later = make_post()

    form = next(one for one in Page(gone).all("form", method="post") if AGAIN in one.text)
    pressed = as_viewer.post_form(form.attributes["action"], page="/admin/jobs/")
    under_way = says_gone(as_viewer.get("/admin/jobs/"))
    jobs.work()

    file = as_viewer.get(f"/admin/jobs/file/?id={job_id}")
    rows = CalamineWorkbook.from_filelike(io.BytesIO(file.data)).get_sheet_by_index(0).to_python()
    assert there == (False, False, True)
    assert says_gone(gone) == (True, True, False)
    assert pressed.status_code == 303
    assert under_way == (False, False, False)
    assert says_gone(as_viewer.get("/admin/jobs/")) == (False, False, True)
    assert [row[0] for row in rows][-1] == later.id


@pytest.mark.usefixtures("place")
def test_the_address_of_a_gone_file_says_the_same(as_viewer: Any, jobs: Any) -> None:
    job_id, other = lose(jobs, as_viewer), lose(jobs, as_viewer)

    answer = as_viewer.get(f"/admin/jobs/file/?id={job_id}")

    assert (answer.status_code, answer.content_type) == (404, "text/html; charset=utf-8")
    assert says_gone(answer) == (True, True, False)
    assert len(Page(answer).all("button", id=f"job-{job_id}-retry")) == 1
    assert Page(answer).all("button", id=f"job-{other}-retry") == []


@pytest.mark.usefixtures("place")
@both_stores
def test_two_clicks_make_one_file_and_a_file_that_is_there_is_not_made_again(as_viewer: Any, jobs: Any) -> None:
    job_id = lose(jobs, as_viewer)

    press(as_viewer, job_id)
    press(as_viewer, job_id)
    notice = Page(as_viewer.get("/admin/jobs/")).root.text
    worked = jobs.work()
    ended = jobs.of(job_id).finished_at
    press(as_viewer, job_id)

    assert "is already running or done." in notice
    assert (worked, jobs.work()) == (1, 0)
    assert (jobs.of(job_id).state, jobs.of(job_id).finished_at) == (JobState.DONE, ended)


@pytest.mark.parametrize("forged", ["", "x", "-1", "0", "99999", "9" * 30, "1 OR 1=1"])
def test_forged_numbers_of_jobs_are_404(as_viewer: Any, jobs: Any, forged: str) -> None:
    job_id = lose(jobs, as_viewer)

    assert press(as_viewer, forged).status_code == 404
    assert as_viewer.get(f"/admin/jobs/file/?id={forged}").status_code == 404
    assert jobs.of(job_id).state is JobState.DONE


def test_gone_files_of_others_are_404_and_an_owner_has_them_made_for_whose_they_are(
    as_viewer: Any, as_editor: Any, as_owner: Any, jobs: Any
) -> None:
    job_id = lose(jobs, as_viewer)

    refused = press(as_editor, job_id).status_code
    bare = [client.get(f"/admin/jobs/file/?id={job_id}") for client in (as_editor, as_owner)]
    before = jobs.of(job_id).state
    seen = says_gone(as_owner.get("/admin/jobs/?all=1"))
    pressed = press(as_owner, job_id).status_code
    jobs.work()

    assert (refused, before) == (404, JobState.DONE)
    assert [(one.status_code, GONE in one.text) for one in bare] == [(404, False)] * 2
    assert (seen, pressed) == ((True, True, False), 303)
    assert as_viewer.get(f"/admin/jobs/file/?id={job_id}").status_code == 200
    assert as_owner.get(f"/admin/jobs/file/?id={job_id}").status_code == 404


def test_who_may_not_export_it_any_more_cannot_have_it_made_again(
    app: Flask, client_with: Callable[..., Any], client_of: Any, jobs: Any
) -> None:
    job_id = lose(jobs, client_with("post:*"))
    with app.app_context():
        db.session.scalars(select(Role).where(Role.key == "liam")).one().rows = StringSet(["post:own"])
        db.session.commit()
        client = client_of(db.session.scalars(select(Staff).where(Staff.name == "Liam")).one())

    seen, pressed = says_gone(client.get("/admin/jobs/")), press(client, job_id).status_code

    assert (seen, pressed) == ((True, False, False), 403)
    assert client.get(f"/admin/jobs/file/?id={job_id}").status_code == 403
    assert jobs.of(job_id).state is JobState.DONE


def test_the_worker_asks_for_the_rights_of_whose_it_is(
    app: Flask, make_staff: Any, client_of: Any, as_owner: Any, jobs: Any
) -> None:
    other = make_staff("Second", "owner")
    client = client_of(other)
    client.post_form("/admin/staff/export/", {"format": "xlsx", "column": ["id", "email"]})
    jobs.work()
    jobs.queue.files.remove(1)
    with app.app_context():
        db.session.get_one(Staff, other.id).roles = StringSet([VIEWER])
        db.session.commit()

    press(as_owner, 1)
    jobs.work()

    assert (jobs.of(1).state, jobs.of(1).error) == (
        JobState.FAILED,
        "You can no longer export this. No file was created.",
    )
    assert jobs.left_over(1) == []


def test_a_stranger_is_led_to_sign_in(as_viewer: Any, as_nobody: Any, jobs: Any) -> None:
    job_id = lose(jobs, as_viewer)

    answer = as_nobody.post_form(f"/admin/jobs/retry/?id={job_id}", page="/sign-in")

    assert (answer.status_code, answer.location.startswith("/sign-in")) == (302, True)
    assert jobs.of(job_id).state is JobState.DONE


@pytest.mark.usefixtures("place")
@both_stores
def test_the_page_asks_as_much_for_three_gone_files_as_for_one(as_viewer: Any, jobs: Any, statements: Any) -> None:
    counts = []
    for number in (1, 2):
        for _ in range(number):
            lose(jobs, as_viewer)
        with statements() as sent:
            page = Page(as_viewer.get("/admin/jobs/"))
        counts.append((len(page.all("li", class_="job")), len(sent)))

    assert [shown for shown, _ in counts] == [1, 3]
    assert counts[0][1] == counts[1][1]


# ---- the ledger and the places of files


@both_stores
def test_a_job_that_was_made_again_meanwhile_is_left_alone(app: Flask, as_viewer: Any, jobs: Any) -> None:
    job_id = lose(jobs, as_viewer)
    seen = jobs.of(job_id).finished_at
    with app.app_context():
        long_ago = job_store.make_again(db.session, job_id=job_id, finished_at=seen - timedelta(seconds=1))
        as_seen = [job_store.make_again(db.session, job_id=job_id, finished_at=seen) for _ in range(2)]

    assert (long_ago, as_seen) == (False, [True, False])


def test_what_a_job_said_of_its_file_is_forgotten_when_it_begins_anew(app: Flask, owner: Staff) -> None:
    with app.app_context():
        job = Job(kind="export", staff_id=owner.id, title="Posts", arguments={}, state=JobState.DONE)
        job.file_name, job.file_size, job.problems, job.problem_count = "posts.csv", 3, [[1, "cut"]], 1
        job.attempt, job.finished_at = 1, utc_now()
        db.session.add(job)
        db.session.commit()

        is_begun = rerun.begin_anew(db.session, job=job, files=app.extensions["jobs"].files)

        found = (job.state, job.attempt, job.file_name, job.file_size, job.problems, job.problem_count)
        assert is_begun
        assert found == (JobState.WAITING, 0, "", 0, [], 0)


@pytest.mark.usefixtures("place")
@both_stores
def test_of_many_files_those_that_are_gone_are_told(app: Flask, as_viewer: Any, jobs: Any) -> None:
    there, lost = ask(as_viewer), ask(as_viewer)
    jobs.work()
    jobs.queue.files.remove(lost)

    with app.app_context():
        gone = jobs.queue.files.gone([(there, 1), (lost, 1), (there, 2)])
        assert (gone, jobs.queue.files.gone([])) == ({(lost, 1), (there, 2)}, set())


def test_a_folder_that_is_no_folder_has_no_files_and_one_that_cannot_be_looked_into_is_not_said_to_have_none(
    tmp_path: Path,
) -> None:
    file, loop = tmp_path / "file", tmp_path / "loop"
    file.write_bytes(b"")
    loop.symlink_to(loop)

    assert (Folder(file, JOBS).gone([(1, 1)]), Folder(file, JOBS).read(1, 1)) == ({(1, 1)}, None)
    assert Folder(loop, JOBS).gone([(1, 1)]) == set()
    assert Folder(tmp_path / "none", JOBS).gone([(1, 1)]) == {(1, 1)}
