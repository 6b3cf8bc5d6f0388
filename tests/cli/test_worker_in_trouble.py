"""A worker whose database server stops while it works: its log stays short, without a traceback."""

from __future__ import annotations

import os
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from admin_app.db.troubles import UNREACHABLE
from tests.cli.serving import PATIENCE, upgrade
from tests.forking import begin_with
from tests.postgres import start_postgres

ROOT = Path(__file__).resolve().parents[2]
# The word that it works, and the kinds of trouble once a minute each; one traceback has a dozen.
MOST_LINES = 6


@pytest.fixture
def postmaster(settings: dict[str, str]) -> Iterator[int]:
    """Serve from a PostgreSQL of the test's own, which it may stop; return its process."""
    with tempfile.TemporaryDirectory() as name:
        settings["DATABASE_URL"] = start_postgres(Path(name))
        pid = int((Path(name) / "data" / "postmaster.pid").read_text().splitlines()[0])
        yield pid
        end_postgres(pid)


def end_postgres(pid: int) -> None:
    """End it, where it still is, as a machine does that is switched off."""
    while Path(f"/proc/{pid}").exists():
        os.kill(pid, signal.SIGQUIT)
        time.sleep(0.1)


def wait_for(words: str, said: Path) -> None:
    end = time.monotonic() + PATIENCE
    while words not in said.read_text():
        assert time.monotonic() < end, said.read_text()
        time.sleep(0.05)


def wait_until_seen(url: str) -> None:
    """Wait until the worker has said in the database that it is alive: by then it looks for work."""
    engine, end = create_engine(url), time.monotonic() + PATIENCE
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        while not connection.scalar(text("SELECT count(*) FROM worker")):
            assert time.monotonic() < end, "there is no worker"
            time.sleep(0.05)
    engine.dispose()


@pytest.mark.postgres
def test_a_worker_whose_server_stops_writes_a_few_lines(
    postmaster: int, settings: dict[str, str], tmp_path: Path
) -> None:
    upgrade(settings["DATABASE_URL"], tmp_path)
    said = tmp_path / "said"
    with said.open("w") as log:
        worker = begin_with("worker", env=settings, stdout=log.fileno(), stderr=log.fileno())
    try:
        wait_until_seen(settings["DATABASE_URL"])
        end_postgres(postmaster)
        wait_for(UNREACHABLE.problem, said)
        # It looks for work once a second; if it does so less often on a busy machine, there is less to read.
        time.sleep(3)
        worker.send_signal(signal.SIGTERM)
        code = worker.wait(PATIENCE)
    finally:
        worker.kill()
        worker.wait()

    lines = said.read_text().splitlines()
    assert code == 0
    assert "Traceback" not in said.read_text()
    assert len(lines) <= MOST_LINES, lines
