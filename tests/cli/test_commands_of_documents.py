"""Every command that a document for operators names does what it is there for, one after the other on one dashboard."""

from __future__ import annotations

import re
import shlex
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import click
import pytest
from flask import Flask
from sqlalchemy import text

from admin_app import create_app
from admin_app.extensions import db
from admin_app.models.job import Job
from tests.cli.serving import upgrade
from tests.test_commands_in_files import ROOT, found_in, of_document

DOCUMENTS = ("docs/company.md", "docs/operations.md", "docs/commands.md", "README.md")
# What a document leaves to whoever gives the command, and what would go on for ever or take long.
MEANT = (
    (r"/backups/", ""),
    (r"EMAIL", "editor@example.org"),
    (r"^staff (create|invite) \S+ --role (\w+)", r"staff \1 \1.\2@example.org --role \2"),
    (r"'>'", ">"),
    (r"^(history follow .+)", r"\1 --once"),
    (r"^(backup restore .+)", r"\1 --yes"),
    (r"^demo.*", "demo --users 2 --posts 2"),
)
# They serve until they are stopped, or write into the project: tests of their own run them.
ELSEWHERE = {"run", "worker", "migrate"}
# Where nobody can be asked, and where something is missing before people may come.
REFUSED = {"edit post --filter user__empty=yes --set user=7", "check --deploy"}
PASSWORD = "Seven-lamps-on-9431-boats\n" * 2
JOB = {"resource": "role", "selection": [], "columns": ["id", "content"], "format": "csv", "options": {}}

pytestmark = pytest.mark.parametrize("store", ["sqlite"], indirect=True)


@pytest.fixture
def app(store: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """Return a dashboard whose database may be replaced, and be in a folder in which files may be left."""
    monkeypatch.chdir(tmp_path)
    address = f"{store}:///{tmp_path / 'admin.db'}"
    upgrade(address, tmp_path)
    app = create_app({"DATABASE_URL": address}, instance_path=str(tmp_path))
    yield app
    app.extensions["jobs"].close()
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def staff_3(owner: Any, editor: Any, viewer: Any) -> int:
    assert (owner.id, editor.id) == (1, 2)
    return int(viewer.id)


@pytest.fixture
def told(app: Flask, make_user: Callable[..., Any], make_post: Callable[..., Any], staff_3: int) -> None:
    """Have what the documents speak of: user 12, staff 3, jobs 5 and 12, a table `tags`, and the next plan is the 12th."""
    for _ in range(12):
        make_user()
    make_post(content="garden")
    with app.app_context():
        for number in (5, 12):
            db.session.add(Job(id=number, kind="export", staff_id=staff_3, title="Posts", arguments=JOB))
        db.session.execute(text("UPDATE staff SET email = 'editor@example.org' WHERE id = 3"))
        db.session.execute(text("CREATE TABLE tags (id INTEGER PRIMARY KEY, name TEXT)"))
        db.session.execute(text("INSERT INTO sqlite_sequence VALUES ('plan', 11)"))
        db.session.commit()


def commands() -> Iterator[str]:
    """Yield each command once, as somebody means it who has read the documents in turn."""
    given = set()
    for document in DOCUMENTS:
        for said in of_document(ROOT / document):
            command = shlex.join(shlex.split(said, comments=True))
            for words, meant in MEANT:
                command = re.sub(words, meant, command)
            if command not in given:
                given.add(command)
                yield command


def is_name(words: list[str]) -> bool:
    """Whether a sentence only names a command that needs more."""
    command, rest = found_in(words)
    return not rest and (isinstance(command, click.Group) or any(one.required for one in command.params))


@pytest.mark.usefixtures("told", "outbox")
def test_every_command_of_the_documents_does_what_it_is_there_for(manage: Any) -> None:
    for file in ("users.csv", "users.xlsx"):
        manage("export", "user", "--format", Path(file).suffix[1:], "-o", file)

    ended = {}
    for command in commands():
        words = shlex.split(command)
        if ELSEWHERE & set(words[:2]) or is_name(words):
            continue
        words, file = (words[:-2], words[-1]) if ">" in words else (words, "")
        ended[command] = manage(*words, typed=PASSWORD if "reset-password" in words else f"Ann\n{PASSWORD}")
        if file:
            Path(file).write_text(ended[command].stdout)

    wrong = {command: done.output for command, done in ended.items() if done.exit_code}
    assert wrong.keys() == REFUSED, wrong
    assert len(ended) > 60


def test_the_lines_that_copy_sqlite_by_hand_copy_everything(app: Flask, make_user: Callable[..., Any]) -> None:
    make_user(name="Ann")
    Path("instance").mkdir()
    Path("instance", "admin.db").symlink_to(app.config["SQLALCHEMY_DATABASE_URI"].removeprefix("sqlite:///"))
    _, section = (ROOT / "docs" / "operations.md").read_text("utf-8").split("\n### Backups\n")
    lines = re.findall(r"^(?:sqlite3|python3) .*$", section, re.MULTILINE)

    found = []
    for line in lines:
        if shutil.which(line.split()[0]):
            subprocess.run(["/bin/sh", "-c", line], check=True)
            with closing(sqlite3.connect("admin-backup.db")) as copy:
                found += copy.execute("SELECT name FROM user")
            Path("admin-backup.db").unlink()

    assert len(lines) == 2
    assert set(found) == {("Ann",)}
