"""`manage.py jobs retry` makes a file again that is gone, once, and none that is there."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from admin_app.jobs.queue import Queue
from tests.jobs.asking import ask


@pytest.mark.usefixtures("by_jobs")
def test_a_done_job_is_begun_anew_where_its_file_is_gone(app: Flask, manage: Any, as_viewer: Any) -> None:
    queue: Queue = app.extensions["jobs"]
    queue.huey.storage.flush_queue()
    queue.huey.storage.blocking = False
    job_id = ask(as_viewer)
    work(queue)
    there = manage("jobs", "retry", job_id)
    queue.files.remove(job_id)

    gone, twice = manage("jobs", "retry", job_id), manage("jobs", "retry", job_id)
    work(queue)

    assert (there.exit_code, "is already running or done." in there.stderr) == (1, True)
    assert (gone.exit_code, gone.output) == (0, "“All posts · Excel” was started again.\n")
    assert (twice.exit_code, "is already running or done." in twice.stderr) == (1, True)
    assert as_viewer.get(f"/admin/jobs/file/?id={job_id}").status_code == 200


def work(queue: Queue) -> None:
    task = queue.huey.dequeue()
    assert task is not None
    queue.huey.execute(task)
