"""The worker beside the server, and alone: it ends with it, and a job outlives both."""

from __future__ import annotations

import io
import os
import signal
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from admin_app import create_app
from admin_app.context import writing
from admin_app.db.types import utc_now
from admin_app.extensions import db
from admin_app.jobs.store import LOST_AFTER
from admin_app.models.job import Job, JobState
from admin_app.models.plan import Plan, PlanLine
from admin_app.models.staff import Staff
from tests.cli.serving import PATIENCE, QUICKLY, Served, free_port, sign_in, stop, upgrade
from tests.forking import begin

Run = Callable[..., Any]


def children(pid: int) -> list[int]:
    path = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in path.read_text().split()] if path.exists() else []


def worker_of(served: Served) -> int:
    """Return the worker: the only process below the server's own."""
    end = time.monotonic() + PATIENCE
    while not (found := [below for child in children(served.process.pid) for below in children(child)]):
        assert time.monotonic() < end, "there is no worker"
        time.sleep(0.05)
    return found[0]


@dataclass
class Kept:
    """The database that is served, looked into from outside."""

    app: Any
    folder: Path

    def ask(self) -> int:
        """Ask for all posts as XLSX, as the first member of staff."""
        arguments = {"resource": "post", "selection": [], "columns": ["id", "content"], "format": "xlsx", "options": {}}
        # The server looks for work beside it: who means to write from the beginning waits for the other.
        with self.app.app_context(), writing():
            staff_id = db.session.scalars(db.select(Staff.id)).first()
            job = Job(kind="export", staff_id=staff_id, title="Posts", arguments=arguments)
            db.session.add(job)
            db.session.commit()
            return int(job.id)

    def let_time_pass(self, job_id: int) -> None:
        """Date the last word about a job back to where its worker counts as gone, instead of waiting for so long."""
        with self.app.app_context(), writing():
            db.session.execute(db.update(Job).where(Job.id == job_id).values(heartbeat_at=utc_now() - 2 * LOST_AFTER))
            db.session.commit()

    def job(self, job_id: int) -> Job:
        with self.app.app_context():
            found = db.session.get_one(Job, job_id)
            db.session.expunge(found)
            return found

    def wait(self, job_id: int, *states: JobState) -> Job:
        end = time.monotonic() + PATIENCE
        while (job := self.job(job_id)).state not in states:
            assert time.monotonic() < end, f"the job is still {job.state}"
            time.sleep(0.02)
        return job

    def plans(self) -> list[int]:
        """Return the keys of the plans, and of what has lines."""
        with self.app.app_context():
            return list(db.session.scalars(db.select(Plan.id).union(db.select(PlanLine.plan_id))))

    def files(self) -> list[str]:
        return sorted(path.name for path in self.folder.iterdir()) if self.folder.is_dir() else []


@pytest.fixture
def kept(settings: dict[str, str], tmp_path: Path) -> Iterator[Kept]:
    settings["ADMIN_FILES"] = str(tmp_path / "files")
    app = create_app(settings, instance_path=str(tmp_path))
    yield Kept(app, tmp_path / "files")
    with app.app_context():
        db.engine.dispose()


def test_run_carries_a_worker_that_ends_with_it(
    serve: Callable[..., Served], kept: Kept, settings: dict[str, str], tmp_path: Path
) -> None:
    served = serve()
    sign_in(settings, tmp_path, [{"content": "x"}])
    job_id = kept.ask()

    job = kept.wait(job_id, JobState.DONE)
    code, took, left = stop(served, signal.SIGTERM)

    assert (job.done, kept.files()) == (1, [f"job-{job_id}-1"])
    assert (code, left) == (0, [])
    assert took < QUICKLY
    assert "Traceback" not in "\n".join(served.printed)


