"""The command line, in this process on either store, or as a process of its own on a fresh SQLite file."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from admin_app import cli

ROOT = Path(__file__).resolve().parents[2]

Manage = Callable[..., Result]
Run = Callable[..., subprocess.CompletedProcess[str]]


class Door:
    """What `manage.py` calls, in the place where click's runner expects a command."""

    name = "manage.py"

    def __init__(self, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
        self.app, self.monkeypatch = app, monkeypatch

    def main(self, args: list[str], prog_name: str, **_: Any) -> None:
        self.monkeypatch.setattr(sys, "argv", [prog_name, *args])
        cli.main(lambda: self.app)


@pytest.fixture
def manage(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Manage:
    """Run a command as `manage.py` does; an exception that it lets out is an error of the test."""
    # Flask's command line leaves this behind.
    monkeypatch.setenv("FLASK_RUN_FROM_CLI", "false")
    door: Any = Door(app, monkeypatch)

    def run(*arguments: object, typed: str | None = None) -> Result:
        return CliRunner().invoke(door, [str(one) for one in arguments], input=typed, catch_exceptions=False)

    return run


@pytest.fixture
def settings(tmp_path: Path) -> dict[str, str]:
    """Return the environment of a process whose database is a new SQLite file."""
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(("ADMIN_", "COV_"))}
    return inherited | {"DATABASE_URL": f"sqlite:///{tmp_path / 'admin.db'}", "ADMIN_SECRET_KEY": "k" * 40}


@pytest.fixture
def run_manage(settings: dict[str, str]) -> Run:
    """Run `python manage.py` as a person does."""

    def run(*arguments: object, **changes: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "manage.py", *map(str, arguments)]
        return subprocess.run(
            command, check=False, capture_output=True, text=True, cwd=ROOT, env=settings | changes, timeout=60
        )

    return run


@pytest.fixture
def file(tmp_path: Path) -> Callable[[str | bytes], Path]:
    """Write a file to import."""

    def write(content: str | bytes) -> Path:
        path = tmp_path / "file.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write
