"""Commands on a store that cannot be used: one line with the true reason, and no traceback."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from admin_app.db.schema_version import NEWER
from admin_app.db.troubles import DENIED, NO_DATABASE, NOT_PRIMARY, UNREACHABLE, Trouble
from tests.cli.serving import free_port, upgrade

Run = Callable[..., Any]


@pytest.fixture
def run_it(run_manage: Run, run_anew: Run) -> Run:
    """Run a command in this process, unless it serves: that takes a port before it refuses, and has it until its process ends."""
    return lambda *arguments, **changes: (run_manage if arguments[0] == "run" else run_anew)(*arguments, **changes)


@pytest.mark.parametrize("command", [["staff", "list"], ["run", "--port", "0"], ["export", "user"]])
def test_another_file_is_refused_in_one_line(run_it: Run, tmp_path: Path, command: list[str]) -> None:
    (tmp_path / "letter.txt").write_text("This is a letter and no database. " * 100, encoding="ascii")

    result = run_it(*command, DATABASE_URL=f"sqlite:///{tmp_path / 'letter.txt'}")

    assert (result.returncode, result.stderr) == (1, f"Error: {NO_DATABASE}\n")


def test_a_server_that_is_not_there_is_refused_in_one_line(run_anew: Run) -> None:
    result = run_anew("staff", "list", DATABASE_URL=f"postgresql://nobody@127.0.0.1:{free_port()}/x")

    assert (result.returncode, result.stderr) == (1, f"Error: {UNREACHABLE}\n")


def test_check_says_it_too(run_anew: Run, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("This is a letter and no database. " * 100, encoding="ascii")

    result = run_anew("check", DATABASE_URL=f"sqlite:///{tmp_path / 'letter.txt'}")

    assert f"Warning: {NO_DATABASE}\n" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.fixture
def newer(settings: dict[str, str], tmp_path: Path) -> str:
    """Have a database that a newer program changed; return what is to be said of it."""
    upgrade(settings["DATABASE_URL"], tmp_path)
    with sqlite3.connect(tmp_path / "admin.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = 'fffffffffff1'")
        # It leaves programs of before nothing to go on with.
        connection.execute("UPDATE schema_floor SET revision = 'fffffffffff1'")
    connection.close()
    return f"The database is newer than the program: it is at migration fffffffffff1. {NEWER}"


@pytest.mark.parametrize(
    "command",
    [
        ["run", "--port", "0"],
        ["worker"],
        ["db", "upgrade"],
        ["db", "downgrade"],
        ["db", "check"],
        ["db", "current"],
        ["db", "stamp", "head"],
    ],
    ids=" ".join,
)
def test_a_newer_database_is_left_alone(run_it: Run, newer: str, command: list[str]) -> None:
    result = run_it(*command)

    assert (result.returncode, result.stderr.splitlines()[-1:]) == (1, [f"Error: {newer}"])
    assert "Traceback" not in result.stderr


def test_a_worker_begins_no_job_on_tables_that_nobody_has_upgraded_yet(
    run_anew: Run, settings: dict[str, str], tmp_path: Path
) -> None:
    upgrade(settings["DATABASE_URL"], tmp_path)
    with closing(sqlite3.connect(tmp_path / "admin.db")) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '0032'")

    result = run_anew("worker")

    words = "Error: The tables are older than the program: upgrade them first.\n"
    assert (result.returncode, result.stderr) == (1, words)


def test_check_says_that_a_database_is_newer(run_anew: Run, newer: str) -> None:
    assert f"Warning: {newer}\n" in run_anew("check").stderr


@pytest.mark.postgres
@pytest.mark.parametrize("store", ["postgres"], indirect=True)
@pytest.mark.parametrize(
    ("changed", "trouble"),
    [
        (("/postgres?", "/nowhere?"), DENIED),
        (("//postgres@", "//stranger@"), DENIED),
        (("?", "?options=-c%20default_transaction_read_only%3Don&"), NOT_PRIMARY),
    ],
    ids=["another database", "another name", "takes no writes"],
)
def test_what_a_server_refuses_is_said_before_anything_is_served(
    run_anew: Run, store: str, postgres_url: str, changed: tuple[str, str], trouble: Trouble
) -> None:
    assert store == "postgres"

    result = run_anew("worker", DATABASE_URL=postgres_url.replace(*changed))

    assert (result.returncode, result.stderr) == (1, f"Error: {trouble}\n")