def test_a_job_whose_worker_is_killed_is_begun_anew_and_no_half_file_is_offered(
    serve: Callable[..., Served], kept: Kept, settings: dict[str, str], tmp_path: Path
) -> None:
    served = serve()
    cookie = sign_in(settings, tmp_path, [{"content": f"{number} " + "word " * 10} for number in range(25_000)])
    job_id = kept.ask()
    kept.wait(job_id, JobState.RUNNING)
    while not kept.files():
        time.sleep(0.01)

    os.kill(worker_of(served), signal.SIGKILL)
    killed = kept.job(job_id)
    offered = served.get(f"/admin/jobs/file/?id={job_id}", Cookie=cookie)
    offered.read()
    kept.let_time_pass(job_id)
    job = kept.wait(job_id, JobState.DONE)
    whole = served.get(f"/admin/jobs/file/?id={job_id}", Cookie=cookie).read()
    stop(served, signal.SIGTERM)

    assert (killed.state, offered.status) == (JobState.RUNNING, 404)
    assert (job.attempt, job.done, kept.files()) == (2, 25_000, [f"job-{job_id}-2"])
    assert len(whole) == job.file_size
    assert zipfile.ZipFile(io.BytesIO(whole)).testzip() is None


def test_a_job_survives_the_end_of_the_server(
    serve: Callable[..., Served], kept: Kept, settings: dict[str, str], tmp_path: Path
) -> None:
    first = serve()
    # As many as take seconds to write: under load the signal takes long to arrive.
    sign_in(settings, tmp_path, [{"content": f"{number} " + "word " * 200} for number in range(60_000)])
    job_id = kept.ask()
    kept.wait(job_id, JobState.RUNNING)
    _code, _took, left = stop(first, signal.SIGTERM)
    between, files = kept.job(job_id), kept.files()

    second = serve()
    job = kept.wait(job_id, JobState.DONE)
    stop(second, signal.SIGTERM)

    assert (between.state, files, left) == (JobState.WAITING, [], [])
    assert (job.done, kept.files()) == (60_000, [f"job-{job_id}-1"])


def test_the_worker_removes_plans_that_are_kept_no_longer(serve: Callable[..., Served], kept: Kept) -> None:
    upgrade(kept.app.config["SQLALCHEMY_DATABASE_URI"], kept.folder)
    past = utc_now() - timedelta(days=2)
    line = {"number": 1, "record_id": 1, "version": 1, "verdict": "change"}
    with kept.app.app_context(), writing():
        for expires_at in (past, utc_now() + timedelta(hours=1)):
            plan = Plan(resource="post", model="post", operation="edit", created_at=past, expires_at=expires_at)
            db.session.add(plan)
            db.session.flush()
            db.session.add(PlanLine(plan_id=plan.id, **line))
        db.session.commit()

    served, end = serve(), time.monotonic() + PATIENCE
    while len(plans := kept.plans()) > 1 and time.monotonic() < end:
        time.sleep(0.05)
    stop(served, signal.SIGTERM)

    assert plans == [2]


def test_a_worker_that_is_alone_tells_its_numbers_and_stops_at_ctrl_c(
    settings: dict[str, str], run_manage: Run, tmp_path: Path
) -> None:
    upgrade(settings["DATABASE_URL"], tmp_path)
    listening = ("--metrics-host", "127.0.0.2", "--metrics-port", str(port := free_port()))
    worker = begin("worker", *listening, env={**settings, "ADMIN_METRICS_TOKEN": "t" * 16})
    assert worker.stdout
    first = worker.stdout.readline()
    listed = run_manage("jobs", "list")
    with urlopen(f"http://127.0.0.2:{port}/metrics", timeout=PATIENCE) as answer:
        told = answer.read().decode()
    worker.send_signal(signal.SIGINT)
    rest = worker.communicate(timeout=PATIENCE)[0]

    assert first == "Running jobs  (Ctrl-C stops it)\n"
    assert "\nadmin_workers " in told
    assert listed.returncode == 0
    assert (worker.returncode, rest) == (0, "")
