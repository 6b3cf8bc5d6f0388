"""A worker in this process: it does what waits in the queue, and comes back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from admin_app.extensions import db
from admin_app.jobs.queue import Queue
from admin_app.models.job import Job


@pytest.fixture(autouse=True)
def _by_jobs(by_jobs: None) -> None:
    """Let no file here be sent at once."""


@pytest.fixture(params=["folder", "database"])
def place(request: pytest.FixtureRequest, app: Flask, tmp_path: Path) -> Iterator[str]:
    """Keep files in a new folder, then in the database."""
    before = app.config["FILES"]
    app.config["FILES"] = str(tmp_path / "files") if request.param == "folder" else "database"
    yield str(request.param)
    app.config["FILES"] = before


@dataclass
class Jobs:
    """The jobs of an application, and somebody who does them."""

    app: Flask
    queue: Queue

    def work(self) -> int:
        """Do what waits; return how many tasks there were."""
        done = 0
        while (task := self.queue.huey.dequeue()) is not None:
            self.queue.huey.execute(task)
            done += 1
        return done

    def of(self, job_id: int) -> Job:
        """Read a job, detached."""
        with self.app.app_context():
            job = db.session.get_one(Job, job_id)
            db.session.expunge(job)
            return job

    def left_over(self, job_id: int) -> list[Any]:
        """Return what is left of a job's files, finished or not."""
        folder = Path(self.app.config["FILES"])
        in_folder = sorted(path.name for path in folder.glob("job-*"))
        return in_folder + [attempt for attempt in range(4) if self.queue.files.read(job_id, attempt) is not None]


@pytest.fixture
def jobs(app: Flask) -> Jobs:
    """Return the application's jobs, its queue and its folder empty: another test's files would be taken for those of a job here."""
    for file in Path(app.config["FILES"]).glob("job-*"):
        file.unlink()
    queue: Queue = app.extensions["jobs"]
    queue.huey.storage.flush_queue()
    # Nobody else adds to it: an empty queue is not waited for.
    queue.huey.storage.blocking = False
    return Jobs(app, queue)
