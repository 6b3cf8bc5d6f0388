"""The command line, in this process on either store, or as a process of its own on a fresh SQLite file, which may serve."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from admin_app import cli, create_app
from admin_app.extensions import db
from tests import forking
from tests.cli.serving import PATIENCE, Served, free_port, upgrade
from tests.processes import descendants

ROOT = Path(__file__).resolve().parents[2]

Manage = Callable[..., Result]
Run = Callable[..., subprocess.CompletedProcess[str]]


class Door:
    """What `manage.py` calls, in the place where click's runner expects a command."""

    name = "manage.py"

    def __init__(self, make_app: Callable[[], Flask], monkeypatch: pytest.MonkeyPatch) -> None:
        self.make_app, self.monkeypatch = make_app, monkeypatch

    def main(self, args: list[str], prog_name: str, **_: Any) -> None:
        self.monkeypatch.setattr(sys, "argv", [prog_name, *args])
        cli.main(self.make_app)


@pytest.fixture
def manage(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Manage:
    """Run a command as `manage.py` does; an exception that it lets out is an error of the test."""
    # Flask's command line leaves this behind.
    monkeypatch.setenv("FLASK_RUN_FROM_CLI", "false")
    door: Any = Door(lambda: app, monkeypatch)

    def run(*arguments: object, typed: str | None = None) -> Result:
        return CliRunner().invoke(door, [str(one) for one in arguments], input=typed, catch_exceptions=False)

    return run


@pytest.fixture
def settings(tmp_path: Path) -> dict[str, str]:
    """Return the environment of a process whose database is a new SQLite file."""
    return settings_in(tmp_path)


def settings_in(folder: Path) -> dict[str, str]:
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(("ADMIN_", "COV_"))}
    return inherited | {"DATABASE_URL": f"sqlite:///{folder / 'admin.db'}", "ADMIN_SECRET_KEY": "k" * 40}


@pytest.fixture
def run_manage(settings: dict[str, str]) -> Run:
    """Run `python manage.py` as a person does."""

    def run(*arguments: object, **changes: str) -> subprocess.CompletedProcess[str]:
        return forking.run(*arguments, env=settings | changes)

    return run


@pytest.fixture
def run_anew(settings: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """Run `manage.py` on those settings in this process: for what is refused, Python's start takes ten times as long."""
    monkeypatch.setenv("FLASK_RUN_FROM_CLI", "false")
    apps: list[Flask] = []

    def make() -> Flask:
        apps.append(create_app())
        return apps[-1]

    door: Any = Door(make, monkeypatch)

    def run(*arguments: object, **changes: str) -> subprocess.CompletedProcess[str]:
        for name, value in (settings | changes).items():
            monkeypatch.setenv(name, value)
        words = [str(one) for one in arguments]
        result = CliRunner().invoke(door, words, catch_exceptions=False)
        return subprocess.CompletedProcess(words, result.exit_code, result.stdout, result.stderr)

    yield run
    for app in apps:
        app.extensions["jobs"].close()
        with app.app_context():
            db.engine.dispose()


@pytest.fixture
def file(tmp_path: Path) -> Callable[[str | bytes], Path]:
    """Write a file to import."""

    def write(content: str | bytes) -> Path:
        path = tmp_path / "file.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


@pytest.fixture
def serve(settings: dict[str, str]) -> Iterator[Callable[..., Served]]:
    """Start `manage.py run` on a free port, and wait for its first answer."""
    with serving(settings) as start:
        yield start


@contextmanager
def serving(settings: dict[str, str]) -> Iterator[Callable[..., Served]]:
    """Hand out what starts servers, and kill those that are left."""
    started: list[Served] = []

    def start(*arguments: str, **changes: str) -> Served:
        port, environment = free_port(), settings | changes
        # With its tables, which the server would take a second to make: test_started_together.py lets it make them.
        file = Path((url := environment["DATABASE_URL"]).removeprefix("sqlite:///"))
        if url.startswith("sqlite:///") and not file.exists():
            upgrade(url, file.parent)
        process = forking.begin("run", "--port", port, *arguments, env=environment)
        served = Served(process, port)
        started.append(served)
        end = time.monotonic() + PATIENCE
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
