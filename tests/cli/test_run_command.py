from __future__ import annotations

import hashlib
import http.client
import io
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from admin_app import create_app
from admin_app.current import writing
from admin_app.extensions import db
from admin_app.jobs.ledger import LOST_AFTER
from admin_app.models.base import utc_now
from admin_app.models.job import Job, JobState
from admin_app.models.post import Post
from admin_app.models.role import VIEWER
from admin_app.models.staff import Staff, StaffSession
from admin_app.models.words import Words
from tests.many import many

ROOT = Path(__file__).resolve().parents[2]
Run = Callable[..., Any]


@dataclass
class Served:
    """A dashboard that `manage.py run` serves."""

    process: subprocess.Popen[str]
    port: int
    printed: list[str] = field(default_factory=list)
    connections: list[http.client.HTTPConnection] = field(default_factory=list)

    def get(self, path: str, **headers: str) -> http.client.HTTPResponse:
        """Ask for a page on a connection that stays open, as a browser's do; the body is not read yet."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        self.connections.append(connection)
        connection.request("GET", path, headers=headers)
        return connection.getresponse()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def descendants(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children")
    found = [int(child) for child in children.read_text().split()] if children.exists() else []
    return [*found, *(below for child in found for below in descendants(child))]


@pytest.fixture
def serve(settings: dict[str, str]) -> Iterator[Callable[..., Served]]:
    """Start `manage.py run` on a free port, and wait for its first answer."""
    started: list[Served] = []

    def start(*arguments: str, **changes: str) -> Served:
        port = free_port()
        command = [sys.executable, "-u", "manage.py", "run", "--port", str(port), *arguments]
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=ROOT, env=settings | changes
        )
        served = Served(process, port)
        started.append(served)
        end = time.monotonic() + 30
        while True:
            try:
                served.get("/sign-in").read()
            except ConnectionError:
                assert process.poll() is None, process.communicate()[0]
                assert time.monotonic() < end, "the server does not answer"
                time.sleep(0.05)
            else:
                return served

    yield start
    for served in started:
        for connection in served.connections:
            connection.close()
        process = served.process
        for pid in [*descendants(process.pid), process.pid] if process.poll() is None else []:
            os.kill(pid, signal.SIGKILL)
        process.communicate()


def sign_in(settings: dict[str, str], tmp_path: Path, posts: list[dict[str, Any]]) -> str:
    """Store posts and a session in the database that is served; return the session's cookie."""
    app = create_app(settings, instance_path=str(tmp_path))
    token = secrets.token_urlsafe(32)
    # The server's worker writes too, and a reader that turns writer is refused at once.
    with app.app_context(), writing():
        staff = Staff(name="Vera", email="vera@example.com", roles=Words([VIEWER]), password_hash="-")
        db.session.add(staff)
        db.session.flush()
        digest, ends = hashlib.sha256(token.encode()).hexdigest(), datetime.now(UTC) + timedelta(hours=1)
        db.session.add(StaffSession(token_hash=digest, staff_id=staff.id, expires_at=ends))
        db.session.commit()
    many(app, Post, posts)
    with app.app_context():
        db.engine.dispose()
    serializer: Any = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    return f"session={serializer.dumps({'_user_id': token, '_fresh': True})}"


def stop(served: Served, number: signal.Signals) -> tuple[int, float, list[int]]:
    """Signal the server; return its exit code, how long it took, and which of its processes are left."""
    pids, begun = descendants(served.process.pid), time.monotonic()
    served.process.send_signal(number)
    served.printed += served.process.communicate(timeout=20)[0].splitlines()
    took = time.monotonic() - begun
    # What was killed at last is gone in a moment.
    while (left := [pid for pid in pids if Path(f"/proc/{pid}").exists()]) and time.monotonic() < begun + took + 5:
        time.sleep(0.05)
    return served.process.returncode, took, left


def test_run_prints_its_address_and_a_link_that_makes_the_first_owner(serve: Callable[..., Served]) -> None:
    served = serve()
    assert served.process.stdout
    printed = [served.process.stdout.readline() for _ in range(2)]
    address = f"http://127.0.0.1:{served.port}/"
    link = re.search(rf"{re.escape(address)}(set-up/\w{{40}})\n", printed[1])
    assert link

    home, set_up = served.get("/"), served.get(f"/{link[1]}")
    page = set_up.read()
    code, took, left = stop(served, signal.SIGTERM)

    assert printed[0] == f"The dashboard is at {address}  (Ctrl-C stops it)\n"
    assert (home.status, home.headers["Location"]) == (302, "/admin/")
    assert (set_up.status, b"</form>" in page) == (200, True)
    assert (code, left) == (0, [])
    assert took < 10
    assert "Traceback" not in "\n".join(served.printed)


