"""The shop, served by a process of its own: the names of the dashboard's tables are a process's."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Shop:
    """Where it is, with its own sign-in and with the dashboard's, where Chinook is, and where the databases are."""

    url: str
    other_url: str
    chinook_url: str
    folder: Path

    @property
    def database(self) -> Path:
        return self.folder / "0.db"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Serve it."""
    folder = tmp_path_factory.mktemp("shop")
    environment = {"PATH": os.environ["PATH"], "ADMIN_TABLE_PREFIX": "admin_", "PYTHONPATH": str(ROOT)}
    with (folder / "said").open("w") as said:
        command = [sys.executable, "-m", "tests.examples.serve", str(folder)]
        process = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, stderr=said, text=True)
    assert process.stdout is not None
    urls = [process.stdout.readline().strip() for _ in range(3)]
    assert all(urls), (folder / "said").read_text()
    yield Shop(*urls, folder)
    process.kill()
    process.communicate()