def test_no_link_is_printed_once_somebody_has_an_account(
    serve: Callable[..., Served], run_manage: Run, settings: dict[str, str], tmp_path: Path
) -> None:
    run_manage("db", "upgrade")
    sign_in(settings, tmp_path, [{"content": "x"}])

    served = serve()
    stop(served, signal.SIGTERM)

    assert "The dashboard is at" in served.printed[0]
    assert "set-up" not in "\n".join(served.printed)


def test_ctrl_c_stops_quickly_even_while_somebody_does_not_read_a_download(
    serve: Callable[..., Served], settings: dict[str, str], tmp_path: Path
) -> None:
    served = serve()
    cookie = sign_in(settings, tmp_path, [{"content": "word " * 200}] * 20_000)
    unread = served.get("/admin/post/export/csv/", Cookie=cookie)

    code, took, left = stop(served, signal.SIGINT)

    assert unread.status == 200
    assert (code, left) == (0, [])
    assert took < 10


def test_a_download_that_fails_half_way_is_broken_off(
    serve: Callable[..., Served], settings: dict[str, str], tmp_path: Path
) -> None:
    served = serve()
    cookie = sign_in(settings, tmp_path, [{"content": f"{number} " + "word " * 40} for number in range(2000)])
    whole = served.get("/admin/post/export/csv/?sort=id", Cookie=cookie).read()
    app = create_app(settings, instance_path=str(tmp_path))
    with app.app_context():
        # What a damaged file or a foreign program could have written: this is no UTF-8.
        db.session.execute(db.text("UPDATE post SET content = CAST(x'ff' AS TEXT) WHERE id = 1500"))
        db.session.commit()
        db.engine.dispose()

    broken = served.get("/admin/post/export/csv/?sort=id", Cookie=cookie)
    with pytest.raises(http.client.IncompleteRead) as caught:
        broken.read()
    other = served.get("/sign-in").status
    stop(served, signal.SIGTERM)

    assert whole.count(b"\r\n") == 2001
    assert broken.status == 200
    assert len(caught.value.partial) > 64_000
    assert whole.startswith(caught.value.partial)
    assert other == 200


# ---- the worker beside it


def children(pid: int) -> list[int]:
    path = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in path.read_text().split()] if path.exists() else []


def worker_of(served: Served) -> int:
    """Return the worker: the only process below the server's own."""
    end = time.monotonic() + 10
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

    def wait(self, job_id: int, *states: JobState, seconds: float) -> Job:
        end = time.monotonic() + seconds
        while (job := self.job(job_id)).state not in states:
            assert time.monotonic() < end, f"the job is still {job.state}"
            time.sleep(0.02)
        return job

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

    job = kept.wait(job_id, JobState.DONE, seconds=20)
    code, took, left = stop(served, signal.SIGTERM)

    assert (job.done, kept.files()) == (1, [f"job-{job_id}-1"])
    assert (code, left) == (0, [])
    assert took < 10
    assert "Traceback" not in "\n".join(served.printed)


def test_a_client_that_takes_nothing_is_given_up_and_holds_no_connection(
    serve: Callable[..., Served], settings: dict[str, str], tmp_path: Path
) -> None:
    served = serve("--patience", "1", "--workers", "1", "--threads", "1", "--jobs", "0")
    cookie = sign_in(settings, tmp_path, [{"content": f"{number} " + "word " * 200} for number in range(20_000)])
    unread = served.get("/admin/post/export/csv/", Cookie=cookie)

    # There is one thread: whoever asks now is answered when it is free again.
    status = served.get("/admin/post/", Cookie=cookie).status

    with pytest.raises((http.client.IncompleteRead, ConnectionError)):
        unread.read()
    assert status == 200


def test_a_job_whose_worker_is_killed_is_begun_anew_and_no_half_file_is_offered(
    serve: Callable[..., Served], kept: Kept, settings: dict[str, str], tmp_path: Path
) -> None:
    served = serve()
    cookie = sign_in(settings, tmp_path, [{"content": f"{number} " + "word " * 200} for number in range(60_000)])
    job_id = kept.ask()
    kept.wait(job_id, JobState.RUNNING, seconds=20)
    while not kept.files():
        time.sleep(0.01)

    os.kill(worker_of(served), signal.SIGKILL)
    killed = kept.job(job_id)
    offered = served.get(f"/admin/jobs/file/?id={job_id}", Cookie=cookie)
    offered.read()
    kept.let_time_pass(job_id)
    job = kept.wait(job_id, JobState.DONE, seconds=60)
    whole = served.get(f"/admin/jobs/file/?id={job_id}", Cookie=cookie).read()
    stop(served, signal.SIGTERM)

    assert (killed.state, offered.status) == (JobState.RUNNING, 404)
    assert (job.attempt, job.done, kept.files()) == (2, 60_000, [f"job-{job_id}-2"])
    assert len(whole) == job.file_size
    assert zipfile.ZipFile(io.BytesIO(whole)).testzip() is None


def test_a_job_survives_the_end_of_the_server(
    serve: Callable[..., Served], kept: Kept, settings: dict[str, str], tmp_path: Path
) -> None:
    first = serve()
    sign_in(settings, tmp_path, [{"content": f"{number} " + "word " * 200} for number in range(60_000)])
    job_id = kept.ask()
    kept.wait(job_id, JobState.RUNNING, seconds=20)
    _code, _took, left = stop(first, signal.SIGTERM)
    between, files = kept.job(job_id), kept.files()

    second = serve()
    job = kept.wait(job_id, JobState.DONE, seconds=60)
    stop(second, signal.SIGTERM)

    assert (between.state, files, left) == (JobState.WAITING, [], [])
    assert (job.done, kept.files()) == (60_000, [f"job-{job_id}-1"])


def test_a_worker_that_is_alone_stops_at_ctrl_c(settings: dict[str, str], run_manage: Run) -> None:
    run_manage("db", "upgrade")
    worker = subprocess.Popen(
        [sys.executable, "-u", "manage.py", "worker"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=ROOT,
        env=settings,
    )
    assert worker.stdout
    first = worker.stdout.readline()
    listed = run_manage("jobs", "list")
    time.sleep(1)
    worker.send_signal(signal.SIGINT)
    rest = worker.communicate(timeout=15)[0]

    assert first == "Working on jobs  (Ctrl-C stops it)\n"
    assert listed.returncode == 0
    assert (worker.returncode, rest) == (0, "")


def test_a_port_that_is_taken_stops_the_start_with_a_message(run_manage: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        result = run_manage("run", "--port", taken.getsockname()[1])

    text = result.stdout + result.stderr
    assert result.returncode == 1
    assert "Traceback" not in text
    assert result.stderr.splitlines()[-1].startswith("Error: ")


def test_run_refuses_a_port_that_does_not_exist_as_a_wrong_use(run_manage: Run) -> None:
    assert run_manage("run", "--port", "70000").returncode == 2


@pytest.mark.parametrize(
    ("setting", "value", "message"),
    [
        ("DATABASE_URL", "mysql://localhost/x", "DATABASE_URL must be sqlite or postgresql, not mysql."),
        ("ADMIN_SECRET_KEY", "changeme", "ADMIN_SECRET_KEY must be 32 or more random characters: leave it empty to have one made."),
        ("ADMIN_SESSION_HOURS", "0", "ADMIN_SESSION_HOURS must be between 1 and 720 hours."),
        ("ADMIN_HTTPS", "maybe", "ADMIN_HTTPS must be 1 or 0."),
    ],
)  # fmt: skip
def test_a_wrong_setting_stops_the_start_with_one_line(run_manage: Run, setting: str, value: str, message: str) -> None:
    result = run_manage("run", **{setting: value})

    assert (result.returncode, result.stdout, result.stderr) == (2, "", f"Error: {message}\n")


def test_a_setting_that_names_no_role_stops_the_start(run_manage: Run) -> None:
    result = run_manage("run", "--port", "0", ADMIN_TWO_FACTOR="king")

    words = "Error: ADMIN_TWO_FACTOR names no role: king. There is: editor, owner, viewer."
    assert (result.returncode, result.stdout, result.stderr.splitlines()[-1]) == (1, "", words)


@pytest.mark.parametrize("command", [["staff", "list"], ["demo"], ["export", "user"]])
def test_a_database_without_tables_is_refused_with_what_to_do(run_manage: Run, command: list[str]) -> None:
    result = run_manage(*command)

    assert (result.returncode, "Traceback" in result.stderr) == (1, False)
    assert "manage.py db upgrade" in result.stderr


def test_a_database_that_does_not_answer_is_refused_in_a_few_lines(run_manage: Run) -> None:
    result = run_manage("staff", "list", DATABASE_URL=f"postgresql://nobody@127.0.0.1:{free_port()}/x")

    assert (result.returncode, "Traceback" in result.stderr) == (1, False)
    assert result.stderr.startswith("Error: ")
